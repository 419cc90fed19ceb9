"""From a number to a call: what the PBX is sent for a target, and whether it is sent. Pure."""
