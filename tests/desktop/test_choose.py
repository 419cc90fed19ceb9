"""Which backends each kind of session gets."""

import subprocess
import sys

import pytest

from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop import choose
from ringbridge.desktop.choose import Session
from ringbridge.desktop.hotkey_refusals import Forgotten
from ringbridge.desktop.ports import REMEDY_KEYS, Availability, HotkeyCondition, HotkeyState, HotkeyWish
from support.desktop import Desktop

VARIABLES = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")


def set_session(monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str]) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"DISPLAY": ":0"}, Session.X11),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, Session.WAYLAND),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, Session.X11),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "wayland;xcb"}, Session.WAYLAND),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, Session.OFFSCREEN),
        ("linux", {}, Session.NONE),
        ("win32", {}, Session.WINDOWS),
        ("darwin", {}, Session.MACOS),
        ("win32", {"QT_QPA_PLATFORM": "offscreen"}, Session.OFFSCREEN),
    ],
)
def test_the_session_is_what_qt_will_use(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], expected: Session
) -> None:
    set_session(monkeypatch, platform, environment)
    assert choose.session() is expected


@pytest.mark.parametrize(
    ("platform", "environment", "clipboard", "hotkey"),
    [
        ("linux", {"DISPLAY": ":0"}, ["x11", "none"], ["x11", "none"]),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ["wayland", "qt", "none"], ["portal", "none"]),
        ("linux", {}, ["none"], ["none"]),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, ["qt", "none"], ["none"]),
        ("win32", {}, ["qt", "none"], ["none"]),
        ("darwin", {}, ["qt", "none"], ["none"]),
    ],
)
def test_each_session_has_its_candidates(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    environment: dict[str, str],
    clipboard: list[str],
    hotkey: list[str],
) -> None:
    set_session(monkeypatch, platform, environment)
    assert [backend.name for backend in choose.clipboard_backends()] == clipboard
    assert [backend.name for backend in choose.hotkey_backends()] == hotkey


@pytest.mark.parametrize(
    ("platform", "environment", "ways", "where_nobody_looks_on"),
    [
        ("linux", {"DISPLAY": ":0"}, ["primary", "accessibility", "simulated_copy"], ["primary", "accessibility"]),
        ("linux", {"WAYLAND_DISPLAY": "w"}, ["primary", "accessibility"], ["primary", "accessibility"]),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, ["primary"], ["primary"]),
        ("win32", {}, ["primary"], ["primary"]),
        ("darwin", {}, ["primary"], ["primary"]),
    ],
)
def test_each_session_has_its_ways_to_the_selected_text(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    environment: dict[str, str],
    ways: list[str],
    where_nobody_looks_on: list[str],
) -> None:
    def submit(work: object, done: object, failed: object) -> None:
        raise NotImplementedError

    set_session(monkeypatch, platform, environment)
    clipboard = choose.clipboard_backends()[0]
    assert [source.way for source in choose.selection_sources(clipboard, submit)] == ways
    sources = choose.selection_sources(clipboard, submit, copying=False)
    assert [source.way for source in sources] == where_nobody_looks_on


def test_a_session_without_global_hotkeys_says_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    set_session(monkeypatch, "win32", {})
    backend = choose.hotkey_backend(lambda use: use(None), "", Forgotten())
    availability = backend.availability()
    assert availability == Availability(usable=False, reason="not_on_windows", remedy=REMEDY_KEYS)
    told: list[HotkeyState] = []
    wish = HotkeyWish(HotkeyAction.REDIAL, "Ctrl+Alt+R", "Redial")
    backend.bind([wish], lambda _action: None, lambda _action, state: told.append(state))
    assert told == [HotkeyState(HotkeyCondition.UNAVAILABLE, availability=availability)]
    assert not backend.configure()
    assert not backend.hold_stop_key(lambda: None)
    backend.close()


def test_a_portal_is_taken_without_waiting_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    set_session(monkeypatch, "linux", {"WAYLAND_DISPLAY": "wayland-0"})
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert choose.hotkey_backend(lambda use: use(None), "", Forgotten()).name == "portal"
    assert choose.first_usable(choose.hotkey_backends()).availability().remedy == REMEDY_KEYS


def test_the_first_usable_is_taken_on_a_real_screen(screen: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    set_session(monkeypatch, "linux", {"DISPLAY": screen.display})
    assert choose.first_usable(choose.clipboard_backends()).name == "x11"
    assert choose.first_usable(choose.hotkey_backends()).name == "x11"


def test_an_unusable_one_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    set_session(monkeypatch, "linux", {"DISPLAY": ":4711"})
    assert choose.first_usable(choose.clipboard_backends()).name == "none"
    assert choose.first_usable(choose.hotkey_backends()).name == "none"


def test_no_candidates_at_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no backends"):
        choose.first_usable(())


def test_choosing_and_looking_load_no_qt() -> None:
    code = """
import sys
from ringbridge.core.hotkeys import HotkeyAction
from ringbridge.desktop import choose
assert "ctypes" not in sys.modules
for backend in (*choose.clipboard_backends(), *choose.hotkey_backends()):
    backend.availability()
sys.exit(any(name.startswith(("PySide6", "shiboken6")) for name in sys.modules))
"""
    for environment in ({"DISPLAY": ":4711"}, {"QT_QPA_PLATFORM": "offscreen"}, {"WAYLAND_DISPLAY": "wayland-0"}):
        subprocess.run([sys.executable, "-c", code], check=True, timeout=30, env=environment)
