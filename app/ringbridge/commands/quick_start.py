"""What makes a short-lived process start and end sooner. Nothing here changes what a command does."""

import gc


def pause_collector() -> None:
    """Look for no cyclic garbage while modules load: there is none, and looking takes a tenth of the start."""
    gc.disable()


def resume_collector() -> None:
    """Collect again from here on, but not what is loaded already: it stays until the process ends."""
    gc.freeze()
    gc.enable()
