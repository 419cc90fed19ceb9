"""`ringbridge` without a command: the tray program, or "Call number…" of the one that runs already."""


def run(profile: str | None, *, demo: bool) -> int:
    """Run the tray program until it is quit.

    Raises:
        RingbridgeError: The profile can't be used.
    """
    from ringbridge.main import run_tray

    return run_tray(profile=profile, demo=demo)
