"""A sample of the faults against the real tray program, which must go on without a restart."""

import contextlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx
from support.desktop import Desktop, require_desktop
from support.fault_proxy import WHOLE, Break, FaultProxy, How
from support.office import Journal, rows_of
from support.pbx_server import PbxServer, envelope

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
MARKUP = '<b>A&B</b> <img src="x"> &lt;i&gt;'

pytestmark = pytest.mark.desktop


class Office:
    """A desktop with the program, and a PBX behind a network that breaks."""

    def __init__(self, desktop: Desktop, pbx: TrainingPbx, proxy: FaultProxy) -> None:
        self.desktop, self.pbx, self.proxy = desktop, pbx, proxy

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return self.desktop.run([RINGBRIDGE, *arguments], input=stdin, timeout=60)

    def dial(self, number: str) -> dict[str, Any]:
        return json.loads(self.run("dial", number, "--json").stdout)

    def set_up(self, url: str, username: str, password: str, **settings: str) -> None:
        account = ["account", "set", "--url", url, "--username", username, "--line", DEMO_LINE, "--password-stdin"]
        assert self.run(*account, stdin=f"{password}\n").returncode == 0
        settings |= {"guards__calls_per_minute": "0", "guards__night": "allow"}
        for key, value in settings.items():
            assert self.run("config", "set", key.replace("__", "."), value).returncode == 0

    def start(self) -> "subprocess.Popen[Any]":
        program = self.desktop.spawn([RINGBRIDGE])
        self.desktop.wait_for(self.desktop.tray_items, 15, "the icon")
        self.desktop.wait_for(lambda: self.run("recent").returncode == 0, 15, "it to listen")
        return program

    @property
    def history(self) -> Path:
        return self.desktop.home / ".local/share/ringbridge/history.db"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    require_desktop(keyring="unlocked")
    pbx = TrainingPbx(tls=True, level="4.1", scenario="auto", pace=0.01, journal=tmp_path / "journal.jsonl")
    with pbx:
        port = urlsplit(pbx.url).port
        assert port is not None
        with Desktop(keyring="unlocked", accessibility=True) as desktop, FaultProxy(port) as proxy:
            yield Office(desktop, pbx, proxy)


def breaks(**how: Any) -> Callable[[Office], None]:
    return lambda office: office.proxy.break_next(Break(**how))


FAULTS: tuple[tuple[str, Callable[[Office], object], str, int], ...] = (
    # what is broken, how, what the program says, how often the own phone rings
    ("refused", lambda office: office.proxy.stop_listening(), "not_sent", 0),
    ("closed at once", breaks(at_once=True), "not_sent", 0),
    ("handshake cut", breaks(answer=300), "not_sent", 0),
    ("greeting unanswered", breaks(request=0, how=How.STALL), "not_sent", 0),
    ("reset after the work", lambda office: office.pbx.set_faults("cut_after:calls/make:1"), "unknown", 1),
    ("reset unread", lambda office: office.pbx.set_faults("cut_before:calls/make:1"), "unknown", 0),
    ("login page", lambda office: office.pbx.set_faults("html:calls/make:1"), "unknown", 0),
    ("half an answer", lambda office: office.pbx.set_faults("half_answer:calls/make:1"), "unknown", 1),
    ("500 after the work", lambda office: office.pbx.set_faults("http_500:calls/make:1"), "unknown", 1),
)


def test_the_running_program_survives_one_fault_after_the_other(office: Office, tmp_path: Path) -> None:
    ca_file = str(office.pbx.ca_file)
    url = f"https://127.0.0.1:{office.proxy.port}/local/api/json/"
    office.set_up(
        url, DEMO_LOGIN.username, DEMO_LOGIN.password,
        account__ca_file=ca_file, account__connect_timeout_s="1", account__wait_s="0", region="US",
    )  # fmt: skip
    program = office.start()
    expected: Counter[str] = Counter()
    for index, (name, strike, said, rung) in enumerate(FAULTS):
        broken, whole = f"21255501{index:02}", f"21255502{index:02}"
        strike(office)
        assert office.dial(broken)["outcome"] == said, name
        office.proxy.break_next(WHOLE)
        if name == "refused":
            office.proxy.listen_again()
        assert office.dial(whole)["outcome"] == "requested", f"after: {name}"
        expected += Counter({broken: rung, whole: 1})
    assert program.poll() is None
    assert len(office.desktop.tray_items()) == 1
    office.desktop.wait_for(lambda: Journal(tmp_path / "journal.jsonl").rung() == expected, 10, "the phone to ring")
    office.desktop.click_tray_entry("Quit")
    assert program.wait(10) == 0
    office.pbx.stop()
    assert Journal(tmp_path / "journal.jsonl").rung() == expected
    said = [said for _, _, said, _ in FAULTS]
    assert Counter(rows_of(office.history).values()) == Counter([*said, *["requested"] * len(FAULTS)])
    assert "Traceback" not in office.desktop.log("ringbridge")


def test_following_a_call_through_faults_places_no_other(office: Office, tmp_path: Path) -> None:
    office.set_up(
        office.pbx.url,
        DEMO_LOGIN.username,
        DEMO_LOGIN.password,
        account__ca_file=str(office.pbx.ca_file),
        region="US",
    )
    program, journal = office.start(), Journal(tmp_path / "journal.jsonl")

    def looked(fault: str) -> Callable[[], bool]:
        return lambda: any(fault in line.get("faults", []) for line in journal.lines())

    assert office.dial("2125550142")["outcome"] == "requested"
    for fault in ("cut_after", "html", "huge_list"):
        office.pbx.set_faults(f"{fault}:calls/active/list")
        office.desktop.wait_for(looked(fault), 20, f"a look at the call in spite of {fault}")
    office.pbx.set_faults()
    assert office.dial("2125550143")["outcome"] == "requested"
    assert program.poll() is None
    office.desktop.click_tray_entry("Quit")
    assert program.wait(10) == 0
    office.pbx.stop()
    assert journal.rung() == {"2125550142": 1, "2125550143": 1}
    assert set(rows_of(office.history).values()) == {"requested"}
    assert "Traceback" not in office.desktop.log("ringbridge")


def test_a_program_killed_at_any_moment_rings_once_at_most_and_starts_again(office: Office, tmp_path: Path) -> None:
    office.set_up(
        office.pbx.url, DEMO_LOGIN.username, DEMO_LOGIN.password,
        account__ca_file=str(office.pbx.ca_file), account__wait_s="0", region="US",
    )  # fmt: skip
    chance, said = random.Random(3), dict[str, str]()
    for index in range(int(os.environ.get("RINGBRIDGE_PROGRAM_KILLS", "4"))):
        program, number = office.start(), f"2125550{100 + index}"
        dial = office.desktop.spawn([RINGBRIDGE, "dial", number, "--json"], stdout=subprocess.PIPE)
        with contextlib.suppress(subprocess.TimeoutExpired):
            dial.wait(chance.uniform(0, 0.25))  # a call takes about so long, most of it the command's own start
        program.kill()
        program.wait(10)
        said[number] = json.loads(dial.communicate(timeout=60)[0])["outcome"]
        office.desktop.wait_for(lambda: not office.desktop.tray_items(), 10, "the icon to go")
    program = office.start()
    assert office.dial("2125550199")["outcome"] == "requested"
    assert office.run("recent").returncode == 0  # settles what was left behind
    program.terminate()
    assert program.wait(10) == 0
    office.desktop.wait_for(lambda: all(call.legs for call in office.pbx.calls), 10, "the phone to ring")
    office.pbx.stop()
    rung = Journal(tmp_path / "journal.jsonl").rung()
    assert max(rung.values()) == 1
    assert set(said.values()) <= {"requested", "unknown"}
    assert all(rung[number] == 1 for number, outcome in said.items() if outcome == "requested")
    rows = rows_of(office.history)
    assert set(rows.values()) <= {"requested", "unknown"}
    assert sum(outcome == "requested" for outcome in rows.values()) <= sum(rung.values()) <= len(rows)


def test_words_of_the_pbx_are_plain_text_on_the_screen_and_in_the_panels_menu(office: Office) -> None:
    with PbxServer() as server:
        office.set_up(server.url, "anna", server.people["anna"].password, region="US")
        program = office.start()
        server.answer_next(envelope(402, MARKUP))
        answer = office.dial("212 555 0142")
        assert answer["outcome"] == "refused"
        assert MARKUP in answer["message"]
        # a label that takes text for markup describes itself without the tags
        assert MARKUP in office.desktop.widget("<b>A&B</b>", "label").name.replace("\u200b", "")
        assert office.dial("212 555 0143")["outcome"] == "requested"
        labels = [entry.label for entry in office.desktop.tray_menu()]
        assert any(label.startswith("+1 212-555-0143 — ") for label in labels)
        office.desktop.click_tray_entry("Quit")
        assert program.wait(10) == 0
