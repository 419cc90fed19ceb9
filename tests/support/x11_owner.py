"""A program that owns an X selection, well-behaved or not: `python x11_owner.py SELECTION MODE [TEXT]`.

It is written on python-xlib, so it shares no code with what it tests. It prints one JSON line when it owns the
selection and one for each request it receives, so that a test can tell what was never asked for. A line on standard
input makes it take the selection again.

Modes: text, latin1 (STRING only), compound (COMPOUND_TEXT only), no_targets (refuses TARGETS, gives the text),
image, html, empty, secret and others of MARKED (text with a marker beside it), own (a copy made by Ringbridge), incr
(announces 10 MB piece by piece), huge (more than the cap in one piece), hang (answers nothing), hang_targets,
hang_text, die (ends in the middle of a text request), late (answers after 0.8 s), refuse (offers text, refuses to
give it).
"""

import json
import os
import select
import sys
import time
from typing import Any

from Xlib import X, Xatom, display
from Xlib.protocol import event as xevent

MARKED = {
    "secret": "x-kde-passwordManagerHint",
    "secret_gtk": "text/x-kde-passwordManagerHint",
    "secret_copyq": "application/x-copyq-secret",
    "own": "application/x-ringbridge-copy",
}
LATE_S = 0.8


def say(**facts: Any) -> None:
    print(json.dumps({"at": time.monotonic(), **facts}), flush=True)


class Owner:
    def __init__(self, selection: str, mode: str, text: str) -> None:
        self.display = display.Display()
        self.window = self.display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.window.change_attributes(event_mask=X.PropertyChangeMask)
        self.selection = self.atom(selection)
        self.mode, self.text = mode, text
        self.started_at = 0.0

    def atom(self, name: str) -> int:
        return self.display.intern_atom(name)

    def own(self) -> None:
        self.window.change_property(self.atom("RB_TIME"), Xatom.STRING, 8, b"", X.PropModeAppend)
        while True:
            event = self.display.next_event()
            if event.type == X.PropertyNotify:
                break
        at = time.monotonic()
        self.window.set_selection_owner(self.selection, event.time)
        self.display.sync()
        say(owns=True, at_request=at)

    def offered(self) -> list[str]:
        if self.mode in MARKED:
            return [MARKED[self.mode], "UTF8_STRING", "STRING", "TARGETS"]
        special = {
            "image": ["image/png", "TARGETS", "TIMESTAMP"],
            "html": ["text/html", "TARGETS"],
            "latin1": ["STRING", "TARGETS"],
            "compound": ["COMPOUND_TEXT", "TEXT", "TARGETS"],
        }
        return special.get(self.mode, ["TARGETS", "TIMESTAMP", "UTF8_STRING", "text/plain;charset=utf-8", "STRING"])

    def answer(self, request: Any) -> None:
        target = self.display.get_atom_name(request.target)
        say(asked=target, time=request.time)
        if self.mode == "hang" or (self.mode == "hang_targets" and target == "TARGETS"):
            return
        is_text = target != "TARGETS"
        if is_text and self.mode == "hang_text":
            return
        if is_text and self.mode == "die":
            os._exit(0)
        if self.mode == "late":
            time.sleep(LATE_S)
        given = request.property
        if target == "TARGETS" and self.mode != "no_targets":
            atoms = [self.atom(name) for name in self.offered()]
            self.put(request, Xatom.ATOM, 32, atoms)
        elif is_text and self.mode != "refuse" and (target in self.offered() or self.mode == "no_targets"):
            self.put_text(request, target)
        else:
            given = X.NONE
        request.requestor.send_event(
            xevent.SelectionNotify(
                time=request.time,
                requestor=request.requestor,
                selection=request.selection,
                target=request.target,
                property=given,
            ),
            event_mask=0,
        )
        self.display.sync()
        say(answered=target)

    def put(self, request: Any, kind: int, size: int, value: Any) -> None:
        request.requestor.change_property(request.property, kind, size, value)

    def put_text(self, request: Any, target: str) -> None:
        if self.mode == "incr":
            self.put(request, self.atom("INCR"), 32, [10 * 1024 * 1024])
        elif self.mode == "huge":
            self.put(request, request.target, 8, b"7" * (64 * 1024 + 1))
        elif self.mode == "compound":
            self.put(request, self.atom("COMPOUND_TEXT"), 8, self.text.encode("latin-1"))
        elif target == "STRING":
            self.put(request, Xatom.STRING, 8, self.text.encode("latin-1", "replace"))
        else:
            self.put(request, request.target, 8, b"" if self.mode == "empty" else self.text.encode())

    def serve(self) -> None:
        self.own()
        while True:
            while self.display.pending_events():
                event = self.display.next_event()
                if event.type == X.SelectionRequest:
                    self.answer(event)
            readable, _, _ = select.select([self.display.fileno(), sys.stdin.fileno()], [], [])
            if sys.stdin.fileno() in readable:
                if not os.read(sys.stdin.fileno(), 4096):
                    return
                self.own()


if __name__ == "__main__":
    Owner(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "+1 212 555 0100").serve()
