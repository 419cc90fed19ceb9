"""`ringbridge config`."""

import json

import pytest

from ringbridge.core.settings import DEFAULTS
from support.command_line import Home
from support.fake_program import FakeProgram, answer, close


def test_all_settings_are_listed(home: Home) -> None:
    ran = home.run("config", "list", "--json")
    assert ran.json == {key: list(value) if isinstance(value, tuple) else value for key, value in DEFAULTS.items()}
    plain = home.run("config", "list")
    assert "clipboard.watch = yes\n" in plain.out
    assert plain.out.count("\n") == len(DEFAULTS)


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("clipboard.watch", "no", "no"),
        ("card.seconds", "0", "0"),
        ("region", "il", "IL"),
        ("account.url", "http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api/"),
        ("dialing.foreign_prefix", "", ""),
        ("dialing.foreign_prefix", " + ", "+"),
        ("dialing.internal_length", "2 – 5", "2-5"),
        ("dialing.rules", "+972|X. => 0", "+972|X. => 0"),
        ("hotkeys.dial_selection", "alt+ctrl+d", "Ctrl+Alt+D"),
        ("guards.allowed_countries", "us, ca,", "US\nCA"),
        ("guards.never_call", "+1 900*, 0900*", "+1900*\n0900*"),
        ("guards.quiet_from", "9:30", "09:30"),
        ("phones.own", "Desk|phone|1001, Mobile | number | +49 171 1", "Desk|phone|1001\nMobile|number|+491711"),
    ],
)
def test_a_setting_is_changed_and_read_back(home: Home, key: str, value: str, shown: str) -> None:
    assert home.run("config", "set", key, value).code == 0
    assert home.run("config", "get", key).out == f"{shown}\n"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("clipboard.watch", "perhaps"),
        ("card.seconds", "-5"),
        ("card.seconds", "601"),
        ("card.seconds", "soon"),
        ("card.corner", "middle"),
        ("region", "USA"),
        ("account.url", "http://pbx.example.com/"),
        ("account.url", "nonsense"),
        ("account.username", "a\x1bb"),
        ("account.username", "x" * 1001),
        ("hotkeys.dial_selection", "D"),
        ("dialing.foreign_prefix", "+00"),
        ("dialing.outside_prefix", "+"),
        ("dialing.internal_length", "5-2"),
        ("dialing.rules", "+972|Y"),
        ("dialing.rules", "X" * 1001),
        ("dialing.rules", "X\n" * 501),
    ],
)
def test_a_value_that_is_not_allowed_changes_nothing(home: Home, key: str, value: str) -> None:
    ran = home.run("config", "set", key, value)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err[:-1].isprintable()
    assert not home.paths.settings_file.exists()


def test_what_lowers_safety_is_changed_by_hand_only(home: Home) -> None:
    ran = home.run("config", "set", "account.allow_plain_http", "yes")
    assert ran.code == 2
    assert "by hand" in ran.err
    assert str(home.paths.settings_file) in ran.err
    assert home.run("config", "get", "account.allow_plain_http").out == "no\n"


@pytest.mark.parametrize("action", [("get",), ("set",)])
@pytest.mark.parametrize(
    ("key", "near"), [("card.second", "card.seconds"), ("watch", "clipboard.watch"), ("password", "config list")]
)
def test_an_unknown_key_names_what_is_near(home: Home, action: tuple[str, ...], key: str, near: str) -> None:
    ran = home.run("config", *action, key, *(("1",) if action == ("set",) else ()))
    assert ran.code == 2
    assert near in ran.err


def test_an_unknown_key_is_never_printed_raw(home: Home) -> None:
    ran = home.run("config", "get", "\x1b[31m" + "x" * 10_000)
    assert ran.code == 2
    assert ran.err[:-1].isprintable()
    assert len(ran.err) < 300


def test_a_running_program_hears_of_the_change(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True})) as program:
        home.run("config", "get", "card.seconds")
        home.run("config", "set", "card.seconds", "7")
    assert program.requests == [{"v": 1, "command": "settings_changed"}]


def test_a_running_program_that_does_not_hear_is_named(home: Home) -> None:
    with FakeProgram(home.paths.instance_socket, close):
        ran = home.run("config", "set", "card.seconds", "7")
    assert (ran.code, ran.out) == (0, "card.seconds = 7\n")
    assert "did not take the change" in ran.err


def test_a_file_that_can_not_be_written_ends_with_5(home: Home) -> None:
    home.paths.config_dir.parent.mkdir(parents=True)
    home.paths.config_dir.write_text("in the way")
    ran = home.run("config", "set", "card.seconds", "7")
    assert (ran.code, ran.out) == (5, "")
    assert str(home.paths.config_dir) in ran.err


def test_bad_values_of_the_file_are_said_and_do_not_stop_anything(home: Home) -> None:
    home.paths.config_dir.mkdir(parents=True)
    home.paths.settings_file.write_text('[card]\nseconds = "\\u001bsoon"\n')
    ran = home.run("config", "get", "card.seconds")
    assert (ran.code, ran.out) == (0, f"{DEFAULTS['card.seconds']}\n")
    assert "soon" in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    "arguments", [("config",), ("config", "get"), ("config", "set", "card.seconds"), ("config", "x")]
)
def test_a_bad_command_line_ends_with_2(home: Home, arguments: tuple[str, ...]) -> None:
    ran = home.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: ringbridge config")
    assert list(home.run(*arguments, "--json").json) == ["error", "message"]


RULES = ("+972|X. => 0  # own “numbers”", "off: 2XX => 8", r"*31*|X. => #31#")


def test_a_list_takes_one_value_each_and_comes_back_one_a_line(home: Home) -> None:
    ran = home.run("config", "set", "dialing.rules", *RULES)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out.removeprefix("dialing.rules = ")) == list(RULES)
    printed = home.run("config", "get", "dialing.rules").out
    assert printed == "".join(f"{rule}\n" for rule in RULES)
    assert home.run("config", "list", "--json").json["dialing.rules"] == list(RULES)
    home.run("config", "set", "dialing.rules", "")
    assert home.run("config", "list", "--json").json["dialing.rules"] == []
    home.run("config", "set", "dialing.rules", printed)  # as `"$(ringbridge config get dialing.rules)"` does
    assert home.run("config", "list", "--json").json["dialing.rules"] == list(RULES)


def test_a_bad_rule_says_which_and_where(home: Home) -> None:
    ran = home.run("config", "set", "dialing.rules", "2XX => 8", "+972|Y => 0")
    assert (ran.code, ran.out) == (2, "")
    assert "Rule 2, position 6: “Y” can't stand in a pattern." in ran.err


def test_only_a_list_takes_several_values(home: Home) -> None:
    ran = home.run("config", "set", "dialing.outside_prefix", "9", "0")
    assert ran.code == 2
    assert "takes one value" in ran.err


def test_names_of_earlier_versions_still_work(home: Home) -> None:
    home.paths.config_dir.mkdir(parents=True)
    home.paths.settings_file.write_text('[calls]\nown_country = "e164"\noutside_prefix = "9"\n')
    assert home.run("config", "get", "dialing.own_country").out == "e164\n"
    assert home.run("config", "set", "calls.outside_prefix", "8").out == "dialing.outside_prefix = 8\n"
    assert home.run("config", "get", "calls.outside_prefix").out == "8\n"
    assert 'outside_prefix = "9"' in home.paths.settings_file.read_text()  # for the earlier version


def test_the_presets_are_listed(home: Home) -> None:
    assert home.run("config", "preset").out.split("\n")[0] == "015pbx   015pbx, Israel"
    assert not home.paths.settings_file.exists()


def test_a_preset_becomes_ordinary_settings(home: Home) -> None:
    home.run("config", "set", "dialing.rules", *RULES)
    home.run("config", "set", "dialing.outside_prefix", "9")
    with FakeProgram(home.paths.instance_socket, answer({"v": 1, "ok": True})) as program:
        ran = home.run("config", "preset", "015PBX")
    assert program.requests == [{"v": 1, "command": "settings_changed"}]
    assert ran.code == 0
    assert "dialing.foreign_prefix = 00\n" in ran.out
    values = home.run("config", "list", "--json").json
    assert (values["region"], values["dialing.outside_prefix"], values["dialing.internal_length"]) == (
        "IL",
        "",
        "2-5",
    )
    assert values["dialing.rules"] == list(RULES)


def test_an_unknown_preset_names_those_there_are(home: Home) -> None:
    ran = home.run("config", "preset", "fr")
    assert ran.code == 2
    assert "015pbx, us, uk, de" in ran.err
