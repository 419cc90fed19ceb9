"""Keys and mouse for a Wayland desktop, as a person uses them: the compositor gets them first."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from jeepney import DBusAddress

from support.desktop_bus import SessionBus
from support.wayland_wire import WaylandClient, string, words

# codes of linux/input-event-codes.h, in the order of a US keyboard
_ROWS = """
escape 1 2 3 4 5 6 7 8 9 0 minus equal backspace tab q w e r t y u i o p bracketleft bracketright return
ctrl a s d f g h j k l semicolon apostrophe grave shift backslash z x c v b n m comma period slash shift_r
kp_multiply alt space caps_lock f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 num_lock
"""
_CODES = {name: code for code, name in enumerate(_ROWS.split(), 1)} | {
    "f11": 87,
    "f12": 88,
    "home": 102,
    "up": 103,
    "prior": 104,
    "left": 105,
    "right": 106,
    "end": 107,
    "down": 108,
    "next": 109,
    "insert": 110,
    "delete": 111,
    "super": 125,
    "control": 29,
    "enter": 28,
    "menu": 127,
}
_MODIFIER_BITS = {42: 1, 54: 1, 29: 4, 56: 8, 125: 64}
_BUTTONS = {1: 0x110, 2: 0x112, 3: 0x111}  # numbered as X11 does
_SIGNS = (
    *("minus", "equal", "bracketleft", "bracketright", "backslash"),
    *("semicolon", "apostrophe", "grave", "comma", "period", "slash"),
)
_KEY_OF = dict(zip("-=[]\\;'`,./", _SIGNS, strict=True)) | {" ": "space", "\t": "tab", "\n": "return"}
_SHIFTED = dict(zip('_+{}|:"~<>?', _SIGNS, strict=True)) | dict(zip("!@#$%^&*()", "1234567890", strict=True))
_KEYMAP = (
    b'xkb_keymap { xkb_keycodes { include "evdev+aliases(qwerty)" }; xkb_types { include "complete" }; '
    b'xkb_compat { include "complete" }; xkb_symbols { include "pc+us+inet(evdev)" }; };\0'
)
_HELD_S = 0.02  # how long a person holds a key at least; some compositors drop what is let go at once


def key_codes(combination: str) -> list[int]:
    """Return the codes of a key combination named as xdotool does (``ctrl+alt+d``), in the order of pressing.

    Raises:
        ValueError: No such key.
    """
    try:
        return [_CODES[name] for name in combination.lower().split("+")]
    except KeyError as error:
        raise ValueError(f"no key of a US keyboard is called {error}") from None


def codes_of_text(text: str) -> list[list[int]]:
    """Return the key combinations that type a text on a US keyboard."""
    return [_codes_of_letter(letter) for letter in text]


def _codes_of_letter(letter: str) -> list[int]:
    if letter in _SHIFTED:
        return [_CODES["shift"], _CODES[_SHIFTED[letter]]]
    if letter.isupper():
        return [_CODES["shift"], _CODES[letter.lower()]]
    return [_CODES[_KEY_OF.get(letter, letter)]]


class WaylandInput(Protocol):
    """A keyboard and a mouse, plugged in from making it to `close`."""

    def key(self, code: int, *, down: bool) -> None:
        """Press or let go a key."""
        ...

    def move(self, x: int, y: int) -> None:
        """Move the mouse to a place of the screen."""
        ...

    def button(self, code: int, *, down: bool) -> None:
        """Press or let go a button of the mouse."""
        ...

    def close(self) -> None:
        """Unplug."""
        ...


def press(device: WaylandInput, codes: Sequence[int]) -> None:
    """Press keys in turn, and let them go in the other direction."""
    for code in codes:
        device.key(code, down=True)
    time.sleep(_HELD_S)
    for code in reversed(codes):
        device.key(code, down=False)


def click(device: WaylandInput, button: int) -> None:
    """Press a button of the mouse, numbered as X11 does, and let it go."""
    device.button(_BUTTONS[button], down=True)
    time.sleep(_HELD_S)
    device.button(_BUTTONS[button], down=False)


def _now_ms() -> int:
    return int(time.monotonic() * 1000) & 0xFFFFFFFF


class WlrootsInput:
    """For sway: zwlr_virtual_pointer_v1 and zwp_virtual_keyboard_v1. A headless sway has no other pointer."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self._client, self._size, self._modifiers = WaylandClient(path), size, 0
        client = self._client
        seat = client.bind("wl_seat", 1)
        pointers = client.bind("zwlr_virtual_pointer_manager_v1", 1)
        self._pointer = client.new_id()
        client.send(pointers, 0, words(seat, self._pointer))
        keyboards = client.bind("zwp_virtual_keyboard_manager_v1", 1)
        self._keyboard = client.new_id()
        client.send(keyboards, 0, words(seat, self._keyboard))
        keymap = os.memfd_create("keymap")
        os.write(keymap, _KEYMAP)
        client.send(self._keyboard, 0, words(1, len(_KEYMAP)), [keymap])  # 1: in the format of xkb, version 1
        os.close(keymap)
        client.sync()

    def key(self, code: int, *, down: bool) -> None:
        self._client.send(self._keyboard, 1, words(_now_ms(), code, int(down)))
        if bit := _MODIFIER_BITS.get(code, 0):
            self._modifiers = self._modifiers | bit if down else self._modifiers & ~bit
            self._client.send(self._keyboard, 2, words(self._modifiers, 0, 0, 0))
        self._client.sync()

    def move(self, x: int, y: int) -> None:
        self._client.send(self._pointer, 1, words(_now_ms(), x, y, *self._size))
        self._frame()

    def button(self, code: int, *, down: bool) -> None:
        self._client.send(self._pointer, 2, words(_now_ms(), code, int(down)))
        self._frame()

    def _frame(self) -> None:
        self._client.send(self._pointer, 4)
        self._client.sync()

    def close(self) -> None:
        self._client.close()


class KwinInput:
    """For KWin: org_kde_kwin_fake_input, which it keeps from everyone unless told otherwise at its start."""

    def __init__(self, path: Path) -> None:
        self._client = WaylandClient(path)
        self._device = self._client.bind("org_kde_kwin_fake_input", 4)
        self._client.send(self._device, 0, string("tests") + string("pressing keys"))
        self._client.sync()

    def key(self, code: int, *, down: bool) -> None:
        self._client.send(self._device, 10, words(code, int(down)))
        self._client.sync()

    def move(self, x: int, y: int) -> None:
        self._client.send(self._device, 9, words(x * 256, y * 256))  # fixed point, 8 bits after it
        self._client.sync()

    def button(self, code: int, *, down: bool) -> None:
        self._client.send(self._device, 2, words(code, int(down)))
        self._client.sync()

    def close(self) -> None:
        self._client.close()


class MutterInput:
    """For GNOME Shell: org.gnome.Mutter.RemoteDesktop."""

    _NAME = "org.gnome.Mutter.RemoteDesktop"

    def __init__(self, bus: SessionBus, size: tuple[int, int]) -> None:
        self._bus, self._size = bus, size
        service = DBusAddress("/org/gnome/Mutter/RemoteDesktop", bus_name=self._NAME, interface=self._NAME)
        (path,) = bus.call(service, "CreateSession")
        self._session = DBusAddress(path, bus_name=self._NAME, interface=f"{self._NAME}.Session")
        bus.call(self._session, "Start")
        # its keyboard comes to be with the first key, which no window gets
        self.key(_CODES["shift"], down=True)
        self.key(_CODES["shift"], down=False)

    def key(self, code: int, *, down: bool) -> None:
        self._bus.call(self._session, "NotifyKeyboardKeycode", "ub", code, down)

    def move(self, x: int, y: int) -> None:
        # only relative moves are to be had without a screen cast: first to the corner at the bottom right, as the
        # one at the top left opens the overview
        width, height = self._size
        self._bus.call(
            self._session, "NotifyPointerMotionRelative", "dd", float(width + height), float(width + height)
        )
        self._bus.call(
            self._session, "NotifyPointerMotionRelative", "dd", float(x - width + 1), float(y - height + 1)
        )

    def button(self, code: int, *, down: bool) -> None:
        self._bus.call(self._session, "NotifyPointerButton", "ib", code, down)

    def close(self) -> None:
        """Its session ends with the connection to the bus, which is not its own."""
