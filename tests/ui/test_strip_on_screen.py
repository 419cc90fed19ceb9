"""The strip on a real X11 desktop: typing goes on in another program while it shows, changes and is clicked."""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from support.desktop import Desktop

pytestmark = pytest.mark.desktop

PROGRAM = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from ringbridge.ui.strip import Strip, StripFace

application = QApplication([])
application.setQuitOnLastWindowClosed(False)
strip = Strip(guard_ms=0)
strip.hang_up_wanted.connect(lambda: print("hang up", flush=True))
strip.note_written.connect(lambda note: print("note", note, flush=True))
strip.hidden.connect(lambda: print("hidden", flush=True))
ringing = StripFace(title="Your phone is ringing: answer it", number="+1 212-555-0142", can_hang_up=True)
def show():
    strip.show_face(ringing)
    strip.present(corner="top_left", focusable="focusable" in sys.argv)
    QTimer.singleShot(300, talk)
def talk():
    strip.show_face(ringing._replace(title="Connected", since_s=time.monotonic(), can_pass_on=True))
    for name in ("hang_up", "note"):
        button = strip.findChild(QPushButton, name)
        center = button.mapToGlobal(button.rect().center())
        print("button", center.x(), center.y(), flush=True)
QTimer.singleShot(0, show)
application.exec()
"""


def start(desktop: Desktop, *arguments: str) -> list[tuple[int, int]]:
    """Show the strip; return where “Hang up” and “Note” are."""
    desktop.spawn([sys.executable, "-c", PROGRAM, *arguments])
    desktop.wait_for(lambda: log(desktop).count("button") >= 2, what="the strip")
    desktop.window("^Ringbridge: call$")
    buttons = [line.split()[1:] for line in lines(desktop) if line.startswith("button")]
    return [(int(x), int(y)) for x, y in buttons]


def log(desktop: Desktop) -> str:
    return desktop.log(Path(sys.executable).name)


def lines(desktop: Desktop) -> list[str]:
    return log(desktop).splitlines()


def has_focus(desktop: Desktop, title: str) -> bool:
    window = desktop.focused_window()
    return window is not None and title in window.title


@pytest.fixture
def fresh_desktop() -> Generator[Desktop]:
    from support.desktop import require_desktop

    require_desktop(tray="none")
    with Desktop(tray="none") as desktop:
        yield desktop


def test_typing_goes_on_while_the_strip_shows_changes_and_hangs_up(fresh_desktop: Desktop) -> None:
    desktop = fresh_desktop
    typed = desktop.home / "typed"
    desktop.spawn(
        ["xterm", "-fa", "DejaVu Sans Mono", "-T", "typing", "-geometry", "60x10+300+400", "-e", f"cat > {typed}"]
    )
    desktop.focus(desktop.window("^typing$"))
    desktop.type_keys("before ")
    hang_up, _ = start(desktop)
    desktop.type_keys("while ")
    assert has_focus(desktop, "typing")
    desktop.wait_for(lambda: (desktop.click(*hang_up), "hang up" in lines(desktop))[1], what="the click to arrive")
    desktop.type_keys("after")
    desktop.press("Return")
    desktop.wait_for(lambda: typed.exists() and typed.read_text().endswith("\n"), what="the typed line")
    assert typed.read_text() == "before while after\n"


def test_a_note_gets_the_keys_and_gives_them_back(fresh_desktop: Desktop) -> None:
    desktop = fresh_desktop
    desktop.spawn(["xterm", "-fa", "DejaVu Sans Mono", "-T", "typing", "-e", "cat"])
    desktop.focus(desktop.window("^typing$"))
    _, note = start(desktop)
    desktop.wait_for(lambda: (desktop.click(*note), has_focus(desktop, "Ringbridge: call"))[1], what="the focus")
    desktop.type_keys("call back")
    desktop.press("Return")
    desktop.wait_for(lambda: "note call back" in lines(desktop), what="the note")
    desktop.wait_for(lambda: has_focus(desktop, "typing"), what="the terminal to get the keys back")
    assert "hidden" not in lines(desktop)
    assert "hang up" not in lines(desktop)


def test_by_keyboard_the_strip_gets_the_keys_and_gives_them_back(fresh_desktop: Desktop) -> None:
    desktop = fresh_desktop
    desktop.spawn(["xterm", "-fa", "DejaVu Sans Mono", "-T", "typing", "-e", "cat"])
    desktop.focus(desktop.window("^typing$"))
    start(desktop, "focusable")
    desktop.wait_for(lambda: has_focus(desktop, "Ringbridge: call"), what="the strip to get the keys")
    desktop.press("Return")
    desktop.wait_for(lambda: "hang up" in lines(desktop), what="the hang-up")
    desktop.press("Escape")
    desktop.wait_for(lambda: "hidden" in lines(desktop), what="the strip to go")
    desktop.wait_for(lambda: has_focus(desktop, "typing"), what="the terminal to get the keys back")
