"""Bad targets and links through the command line and the running program: refused, with nothing sent."""

import contextlib
import json
import os
import random
import socket
import string
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faults.attacks import CODES, LINKS, TEXTS
from ringbridge import main as program
from ringbridge.core import exit_codes
from ringbridge.services import instance_client
from ringbridge.services.instance_address import instance_address
from support.command_line import Home, Ran, run_process
from support.desktop import Desktop, require_desktop
from support.pbx_server import PbxServer

GENERATED = int(os.environ.get("RINGBRIDGE_INPUTS", "3000"))  # for each of the two commands
REFUSED = {exit_codes.USAGE, exit_codes.BLOCKED}
RTL_MARKS = set("\u202a\u202b\u202d\u202e\u2066\u2067")

many = settings(
    max_examples=GENERATED,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


# Texts made by chance, out of what attacks are made of

PIECES = [
    *("+1 212 555 0142", "2125550142", "911", "*21*", "#", "%23", "%2A", "%2a", "*#06#", "00", "+", "++", "1", "٣"),
    *(
        "tel:",
        "TEL:",
        "callto:",
        "callto://",
        "sip:",
        "sips:",
        "tel://",
        "javascript:",
        "data:",
        "http://",
        "file:///",
    ),
    *(";ext=", ";ext=21", ";phone-context=+1", ";phone-context=a.b", ";isub=", ";", "@", "@pbx.example", ":secret@"),
    *("%00", "%0d%0a", "%0A", "%1b", "%7F", "%C2%85", "%E2%80%AE", "%C0%AA", "%FF", "%u0041", "%", "%2", "%%30%30"),
    *("\0", "\r\n", "\n", "\t", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u202e", "\u202c", "\u2066", "\u200b"),
    *("\ud800", "\udfff", "\udc80", "<b>", "</b>", "<img src=x>", "&amp;", "&", "=", "$(id)", "`id`", "|", "'", '"'),
    *(" ", "  ", "-", "--", "(", ")", ".", "/", ",", "p", "w", "x21", "ext. 5", "O", "l", "а", "Ⅻ", "½", "📞"),
    *("?", "%252A", "\\", "\ufeff", "\u0301", "２"),
]

pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join)
any_text = st.text(st.characters(), max_size=60)
any_code_points = st.lists(st.integers(0, 0x10FFFF), max_size=30).map(lambda points: "".join(map(chr, points)))
percent_encoded = st.binary(max_size=20).map(lambda data: "tel:" + "".join(f"%{byte:02x}" for byte in data))
digits_and_signs = st.text(string.digits + "+*#()-./ ;=", max_size=40)
long_text = st.builds(lambda piece, times: piece * times, st.sampled_from(PIECES), st.integers(20, 500))
bad_texts = st.one_of(pieces, pieces, any_text, any_code_points, digits_and_signs, long_text)
bad_links = st.one_of(
    pieces.map(lambda rest: f"tel:{rest}"), pieces.map(lambda rest: f"sip:{rest}"), pieces, percent_encoded, any_text
)


# The command line, in this process


class Started:
    """What the link command would start."""

    def __init__(self) -> None:
        self.links: list[str] = []

    def run_tray(self, *, profile: str | None, demo: bool, link: str) -> int:
        self.links.append(link)
        return 0


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    started = Started()
    monkeypatch.setattr(program, "run_tray", started.run_tray)
    return started


@pytest.fixture
def pbx() -> Iterator[PbxServer]:
    with PbxServer() as server:
        yield server


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pbx: PbxServer) -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="rbf-", dir="/tmp") as folder:
        home = Home(Path(folder), monkeypatch, capsys)
        home.set_account(pbx.url, username="anna", password=pbx.people["anna"].password, line="201")
        for key, value in (("region", "US"), ("guards.calls_per_minute", "0"), ("guards.calls_per_day", "0")):
            assert home.run("config", "set", key, value).code == 0
        yield home


def said_clearly(ran: Ran, given: str) -> None:
    """One sentence for people, without a traceback and without anything that a terminal acts upon."""
    assert not ran.out
    assert ran.err.endswith(".\n"), ran.err
    said = ran.err.removesuffix("\n")
    assert 10 < len(said) < 400
    assert "Traceback" not in said
    assert "a bug of Ringbridge" not in said
    lines = said.split("\n")
    assert len(lines) <= 2, lines  # a usage line before it, at most
    assert all(letter.isprintable() or letter in "\u2068\u2069" for line in lines for letter in line), ascii(said)


@pytest.mark.parametrize("text", [*TEXTS, *LINKS], ids=ascii)
def test_a_known_attack_on_dial_is_refused(home: Home, pbx: PbxServer, text: str) -> None:
    for arguments in ((text,), ("--yes", "--", text)):
        ran = home.run("dial", *arguments)
        assert ran.code in REFUSED, ran
        said_clearly(ran, text)
    assert pbx.connections == 0


@pytest.mark.parametrize("link", [*CODES, *LINKS, *TEXTS], ids=ascii)
def test_a_known_attack_by_link_is_refused(home: Home, pbx: PbxServer, started: Started, link: str) -> None:
    ran = home.run("link", "--", link)
    assert ran.code in REFUSED, ran
    said_clearly(ran, link)
    assert started.links == []
    assert pbx.connections == 0


@many
@given(text=bad_texts)
def test_whatever_is_dialed_is_refused_clearly_or_a_clean_number(home: Home, pbx: PbxServer, text: str) -> None:
    before = len(pbx.requests)
    ran = home.run("dial", "--json", "--", text)
    assert "Traceback" not in ran.err
    answer = ran.json
    sent = [request.parameters for request in pbx.requests[before:]]
    if ran.code == exit_codes.DONE:
        (made,) = sent
        assert made["snumber"] == "201"
        assert set(made["cnumber"]) <= set(string.digits + "+*#")
        assert 1 < len(made["cnumber"]) <= 42
        assert set(made) <= {"auth_username", "auth_password", "stype", "snumber", "ctype", "cnumber", "wait"}
    else:
        assert ran.code in REFUSED, ran
        assert sent == []
        assert answer["outcome"] == "blocked"
        assert answer["message"].endswith(".")
    assert not set(answer["message"]) & RTL_MARKS
    assert not any(letter < " " or "\ud800" <= letter <= "\udfff" for letter in answer["message"])


@many
@given(link=bad_links)
def test_whatever_link_is_opened_nothing_is_sent(home: Home, pbx: PbxServer, started: Started, link: str) -> None:
    started.links.clear()
    ran = home.run("link", "--", link)
    if ran.code == 0:
        assert started.links == [link]  # a person is asked
        assert "*" not in link
        assert "%2a" not in link.lower()
    else:
        assert ran.code in REFUSED, ran
        said_clearly(ran, link)
        assert started.links == []
    assert pbx.connections == 0


# The command line, as a process: what the operating system lets through

BYTES = [
    b"tel:*21*5550142%23",
    b"tel:\xc0\xaa21\xc0\xa3",
    b"\xff\xfe2125550142",
    b"tel:\xed\xa0\x80",
    b"\xe2\x80\xae2410 555 212 1+",
    b"\x1b]0;x\x07",
    b"2125550142\r\nwait=9",
    b"tel:" + b"1" * 100_000,
    b"javascript:alert(1)",
    b"",
]


@pytest.mark.parametrize("command", ["dial", "link"])
def test_processes_refuse_bytes_that_are_no_text(home: Home, pbx: PbxServer, command: str) -> None:
    for given_bytes in BYTES if command == "dial" else BYTES[:6]:
        ran = run_process(command, "--", os.fsdecode(given_bytes), env=home.environment)
        assert ran.returncode in REFUSED, (given_bytes[:40], ran)
        assert not ran.stdout
        assert b"Traceback" not in ran.stderr
        assert not set(ran.stderr) & {0x1B, 0x07, 0x0D}
        assert ran.stderr.endswith(b".\n")
    assert pbx.connections == 0


# The running program's socket

GARBAGE = [
    b"\n",
    b"\0\n",
    b"{}\n",
    b"[]\n",
    b"null\n",
    b'"dial"\n',
    b"GET / HTTP/1.1\r\n\r\n",
    b"\xff\xfe\n",
    b"{" * 60_000 + b"\n",
    b"[" * 60_000 + b"]" * 5 + b"\n",
    b'{"v":1}\n',
    b'{"v":2,"command":"dial","target":"2125550142"}\n',
    b'{"v":1,"command":"__class__"}\n',
    b'{"v":1,"command":["dial"]}\n',
    b'{"v":1,"command":"handle"}\n',
    b'{"v":"1","command":"ping"}\n',
    b'{"v":1e999,"command":"ping"}\n',
    b'{"v":' + b"1" * 5000 + b',"command":"ping"}\n',
]

ORDERS: list[dict[str, Any]] = [
    {"target": {"a": 1}},
    {"target": ["2125550142"]},
    {"target": "\ud800"},
    {"target": "2125550142\x00"},
    {"target": "2125550142\r\nwait=9"},
    {"target": "9" * 60_000},
    {"target": "2125550142", "line": "1\r\nX-Header: 1"},
    {"target": "2125550142", "line": "\ud800"},
    {"target": "2125550142", "line": "7" * 5000},
    {"target": "2125550142", "caller_id": "\u202e\x00"},
    {"target": "2125550142", "caller_id": "8" * 5000},
    {"target": "2125550142", "wait": -1},
    {"target": "2125550142", "wait": 10**30},
    {"target": "*21*5550142#", "source": "clipboard"},
    *({"target": text, "yes": True} for text in TEXTS),
]


class Caller:
    """Speaks to the program's socket as no client of ours does."""

    def __init__(self, path: str) -> None:
        self.path = path

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self.path)  # waits where others wait already
        connection.settimeout(20)
        return connection

    def say(self, data: bytes, *, then_close: bool = False) -> bytes:
        """What comes back until the program closes the connection."""
        answer = b""
        with self.connect() as connection, contextlib.suppress(ConnectionError):
            connection.sendall(data)
            if then_close:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
        return answer

    def ask(self, command: str, **fields: object) -> dict[str, Any]:
        return json.loads(self.say(json.dumps({"v": 1, "command": command, **fields}).encode() + b"\n"))


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[Desktop, PbxServer, Caller, Callable[[], int]]]:
    """The real program, set up, with a PBX that must not hear of anything."""
    require_desktop(keyring="unlocked")
    with Desktop(keyring="unlocked") as desktop, PbxServer() as pbx:
        run = [str(Path(sys.executable).with_name("ringbridge"))]
        password = pbx.people["anna"].password
        account = ["account", "set", "--url", pbx.url, "--username", "anna", "--line", "201", "--password-stdin"]
        assert desktop.run([*run, *account], input=f"{password}\n").returncode == 0
        for key, value in (("region", "US"), ("guards.night", "allow")):
            assert desktop.run([*run, "config", "set", key, value]).returncode == 0
        running = desktop.spawn(run)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", desktop.env["XDG_RUNTIME_DIR"])
            patch.delenv("RINGBRIDGE_PROFILE", raising=False)
            caller = Caller(instance_address(None))

        def answers() -> bool:
            try:
                return instance_client.ping(caller.path).pid == running.pid
            except instance_client.NoProgram:
                return False

        def descriptors() -> int:
            return len(list(Path(f"/proc/{running.pid}/fd").iterdir()))

        desktop.wait_for(answers, 20, "the program to listen")
        caller.ask("dial", target="x")  # brings up what the first wish brings up
        yield desktop, pbx, caller, descriptors
        assert running.poll() is None
        running.terminate()
        assert running.wait(10) == 0
        assert "Traceback" not in desktop.log("ringbridge")


@pytest.mark.desktop
def test_garbage_gets_an_answer_or_nothing_and_the_program_goes_on(
    office: tuple[Desktop, PbxServer, Caller, Callable[[], int]],
) -> None:
    _, pbx, caller, _ = office
    for garbage in GARBAGE:
        answer = caller.say(garbage)
        assert "error" in json.loads(answer), (garbage[:50], answer)
    for cut in (b"", b"{", b'{"v":1,"command":"dial","target":"2125550142"', b"x" * 70_000, b"y" * 1_000_000):
        assert caller.say(cut, then_close=True) == b"", cut[:50]
    chance = random.Random(5)
    for _ in range(100):
        answer = caller.say(chance.randbytes(chance.randrange(1, 400)).replace(b"\n", b" ") + b"\n")
        assert "error" in json.loads(answer)
    assert caller.ask("ping")["ok"]
    assert pbx.connections == 0


@pytest.mark.desktop
def test_orders_and_links_of_others_are_refused_and_nothing_is_sent(
    office: tuple[Desktop, PbxServer, Caller, Callable[[], int]],
) -> None:
    _, pbx, caller, _ = office
    for order in ORDERS:
        answer = caller.ask("dial", **{"source": "argument", **order})
        assert answer["outcome"] in {"blocked", "not_sent"}, (order, answer)
        assert answer["exit_code"] in {*REFUSED, exit_codes.NOTHING_SENT}
        assert answer["message"].endswith(".")
    for link in [*CODES, *LINKS]:
        answer = caller.ask("link", uri=link)
        assert answer["ok"] is False, (link, answer)
        assert answer["exit_code"] in REFUSED
    assert caller.ask("link", uri={"tel": 1})["ok"] is False
    assert pbx.requests == []


@pytest.mark.desktop
def test_many_connections_that_say_nothing_stop_nobody_and_leave_nothing_open(
    office: tuple[Desktop, PbxServer, Caller, Callable[[], int]],
) -> None:
    desktop, pbx, caller, descriptors = office
    before = descriptors()
    silent = [caller.connect() for _ in range(200)]
    for index, connection in enumerate(silent):
        connection.sendall(b"{" if index % 2 else b'{"v":1,"command":"ping"')
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(caller.ask("ping")["ok"])) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [True] * 50
    for connection in silent:
        connection.close()
    desktop.wait_for(lambda: descriptors() <= before, 10, "the connections to be closed")
    assert pbx.requests == []
