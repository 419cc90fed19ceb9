"""The files in which Linux desktops keep who opens what and what starts at login (freedesktop.org)."""
