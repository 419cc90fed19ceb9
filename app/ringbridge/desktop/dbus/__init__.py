"""D-Bus in Qt's event loop, without QtDBus and without threads."""
