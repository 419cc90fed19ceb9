"""Which physical keys a combination such as `Ctrl+Alt+D` stands on, on the X keyboard of the moment."""

from dataclasses import dataclass
from itertools import combinations

from ringbridge.core.hotkeys import parse_grab
from ringbridge.desktop.x11.xcb import MASK_CONTROL, MASK_LOCK, MASK_SHIFT, Connection

# Names of core/hotkeys.py to keysyms (X11R7.7 protocol, appendix A; X11/keysymdef.h).
_KEYSYMS = {
    "Space": 0x0020, "Plus": 0x002B, "Comma": 0x002C, "Minus": 0x002D, "Period": 0x002E, "Slash": 0x002F,
    "Backspace": 0xFF08, "Tab": 0xFF09, "Return": 0xFF0D, "Pause": 0xFF13, "Escape": 0xFF1B,
    "Home": 0xFF50, "Left": 0xFF51, "Up": 0xFF52, "Right": 0xFF53, "Down": 0xFF54, "PageUp": 0xFF55,
    "PageDown": 0xFF56, "End": 0xFF57, "Print": 0xFF61, "Insert": 0xFF63, "Delete": 0xFFFF,
    **{f"F{n}": 0xFFBE + n - 1 for n in range(1, 25)},
}  # fmt: skip
_PUNCTUATION = frozenset({"Plus", "Comma", "Minus", "Period", "Slash"})
_ALT = (0xFFE9, 0xFFEA)  # Alt_L, Alt_R
_SUPER = (0xFFEB, 0xFFEC)  # Super_L, Super_R
_LOCKS = (0xFF7F, 0xFF14)  # Num_Lock, Scroll_Lock

Grab = tuple[int, int]
"""Modifiers and keycode."""


class NoSuchKey(Exception):
    """No key, or no modifier, of this keyboard does the combination."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyboard:
    """The key and modifier mapping at one moment.

    Attributes:
        first_keycode: The keycode of `keysyms[0]`.
        keysyms: For each keycode its keysyms: two of the first layout (plain, with Shift), two of the second, more.
        modifiers: The keycodes of Shift, Lock, Control and Mod1 to Mod5.
    """

    first_keycode: int
    keysyms: tuple[tuple[int, ...], ...]
    modifiers: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, connection: Connection) -> "Keyboard":
        """Ask the server: two round trips.

        Raises:
            XcbError: ``gone``.
        """
        return cls(
            first_keycode=connection.min_keycode,
            keysyms=connection.keyboard_mapping(),
            modifiers=connection.modifier_mapping(),
        )

    def grabs(self, combination: str) -> tuple[Grab, ...]:
        """Every pair of modifiers and keycode that the combination can arrive as.

        The locks are part of a grab's modifiers, so each state of Caps Lock, Num Lock and Scroll Lock is a pair.

        Raises:
            NoSuchKey: No key, or no modifier, of this keyboard does it.
        """
        try:
            names, key = parse_grab(combination)
        except ValueError:
            raise NoSuchKey(combination) from None
        wanted = 0
        for name in names:
            wanted |= self._mask_of(name, combination)
        keys = self._keys(key)
        if not keys:
            raise NoSuchKey(combination)
        locks = {MASK_LOCK} | {mask for keysym in _LOCKS if (mask := self._modifier_with((keysym,)))}
        lock_states = [sum(some) for size in range(len(locks) + 1) for some in combinations(sorted(locks), size)]
        return tuple(sorted({(wanted | shift | state, code) for code, shift in keys for state in lock_states}))

    def _mask_of(self, modifier: str, combination: str) -> int:
        fixed = {"Ctrl": MASK_CONTROL, "Shift": MASK_SHIFT}
        mask = fixed.get(modifier) or self._modifier_with(_ALT if modifier == "Alt" else _SUPER)
        if not mask:
            raise NoSuchKey(combination)
        return mask

    def _modifier_with(self, keysyms: tuple[int, ...]) -> int:
        """The mask of the first of Mod1 to Mod5 that a key with one of `keysyms` is on; 0 when none."""
        for index in range(3, 8):
            for code in self.modifiers[index]:
                if set(keysyms) & set(self._of(code)):
                    return 1 << index
        return 0

    def _of(self, keycode: int) -> tuple[int, ...]:
        index = keycode - self.first_keycode
        return self.keysyms[index] if 0 <= index < len(self.keysyms) else ()

    def _keys(self, key: str) -> tuple[tuple[int, int], ...]:
        """Keycodes and the Shift each needs to give `key`.

        The first layout decides; the second helps where the first has no such key (Latin letters beside Cyrillic).
        A digit means its key even where it takes Shift to write it (France), as on other systems; a plus sign that
        needs Shift is pressed with it.
        """
        keysym = _KEYSYMS.get(key) or ord(key.lower())
        shifted = MASK_SHIFT if key in _PUNCTUATION else 0
        for column, shift in ((0, 0), (1, shifted), (2, 0), (3, shifted)):
            found = tuple(
                (self.first_keycode + index, shift)
                for index, row in enumerate(self.keysyms)
                if column < len(row) and row[column] == keysym
            )
            if found:
                return found
        return ()
