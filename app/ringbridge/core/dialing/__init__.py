"""From a number to the dial string: what the PBX is sent for a target, and why."""
