"""Wayland by its wire protocol, without libwayland: no Qt here, so that the command line can use it as well."""
