"""Global hotkeys on X11 by XGrabKey, on a connection of our own."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ringbridge.core.hotkeys import STOP_KEY, HotkeyAction
from ringbridge.desktop.clipboard_x11 import x11_availability
from ringbridge.desktop.ports import (
    Availability,
    HotkeyCondition,
    HotkeyState,
    HotkeyWish,
    Pressed,
    Told,
)
from ringbridge.desktop.x11 import events, xcb
from ringbridge.desktop.x11.keyboard import Grab, Keyboard, NoSuchKey

if TYPE_CHECKING:
    from ringbridge.desktop.x11.qt_loop import XLoop

_log = logging.getLogger(__name__)

_REPEAT_GAP_MS = 5
"""A held key repeats as an up and a down at the same server time; no finger is that quick."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Binding:
    """A combination, and what is grabbed for it; nothing while this keyboard has no free key for it."""

    combination: str
    pressed: Callable[[], None]
    told: Callable[[HotkeyState], None]
    grabs: tuple[Grab, ...] = ()
    state: HotkeyState = HotkeyState(HotkeyCondition.WAITING)  # noqa: RUF009 - it never changes

    def tell(self, state: HotkeyState) -> None:
        """Say where it stands, if that is news."""
        if state != self.state:
            self.state = state
            self.told(state)


class HotkeyX11:
    """A `HotkeyBackend`: fires whatever has the focus and whichever locks are on, at the first press only.

    While another program holds the whole keyboard (an open menu, a screen locker) X11 gives it every key, and no
    hotkey fires. Who holds a combination the server does not tell. A key that was taken is asked for again with each
    `bind` and with each change of the keyboard.
    """

    name = "x11"

    def __init__(self) -> None:
        self._connection: xcb.Connection | None = None
        self._keyboard: Keyboard | None = None
        self._loop: XLoop | None = None
        self._bindings: dict[HotkeyAction, _Binding] = {}
        self._stop: _Binding | None = None
        self._released_at: dict[int, int] = {}

    def availability(self) -> Availability:
        """Usable wherever an X server answers; reasons ``no_library``, ``no_display``."""
        return x11_availability(xfixes=False)

    def bind(self, wishes: Sequence[HotkeyWish], pressed: Pressed, told: Told) -> None:
        """Grab the combinations; every state is told before this returns, and later changes as they come."""
        before, self._bindings = self._bindings, {}
        wanted = {wish.action: wish for wish in wishes}
        for action, binding in before.items():
            wish = wanted.get(action)
            if wish is not None and wish.combination == binding.combination and binding.grabs:
                self._bindings[action] = binding
            elif self._connection is not None:
                self._connection.ungrab_keys(binding.grabs)
                self._soon()
        for action, wish in wanted.items():
            binding = self._bindings.get(action)
            if binding is None:
                binding = self._bindings[action] = _Binding(
                    combination=wish.combination, pressed=partial(pressed, action), told=partial(told, action)
                )
            else:
                binding.pressed, binding.told = partial(pressed, action), partial(told, action)
                binding.told(binding.state)
        if wanted:
            self._grab_all([binding for binding in self._bindings.values() if not binding.grabs])

    def configure(self) -> bool:
        """Each program has its own keys here."""
        return False

    def hold_stop_key(self, pressed: Callable[[], None] | None) -> bool:
        """Grab Escape, or give it back."""
        stop, self._stop = self._stop, None
        if stop is not None and self._connection is not None:
            self._connection.ungrab_keys(stop.grabs)
            self._soon()
        if pressed is None:
            return True
        stop = self._stop = _Binding(combination=STOP_KEY, pressed=pressed, told=lambda _state: None)
        self._grab_all([stop])
        return bool(stop.grabs)

    def close(self) -> None:
        """Disconnect; the server gives all keys back."""
        self._bindings.clear()
        self._stop = None
        self._disconnect()

    def _disconnect(self) -> None:
        loop, self._loop = self._loop, None
        connection, self._connection = self._connection, None
        self._keyboard = None
        if loop is not None:
            loop.stop()
        if connection is not None:
            connection.close()

    def _all(self) -> list[_Binding]:
        return [*self._bindings.values(), *((self._stop,) if self._stop is not None else ())]

    def _grab_all(self, bindings: list[_Binding]) -> None:
        try:
            connection, keyboard = self._open()
            for binding in bindings:
                if not binding.grabs:  # following the keyboard may have found the key already
                    self._grab(connection, keyboard, binding)
        except xcb.XcbError as error:
            _log.warning("no hotkeys: %s", error.reason)
            self._lost()

    @staticmethod
    def _grab(connection: xcb.Connection, keyboard: Keyboard, binding: _Binding) -> None:
        try:
            grabs = keyboard.grabs(binding.combination)
        except NoSuchKey:
            binding.tell(HotkeyState(HotkeyCondition.INVALID))
            return
        code = connection.grab_keys(grabs)
        if not code:
            binding.grabs = grabs
            binding.tell(HotkeyState(HotkeyCondition.BOUND, keys=binding.combination))
        else:
            taken = code == xcb.BAD_ACCESS
            binding.tell(HotkeyState(HotkeyCondition.TAKEN if taken else HotkeyCondition.INVALID))

    def _lost(self) -> None:
        """The X server is gone, and with it every key."""
        self._disconnect()
        for binding in self._all():
            binding.grabs = ()
            binding.tell(
                HotkeyState(HotkeyCondition.UNAVAILABLE, availability=Availability(usable=False, reason="gone"))
            )

    def _open(self) -> tuple[xcb.Connection, Keyboard]:
        if self._connection is None or self._keyboard is None:
            from ringbridge.desktop.x11.qt_loop import XLoop

            self._connection = xcb.Connection()
            self._keyboard = Keyboard.of(self._connection)
            self._loop = XLoop(self._connection, self._go_on, self._go_on)
        else:
            self._follow_keyboard(self._connection)  # a change of the layout may be on its way to us
        self._soon()
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
            self._lost()
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
        return [binding for binding in self._all() if grab in binding.grabs]

    def _follow_keyboard(self, connection: xcb.Connection) -> None:
        """Move each hotkey to where its key is now; those that did not move are left alone."""
        self._soon()  # reading the answers below may read events too
        keyboard = Keyboard.of(connection)
        if keyboard == self._keyboard:
            return
        self._keyboard = keyboard
        moved: list[_Binding] = []
        for binding in self._all():
            try:
                grabs = keyboard.grabs(binding.combination)
            except NoSuchKey:
                _log.info("the new keyboard layout has no key for %s", binding.combination)
                grabs = ()
            if grabs != binding.grabs or not grabs:
                moved.append(binding)
        for binding in moved:
            connection.ungrab_keys(binding.grabs)
            binding.grabs = ()
        for binding in moved:
            self._grab(connection, keyboard, binding)
