"""The training PBX as one thing that starts and stops, for tests, demonstrations and `ringbridge training-pbx`."""

import random
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ringbridge.training.clock import Clock, RealClock
from ringbridge.training.envelope import Writer
from ringbridge.training.exchange import Exchange
from ringbridge.training.faults import FaultBox
from ringbridge.training.function import Hold, World
from ringbridge.training.journal import Journal
from ringbridge.training.people import LINES, PEOPLE, PEOPLE_BY_NAME
from ringbridge.training.scenarios import read_scenario
from ringbridge.training.states import Call, Event, Level
from ringbridge.training.tokens import TokenOffice, totp_code

if TYPE_CHECKING:
    from ringbridge.training.web import HttpServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One login of the training PBX.

    Attributes:
        username: Login name.
        password: Password; invented, but handled like one.
        lines: Names of the lines the person owns.
        note: What this login is good for.
        totp_secret: Base32 secret for an authenticator app, or empty.
    """

    username: str
    password: str = field(repr=False)
    lines: tuple[str, ...]
    note: str
    totp_secret: str = field(default="", repr=False)


ACCOUNTS = tuple(
    Account(
        username=person.username,
        password=person.password,
        lines=tuple(line.name for line in LINES if line.owner == person.id),
        note=person.note,
        totp_secret=person.totp_secret,
    )
    for person in PEOPLE
)
DEMO_LOGIN = ACCOUNTS[0]
DEMO_LINE = DEMO_LOGIN.lines[0]


class _Held:
    """One answer that is held back; the clock lets it go in time."""

    def __init__(self, clock: Clock, seconds: float, gone: Callable[["_Held"], None]) -> None:
        self._free = threading.Event()
        self._gone = gone
        self._timer = clock.call_later(seconds, self._free.set)

    def release(self) -> None:
        self._free.set()

    def wait(self) -> None:
        self._free.wait()
        self._timer.cancel()
        self._gone(self)


class TrainingPbx:
    """A PBX that speaks the vendor's API and rings nobody.

    Args:
        host: Address to listen at.
        port: Port, 0 = any free one.
        tls: Speak https with a certificate made at the start.
        level: How much of the API there is: ``seed``, ``4.1`` or ``4.4``.
        scenario: How calls go; see `scenarios.SCENARIOS`.
        faults: What goes wrong, each ``NAME[:function][:times]``; see `faults.FAULTS`.
        journal: Where to write what goes on, or None.
        clock: The time; None: the real one.
        seed: Decides the order of keys and the tokens' signature; None: chance.
        pace: Multiplies how long phones ring, answer and talk; the API's own `wait` and `delay` stay seconds.

    Raises:
        ValueError: An unknown level, scenario or fault, or a pace not above 0; the text lists the names.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        level: str = "seed",
        scenario: str = "normal",
        faults: Iterable[str] = (),
        journal: Path | None = None,
        clock: Clock | None = None,
        seed: int | None = None,
        pace: float = 1.0,
    ) -> None:
        if level not in set(Level):
            raise ValueError(f"There is no level {level!r}. There are: {', '.join(Level)}.")
        if pace <= 0:
            raise ValueError(f"The pace must be above 0, not {pace}.")
        self._host, self._port, self._tls, self._pace = host, port, tls, pace
        self._level = Level(level)
        self._journal_path = journal
        self._journal: Journal | None = None
        self._faults = FaultBox(faults)
        self._clock: Clock = clock or RealClock()
        self._chance = random.Random(seed)  # noqa: S311 - it signs the tokens of a toy company
        self._exchange = Exchange(self._clock, read_scenario(scenario), pace)
        self._tokens = TokenOffice(self._chance)
        self._holding = threading.Lock()
        self._held: set[_Held] = set()
        self._stopping = False
        self._http: HttpServer | None = None
        self._folder: Path | None = None
        self._ca_file: Path | None = None

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Listen and answer; returns when requests can come. A stopped one does not start again.

        Raises:
            OSError: The address can't be had, or the journal can't be written.
            RuntimeError: It was started before.
        """
        from ringbridge.training.web import HttpServer, Web

        if self._journal is not None or self._stopping:
            raise RuntimeError("a training PBX starts once")
        journal = self._journal = Journal(self._journal_path)
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((self._host, self._port))
            listening.listen(64)
            context = None
            if self._tls:
                from ringbridge.training.certificate import make_context

                self._folder = Path(tempfile.mkdtemp(prefix="ringbridge-training-"))
                context, self._ca_file = make_context(
                    self._folder,
                    self._host,
                    wrong_name=self._faults.has("tls_wrong_name"),
                    expired=self._faults.has("tls_expired"),
                )
        except BaseException:
            listening.close()
            journal.close()
            raise
        world = World(
            level=self._level,
            clock=self._clock,
            exchange=self._exchange,
            tokens=self._tokens,
            hold=self._hold,
        )
        writer = Writer(self._level, random.Random(self._chance.random()))  # noqa: S311 - the order of keys
        self._exchange.subscribe(journal.event)
        self._http = HttpServer(listening, Web(world, self._faults, writer, journal, self._pace), context)
        self._clock.start()
        self._http.start()

    def stop(self) -> None:
        """End all calls, connections and threads. Safe to call twice."""
        with self._holding:
            self._stopping = True
            held = tuple(self._held)
        for one in held:
            one.release()
        if self._http is not None:
            self._http.stop()
            self._http = None
        self._clock.stop()
        if self._journal is not None:
            self._journal.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = self._ca_file = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    # ------------------------------------------------------------------ what a client is told

    @property
    def url(self) -> str:
        """Base URL of the API, such as ``http://127.0.0.1:4711/local/api/json/``.

        Raises:
            RuntimeError: It does not listen.
        """
        if self._http is None:
            raise RuntimeError("the training PBX does not listen")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104 - compared only
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self._tls else 'http'}://{shown}:{self._http.port}/local/api/json/"

    @property
    def ca_file(self) -> Path | None:
        """PEM file of the root to trust, while it listens with TLS."""
        return self._ca_file

    @property
    def accounts(self) -> tuple[Account, ...]:
        """All logins; the first is the one for demonstrations."""
        return ACCOUNTS

    def totp_code(self, username: str) -> str:
        """The one-time code an authenticator app would show now for a person with a two-step login."""
        return totp_code(PEOPLE_BY_NAME[username].totp_secret, self._clock.now())

    # ------------------------------------------------------------------ switches

    def set_faults(self, *faults: str) -> None:
        """From now on these faults and no others strike.

        Raises:
            ValueError: One of them is unknown; then nothing is changed.
        """
        self._faults.set(faults)

    def set_scenario(self, name: str) -> None:
        """From now on new calls go so, unless their number says otherwise.

        Raises:
            ValueError: There is no such scenario.
        """
        self._exchange.scenario = read_scenario(name)

    def expire_tokens(self) -> None:
        """Let all login tokens made so far expire."""
        self._tokens.expire_all()

    # ------------------------------------------------------------------ the desk phone

    @property
    def calls(self) -> tuple[Call, ...]:
        """Calls under way and the last finished ones, oldest first, as they stand now."""
        return self._exchange.calls()

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` for every event, on a thread of the model; returns what ends that."""
        return self._exchange.subscribe(listener)

    def answer(self, identifier: str) -> bool:
        """Lift the handset; False when nothing rings there. `identifier`: a callid or a leg's uniqueid."""
        return self._exchange.answer(identifier)

    def decline(self, identifier: str) -> bool:
        """Reject the call that rings; False when nothing rings there."""
        return self._exchange.decline(identifier)

    def hang_up(self, identifier: str) -> bool:
        """Put the handset down; False when there is no such call."""
        return self._exchange.hang_up(identifier)

    # ------------------------------------------------------------------ inside

    def _hold(self, seconds: float) -> Hold:
        held = _Held(self._clock, seconds, self._forget)
        with self._holding:
            if self._stopping:
                held.release()
            self._held.add(held)
        return held

    def _forget(self, held: _Held) -> None:
        with self._holding:
            self._held.discard(held)
