"""`ringbridge dial --explain`: calls nobody, stores nothing."""

import pytest

from ringbridge.commands import wish
from ringbridge.desktop.ports import Copied, ReadProblem
from support.command_line import FIELDS, Home
from support.fake_program import FakeProgram
from support.pbx_server import PbxServer


def test_the_way_from_text_to_dial_string_is_shown(account: Home, pbx: PbxServer) -> None:
    with FakeProgram(account.paths.instance_socket) as program:
        ran = account.run("dial", "+44 20 7946 0018", "--explain", "--json")
        assert program.requests == []
    assert ran.code == 0
    assert ran.json == {
        "text": "+44 20 7946 0018",
        "region": "US",
        "reading": {"e164": "+442079460018", "code": "", "extension": "", "from_uri": False},
        "rules": ["foreign: calls.foreign_prefix = the international prefix of US"],
        "dialed": "011442079460018",
        "display": "+44 20 7946 0018",
        "line": "201",
        "decision": "ask",
        "reasons": ["foreign"],
    }
    assert pbx.requests == []
    assert not account.paths.history_file.exists()


def test_people_get_a_line_a_step(account: Home) -> None:
    out = account.run("dial", "(212) 555-1234", "--explain", "--line", "202").out
    assert "Dialed:      2125551234\n" in out
    assert "Rings first: 202\n" in out
    assert "It would be: dialed at once\n" in out


def test_the_settings_that_shape_the_number_are_named(home: Home) -> None:
    home.run("config", "set", "calls.outside_prefix", "9")
    home.run("config", "set", "calls.own_country", "e164")
    rules = home.run("dial", "212 555 1234 ext. 5", "--explain", "--json").json["rules"]
    assert rules[0] == "own country: calls.own_country = e164"
    assert rules[1] == "outside line: calls.outside_prefix = 9"
    assert "5 is not dialed" in rules[2]


def test_codes_go_as_they_stand(home: Home) -> None:
    found = home.run("dial", "*97", "--explain", "--json").json
    assert (found["dialed"], found["reading"]["code"]) == ("*97", "*97")
    assert found["rules"] == ["extensions and codes are dialed as they stand"]


def test_a_missing_line_is_said(home: Home) -> None:
    assert "no own line is set" in home.run("dial", "*97", "--explain").out


def test_a_copied_code_would_be_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wish, "read_copied", lambda _source: Copied(text="*97"))
    ran = home.run("dial", "--clipboard", "--explain")
    assert ran.code == 0
    assert "It would be: refused (" in ran.out
    assert home.run("dial", "--clipboard", "--explain", "--json").json["decision"] == "refuse"


def test_a_link_is_named_as_one(home: Home) -> None:
    assert "from a link" in home.run("dial", "tel:+12125551234;ext=5", "--explain").out


def test_what_can_not_be_read_is_refused_as_when_dialing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = home.run("dial", "hello", "--explain", "--json")
    assert (ran.code, list(ran.json)) == (2, FIELDS)
    monkeypatch.setattr(wish, "read_copied", lambda _source: Copied(problem=ReadProblem.SECRET))
    assert home.run("dial", "--clipboard", "--explain").code == 7
