"""What breaks on the way to the PBX: fault by fault, what is said of the call and how often the own phone rang.

The table reads: what is broken, what the program says of the call, for what reason, and how often the own phone
rang. Each fault meets a dialer that goes on living: what is broken is mended, and the next call must work.
"""

import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ringbridge.core.calls import Outcome
from ringbridge.services.pbx import wire
from ringbridge.ui.wording import hang_up_sentence, outcome_sentence
from support.fault_proxy import WHOLE, Break, How
from support.office import Journal, Office, rows_of

FIRST, NEXT = "2125550142", "2125550143"
STALL_S = 0.7

# Python forgets to close a TLS socket whose other side is gone before it was wrapped; the collector does
pytestmark = pytest.mark.filterwarnings("ignore:unclosed .*SSLSocket:ResourceWarning")

REQUESTED, NOT_SENT, UNKNOWN = Outcome.REQUESTED, Outcome.NOT_SENT, Outcome.UNKNOWN
GONE, LOST, ODD = "unreachable", "answer_lost", "not_understood"
BOTH, PLAIN, TLS = ("http", "https"), ("http",), ("https",)

# What is broken


@dataclass(frozen=True)
class Fault:
    """One line of the table.

    Attributes:
        name: What is broken.
        said: What the program says of the call.
        why: The problem it names.
        rung: How often the own phone rang.
        strike: Breaks it.
        schemes: With which the fault exists.
        mend: What people do about it, beside that the network and the PBX recover.
        patience_s: How long an answer may take.
    """

    name: str
    said: Outcome
    why: str
    rung: int
    strike: Callable[[Office], object]
    schemes: tuple[str, ...] = BOTH
    mend: Callable[[Office], object] = lambda _office: None
    patience_s: float = 10.0


def network(**how: Any) -> Callable[[Office], None]:
    """The connection that the call opens breaks."""
    return lambda office: office.proxy.break_next(Break(**how))


def kept(**how: Any) -> Callable[[Office], None]:
    """A connection was opened ahead, while the person looked at the card, and breaks then."""

    def strike(office: Office) -> None:
        open_ahead(office)
        office.proxy.break_open(Break(**how))

    return strike


def open_ahead(office: Office) -> None:
    office.dialer.warm_up(office.settings)
    office.proxy.wait_for_turns(4 if office.tls else 0)


def pbx(*faults: str) -> Callable[[Office], None]:
    return lambda office: office.pbx.set_faults(*faults)


def proxy_says(answer: bytes) -> Callable[[Office], None]:
    def strike(office: Office) -> None:
        office.proxy.tunnel = answer

    return strike


def account(**values: Any) -> Callable[[Office], None]:
    return lambda office: office.change_account(**values)


def nobody_listens(office: Office) -> None:
    office.proxy.stop_listening()


def somebody_listens(office: Office) -> None:
    office.proxy.listen_again()


def right_address(office: Office) -> None:
    office.change_account(url=office.url(office.proxy.port), ca_file=str(office.pbx.ca_file or ""))


def unknown_name(office: Office) -> None:
    office.change_account(url="https://no-such-host.invalid/local/api/json/")


def name_service_is_gone(office: Office) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    office.broken.enter_context(patch.object(socket, "getaddrinfo", fail))


def first_address_is_dead(office: Office) -> None:
    """The name has two addresses, and nobody listens at the first: the second one takes the one request."""
    real = socket.getaddrinfo

    def two(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        return [*real("127.0.0.2", port, *args, **kwargs), *real(host, port, *args, **kwargs)]

    office.broken.enter_context(patch.object(socket, "getaddrinfo", two))


def by_get(office: Office) -> None:
    """The request stands in the address, and is cut before its answer."""
    office.change_account(method="get")
    kept(answer=0)(office)


def nobody_accepts(office: Office) -> None:
    full = office.broken.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    for _ in range(4):
        waiting = office.broken.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(full.getsockname())
    office.change_account(url=office.url(full.getsockname()[1]))


def sleep(*, ahead_s: float, awake_s: float = 0.0) -> Callable[[Office], None]:
    """The clocks go on by so much between opening the connection and the call; and the connection is dead by then."""

    def strike(office: Office) -> None:
        open_ahead(office)
        office.proxy.break_open(Break(request=0, answer=0, how=How.STALL))
        real = wire._clocks

        def later() -> tuple[float, float]:
            monotonic, wall = real()
            return monotonic + awake_s, wall + ahead_s

        office.broken.enter_context(patch.object(wire, "_clocks", later))

    return strike


def page(status: str, body: bytes, *headers: bytes) -> bytes:
    """An answer in the place of the PBX's, which has placed the call."""
    lines = [f"HTTP/1.1 {status}".encode(), b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def cuts(what: str, *, rung: int, size: int, why: str = LOST, reason: str = "", **how: Any) -> list[Fault]:
    """A connection that was opened ahead breaks after `size` bytes, in each of the three ways.

    Args:
        what: Bytes of what.
        rung: As for `Fault`.
        size: How many.
        why: As for `Fault`, where it is reset or stalls.
        reason: The same where it is closed, if it differs.
        how: For `Fault`.
    """
    return [
        Fault(
            f"{way} after {size} bytes of the {what}",
            UNKNOWN,
            reason if reason and way is How.CLOSE else why,
            rung,
            kept(**{what: size, "how": way}),
            patience_s=STALL_S if way is How.STALL else 10.0,
            **how,
        )
        for way in How
    ]


def replaced(name: str, instead: bytes, why: str = ODD) -> Fault:
    """The PBX places the call, and something else answers in its place."""
    return Fault(f"answer replaced by {name}", UNKNOWN, why, 1, network(instead=instead), schemes=PLAIN)


LONGER = b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"responses":[{"code":"204","key":"","message":"OK"}]}'

TABLE = (
    # nobody there: nothing leaves
    Fault("refused", NOT_SENT, GONE, 0, nobody_listens, mend=somebody_listens),
    Fault("unknown name", NOT_SENT, GONE, 0, unknown_name, schemes=TLS, mend=right_address),
    Fault("no name service", NOT_SENT, GONE, 0, name_service_is_gone),
    Fault("nobody accepts", NOT_SENT, GONE, 0, nobody_accepts, mend=right_address),
    Fault("first of two addresses dead", REQUESTED, "", 1, first_address_is_dead),
    # TLS: the request is not even written yet
    Fault("closed at once", NOT_SENT, "tls", 0, network(at_once=True), schemes=TLS),
    Fault("greeting reset", NOT_SENT, "tls", 0, network(request=0, how=How.RESET), schemes=TLS),
    Fault("greeting cut", NOT_SENT, "tls", 0, network(request=100), schemes=TLS),
    Fault("greeting unanswered", NOT_SENT, GONE, 0, network(request=0, how=How.STALL), schemes=TLS),
    Fault("handshake cut", NOT_SENT, "tls", 0, network(answer=300), schemes=TLS),
    Fault("handshake reset", NOT_SENT, "tls", 0, network(answer=300, how=How.RESET), schemes=TLS),
    Fault("handshake stalls", NOT_SENT, GONE, 0, network(answer=300, how=How.STALL), schemes=TLS),
    Fault("handshake drips", NOT_SENT, GONE, 0, network(drip_s=0.02), schemes=TLS),
    Fault("no TLS there", NOT_SENT, "tls", 0, network(instead=b"HTTP/1.1 400 Bad Request\r\n\r\n"), schemes=TLS),
    Fault("unknown issuer", NOT_SENT, "tls", 0, account(ca_file=""), schemes=TLS, mend=right_address),
    # plain: who accepts may have read
    Fault("closed unread", UNKNOWN, LOST, 0, network(at_once=True), schemes=PLAIN),
    Fault("reset unread", UNKNOWN, LOST, 0, network(request=0, how=How.RESET), schemes=PLAIN),
    # in the request and in the answer
    *cuts("request", size=0, rung=0),
    *cuts("request", size=1, rung=0),
    *cuts("request", size=60, rung=0),
    *cuts("request", size=250, rung=0),
    *cuts("answer", size=0, rung=1),
    *cuts("answer", size=1, rung=1, schemes=TLS),
    *cuts("answer", size=1, rung=1, reason=ODD, schemes=PLAIN),  # a status line that is none
    *cuts("answer", size=30, rung=1, reason=ODD, schemes=PLAIN),  # headers that end with the connection: no body
    *cuts("answer", size=150, rung=1),
    Fault(
        "answer drips past the deadline", UNKNOWN, LOST, 1, network(drip_s=0.02), schemes=PLAIN, patience_s=STALL_S
    ),
    Fault("answer drips in time", REQUESTED, "", 1, network(drip_s=0.001), schemes=PLAIN),
    replaced("500 and HTML", page("500 Internal Server Error", b"<html>Oops</html>")),
    replaced("502 of a gateway", page("502 Bad Gateway", b"<html>Oops</html>")),
    replaced("503 and come again", page("503 Busy", b"", b"Retry-After: 0")),
    replaced("504 of a gateway", page("504 Gateway Timeout", b"")),
    replaced("a login page", page("200 OK", b"<html><form>Log in</form></html>")),
    replaced("half JSON", page("200 OK", b'{ "responses":[ { "code":"20')),
    replaced("JSON of another API", page("200 OK", b'{"status": "success", "call_id": 5}')),
    replaced("nothing with 200", page("200 OK", b"")),
    replaced("a redirection", page("302 Found", b"", b"Location: https://elsewhere.invalid/")),
    replaced("a redirection that repeats", page("307 Again", b"", b"Location: /local/api/json/calls/make/")),
    replaced("100 Continue and the end", b"HTTP/1.1 100 Continue\r\n\r\n", LOST),
    replaced("no HTTP", b"SSH-2.0-OpenSSH_9.2\r\n"),
    replaced("zeros", b"\0" * 500),
    Fault("answer announced too long", REQUESTED, "", 1, network(instead=LONGER), schemes=PLAIN),
    # the connection that was opened ahead
    Fault("kept connection closed", REQUESTED, "", 1, kept(at_once=True)),
    Fault("kept connection reset", REQUESTED, "", 1, kept(at_once=True, how=How.RESET)),
    Fault("kept connection dead, unsaid", UNKNOWN, LOST, 0, kept(at_once=True, how=How.STALL), patience_s=STALL_S),
    Fault("asleep for an hour", REQUESTED, "", 1, sleep(ahead_s=3600)),
    Fault("clock set back an hour", REQUESTED, "", 1, sleep(ahead_s=-3600)),
    Fault("idle for two minutes", REQUESTED, "", 1, sleep(ahead_s=120, awake_s=120)),
    # the PBX itself
    Fault("PBX: answer never comes", UNKNOWN, LOST, 1, pbx("stall:calls/make:1"), patience_s=STALL_S),
    Fault("PBX: reset unread", UNKNOWN, LOST, 0, pbx("cut_before:calls/make:1")),
    Fault("PBX: reset after the work", UNKNOWN, LOST, 1, pbx("cut_after:calls/make:1")),
    Fault("PBX: half an answer", UNKNOWN, LOST, 1, pbx("half_answer:calls/make:1")),
    Fault("PBX: length too small", UNKNOWN, ODD, 1, pbx("wrong_length:calls/make:1")),
    Fault("PBX: login page", UNKNOWN, ODD, 0, pbx("html:calls/make:1")),
    Fault("PBX: 500 after the work", UNKNOWN, ODD, 1, pbx("http_500:calls/make:1")),
    Fault("PBX: 502 after the work", UNKNOWN, ODD, 1, pbx("http_502:calls/make:1")),
    Fault("PBX: 503 unread", UNKNOWN, ODD, 0, pbx("http_503:calls/make:1")),
    Fault("PBX: redirection", UNKNOWN, ODD, 0, pbx("redirect:calls/make:1")),
    Fault("PBX: no POST", UNKNOWN, ODD, 0, pbx("refuse_post:calls/make:1")),
    Fault("PBX: no entries", UNKNOWN, ODD, 1, pbx("empty_responses:calls/make:1")),
    Fault("PBX: yes and no at once", UNKNOWN, ODD, 1, pbx("mixed_entries:calls/make:1")),
    Fault("PBX: yes twice", REQUESTED, "", 1, pbx("several_entries:calls/make:1")),
    Fault("PBX: a comma too many", REQUESTED, "", 1, pbx("trailing_comma:calls/make:1")),
    Fault("PBX: byte order mark", REQUESTED, "", 1, pbx("bom:calls/make:1")),
    Fault("PBX: code as HTTP status", UNKNOWN, ODD, 1, pbx("http_status:calls/make:1"), schemes=PLAIN),
)

AGREED = b"HTTP/1.1 200 Yes\r\n\r\n"
TUNNEL = (
    Fault("407 of the proxy", NOT_SENT, "proxy", 0, proxy_says(b"HTTP/1.1 407 Who are you\r\n\r\n")),
    Fault("502 of the proxy", NOT_SENT, "proxy", 0, proxy_says(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")),
    Fault("proxy says nothing", NOT_SENT, "proxy", 0, proxy_says(b"")),
    Fault("proxy cut in its answer", NOT_SENT, "tls", 0, proxy_says(b"HTTP/1.1 200 Y")),
    Fault("proxy speaks no HTTP", NOT_SENT, "proxy", 0, proxy_says(b"\0\0\0\r\n\r\n")),
    Fault("proxy refused", NOT_SENT, "proxy", 0, nobody_listens, mend=somebody_listens),
    Fault("tunnel closed at once", NOT_SENT, "tls", 0, network(at_once=True)),
    Fault("tunnel cut in the handshake", NOT_SENT, "tls", 0, network(answer=300)),
    Fault("tunnel cut in the request", UNKNOWN, LOST, 0, kept(request=60)),
    Fault("tunnel cut before the answer", UNKNOWN, LOST, 1, kept(answer=0)),
    Fault("tunnel dead without a word", UNKNOWN, LOST, 0, kept(at_once=True, how=How.STALL), patience_s=STALL_S),
    Fault("kept tunnel closed", REQUESTED, "", 1, kept(at_once=True)),
)


# What must hold, whatever is broken


def lines(table: tuple[Fault, ...]) -> list[Any]:
    return [
        pytest.param(fault, scheme == "https", id=f"{fault.name}-{scheme}")
        for fault in table
        for scheme in fault.schemes
    ]


@pytest.mark.parametrize(("fault", "tls"), lines(TABLE))
def test_a_fault_is_survived(tmp_path: Path, fault: Fault, *, tls: bool) -> None:
    with Office(tmp_path, tls=tls, patience_s=fault.patience_s) as office:
        survive(office, fault)


@pytest.mark.parametrize("fault", TUNNEL, ids=lambda fault: fault.name)
def test_a_fault_of_the_companys_proxy_is_survived(tmp_path: Path, fault: Fault) -> None:
    # the certificate names another host than this one, which is never reached through a proxy
    faults = ("tls_wrong_name",)
    with Office(tmp_path, tls=True, patience_s=fault.patience_s, tunnel=AGREED, faults=faults) as office:
        survive(office, fault)


@pytest.mark.parametrize("fault", ["tls_expired", "tls_wrong_name"])
def test_a_certificate_that_does_not_hold_sends_nothing(tmp_path: Path, fault: str) -> None:
    with Office(tmp_path, tls=True, faults=(fault,)) as office:
        for _ in range(2):
            outcome = office.call(FIRST)
            assert (outcome.outcome, outcome.problem) == (NOT_SENT, "tls")
            assert office.nothing_left()
        assert not office.rung()
        assert not Journal(office.journal).asked()
        assert set(rows_of(office.history.path).values()) == {NOT_SENT}


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "html", "http_500", "half_answer", "redirect"])
def test_hanging_up_through_a_fault_places_no_call_and_can_be_tried_again(tmp_path: Path, fault: str) -> None:
    with Office(tmp_path, wait_s=3) as office:
        placed = office.call(FIRST)
        assert placed.callid
        office.pbx.set_faults(f"{fault}:calls/hangup:1")
        ended = office.dialer.hang_up(office.settings)
        assert ended.outcome is UNKNOWN
        assert "The call may go on" in hang_up_sentence(ended)
        again = office.dialer.hang_up(office.settings)
        assert again.outcome is REQUESTED or again.problem == "no_call"
        assert office.call(NEXT).outcome is REQUESTED
        office.wait_for_calls(2)
        assert office.rung() == {FIRST: 1, NEXT: 1}
        assert list(rows_of(office.history.path).values()) == [REQUESTED, REQUESTED]


def survive(office: Office, fault: Fault) -> None:
    with office.broken:
        fault.strike(office)
        outcome = office.call(FIRST)
    assert (outcome.outcome, outcome.problem) == (fault.said, fault.why), outcome
    tells_the_truth(office, fault, outcome_sentence(outcome))

    office.proxy.break_next(WHOLE)
    office.proxy.tunnel = AGREED if office.proxy.tunnel is not None else None
    office.pbx.set_faults()
    fault.mend(office)
    if outcome.outcome is not NOT_SENT:  # the person is impatient
        assert office.call(FIRST).problem == "repeated"
    assert office.call(NEXT).outcome is REQUESTED

    office.wait_for_calls(fault.rung + 1)
    assert office.rung() == Counter({NEXT: 1} | ({FIRST: fault.rung} if fault.rung else {}))
    rows = rows_of(office.history.path)
    kept_rows = {name: shown.outcome for name, shown in office.shown.items() if shown.problem != "repeated"}
    assert rows == kept_rows


def tells_the_truth(office: Office, fault: Fault, sentence: str) -> None:
    if fault.said is NOT_SENT:
        assert "No call was placed" in sentence
        assert office.nothing_left()
        assert Journal(office.journal).asked()[FIRST] == 0
    else:
        assert not office.nothing_left() or fault.said is UNKNOWN
    assert ("may be ringing" in sentence) == (fault.said is UNKNOWN)
    assert sentence.startswith("Your phone is ringing") == (fault.said is REQUESTED)
