"""A program that grabs one exact combination: `python key_holder.py mod2+control d` (modifiers of X, one key)."""

import json
import sys

from Xlib import XK, X, display

MASKS = {"shift": X.ShiftMask, "lock": X.LockMask, "control": X.ControlMask, "mod1": X.Mod1Mask, "mod2": X.Mod2Mask}

if __name__ == "__main__":
    connection = display.Display()
    keycode = connection.keysym_to_keycode(XK.string_to_keysym(sys.argv[2]))
    modifiers = sum(MASKS[name] for name in sys.argv[1].split("+"))
    root = connection.screen().root
    root.grab_key(keycode, modifiers, 1, X.GrabModeAsync, X.GrabModeAsync)
    connection.sync()
    print(json.dumps({"holds": True}), flush=True)
    sys.stdin.read()
