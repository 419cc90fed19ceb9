"""Another program that copies, selects or pastes on a Wayland desktop, without a window (zwlr-data-control).

    python wayland_selection.py own clipboard|primary    owns the text of its standard input until it is replaced
    python wayland_selection.py read clipboard|primary   prints the text

wl-copy 2.1 does the same, but finds no PRIMARY on KWin.
"""

import os
import struct
import sys
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.wayland_wire import WaylandClient, read_string, string, words

TEXT_TYPES = ("text/plain;charset=utf-8", "text/plain", "UTF8_STRING")
_SET = {"clipboard": 0, "primary": 2}
_OFFERED = {1: "clipboard", 3: "primary"}


class Selections:
    """The two selections of a desktop.

    Args:
        path: The compositor's socket.

    Attributes:
        formats: Of each offer there has been.
        current: The offer of each selection, 0 for none.
    """

    def __init__(self, path: Path) -> None:
        self.client = WaylandClient(path)
        seat = self.client.bind("wl_seat", 1)
        self._device_manager = self.client.bind("zwlr_data_control_manager_v1", 2)
        self.formats: dict[int, list[str]] = {}
        self.current = {"clipboard": 0, "primary": 0}
        self.lost = False
        self._device = self.client.new_id(self._heard)
        self.client.send(self._device_manager, 1, words(self._device, seat))
        self.client.sync()
        self.client.sync()

    def _heard(self, opcode: int, arguments: bytes) -> None:
        (offer,) = struct.unpack_from("=I", arguments) if arguments else (0,)
        if opcode == 0:
            self.formats[offer] = formats = []
            self.client.listen(offer, lambda _opcode, its: formats.append(read_string(its)[0]))
        elif opcode in _OFFERED:
            self.current[_OFFERED[opcode]] = offer

    def read(self, buffer: str) -> str:
        """Return the text of a selection; empty when it has none."""
        offer = self.current[buffer]
        usable = [name for name in TEXT_TYPES if name in self.formats.get(offer, ())]
        if not usable:
            return ""
        read_end, write_end = os.pipe()
        self.client.send(offer, 0, string(usable[0]), [write_end])
        os.close(write_end)
        with os.fdopen(read_end, "rb") as pipe:
            return pipe.read().decode(errors="replace")

    def own(self, buffer: str, data: bytes) -> None:
        """Offer a text, and serve it until another program offers something."""
        source = self.client.new_id(lambda opcode, _arguments: self._asked(opcode, data))
        self.client.send(self._device_manager, 0, words(source))
        for name in TEXT_TYPES:
            self.client.send(source, 0, string(name))
        self.client.send(self._device, _SET[buffer], words(source))
        self.client.sync()
        print("owned", flush=True)
        self.client.wait_without_end()
        while not self.lost:
            self.client.dispatch()

    def _asked(self, opcode: int, data: bytes) -> None:
        if opcode == 1:
            self.lost = True
            return
        with os.fdopen(self.client.fds.pop(0), "wb") as pipe:
            pipe.write(data)


def main() -> None:
    """Do what the command line says."""
    _, act, buffer = sys.argv
    selections = Selections(Path(os.environ["XDG_RUNTIME_DIR"], os.environ["WAYLAND_DISPLAY"]))
    if act == "own":
        selections.own(buffer, sys.stdin.buffer.read())
    else:
        print(selections.read(buffer), end="")


if __name__ == "__main__":
    main()
