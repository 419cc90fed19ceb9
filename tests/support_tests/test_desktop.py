"""The private desktop is real, complete, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support import desktop_reaper
from support.desktop import Desktop, DesktopError, missing_packages, require_desktop

pytestmark = pytest.mark.desktop

TRAY_PROGRAM = """
import sys
from PySide6.QtGui import QPixmap, QIcon
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
app = QApplication(sys.argv)
pixmap = QPixmap(22, 22)
pixmap.fill("#ff00ff")
icon = QSystemTrayIcon(QIcon(pixmap))
menu = QMenu()
more = menu.addMenu("&More")
more.addAction("Hello there").triggered.connect(lambda: print("hello", flush=True))
menu.addSeparator()
grey = menu.addAction("Grey")
grey.setEnabled(False)
ticked = menu.addAction("Ticked")
ticked.setCheckable(True)
ticked.setChecked(True)
icon.setContextMenu(menu)
icon.activated.connect(lambda reason: print(reason.name, flush=True))
icon.show()
app.exec()
"""


def marked(folder: Path) -> dict[int, int]:
    """Return the processes of this test's desktops that live in `folder`, by their environment."""
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        try:
            environ = (entry / "environ").read_bytes()
        except OSError:
            continue
        if f"TMPDIR={folder}/tmp".encode() in environ.split(b"\0") and desktop_reaper.start_time(int(entry.name)):
            found[int(entry.name)] = 1
    return found


def test_its_parts_answer_and_nothing_of_the_outer_desktop_leaks_in(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-outer")
    monkeypatch.setenv("DISPLAY", ":9999")
    monkeypatch.setenv("RINGBRIDGE_PROFILE", "outer")
    require_desktop(notify="xfce4", keyring="unlocked")
    with Desktop(notify="xfce4", keyring="unlocked") as desktop:
        assert set(desktop.pids) == {"xvfb", "bus", "wm", "tray", "notify", "keyring"}
        assert "WAYLAND_DISPLAY" not in desktop.env
        assert "RINGBRIDGE_PROFILE" not in desktop.env
        assert desktop.env["DISPLAY"] == desktop.display != ":9999"
        assert desktop.env["QT_QPA_PLATFORM"] == "xcb"
        assert desktop.bus.tray_host_ready()
        assert desktop.bus.has_owner("org.freedesktop.Notifications")
        assert desktop.bus.collection_locked("login") is False
        assert len(f"{desktop.env['XDG_RUNTIME_DIR']}/") < 40  # room for a socket's name


def test_a_locked_keyring_is_locked():
    require_desktop(tray="none", wm="none", keyring="locked")
    with Desktop(tray="none", wm="none", keyring="locked") as desktop:
        assert desktop.bus.collection_locked("login") is True


@pytest.mark.parametrize("buffer", ["clipboard", "primary"])
def test_what_one_program_copies_another_pastes(desktop: Desktop, buffer: str):
    for text in ("+1 212 555 1234", "zwei\nZeilen ü", "+1 212 555 1234"):
        desktop.copy(text, buffer)  # pyright: ignore[reportArgumentType] - one of the two
        assert desktop.paste(buffer) == text  # pyright: ignore[reportArgumentType] - one of the two


def test_an_icon_in_the_tray_shows_its_menu_and_takes_clicks(desktop: Desktop, tmp_path: Path):
    program = desktop.spawn([sys.executable, "-c", TRAY_PROGRAM])
    item = desktop.tray_item()
    more, line, grey, ticked = desktop.tray_menu(item)
    assert (more.label, [child.label for child in more.children]) == ("More", ["Hello there"])
    assert line.separator
    assert (grey.label, grey.enabled, grey.checked) == ("Grey", False, None)
    assert (ticked.label, ticked.enabled, ticked.checked) == ("Ticked", True, True)
    desktop.click_tray_entry("Hello there")
    desktop.activate_tray()
    log = Path(sys.executable).name
    desktop.wait_for(lambda: desktop.log(log).split() == ["hello", "Trigger"], 5, "both clicks")
    with pytest.raises(DesktopError, match=r"'Grey'.*Hello there"):
        desktop.click_tray_entry("Grey", timeout_s=0.1)
    colour = ["convert", str(desktop.screenshot(tmp_path / "screen.png")), "-format", "%[hex:u.p{15,14}]", "info:"]
    assert desktop.run(colour).stdout[:6] == "FF00FF"
    program.terminate()
    program.wait(timeout=10)
    desktop.wait_for(lambda: not desktop.tray_items(), 10, "the icon to go")


def test_windows_are_found_by_title_and_get_keys_and_clicks(desktop: Desktop):
    code = (
        "from PySide6.QtWidgets import QApplication, QLineEdit; app = QApplication([]); line = QLineEdit();"
        "line.setWindowTitle('Line of text'); line.resize(300, 40); line.returnPressed.connect(lambda:"
        " (print(line.text(), flush=True), app.quit())); line.show(); app.exec()"
    )
    program = desktop.spawn([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    window = desktop.window("Line of t")
    assert (window.title, window.width, window.height) == ("Line of text", 300, 40)
    desktop.focus(window)
    desktop.click(window.x + 20, window.y + 1)  # right below its title bar
    focused = desktop.focused_window()
    assert focused is not None
    assert focused.window_id == window.window_id
    desktop.type_keys("+49 (0) 30 x7")
    desktop.press("Return")
    assert program.communicate(timeout=10)[0] == "+49 (0) 30 x7\n"


CARD_PROGRAM = """
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
app = QApplication([])
card = QWidget(None, Qt.Tool | Qt.FramelessWindowHint | Qt.WindowDoesNotAcceptFocus)
card.setWindowTitle("Card")
layout = QVBoxLayout(card)
for widget in (QLabel("Hello"), QPushButton("&Call"), QPushButton("Grey"), QPushButton("Hidden")):
    layout.addWidget(widget)
    widget.setEnabled(getattr(widget, "text")() != "Grey")
    widget.setHidden(getattr(widget, "text")() == "Hidden")
layout.itemAt(1).widget().clicked.connect(lambda: print("clicked", flush=True))
card.move(300, 200)
card.show()
app.exec()
"""


def test_widgets_are_found_by_name_and_clicked_where_they_are():
    require_desktop(tray="none")
    with Desktop(tray="none", accessibility=True) as desktop:
        desktop.spawn([sys.executable, "-c", CARD_PROGRAM])
        label = desktop.widget("Hello", "label", window="Card")
        names = [widget.name for widget in desktop.widgets("Card")]
        assert names == ["Card", "Hello", "Call", "Grey"]
        assert (label.x, label.y) > (300, 200)
        assert not desktop.widgets("Other window")
        call = desktop.click_widget("^Call$")
        assert label.y + label.height <= call.y
        desktop.wait_for(lambda: "clicked" in desktop.log(Path(sys.executable).name), 5, "the click")
        with pytest.raises(DesktopError, match=r"there are: .*push button 'Grey'"):
            desktop.widget("Grey", timeout_s=0.1)


@pytest.mark.parametrize(("wm", "tray"), [("xfwm4", "sni"), ("openbox", "xembed"), ("none", "none")])
def test_other_parts_start_too(wm: str, tray: str):
    require_desktop(wm=wm, tray=tray)
    with Desktop(wm=wm, tray=tray) as desktop:  # pyright: ignore[reportArgumentType] - they are of the allowed ones
        assert ("wm" in desktop.pids) == (wm != "none")
        assert (desktop.selection_owner("_NET_SYSTEM_TRAY_S0") != 0) == (tray != "none")
        assert not desktop.bus.has_owner("org.kde.StatusNotifierWatcher") or tray == "sni"


def test_two_run_side_by_side():
    with Desktop(tray="none") as one, Desktop(tray="none") as two:
        one.copy("one")
        two.copy("two")
        assert (one.paste(), two.paste()) == ("one", "two")
        assert one.display != two.display


def test_nothing_is_left_behind_not_even_a_daemon_that_ignores_its_end():
    with Desktop(notify="xfce4", keyring="unlocked") as desktop:
        daemon = (
            "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "if os.fork() == 0: os.setsid(); time.sleep(999)"
        )
        desktop.run([sys.executable, "-c", daemon], capture_output=False)
        desktop.copy("served by a background xclip")
        folder = desktop.folder
        before = marked(folder)
        assert len(before) >= 7  # the parts, the daemon, the xclip
    assert not marked(folder)
    assert not folder.exists()
    assert all(not desktop_reaper.start_time(pid) for pid in desktop.pids.values())


def test_nothing_is_left_behind_when_the_test_process_is_killed():
    code = "from support.desktop import Desktop\nwith Desktop() as d: print(d.folder, flush=True); input()"
    tests = Path(__file__).parents[1]
    env = os.environ | {"PYTHONPATH": str(tests)}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert folder.is_dir()
        assert marked(folder)
        process.send_signal(signal.SIGKILL)
    with Desktop(tray="none", wm="none") as desktop:  # to wait with
        desktop.wait_for(lambda: not folder.exists() and not marked(folder), 15, "the reaper")


def test_a_part_that_ends_is_told_with_its_log():
    with Desktop(tray="none") as desktop:
        os.kill(desktop.pids["wm"], signal.SIGKILL)
        with pytest.raises(DesktopError, match="the moon: wm ended with -9"):
            desktop.wait_for(lambda: False, 10, "the moon")


def test_missing_packages_are_named_and_fail_the_test_only_in_ci(monkeypatch: pytest.MonkeyPatch):
    assert missing_packages() == ()
    monkeypatch.setenv("PATH", "/nowhere")
    assert {"xvfb", "openbox", "xfce4-panel", "xclip"} <= set(missing_packages())
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="xvfb"):
        require_desktop()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="xvfb"):
        require_desktop()
