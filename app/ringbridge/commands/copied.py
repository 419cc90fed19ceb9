"""The copied or selected text, without Qt, for commands that run where no Ringbridge does."""

import queue
import threading

from ringbridge.desktop.choose import Session, session
from ringbridge.desktop.ports import Buffer, Copied, ReadProblem

_DEADLINE_S = 3.0


def read_copied(source: str) -> Copied:
    """Read one text.

    The desktop itself is asked first, because there a password manager's mark on a secret is seen. Where it does not
    tell (Wayland without data control, Windows, macOS), `pyperclip` reaches the clipboard, and nothing the selection.

    Args:
        source: ``clipboard`` or ``selection``.
    """
    buffer = Buffer.SELECTION if source == "selection" else Buffer.CLIPBOARD
    if session() is Session.WAYLAND:
        from ringbridge.desktop.wayland.read_text import read_text_wayland as read_text
    else:
        from ringbridge.desktop.x11.read_text import read_text_x11 as read_text
    copied = read_text(buffer)
    if buffer is Buffer.SELECTION or copied.problem is not ReadProblem.UNSUPPORTED:
        return copied
    return _paste()


def _paste() -> Copied:
    """Through `pyperclip`, which runs another program and waits for it without a limit."""
    results: queue.SimpleQueue[Copied] = queue.SimpleQueue()
    threading.Thread(target=lambda: results.put(_paste_patiently()), name="clipboard", daemon=True).start()
    try:
        return results.get(timeout=_DEADLINE_S)
    except queue.Empty:
        return Copied(problem=ReadProblem.NO_ANSWER)


def _paste_patiently() -> Copied:
    import pyperclip

    try:
        text = pyperclip.paste()
    except UnicodeDecodeError:
        return Copied(problem=ReadProblem.NO_TEXT)
    except (pyperclip.PyperclipException, OSError):
        return Copied(problem=ReadProblem.UNSUPPORTED)
    return Copied(text=text.replace("\0", "")) if text.strip() else Copied(problem=ReadProblem.EMPTY)
