"""Blocking I/O: PBX, keyring, history, settings file. No Qt, no user-facing words."""
