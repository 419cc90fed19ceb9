"""From a number to a call: what is dialed, and whether it is. Pure decisions."""
