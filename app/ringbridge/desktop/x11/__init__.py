"""X11 through libxcb: no Qt here, so that the command line can use it as well."""
