"""The real program on a real desktop with a real keyring, over TLS, and a server that writes down what it gets."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from support.desktop import Desktop, require_desktop
from support.pbx_server import PbxServer, Person, reset, silence

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
PASSWORD = "p&ä;+ #%=\"'"
CALL_BUTTON = "^Call( \\+1|$)"
PERSON_S = 0.5  # until a person has moved the pointer: the card ignores clicks within 0.3 s of its appearance

pytestmark = pytest.mark.desktop


class Office:
    """One person's desktop, and the PBX of the company behind a company's certificate."""

    def __init__(self, desktop: Desktop, pbx: PbxServer, ca_file: Path) -> None:
        self.desktop = desktop
        self.pbx = pbx
        self.ca_file = ca_file
        self.programs: list[subprocess.Popen[Any]] = []

    def run(self, *arguments: str, profile: str = "", stdin: str = "") -> subprocess.CompletedProcess[str]:
        return self.desktop.run([RINGBRIDGE, *self._profile(profile), *arguments], input=stdin, timeout=60)

    def run_json(self, *arguments: str, profile: str = "") -> dict[str, Any]:
        return json.loads(self.run(*arguments, "--json", profile=profile).stdout)

    def set_up(self, profile: str = "", line: str = "1234567") -> None:
        done = self.run(
            *("account", "set", "--url", self.pbx.url, "--username", "anna", "--line", line, "--password-stdin"),
            profile=profile,
            stdin=f"{PASSWORD}\n",
        )
        assert done.returncode == 0, done.stderr
        # the hour at which a test runs is no part of it
        settings = {"account.ca_file": str(self.ca_file), "region": "US", "guards.night": "allow", "links.ask": "no"}
        settings["clipboard.pause_after"] = "0"  # a busy machine copies more often until the offer is seen
        for key, value in settings.items():
            assert self.run("config", "set", key, value, profile=profile).returncode == 0

    def start(self, *, profile: str = "") -> "subprocess.Popen[Any]":
        items = len(self.desktop.tray_items())
        program = self.desktop.spawn([RINGBRIDGE, *self._profile(profile)])
        self.programs.append(program)
        self.desktop.wait_for(lambda: len(self.desktop.tray_items()) > items, 15, "the icon")
        self.desktop.wait_for(lambda: self.run("recent", profile=profile).returncode == 0, 15, "it to listen")
        return program

    def quit_all(self) -> None:
        for program in self.programs:
            if program.poll() is None:
                program.send_signal(signal.SIGTERM)
                assert program.wait(10) == 0
        self.programs.clear()

    def made(self) -> list[dict[str, str]]:
        return [request.parameters for request in self.pbx.requests if "/calls/make/" in request.target]

    def menu_labels(self) -> list[str]:
        return [entry.label for entry in self.desktop.tray_menu() if entry.label]

    @staticmethod
    def _profile(profile: str) -> list[str]:
        return ["--profile", profile] if profile else []


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="A company of its own")


@pytest.fixture
def office(tmp_path: Path, authority: trustme.CA) -> Iterator[Office]:
    require_desktop(keyring="unlocked")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "company.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with Desktop(keyring="unlocked", accessibility=True) as desktop, PbxServer(tls=context) as pbx:
        pbx.people["anna"] = Person(password=PASSWORD, lines=[{"name": "1234567"}])
        office = Office(desktop, pbx, ca_file)
        office.set_up()
        yield office
        office.quit_all()


def copy_until_offered(office: Office, text: str) -> None:
    """Copy once the program watches; a copy made before its first look is nobody's to offer."""

    def offered() -> bool:
        office.desktop.copy(text)
        return any(label.startswith("Call +1") for label in office.menu_labels())

    office.desktop.wait_for(offered, 15, "the offer")


def click_call(office: Office) -> None:
    office.desktop.widget(CALL_BUTTON, "push button")
    time.sleep(PERSON_S)
    office.desktop.click_widget(CALL_BUTTON)


def test_a_copied_number_reaches_the_pbx_as_the_contract_says(office: Office) -> None:
    program = office.start()
    copy_until_offered(office, "Anna's number is (212) 555-0142.")
    focused = office.desktop.focused_window()
    click_call(office)
    office.desktop.wait_for(lambda: len(office.made()) == 1, 15, "the request")
    (request,) = [request for request in office.pbx.requests if "/calls/make/" in request.target]
    assert (request.method, request.target) == ("POST", "/local/api/json/calls/make/")
    assert request.header("content-type") == "application/x-www-form-urlencoded"
    sent = request.parameters
    assert {name: sent[name] for name in ("stype", "snumber", "ctype", "cnumber", "wait")} == {
        "stype": "phone", "snumber": "1234567", "ctype": "", "cnumber": "2125550142", "wait": "5",
    }  # fmt: skip
    assert (sent["auth_username"], sent["auth_password"]) == ("anna", PASSWORD)
    assert office.desktop.focused_window() == focused
    row = re.compile(r"\+1 212-555-0142 — \w{3} \d\d:\d\d, requested")
    office.desktop.wait_for(lambda: any(map(row.fullmatch, office.menu_labels())), 10, "the recent call")

    # quit, start again: the call is still there
    office.desktop.click_tray_entry("Quit")
    assert program.wait(10) == 0
    office.start()
    office.desktop.wait_for(
        lambda: any("212-555-0142" in label and "requested" in label for label in office.menu_labels()),
        10,
        "the call of the earlier start",
    )
    assert len(office.made()) == 1
    no_secret_outside_the_keyring(office)


def no_secret_outside_the_keyring(office: Office) -> None:
    needles = (PASSWORD.encode(), b"auth_password")
    for folder, _, names in os.walk(office.desktop.home):
        for name in names:
            path = Path(folder, name)
            if "keyrings" in path.parts or not path.is_file():
                continue
            content = path.read_bytes()
            assert not any(needle in content for needle in needles), path
            if path.suffix == ".log":
                assert b"5550142" not in content
    assert not any(PASSWORD in request.target for request in office.pbx.requests)


def test_the_command_line_goes_through_the_running_program(office: Office) -> None:
    office.start()
    answer = office.run_json("dial", "212 555 0142", "--caller-id", "100", "--wait", "3")
    assert (answer["outcome"], answer["code"], answer["dialed"]) == ("requested", 200, "2125550142")
    assert answer["callid"]
    (sent,) = office.made()
    assert (sent["callerid2"], sent["wait"]) == ("100", "3")
    assert any("212-555-0142" in label for label in office.menu_labels())
    assert office.run_json("hangup")["outcome"] == "requested"
    hung_up = [request for request in office.pbx.requests if "/calls/hangup/" in request.target]
    assert [request.parameters["callid"] for request in hung_up] == [answer["callid"]]


@pytest.mark.parametrize("running", [True, False], ids=["through the program", "alone"])
def test_ten_commands_at_once_ring_once(office: Office, *, running: bool) -> None:
    if running:
        office.start()
    dials = [
        office.desktop.spawn([RINGBRIDGE, "dial", "212 555 0142", "--json"], stdout=subprocess.PIPE)
        for _ in range(10)
    ]
    outcomes = [json.loads(dial.communicate(timeout=60)[0])["outcome"] for dial in dials]
    assert sorted(outcomes) == ["blocked"] * 9 + ["requested"]
    assert sorted(dial.returncode for dial in dials) == [0] + [7] * 9
    assert len(office.made()) == 1
    assert len(recent(office)) == 1


def recent(office: Office) -> list[dict[str, Any]]:
    return json.loads(office.run("recent", "--json").stdout)


def begin_a_call_that_nobody_answers(office: Office, start: Callable[[], Any]) -> Any:
    office.pbx.answer_next(silence)
    started = start()
    office.desktop.wait_for(lambda: len(office.made()) == 1, 15, "the request")
    return started


def test_a_command_killed_while_it_waits_leaves_the_call_unknown(office: Office) -> None:
    dial = begin_a_call_that_nobody_answers(
        office, lambda: office.desktop.spawn([RINGBRIDGE, "dial", "212 555 0142"])
    )
    dial.kill()
    dial.wait(10)
    (row,) = recent(office)
    assert (row["outcome"], row["dialed"]) == ("unknown", "2125550142")
    assert len(office.made()) == 1


def test_a_program_killed_while_it_waits_knows_the_call_after_its_next_start(office: Office) -> None:
    program = office.start()
    dial = begin_a_call_that_nobody_answers(
        office, lambda: office.desktop.spawn([RINGBRIDGE, "dial", "212 555 0142", "--json"], stdout=subprocess.PIPE)
    )
    program.kill()
    program.wait(10)
    answer = json.loads(dial.communicate(timeout=30)[0])
    assert (answer["outcome"], dial.returncode) == ("unknown", 6)
    office.programs.clear()
    office.start()
    office.desktop.wait_for(
        lambda: any("212-555-0142" in label and "unknown" in label for label in office.menu_labels()),
        10,
        "the call in the menu",
    )
    assert len(office.made()) == 1


def test_a_cut_connection_is_unknown_and_the_next_call_works(office: Office) -> None:
    office.start()
    office.pbx.answer_next(reset)
    answer = office.run_json("dial", "212 555 0142")
    assert answer["outcome"] == "unknown"
    assert len(office.made()) == 1
    assert office.run_json("dial", "212 555 0143")["outcome"] == "requested"


def test_a_second_start_opens_call_number_in_the_first(office: Office) -> None:
    office.start()
    second = office.desktop.run([RINGBRIDGE], timeout=20)
    assert second.returncode == 0
    office.desktop.window("^Call number")
    assert len(office.desktop.tray_items()) == 1
    office.desktop.type_keys("212 555 0142")
    office.desktop.press("Return")
    office.desktop.wait_for(lambda: len(office.made()) == 1, 15, "the request")


def test_a_link_asks_in_the_running_program(office: Office) -> None:
    office.start()
    assert office.run("link", "tel:+1-212-555-0142").returncode == 0
    office.desktop.widget("^Don't call$", "push button")
    assert office.made() == []
    assert office.run("link", "tel:*21*5550142%23").returncode == 7
    click_call(office)
    office.desktop.wait_for(lambda: len(office.made()) == 1, 15, "the request")


def test_two_profiles_run_side_by_side_and_share_nothing(office: Office) -> None:
    office.set_up(profile="second", line="7654321")
    office.start()
    office.start(profile="second")
    assert len(office.desktop.tray_items()) == 2
    assert office.run_json("dial", "212 555 0142", profile="second")["outcome"] == "requested"
    assert [sent["snumber"] for sent in office.made()] == ["7654321"]
    assert recent(office) == []
    assert office.run_json("dial", "212 555 0142")["outcome"] == "requested"
    assert [sent["snumber"] for sent in office.made()] == ["7654321", "1234567"]
    assert office.run("account", "forget").returncode == 0
    assert office.run_json("account", "show", profile="second")["password"] == "saved"


def test_an_untrusted_certificate_sends_nothing(office: Office) -> None:
    assert office.run("config", "set", "account.ca_file", "").returncode == 0
    answer = office.run_json("dial", "212 555 0142")
    assert answer["outcome"] == "not_sent"
    assert "certificate" in answer["message"]
    assert office.pbx.requests == []


@pytest.mark.parametrize("keyring", ["locked", "none"])
def test_without_an_open_keyring_nothing_is_sent_and_the_reason_is_said(
    tmp_path: Path, authority: trustme.CA, keyring: str
) -> None:
    require_desktop(keyring=keyring)
    with Desktop(keyring=keyring, tray="none", wm="none") as desktop, PbxServer() as pbx:  # type: ignore[arg-type]
        office = Office(desktop, pbx, tmp_path)
        done = office.run(
            *("account", "set", "--url", pbx.url, "--username", "anna", "--line", "1", "--password-stdin"),
            stdin="secret word\n",
        )
        assert done.returncode == 8
        assert "keyring" in done.stderr.lower()
        answer = office.run_json("dial", "212 555 0142")
        assert answer["outcome"] == "no_account"
        assert "keyring" in answer["message"]
        assert pbx.requests == []
        stored = [path for path in desktop.home.rglob("*") if path.is_file() and "keyrings" not in path.parts]
        assert not any(b"secret word" in path.read_bytes() for path in stored)
