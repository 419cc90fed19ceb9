"""What the desktop wants windows to look like, read and heard on a private bus."""

from collections.abc import Generator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ringbridge.desktop.appearance_portal import AppearancePortal, read_appearance
from ringbridge.desktop.appearance_xfconf import AppearanceXfconf
from ringbridge.desktop.dbus.bus import Bus
from ringbridge.desktop.dbus.connect import connect
from ringbridge.desktop.event_ports import Appearance, Scheme
from support.bus_peer import BusPeer
from support.lock_bus import LockBus
from support.portal_peer import PORTAL, UNSET_ACCENT, PortalPeer

XFCONF, XFCONF_PATH = "org.xfce.Xfconf", "/org/xfce/Xfconf"


@pytest.fixture
def lock_bus() -> Generator[LockBus]:
    with LockBus() as bus:
        yield bus


@pytest.fixture
def bus(lock_bus: LockBus, qtbot: QtBot) -> Generator[Bus]:
    connected = connect(lock_bus.address)
    connected.run()
    yield connected
    connected.close()


def test_the_portal_is_read_and_followed(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    seen: list[Appearance | None] = []
    watch = AppearancePortal(bus)
    with PortalPeer(lock_bus.address, color_scheme=("u", 1), contrast=("u", 0), accent_color=UNSET_ACCENT) as portal:
        watch.watch(seen.append)
        qtbot.waitUntil(lambda: bool(seen))
        assert seen == [Appearance(scheme=Scheme.DARK)]
        portal.change("color-scheme", ("u", 2))
        portal.change("contrast", ("u", 1))
        portal.change("accent-color", ("(ddd)", (0.2, 0.4, 0.6)))
        qtbot.waitUntil(lambda: len(seen) == 4)
        watch.close()
        watch.close()
    assert seen[-1] == Appearance(scheme=Scheme.LIGHT, accent=(0.2, 0.4, 0.6), high_contrast=True)


def test_a_portal_that_starts_later_is_read_then(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    seen: list[Appearance | None] = []
    AppearancePortal(bus).watch(seen.append)
    qtbot.waitUntil(lambda: seen == [None])
    with PortalPeer(lock_bus.address, color_scheme=("u", 1)):
        qtbot.waitUntil(lambda: seen[-1:] == [Appearance(scheme=Scheme.DARK)])
    qtbot.waitUntil(lambda: seen[-1] is None)


def test_a_portal_without_these_settings_tells_nothing(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    seen: list[Appearance | None] = []
    with BusPeer(lock_bus.address, PORTAL, {"ReadAll": lambda _call: ("a{sa{sv}}", ({},))}):
        AppearancePortal(bus).watch(seen.append)
        qtbot.waitUntil(lambda: seen == [None])


@pytest.mark.parametrize(
    "values",
    [
        {"color-scheme": ("u", 7), "accent-color": ("(ddd)", (2.0, 0.0, 0.0)), "contrast": ("u", 9)},
        {"color-scheme": ("s", "dark"), "accent-color": ("s", "blue"), "contrast": ("s", "1")},
        {"color-scheme": 1, "accent-color": ("(dd)", (0.5, 0.5))},
        {},
    ],
)
def test_what_makes_no_sense_is_no_wish(values: dict[str, Any]) -> None:
    assert read_appearance(values) == Appearance()


def test_the_theme_of_xfce_is_read_and_followed(bus: Bus, lock_bus: LockBus, qtbot: QtBot) -> None:
    seen: list[Appearance | None] = []
    watch = AppearanceXfconf(bus)
    with BusPeer(lock_bus.address, XFCONF, {"GetProperty": lambda _call: ("v", (("s", "Adwaita-dark"),))}) as daemon:
        watch.watch(seen.append)
        qtbot.waitUntil(lambda: bool(seen))
        assert daemon.asked("GetProperty").values == ("xsettings", "/Net/ThemeName")
        for channel, name, value in (
            ("xfwm4", "/Net/ThemeName", "Default-dark"),
            ("xsettings", "/Net/IconThemeName", "Papirus-Dark"),
            ("xsettings", "/Net/ThemeName", "Greybird"),
            ("xsettings", "/Net/ThemeName", "HighContrastInverse"),
        ):
            daemon.emit(XFCONF_PATH, XFCONF, "PropertyChanged", "ssv", channel, name, ("s", value))
        qtbot.waitUntil(lambda: len(seen) == 3)
        watch.close()
        watch.close()
    assert seen == [
        Appearance(scheme=Scheme.DARK),
        Appearance(scheme=Scheme.LIGHT),
        Appearance(scheme=Scheme.DARK, high_contrast=True),
    ]


def test_without_xfce_nobody_tells(bus: Bus, qtbot: QtBot) -> None:
    seen: list[Appearance | None] = []
    AppearanceXfconf(bus).watch(seen.append)
    qtbot.waitUntil(lambda: seen == [None])
