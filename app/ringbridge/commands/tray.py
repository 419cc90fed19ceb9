"""`ringbridge` without a command: the tray program, or "Call number…" of the one that runs already."""


def run(profile: str | None, *, demo: bool, background: bool = False) -> int:
    """Run the tray program until it is quit.

    Args:
        profile: As on the command line.
        demo: Against the built-in training PBX.
        background: Started at login.

    Raises:
        RingbridgeError: The profile can't be used.
    """
    from ringbridge.main import run_tray

    return run_tray(profile=profile, demo=demo, background=background)
