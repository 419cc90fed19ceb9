"""The compositor's data control: what is copied and selected, told to a program that has no window.

Two protocols are the same on the wire: `ext-data-control-v1` and wlroots' older `wlr-data-control-unstable-v1`, whose
first version knows no selected text. For each copy the compositor introduces an offer, names its formats one by one,
and then says that this offer is what is copied now. Only formats that mean something here are kept, so that no
program can fill our memory with names.
"""

import logging
import select
import time
from typing import NamedTuple

from ringbridge.desktop.formats import OWN_COPY_FORMAT, SECRET_FORMATS
from ringbridge.desktop.ports import Buffer
from ringbridge.desktop.wayland import wire
from ringbridge.desktop.wayland.connection import Connection, WaylandError

MANAGERS = {"ext_data_control_manager_v1": 1, "zwlr_data_control_manager_v1": 2}
"""Who gives data control, best first, and up to which version it is known here."""

TEXT_FORMATS = ("text/plain;charset=utf-8", "utf8_string", "text/plain", "string", "text")
"""Best first, as `_bare` writes them."""

_log = logging.getLogger(__name__)

_DISPLAY = 1
_DISPLAY_SYNC, _DISPLAY_GET_REGISTRY = 0, 1
_DISPLAY_ERROR, _DISPLAY_DELETE_ID = 0, 1
_REGISTRY_BIND = 0
_REGISTRY_GLOBAL, _REGISTRY_GLOBAL_REMOVE = 0, 1
_MANAGER_GET_DATA_DEVICE = 1
_DEVICE_DESTROY = 1
_DEVICE_DATA_OFFER, _DEVICE_SELECTION, _DEVICE_FINISHED, _DEVICE_PRIMARY_SELECTION = 0, 1, 2, 3
_OFFER_RECEIVE, _OFFER_DESTROY = 0, 1
_OFFER_OFFER = 0
_PRIMARY_SINCE = {"ext_data_control_manager_v1": 1, "zwlr_data_control_manager_v1": 2}

_FIRST_SERVER_ID = 0xFF000000
_MAX_PENDING = 16
"""Offers that were introduced and never became what is copied; real compositors leave one at most."""


def _bare(name: str) -> str:
    return name.replace(" ", "").lower()


_OWN_COPY = _bare(OWN_COPY_FORMAT)
_SECRETS = frozenset(map(_bare, SECRET_FORMATS))
_MEANT = _SECRETS.union(TEXT_FORMATS, (_OWN_COPY,))


class Offer:
    """What a program offers to give, as one copy.

    Attributes:
        object_id: The offer's, while the compositor knows it.
        formats: The formats that mean something here: as compared, and as offered.
    """

    def __init__(self, object_id: int) -> None:
        self.object_id = object_id
        self.formats: dict[str, str] = {}

    @property
    def secret(self) -> bool:
        """A password manager marked it."""
        return not _SECRETS.isdisjoint(self.formats)

    @property
    def own(self) -> bool:
        """Ringbridge made it."""
        return _OWN_COPY in self.formats

    @property
    def text_format(self) -> str:
        """The best format to ask for, as in `TEXT_FORMATS`; empty when there is no text."""
        return next((name for name in TEXT_FORMATS if name in self.formats), "")


class Changed(NamedTuple):
    """Something else is copied or selected now, or nothing (`offer` is None).

    Attributes:
        buffer: Which of the two.
        offer: What.
        at_start: It was there before anybody looked.
    """

    buffer: Buffer
    offer: Offer | None
    at_start: bool


class Synced(NamedTuple):
    """Everything the compositor had to say when `sync` was called has been said."""

    callback: int


class DataControl:
    """Speaks to the compositor on one connection; `handle` says what is new.

    Attributes:
        offers: What is copied and what is selected, as far as the compositor has told.
        ready: The compositor has said what it can do.
    """

    def __init__(self, connection: Connection) -> None:
        """Ask what the compositor can do.

        Args:
            connection: Used by nobody else.
        """
        self._connection = connection
        self.offers: dict[Buffer, Offer | None] = {Buffer.CLIPBOARD: None, Buffer.SELECTION: None}
        self.ready = False
        self._next_id = _DISPLAY + 1
        self._free_ids: list[int] = []
        self._managers: dict[str, tuple[int, int]] = {}
        self._seats: dict[int, int] = {}
        self._known: dict[int, Offer] = {}
        self._callbacks: set[int] = set()
        self._manager = 0
        self._manager_name = ""
        self._device = 0
        self._device_seat = 0
        self._device_wanted = False
        self._starting = 0  # the callback behind what is told of a new device
        self._registry = self._new_id()
        connection.send(wire.request(_DISPLAY, _DISPLAY_GET_REGISTRY, self._registry))
        self._first = self.sync()

    @property
    def protocol(self) -> str:
        """The best manager the compositor has, or empty."""
        return next((name for name in MANAGERS if name in self._managers), "")

    @property
    def tells(self) -> bool:
        """Whether there is somebody to ask what is copied (a seat, on a compositor with data control)."""
        return bool(self._device)

    @property
    def has_selection(self) -> bool:
        """Whether the compositor tells what is selected as well."""
        name = self.protocol
        return bool(name) and self._managers[name][1] >= _PRIMARY_SINCE[name]

    def wait_ready(self, deadline_s: float) -> None:
        """Wait until the compositor has said what it can do; a round trip to it, never to another program.

        Raises:
            WaylandError: ``gone`` (no answer in time, or not one of a compositor), or ``no_data_control``.
        """
        give_up_at = time.monotonic() + deadline_s
        readable = select.poll()
        readable.register(self._connection.fd, select.POLLIN)
        while not self.ready:
            left_s = give_up_at - time.monotonic()
            if self._connection.broken or left_s <= 0:
                raise WaylandError("gone")
            readable.poll(left_s * 1000 + 1)
            self.handle()
        if not self.protocol:
            raise WaylandError("no_data_control")

    def sync(self) -> int:
        """Ask for a `Synced` once everything before is answered; returns its callback."""
        callback = self._new_id()
        self._callbacks.add(callback)
        self._connection.send(wire.request(_DISPLAY, _DISPLAY_SYNC, callback))
        return callback

    def start(self) -> None:
        """Want to be told what is copied and selected, from now on; what is there now comes as `at_start`."""
        self._device_wanted = True
        self._open_device()

    def receive(self, offer: Offer, text_format: str, write_fd: int) -> None:
        """Let the program behind an offer write its text into a pipe.

        Args:
            offer: One of `offers`.
            text_format: As in `TEXT_FORMATS`.
            write_fd: The pipe's end, closed here once it is sent.
        """
        message = wire.request(offer.object_id, _OFFER_RECEIVE, offer.formats[text_format])
        self._connection.send(message, write_fd)

    def handle(self) -> "list[Changed | Synced]":
        """Take what the compositor has said; what can't be understood ends the connection."""
        news: list[Changed | Synced] = []
        for message in self._connection.receive():
            try:
                happened = self._take(message)
            except wire.Malformed:
                self._connection.broken = True
                break
            if happened is not None:
                news.append(happened)
        return news

    def _new_id(self) -> int:
        if self._free_ids:
            return self._free_ids.pop()
        self._next_id += 1
        return self._next_id - 1

    def _take(self, message: wire.Message) -> "Changed | Synced | None":
        if message.object_id == _DISPLAY:
            self._take_display(message)
        elif message.object_id == self._registry:
            self._take_global(message)
        elif message.object_id in self._callbacks:
            return self._take_callback(message.object_id)
        elif message.object_id in self._known and message.opcode == _OFFER_OFFER:
            name = wire.take_text(message.body)[0]
            if _bare(name) in _MEANT:
                self._known[message.object_id].formats[_bare(name)] = name
        elif message.object_id == self._device:
            return self._take_device(message)
        return None  # of a seat, or of what was destroyed a moment ago

    def _take_display(self, message: wire.Message) -> None:
        number, place = wire.take_uint(message.body)
        if message.opcode == _DISPLAY_ERROR:
            code, place = wire.take_uint(message.body, place)
            _log.warning("the compositor refuses object %s with error %s", number, code)
            self._connection.broken = True
        elif message.opcode == _DISPLAY_DELETE_ID and _DISPLAY < number < self._next_id:
            self._free_ids.append(number)

    def _take_global(self, message: wire.Message) -> None:
        name, place = wire.take_uint(message.body)
        if message.opcode == _REGISTRY_GLOBAL:
            interface, place = wire.take_text(message.body, place)
            version, _ = wire.take_uint(message.body, place)
            if interface in MANAGERS:
                self._managers[interface] = (name, min(version, MANAGERS[interface]))
            elif interface == "wl_seat":
                self._seats[name] = 0
                self._open_device()
        elif message.opcode == _REGISTRY_GLOBAL_REMOVE:
            self._seats.pop(name, None)
            if self._managers.get(self.protocol, (None,))[0] == name:
                self._connection.broken = True  # never seen; without it nothing is left to do

    def _take_callback(self, callback: int) -> Synced | None:
        self._callbacks.discard(callback)
        if callback == self._first:
            self.ready, self._first = True, 0  # ids are used again
            self._open_device()
            return None
        if callback == self._starting:
            self._starting = 0
        return Synced(callback)

    def _open_device(self) -> None:
        """Ask about the first seat; the others, where there are any, belong to somebody else."""
        if not (self.ready and self._device_wanted and self.protocol and self._seats) or self._device:
            return
        name = self.protocol
        if not self._manager:
            self._manager = self._bind(self._managers[name][0], name, self._managers[name][1])
        seat_name = next(iter(self._seats))
        if not self._seats[seat_name]:
            self._seats[seat_name] = self._bind(seat_name, "wl_seat", 1)
        self._device = self._new_id()
        self._connection.send(
            wire.request(self._manager, _MANAGER_GET_DATA_DEVICE, self._device, self._seats[seat_name])
        )
        self._starting = self.sync()

    def _bind(self, name: int, interface: str, version: int) -> int:
        object_id = self._new_id()
        self._connection.send(wire.request(self._registry, _REGISTRY_BIND, name, interface, version, object_id))
        return object_id

    def _take_device(self, message: wire.Message) -> Changed | None:
        if message.opcode == _DEVICE_FINISHED:
            self._lose_device()
            return None
        number, _ = wire.take_uint(message.body)
        if message.opcode == _DEVICE_DATA_OFFER:
            if number < _FIRST_SERVER_ID:
                raise wire.Malformed("an offer with an id of ours")
            self._known[number] = Offer(number)
            self._drop_unused(keep=_MAX_PENDING)
        elif message.opcode in {_DEVICE_SELECTION, _DEVICE_PRIMARY_SELECTION}:
            buffer = Buffer.CLIPBOARD if message.opcode == _DEVICE_SELECTION else Buffer.SELECTION
            self.offers[buffer] = self._known.get(number)
            self._drop_unused(keep=0)
            return Changed(buffer, self.offers[buffer], at_start=bool(self._starting))
        return None

    def _drop_unused(self, *, keep: int) -> None:
        """Let go of offers that are neither copied nor selected, but for the newest `keep`."""
        used = {offer.object_id for offer in self.offers.values() if offer is not None}
        unused = [object_id for object_id in self._known if object_id not in used]
        for object_id in unused[: len(unused) - keep] if keep < len(unused) else []:
            del self._known[object_id]
            self._connection.send(wire.request(object_id, _OFFER_DESTROY))

    def _lose_device(self) -> None:
        """The seat is gone, or asked about too late; another one may be there, or come."""
        self.offers = dict.fromkeys(self.offers)
        self._drop_unused(keep=0)
        self._connection.send(wire.request(self._device, _DEVICE_DESTROY))
        self._device = 0
        self._open_device()
