"""Global hotkeys on X11 by XGrabKey, on a connection of our own."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringbridge.core.hotkeys import format_hotkey, parse_grab
from ringbridge.desktop.clipboard_x11 import x11_availability
from ringbridge.desktop.ports import Availability, HotkeyInvalid, HotkeyTaken, HotkeyUnavailable
from ringbridge.desktop.x11 import events, xcb
from ringbridge.desktop.x11.keyboard import Grab, Keyboard

if TYPE_CHECKING:
    from ringbridge.desktop.x11.qt_loop import XLoop

_log = logging.getLogger(__name__)

_REPEAT_GAP_MS = 5
"""A held key repeats as an up and a down at the same server time; no finger is that quick."""


@dataclass(slots=True, kw_only=True)
class _Binding:
    """A combination, and what is grabbed for it; nothing while this keyboard has no free key for it."""

    combination: str
    pressed: Callable[[], None]
    grabs: tuple[Grab, ...]


class HotkeyX11:
    """A `HotkeyBackend`: fires whatever has the focus and whichever locks are on, at the first press only.

    While another program holds the whole keyboard (an open menu, a screen locker) X11 gives it every key, and no
    hotkey fires.
    """

    name = "x11"

    def __init__(self) -> None:
        self._connection: xcb.Connection | None = None
        self._keyboard: Keyboard | None = None
        self._loop: XLoop | None = None
        self._bindings: dict[str, _Binding] = {}
        self._released_at: dict[int, int] = {}

    def availability(self) -> Availability:
        """Usable wherever an X server answers; reasons ``no_library``, ``no_display``."""
        return x11_availability(xfixes=False)

    def bind(self, combination: str, pressed: Callable[[], None]) -> None:
        """Grab the combination; binding it again replaces what it does.

        Raises:
            HotkeyTaken: Another program holds it; nothing stays grabbed.
            HotkeyInvalid: This keyboard can't do it.
            HotkeyUnavailable: There is no X server (any more).
        """
        combination = _canonical(combination)
        if (known := self._bindings.get(combination)) is not None and known.grabs:
            known.pressed = pressed
            return
        try:
            connection, keyboard = self._open()
            grabs = keyboard.grabs(combination)
            code = connection.grab_keys(grabs)
        except xcb.XcbError as error:
            self.close()
            raise HotkeyUnavailable(combination) from error
        self._soon()
        if code == xcb.BAD_ACCESS:
            raise HotkeyTaken(combination)
        if code:
            raise HotkeyInvalid(combination)
        self._bindings[combination] = _Binding(combination=combination, pressed=pressed, grabs=grabs)

    def unbind(self, combination: str) -> None:
        """Give the combination back."""
        try:
            combination = _canonical(combination)
        except HotkeyInvalid:
            return
        binding = self._bindings.pop(combination, None)
        if binding is not None and self._connection is not None:
            self._connection.ungrab_keys(binding.grabs)
            self._soon()

    def close(self) -> None:
        """Disconnect; the server gives all keys back."""
        loop, self._loop = self._loop, None
        connection, self._connection = self._connection, None
        self._bindings.clear()
        self._keyboard = None
        if loop is not None:
            loop.stop()
        if connection is not None:
            connection.close()

    def _open(self) -> tuple[xcb.Connection, Keyboard]:
        if self._connection is None or self._keyboard is None:
            from ringbridge.desktop.x11.qt_loop import XLoop

            self._connection = xcb.Connection()
            self._keyboard = Keyboard.of(self._connection)
            self._loop = XLoop(self._connection, self._go_on, self._go_on)
        else:
            self._follow_keyboard(self._connection)  # a change of the layout may be on its way to us
        return self._connection, self._keyboard

    def _soon(self) -> None:
        if self._loop is not None:
            self._loop.call_soon()

    def _go_on(self) -> None:
        connection = self._connection
        if connection is None:
            return
        pressed: list[_Binding] = []
        keyboard_changed = False
        while (event := connection.next_event()) is not None:
            if isinstance(event, events.Key):
                pressed += self._take_key(event)
            elif isinstance(event, events.KeyboardChanged):
                keyboard_changed = True
        try:
            if keyboard_changed:
                self._follow_keyboard(connection)
        except xcb.XcbError as error:
            _log.debug("while reading the keyboard mapping: %s", error.reason)
        if connection.broken:
            _log.warning("the X server went away: no more hotkeys")
            self.close()
        for binding in pressed:
            binding.pressed()

    def _take_key(self, key: events.Key) -> list[_Binding]:
        if not key.pressed:
            self._released_at[key.keycode] = key.time
            return []
        released_at = self._released_at.get(key.keycode)
        if released_at is not None and (key.time - released_at) % (1 << 32) <= _REPEAT_GAP_MS:
            return []
        grab = (key.modifiers & 0xFF, key.keycode)  # above stand mouse buttons and the layout's number
        return [binding for binding in self._bindings.values() if grab in binding.grabs]

    def _follow_keyboard(self, connection: xcb.Connection) -> None:
        """Move each hotkey to where its key is now; those that did not move are left alone."""
        self._soon()  # reading the answers below may read events too
        keyboard = Keyboard.of(connection)
        if keyboard == self._keyboard:
            return
        self._keyboard = keyboard
        moved: list[tuple[_Binding, tuple[Grab, ...]]] = []
        for binding in self._bindings.values():
            try:
                grabs = keyboard.grabs(binding.combination)
            except HotkeyInvalid:
                _log.warning("the new keyboard layout has no key for %s", binding.combination)
                grabs = ()
            if grabs != binding.grabs:
                moved.append((binding, grabs))
        for binding, _ in moved:
            connection.ungrab_keys(binding.grabs)
            binding.grabs = ()
        for binding, grabs in moved:
            if connection.grab_keys(grabs):
                _log.warning("another program holds %s in the new keyboard layout", binding.combination)
            else:
                binding.grabs = grabs


def _canonical(combination: str) -> str:
    try:
        return format_hotkey(*parse_grab(combination))
    except ValueError:
        raise HotkeyInvalid(combination) from None
