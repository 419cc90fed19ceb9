"""The operating system's desktop behind small protocols, one file per mechanism."""
