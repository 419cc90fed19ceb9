"""The subcommands of the command line, one file each; Qt only where a command needs a screen."""
