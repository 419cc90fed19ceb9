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
        "reading": {
            "e164": "+442079460018",
            "code": "",
            "extension": "",
            "from_uri": False,
            "reasons": ["whole_number"],
        },
        "way": "foreign",
        "rule": None,
        "rules_tried": [],
        "rules": ["foreign: dialing.foreign_prefix = the international prefix of US"],
        "dialed": "011442079460018",
        "pbx_converts": False,
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
    assert rules[0] == "own country: dialing.own_country = e164"
    assert rules[1] == "outside line: dialing.outside_prefix = 9"
    assert "5 is not dialed" in rules[2]


def test_codes_go_as_they_stand(home: Home) -> None:
    found = home.run("dial", "*97", "--explain", "--json").json
    assert (found["dialed"], found["reading"]["code"]) == ("*97", "*97")
    assert found["rules"] == ["a feature code: dialed as it stands"]


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


def test_the_rule_that_fired_is_named_with_those_before_it(home: Home) -> None:
    home.run("config", "set", "dialing.rules", "off: +1X.", "+44|X. => 9 # UK", "+1212|NXXXXXX  # Manhattan")
    ran = home.run("dial", "(212) 555-1234", "--explain", "--json")
    assert ran.json["rule"] == {"number": 3, "text": "+1212|NXXXXXX  # Manhattan"}
    assert [tried["state"] for tried in ran.json["rules_tried"]] == ["off", "no_match", "fired"]
    assert (ran.json["dialed"], ran.json["way"]) == ("5551234", "rule")
    out = home.run("dial", "(212) 555-1234", "--explain").out
    assert "Rules:       rule 3: +1212|NXXXXXX  # Manhattan\n" in out
    assert "Why:         the whole text is a number\n" in out


def test_the_extension_is_kept_apart(home: Home) -> None:
    out = home.run("dial", "sip:+441914980126;ext=21@voip.example.org;user=phone", "--explain").out
    assert "Dialed:      011441914980126\n" in out
    assert "Extension:   21\n" in out
    assert "Why:         from a link; the link names an extension; the whole text is a number\n" in out


def test_a_reason_is_said_once_and_in_words(home: Home) -> None:
    assert "Why:         an extension or a code\n" in home.run("dial", "*97", "--explain").out
    out = home.run("dial", "Ms. Levi, +1 (212) 555-0142 ext. 12", "--explain").out
    reasons = "found in the text; written with + and a country code; grouped as usual there; with an extension"
    assert f"Why:         {reasons}\n" in out


def test_a_pbx_that_converts_is_said(account: Home) -> None:
    account.run("config", "set", "account.cdialplan", "auto")
    found = account.run("dial", "(212) 555-1234", "--explain", "--json").json
    assert (found["dialed"], found["way"], found["pbx_converts"]) == ("+12125551234", "converted", True)
    assert found["rules"][-1] == "the PBX converts what it is sent: account.cdialplan = auto"


def test_a_plan_that_can_not_write_the_number_says_why(home: Home) -> None:
    home.paths.config_dir.mkdir(parents=True)
    home.paths.settings_file.write_text('[dialing]\nrules = ["2XY"]\n')
    for arguments in (("--explain",), ()):
        ran = home.run("dial", "(212) 555-1234", *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert "Rule 1 of the dial plan can't be read" in ran.err
    assert home.run("dial", "911", "--explain").code == 0
