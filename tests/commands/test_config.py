"""`ringbridge config`."""

import json

import pytest

from ringbridge.core.settings import DEFAULTS
from support.command_line import FIELDS, Home
from support.fake_program import FakeProgram, answer, close


def test_all_settings_are_listed(home: Home) -> None:
    ran = home.run("config", "list", "--json")
    assert ran.json == json.loads(json.dumps(DEFAULTS))  # lists have no tuples
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
        ("calls.foreign_prefix", "", ""),
        ("hotkeys.dial_selection", "alt+ctrl+d", "Ctrl+Alt+D"),
        ("guards.allowed_countries", "us, ca,", "US, CA"),
        ("guards.never_call", "+1 900*, 0900*", "+1900*, 0900*"),
        ("guards.quiet_from", "9:30", "09:30"),
        ("phones.own", "Desk|phone|1001, Mobile | number | +49 171 1", "Desk|phone|1001, Mobile|number|+491711"),
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
    assert list(home.run(*arguments, "--json").json) == FIELDS
