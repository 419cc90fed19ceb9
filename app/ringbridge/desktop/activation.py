"""The token by which Wayland lets a window take the focus: who clicked in another program hands it over."""

import os
from collections.abc import Generator
from contextlib import contextmanager

_NAME = "XDG_ACTIVATION_TOKEN"


@contextmanager
def activated_by(token: str) -> Generator[None]:
    """Within it the next window is shown, and Qt asks for the focus with this token.

    Qt reads the environment when a window is activated. The token is good for one window, and programs started by us
    must not inherit it.

    Args:
        token: As the notification server or another process of ours gave it; empty: nothing is changed.
    """
    if not token:
        yield
        return
    os.environ[_NAME] = token
    try:
        yield
    finally:
        os.environ.pop(_NAME, None)
