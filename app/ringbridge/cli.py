"""The command line: `ringbridge` and its subcommands."""


def main() -> int:
    """Run one command and return its exit code."""
    return 1


def gui_main() -> int:
    """Run the tray program without a console window."""
    return main()
