"""One person's dialer, a PBX that rings nobody, and between them a network that breaks.

What the program says is compared with what really happened: the training PBX writes a journal, and the proxy keeps
every byte that left the program.
"""

import json
import sqlite3
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from ringbridge.core.calls import CallOutcome, CallRequest, Destination, Login, Origin, Outcome
from ringbridge.core.settings import AccountSettings, Settings
from ringbridge.services.credentials import Credentials
from ringbridge.services.dialer import Dialer
from ringbridge.services.history import History
from ringbridge.services.pbx import Limits, MakeCall, PbxClient, Placed
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx
from ringbridge.training.states import Event
from support.fault_proxy import FaultProxy

PATIENCE_S = 20
_APPLICATION_DATA = 23  # RFC 8446, section 5.1
_HANDSHAKE_BYTES = 100  # a client's Finished is application data too, of 53 to 69 bytes; a request has 300 and more


def unlimited() -> Settings:
    """The usual settings, but that any number of calls may be placed in a minute."""
    usual = Settings()
    return replace(usual, guards=usual.guards._replace(calls_per_minute=0, calls_per_day=0))


def wish(number: str) -> CallRequest:
    """A person wants to call this number."""
    return CallRequest(
        request_id=str(uuid.uuid4()),
        destination=Destination(dialed=number, e164=f"+1{number}"),
        origin=Origin.CARD,
        requested_at=datetime.now(UTC),
    )


class Office:
    """Use it as a context manager; at its end the books must balance.

    Args:
        folder: For history, journal and the like.
        tls: The PBX speaks https.
        patience_s: How long an answer may take.
        tunnel: The network is an HTTP proxy, which answers this to CONNECT; the PBX has another name then.
        faults: Of the PBX, from the start.
        account: What differs in the account.

    Attributes:
        pbx: The PBX.
        proxy: The network.
        history: The one history.
        dialer: The one dialer, which is to survive everything.
        settings: The account.
        shown: What was said of each wish, by its request's id.
        when_answered: What happens between the PBX's answer and the row that says so, of the next call.
        broken: What holds only as long as something is broken; whoever mends it leaves it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tls: bool = False,
        patience_s: float = 10.0,
        tunnel: bytes | None = None,
        faults: tuple[str, ...] = (),
        **account: Any,
    ) -> None:
        self.journal = folder / "journal.jsonl"
        self.pbx = TrainingPbx(tls=tls, level="4.1", scenario="auto", pace=0.01, faults=faults, journal=self.journal)
        self.tls = tls
        self.shown: dict[str, CallOutcome] = {}
        self.broken = ExitStack()
        self.when_answered: list[Callable[[], object]] = []
        self.limits = Limits(placing_margin_s=patience_s)
        self.credentials = Credentials()
        self.history = History(folder / "history.db")
        self._tunnel = tunnel
        self._account = account
        self._changed = threading.Condition()
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        self._ends.enter_context(self.pbx)
        self.pbx.subscribe(self._heard)
        port = urlsplit(self.pbx.url).port
        assert port is not None
        self.proxy = self._ends.enter_context(FaultProxy(port, tunnel=self._tunnel))
        values: dict[str, Any] = {
            "url": self.url(self.proxy.port),
            "username": DEMO_LOGIN.username,
            "line": DEMO_LINE,
            "wait_s": 0,
            "connect_timeout_s": 1,
            "ca_file": str(self.pbx.ca_file or ""),
            **self._account,
        }
        if self._tunnel is not None:
            values |= {
                "url": f"https://elsewhere.invalid:{port}/local/api/json/",
                "proxy": f"http://127.0.0.1:{self.proxy.port}",
            }
        self.settings = replace(unlimited(), account=AccountSettings(**values))
        self.credentials.keep_in_memory(self.settings.account, DEMO_LOGIN.password)
        self.dialer = self.new_dialer()
        self._ends.callback(self.dialer.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def url(self, port: int) -> str:
        """The account's address at another port of this machine."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{port}/local/api/json/"

    def new_dialer(self, history: History | None = None) -> Dialer:
        """A dialer as another process would make it."""
        return Dialer(
            history=history or self.history,
            credentials=self.credentials,
            client_for=lambda account: _Client(account, self.limits, self.when_answered),
        )

    def change_account(self, **values: Any) -> None:
        """The person changes settings; the password stays known."""
        self.settings = replace(self.settings, account=replace(self.settings.account, **values))
        self.credentials.keep_in_memory(self.settings.account, DEMO_LOGIN.password)

    def call(self, number: str, *, dialer: Dialer | None = None) -> CallOutcome:
        """A person wants to call; what the program says then."""
        request = wish(number)
        outcome = (dialer or self.dialer).place(request, self.settings)
        self.shown[request.request_id] = outcome
        return outcome

    # ------------------------------------------------------------ the truth

    def nothing_left(self) -> bool:
        """Whether no byte of any request left the program so far."""
        if not self.tls:
            return not any(self.proxy.received)
        return not any(
            kind == _APPLICATION_DATA and length > _HANDSHAKE_BYTES
            for sent in self.proxy.received
            for kind, length in _records(bytes(sent))
        )

    def wait_for_calls(self, count: int) -> None:
        """Wait until the PBX has so many calls, and the own phone rang for each of them."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: len(self.pbx.calls) >= count and all(call.legs for call in self.pbx.calls), PATIENCE_S
            ), self.pbx.calls

    def rung(self) -> Counter[str]:
        """How often the own phone rang, by the number of the wish. The PBX is stopped first: there is no later."""
        self.proxy.stop_listening()
        self.pbx.stop()
        rung = Journal(self.journal).rung()
        assert rung == Counter(call.order.cnumber for call in self.pbx.calls)
        return rung

    def _heard(self, _event: Event) -> None:
        with self._changed:
            self._changed.notify_all()


class _Client(PbxClient):
    """The client, and a moment in which something else may happen."""

    def __init__(self, account: AccountSettings, limits: Limits, when_answered: list[Callable[[], object]]) -> None:
        super().__init__(account, limits=limits)
        self._when_answered = when_answered

    def make_call(self, login: Login, call: MakeCall) -> Placed:
        try:
            return super().make_call(login, call)
        finally:
            while self._when_answered:
                self._when_answered.pop()()


class Journal:
    """What the training PBX wrote down.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> list[dict[str, Any]]:
        """Everything, in order."""
        if not self._path.exists():
            return []
        whole = self._path.read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def rung(self) -> Counter[str]:
        """How often the own phone rang, by the number of the wish."""
        return Counter(
            line["cnumber"]
            for line in self.lines()
            if line["kind"] == "call" and line["event"] == "ringing" and line["leg"] == "a"
        )

    def asked(self) -> Counter[str]:
        """How many requests for a call came in, by their number."""
        return Counter(
            line["parameters"].get("cnumber", "")
            for line in self.lines()
            if line["kind"] == "request" and line["function"] == "calls/make"
        )


def rows_of(path: Path) -> dict[str, Outcome]:
    """The outcome of each row of a history, which must be whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {
            name: Outcome(outcome) for name, outcome in connection.execute("SELECT request_id, outcome FROM calls")
        }


def _records(sent: bytes) -> list[tuple[int, int]]:
    """Type and length of each TLS record (RFC 8446, section 5.1), the last one perhaps cut."""
    found: list[tuple[int, int]] = []
    while len(sent) >= 5:
        length = int.from_bytes(sent[3:5], "big")
        found.append((sent[0], length))
        sent = sent[5 + length :]
    return found
