"""A Wayland compositor that shows nothing and speaks data control, well-behaved or not.

`python fake_compositor.py SOCKET INTERFACE VERSION [TROUBLE]` listens at SOCKET and offers the manager INTERFACE
(``none``: no data control). It packs its own bytes, so it shares no code with what it tests. JSON lines on standard
input say what is copied or selected now, those on standard output what it was asked.

A copy (`copy=MODE`): text, late (writes after 0.8 s), half (writes half of it, then nothing), hang (writes nothing),
die (ends without a byte), huge (10 MB), endless, image, html, latin1 (STRING), plain (text/plain in Latin-1),
legacy (UTF8_STRING only), spelled (charset in capitals), own (Ringbridge's), none (nothing is copied), or a name of
`MARKED`.

TROUBLE: silent (answers nothing), bytes (each byte on its own), flood (hundreds of formats and offers), noseat.
"""

import json
import os
import select
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import Any

MARKED = {
    "secret": "x-kde-passwordManagerHint",
    "secret_gtk": "text/x-kde-passwordManagerHint",
    "secret_copyq": "application/x-copyq-secret",
}
TEXT = ["text/plain", "text/plain;charset=utf-8", "TEXT", "STRING", "UTF8_STRING"]
OFFERED = {
    "image": ["image/png", "image/bmp"],
    "html": ["text/html"],
    "latin1": ["STRING"],
    "plain": ["text/plain"],
    "legacy": ["UTF8_STRING"],
    "spelled": ["text/plain; charset=UTF-8", "text/plain"],
    "own": ["application/x-ringbridge-copy", *TEXT],
    **{mode: [*TEXT, mark] for mode, mark in MARKED.items()},
}
LONG = {"huge": 10_000_000, "endless": 200_000_000}
LATE_S = 0.8
MANAGER, SEAT = 3, 7  # as globals


def say(**facts: Any) -> None:
    print(json.dumps({"at": time.monotonic(), **facts}), flush=True)


def text_of(value: str) -> bytes:
    raw = value.encode() + b"\0"
    return struct.pack("=I", len(raw)) + raw.ljust(-(-len(raw) // 4) * 4, b"\0")


class Copy:
    """What is copied or selected now."""

    def __init__(self, mode: str, text: str) -> None:
        self.mode, self.text = mode, text

    @property
    def formats(self) -> list[str]:
        return OFFERED.get(self.mode, TEXT)


class Client:
    """One program that is connected, and its objects: id → (kind, what it stands for)."""

    def __init__(self, compositor: "Compositor", connection: socket.socket) -> None:
        self.compositor, self.connection = compositor, connection
        self.objects: dict[int, tuple[str, Any]] = {1: ("display", None)}
        self.buffer, self.fds = b"", []
        self.next_offer = 0xFF000000
        self.offers = 0

    def send(self, object_id: int, opcode: int, body: bytes = b"") -> None:
        message = struct.pack("=II", object_id, (8 + len(body)) << 16 | opcode) + body
        pieces = [bytes([byte]) for byte in message] if self.compositor.trouble == "bytes" else [message]
        for piece in pieces:
            self.raw(piece)

    def raw(self, piece: bytes) -> None:
        with suppress(OSError):  # it went; `read` will say so
            self.connection.sendall(piece)

    def read(self) -> bool:
        piece, fds, _, _ = socket.recv_fds(self.connection, 65536, 16)
        self.buffer += piece
        self.fds += fds
        while len(self.buffer) >= 8:
            object_id, word = struct.unpack_from("=II", self.buffer)
            size = word >> 16
            if len(self.buffer) < size:
                break
            body, self.buffer = self.buffer[8:size], self.buffer[size:]
            if self.compositor.trouble != "silent":
                self.obey(object_id, word & 0xFFFF, body)
        return bool(piece)

    def obey(self, object_id: int, opcode: int, body: bytes) -> None:
        kind, meaning = self.objects[object_id]  # a KeyError ends the compositor: nobody may use what is not there
        words = struct.unpack_from(f"={len(body) // 4}I", body)
        match kind, opcode:
            case "display", 0:
                self.send(words[0], 0, struct.pack("=I", 0))
                self.send(1, 1, struct.pack("=I", words[0]))
            case "display", 1:
                self.objects[words[0]] = ("registry", None)
                self.tell_globals(words[0])
            case "registry", 0:
                kind = {MANAGER: "manager", SEAT: "seat"}[words[0]]
                self.objects[words[-1]] = (kind, None)
                say(bound=kind, version=words[-2])
            case "manager", 1:
                assert self.objects[words[1]][0] == "seat"
                self.objects[words[0]] = ("device", None)
                for buffer in self.compositor.copies:
                    self.tell_copy(buffer)
            case "device", 1:
                del self.objects[object_id]
                self.send(1, 1, struct.pack("=I", object_id))
            case "offer", 0:
                length = words[0]
                self.compositor.give(meaning, body[4 : 3 + length].decode(), self.fds.pop(0))
            case "offer", 1:
                del self.objects[object_id]
                self.offers -= 1
            case _:
                say(unexpected=kind, opcode=opcode)

    def tell_globals(self, registry: int) -> None:
        interface, version, trouble = self.compositor.interface, self.compositor.version, self.compositor.trouble
        known = [(1, "wl_compositor", 5), (2, "wl_shm", 1)]
        known += [(SEAT, "wl_seat", 8)] if trouble != "noseat" else []
        known += [(MANAGER, interface, version)] if interface != "none" else []
        for name, what, number in known:
            self.send(registry, 0, struct.pack("=I", name) + text_of(what) + struct.pack("=I", number))

    def device(self) -> int:
        return next((object_id for object_id, (kind, _) in self.objects.items() if kind == "device"), 0)

    def tell_copy(self, buffer: str) -> None:
        device, copy = self.device(), self.compositor.copies[buffer]
        if not device or (buffer == "selection" and self.compositor.version < self.compositor.primary_since):
            return
        flood = self.compositor.trouble == "flood"
        for _ in range(200 if flood else 0):
            self.introduce(device, Copy("text", ""))
        offer = self.introduce(device, copy) if copy.mode != "none" else 0
        for index in range(5000 if flood else 0):
            self.send(offer, 0, text_of(f"application/x-{index}-{'x' * 400}"))
        self.send(device, 1 if buffer == "clipboard" else 3, struct.pack("=I", offer))

    def introduce(self, device: int, copy: Copy) -> int:
        offer, self.next_offer = self.next_offer, self.next_offer + 1
        self.objects[offer] = ("offer", copy)
        self.offers += 1
        self.send(device, 0, struct.pack("=I", offer))
        for name in copy.formats:
            self.send(offer, 0, text_of(name))
        return offer


class Compositor:
    def __init__(self, path: str, interface: str, version: int, trouble: str) -> None:
        self.interface, self.version, self.trouble = interface, version, trouble
        self.primary_since = 2 if interface.startswith("zwlr") else 1
        self.copies = {"clipboard": Copy("none", ""), "selection": Copy("none", "")}
        self.clients: list[Client] = []
        self.writing: list[tuple[int, memoryview, float]] = []  # pipe, what is left, not before
        self.held: list[int] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()

    def give(self, copy: Copy, mime: str, fd: int) -> None:
        say(asked=mime)
        os.set_blocking(fd, False)
        narrow = copy.mode in {"latin1", "plain"}
        data = copy.text.encode("latin-1" if narrow else "utf-8")
        if copy.mode in {"hang", "half"}:
            os.write(fd, data[: len(data) // 2] if copy.mode == "half" else b"")
            self.held.append(fd)
        elif copy.mode == "die":
            os.close(fd)
        else:
            data = bytes(LONG[copy.mode]) if copy.mode in LONG else data
            self.writing.append((fd, memoryview(data), time.monotonic() + (LATE_S if copy.mode == "late" else 0)))

    def write(self) -> None:
        left: list[tuple[int, memoryview, float]] = []
        for fd, data, not_before in self.writing:
            if time.monotonic() < not_before:
                left.append((fd, data, not_before))
                continue
            try:
                written = os.write(fd, data[:1_000_000])
            except BlockingIOError:
                written = 0
            except BrokenPipeError:
                say(broken_pipe=True)
                os.close(fd)
                continue
            if written < len(data):
                left.append((fd, data[written:], not_before))
            else:
                os.close(fd)
                say(given=True)
        self.writing = left

    def obey(self, line: str) -> bool:
        order: dict[str, Any] = json.loads(line)
        if "copy" in order:
            buffer = order.get("buffer", "clipboard")
            self.copies[buffer] = Copy(order["copy"], order.get("text", "+1 212 555 0100"))
            at = time.monotonic()
            for client in self.clients:
                client.tell_copy(buffer)
            say(copied=True, at_request=at, offers=max((client.offers for client in self.clients), default=0))
        for client in self.clients:
            match order.get("do"):
                case "raw":
                    client.raw(bytes.fromhex(order["bytes"]))
                case "device":  # an event of the device's, as it comes
                    client.send(client.device(), order["opcode"], bytes.fromhex(order["bytes"]))
                case "error":
                    client.send(1, 0, struct.pack("=II", 1, 1) + text_of("you are not welcome"))
                case "finish":
                    client.send(client.device(), 2)
                case "close":
                    return False
                case _:
                    pass
        if order.get("do") == "stop":
            time.sleep(order["seconds"])
        return True

    def serve(self) -> None:
        say(ready=True)
        rest = b""
        while True:
            waiting = [self.listener, sys.stdin.fileno(), *(client.connection for client in self.clients)]
            ready = [fd for fd, _, not_before in self.writing if not_before <= time.monotonic()]
            wait_s = min((late - time.monotonic() for _, _, late in self.writing), default=None)
            waits = None if wait_s is None else max(0.001, wait_s)
            readable, _, _ = select.select(waiting, ready, [], 0.5 if ready else waits)
            if self.listener in readable:
                self.clients.append(Client(self, self.listener.accept()[0]))
            for client in [client for client in self.clients if client.connection in readable]:
                try:
                    lives = client.read()
                except ConnectionError:
                    lives = False
                if not lives:
                    client.connection.close()
                    self.clients.remove(client)
            self.write()
            if sys.stdin.fileno() in readable:
                piece = os.read(sys.stdin.fileno(), 65536)
                *lines, rest = (rest + piece).split(b"\n")
                if not piece or not all(self.obey(line.decode()) for line in lines):
                    return


if __name__ == "__main__":
    Compositor(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else "").serve()
