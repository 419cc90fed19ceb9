"""The private Wayland desktops are real: keys, mouse, clipboard, tray and notifications work, and nothing stays."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import desktop_reaper
from support.wayland_desktop import Compositor, DesktopError, WaylandDesktop, require_wayland
from support.wayland_wire import WaylandClient, WaylandError
from support_tests.test_desktop import TRAY_PROGRAM, marked

pytestmark = pytest.mark.desktop

COMPOSITORS: tuple[Compositor, ...] = ("sway", "kwin", "gnome")
LINE_OF_TEXT = (
    "from PySide6.QtWidgets import QApplication, QLineEdit; app = QApplication([]); line = QLineEdit();"
    "line.setWindowTitle('Line of text'); line.resize(300, 40); line.setStyleSheet('background: #ff00ff');"
    "line.returnPressed.connect(lambda: (print(line.text(), flush=True), app.quit())); line.show(); app.exec()"
)


@pytest.fixture(scope="module", params=COMPOSITORS)
def desktop(request: pytest.FixtureRequest) -> Iterator[WaylandDesktop]:
    require_wayland(request.param)
    with WaylandDesktop(request.param, accessibility=True) as desktop:
        yield desktop


def line_of_text(desktop: WaylandDesktop) -> "subprocess.Popen[str]":
    return desktop.spawn([sys.executable, "-c", LINE_OF_TEXT], stdout=subprocess.PIPE, text=True)


def test_a_window_gets_the_focus_clicks_and_keys_and_is_on_the_picture(desktop: WaylandDesktop, tmp_path: Path):
    program = line_of_text(desktop)
    window = desktop.window("Line of t")
    assert window.title == "Line of text"
    assert window.app_id.startswith("python")
    assert 300 <= window.width < 320
    desktop.focus(window)
    desktop.type_keys("+49 (0) 30 Xy7")
    picture = desktop.screenshot(tmp_path / "screen.png")
    middle = f"{window.x + window.width // 2},{window.y + window.height - 12}"
    colour = desktop.run(["convert", str(picture), "-format", f"%[hex:u.p{{{middle}}}]", "info:"], check=True)
    assert colour.stdout[:6] == "FF00FF"
    desktop.press("Return")
    assert program.communicate(timeout=10)[0].splitlines()[-1] == "+49 (0) 30 Xy7"
    desktop.wait_for(lambda: not desktop.windows("Line of text"), 10, "the window to go")


@pytest.mark.parametrize("buffer", ["clipboard", "primary"])
def test_what_one_program_copies_another_pastes(desktop: WaylandDesktop, buffer: str):
    for text in ("+1 212 555 1234", "zwei\nZeilen ü", "+1 212 555 1234"):
        desktop.copy(text, buffer)  # pyright: ignore[reportArgumentType] - one of the two
        assert desktop.paste(buffer) == text  # pyright: ignore[reportArgumentType] - one of the two


def test_an_icon_in_the_tray_shows_its_menu_and_takes_clicks(desktop: WaylandDesktop):
    program = desktop.spawn([sys.executable, "-c", TRAY_PROGRAM], stdout=subprocess.PIPE, text=True)
    item = desktop.tray_item()
    more, _line, grey, ticked = desktop.tray_menu(item)
    assert (more.label, [child.label for child in more.children]) == ("More", ["Hello there"])
    assert (grey.enabled, ticked.checked) == (False, True)
    desktop.click_tray_entry("Hello there")
    desktop.activate_tray()
    assert program.stdout is not None
    assert [program.stdout.readline() for _ in range(2)] == ["hello\n", "Trigger\n"]
    program.terminate()
    program.communicate(timeout=10)
    desktop.wait_for(lambda: not desktop.tray_items(), 10, "the icon to go")


CARD_PROGRAM = """
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
app = QApplication([])
card = QWidget(None, Qt.Tool | Qt.FramelessWindowHint)
card.setWindowTitle("Card")
layout = QVBoxLayout(card)
for widget in (QLabel("Hello"), QPushButton("&Call")):
    layout.addWidget(widget)
widget.clicked.connect(lambda: (print("clicked", flush=True), app.quit()))
card.show()
app.exec()
"""


def test_widgets_are_found_by_name_and_clicked_where_they_are(desktop: WaylandDesktop):
    program = desktop.spawn([sys.executable, "-c", CARD_PROGRAM], stdout=subprocess.PIPE, text=True)
    call = desktop.widget("^Call$", "push button", window="Card")

    def clicked() -> bool:  # a window that has just come may not take clicks yet
        desktop.click(*call.middle)
        return program.poll() is not None

    desktop.wait_for(clicked, 10, "the click's answer")
    assert program.communicate(timeout=10)[0].splitlines()[-1] == "clicked"


@pytest.mark.parametrize("compositor", COMPOSITORS)
def test_what_is_left_out_is_not_there(compositor: Compositor):
    require_wayland(compositor, tray=False, notify=False)
    with WaylandDesktop(compositor, tray=False, notify=False) as desktop:
        assert not desktop.bus.has_owner("org.kde.StatusNotifierWatcher")
        assert not desktop.bus.has_owner("org.freedesktop.Notifications")
        assert not desktop.bus.has_owner("org.freedesktop.portal.Desktop")
        assert not desktop.bus.has_owner("org.freedesktop.secrets")
        assert "DISPLAY" not in desktop.env
        assert desktop.started_in_s < 30


def test_kde_has_the_portal_for_global_shortcuts_and_a_keyring():
    require_wayland("kwin", portal=True, keyring="locked")
    with WaylandDesktop("kwin", portal=True, keyring="locked") as desktop:
        assert desktop.portal_has("GlobalShortcuts")
        assert not desktop.portal_has("NoSuchThing")
        assert desktop.bus.collection_locked("login") is True


def test_sway_runs_what_is_bound_to_a_key():
    require_wayland("sway", tray=False, notify=False)
    with WaylandDesktop(
        tray=False, notify=False, sway_config="bindsym ctrl+alt+d exec touch $HOME/pressed"
    ) as desktop:
        desktop.press("ctrl+alt+d")
        desktop.wait_for((desktop.home / "pressed").exists, 10, "the file")


def test_a_compositor_that_lacks_something_or_refuses_it_says_so():
    require_wayland("sway", tray=False, notify=False)
    with WaylandDesktop(tray=False, notify=False) as desktop, WaylandClient(desktop.socket) as client:
        with pytest.raises(WaylandError, match="no org_kde_kwin_fake_input"):
            client.bind("org_kde_kwin_fake_input", 4)
        client.send(client.bind("wl_compositor", 1), 99)
        with pytest.raises(WaylandError, match="invalid method 99"):
            client.sync()


def test_no_such_key_is_named():
    require_wayland("sway", tray=False, notify=False)
    with WaylandDesktop(tray=False, notify=False) as desktop, pytest.raises(ValueError, match="'hyper'"):
        desktop.press("hyper+d")


@pytest.mark.parametrize("compositor", COMPOSITORS)
def test_nothing_is_left_behind_when_the_test_process_is_killed(compositor: Compositor):
    require_wayland(compositor)
    code = (
        "import sys; from support.wayland_desktop import WaylandDesktop\n"
        "with WaylandDesktop(sys.argv[1]) as d: d.copy('x'); print(d.folder, *d.pids.values(), flush=True); input()"
    )
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", code, compositor], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout is not None
        name, *pids = process.stdout.readline().split()
        folder = Path(name)
        assert marked(folder)
        process.send_signal(signal.SIGKILL)
    require_wayland("sway", tray=False, notify=False)
    with WaylandDesktop(tray=False, notify=False) as desktop:  # to wait with
        desktop.wait_for(lambda: not folder.exists() and not marked(folder), 15, "the reaper")
        assert not any(desktop_reaper.start_time(int(pid)) for pid in pids)


def test_a_part_that_ends_is_told_with_its_log():
    require_wayland("sway", notify=False)
    with WaylandDesktop(notify=False) as desktop:
        os.kill(desktop.pids["tray"], signal.SIGKILL)
        with pytest.raises(DesktopError, match="the moon: tray ended with -9"):
            desktop.wait_for(lambda: False, 10, "the moon")


def test_missing_packages_are_named_and_fail_the_test_only_in_ci(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"kwin-wayland.*waybar"):
        require_wayland("kwin")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="gnome-shell"):
        require_wayland("gnome")
