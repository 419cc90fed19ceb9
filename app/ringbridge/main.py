"""The composition root: builds the tray program, in reading order."""
