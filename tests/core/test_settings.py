from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringbridge.core.errors import RuleError, SettingError
from ringbridge.core.hotkeys import format_hotkey, parse_hotkey
from ringbridge.core.regions import REGIONS
from ringbridge.core.settings import (
    DEFAULTS,
    AccountSettings,
    DialingSettings,
    Settings,
    current_key,
    flatten,
    from_mapping,
    is_by_hand,
    plain_http_allowed,
    with_changes,
    with_value,
)


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("region", "il", "IL"),
        ("clipboard.watch", "no", False),
        ("clipboard.watch", "true", True),
        ("card.seconds", "30", 30),
        (
            "clipboard.muted_apps",
            "KeePassXC, /usr/bin/gnome-calculator,,KeePassXC",
            ("KeePassXC", "gnome-calculator"),
        ),
        ("clipboard.muted_apps", ["Calc"], ("Calc",)),
        ("clipboard.muted_apps", "", ()),
        ("clipboard.pause_after", "0", 0),
        ("account.url", "HTTPS://www.015pbx.net/local/api/json", "https://www.015pbx.net/local/api/json/"),
        ("account.url", "https://pbx.example.com:8443/api", "https://pbx.example.com:8443/api/"),
        ("account.url", "http://[::1]:8080", "http://[::1]:8080/"),
        ("account.line", " 123 4567 ", "1234567"),
        ("account.proxy", "None", "none"),
        ("hotkeys.dial_selection", "shift+ctrl+d", "Ctrl+Shift+D"),
        ("hotkeys.dial_selection", "", ""),
        ("dialing.own_country", "Trunk", "trunk"),
        ("dialing.foreign_prefix", "0 0", "00"),
        ("dialing.foreign_prefix", "+", "+"),
        ("dialing.internal_length", "2-5", "2-5"),
        ("dialing.internal_length", " 03 – 3 ", "3"),
        ("dialing.internal_length", 4, "4"),
        ("dialing.internal_length", "", ""),
        ("dialing.rules", "2XX => 8\r\n\n +1.  \n", ("2XX => 8", "+1.")),
        ("dialing.rules", ["2XX => 8", "", "+1."], ("2XX => 8", "+1.")),
        ("dialing.rules", "", ()),
        ("dialing.own_contexts", ("example.com",), ("example.com",)),
        ("calls.outside_prefix", "9", None),
    ],
)
def test_a_value_is_read_as_its_field_wants_it(key: str, value: object, stored: object) -> None:
    assert flatten(with_value(Settings(), key, value)).get(key) == stored


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("nothing", "1", "unknown_key"),
        ("account", "1", "unknown_key"),
        ("region", "Israel", "region"),
        ("region", "xx", "region"),
        ("clipboard.watch", "maybe", "not_a_boolean"),
        ("clipboard.muted_apps", "x" * 65, "program"),
        ("clipboard.muted_apps", ["a\0b"], "control_characters"),
        ("clipboard.pause_after", "101", "range"),
        ("clipboard.watch", 1, "not_a_boolean"),
        ("card.seconds", "many", "not_a_number"),
        ("card.seconds", True, "not_a_number"),
        ("card.seconds", 601, "range"),
        ("card.seconds", 1.5, "not_a_number"),
        ("card.corner", "middle", "choice"),
        ("account.url", "www.015pbx.net", "url"),
        ("account.url", "ftp://x/", "url"),
        ("account.url", "https://user:secret@x/", "url"),
        ("account.url", "https://x/?auth_password=1", "url"),
        ("account.url", "https://:443/", "url"),
        ("account.url", "https://x:/", "url"),
        ("account.url", "https://x:https/", "url"),
        ("account.url", "https://x:0/", "url"),
        ("account.url", "https://x:99999/", "url"),
        ("account.url", "https://::1/", "url"),
        ("account.username", "a\nb", "control_characters"),
        ("account.username", "a" * 1001, "not_a_text"),
        ("account.username", 5, "not_a_text"),
        ("account.line", "12ab", "not_a_text"),
        ("account.proxy", "http://user:pw@proxy:3128", "url"),
        ("hotkeys.dial_selection", "D", "hotkey"),
        ("hotkeys.dial_selection", "Shift+D", "hotkey"),
        ("hotkeys.dial_selection", "Ctrl+Nope", "hotkey"),
        ("dialing.own_country", "e165", "choice"),
        ("dialing.foreign_prefix", "+00", "prefix"),
        ("dialing.outside_prefix", "+", "prefix"),
        ("dialing.outside_prefix", "0" * 17, "prefix"),
        ("dialing.internal_length", "0-5", "length_range"),
        ("dialing.internal_length", "5-2", "length_range"),
        ("dialing.internal_length", "2-16", "length_range"),
        ("dialing.internal_length", "2-", "length_range"),
        ("dialing.internal_length", "²", "length_range"),
        ("dialing.internal_length", True, "not_a_text"),
        ("dialing.rules", 5, "not_a_list"),
        ("dialing.rules", [5], "not_a_text"),
        ("dialing.rules", ["a\tb"], "control_characters"),
        ("dialing.rules", ["1"] * 501, "too_many"),
        ("dialing.rules", ["1", "1Y"], "character"),
    ],
)
def test_a_bad_value_is_refused_by_name(key: str, value: object, problem: str) -> None:
    with pytest.raises(SettingError) as refusal:
        with_value(Settings(), key, value)
    assert refusal.value.problem == problem


def test_two_actions_never_have_the_same_keys() -> None:
    settings = with_value(Settings(), "hotkeys.redial", "Ctrl+Alt+R")
    with pytest.raises(SettingError) as refusal:
        with_value(settings, "hotkeys.hang_up", "alt+ctrl+r")
    assert (refusal.value.key, refusal.value.problem) == ("hotkeys.hang_up", "hotkey_twice")
    assert refusal.value.detail == "hotkeys.redial"
    assert with_value(settings, "hotkeys.redial", "Ctrl+Alt+R") == settings
    assert with_value(settings, "hotkeys.hang_up", "").hotkeys.hang_up == ""


def test_a_file_that_gives_two_actions_the_same_keys_keeps_the_first() -> None:
    settings, problems = from_mapping({"hotkeys": {"redial": "Ctrl+Alt+D", "dial_selection": "ctrl+alt+d"}})
    assert (settings.hotkeys.dial_selection, settings.hotkeys.redial) == ("Ctrl+Alt+D", "")
    assert [problem.error.problem for problem in problems] == ["hotkey_twice"]


def test_two_actions_may_change_their_keys_with_each_other() -> None:
    before = with_value(with_value(Settings(), "hotkeys.redial", "F7"), "hotkeys.hang_up", "F8")
    after = replace(before, hotkeys=before.hotkeys._replace(redial="F8", hang_up="F7"))
    assert with_changes(before, before=before, after=after) == after


def test_a_file_with_one_bad_value_keeps_the_others() -> None:
    settings, problems = from_mapping({"region": "de", "card": {"seconds": "soon", "corner": "top_left"}, "new": 1})
    assert (settings.region, settings.card.corner, settings.card.seconds) == ("DE", "top_left", 12)
    assert [problem.error.key for problem in problems] == ["card.seconds"]


@given(
    st.dictionaries(st.sampled_from([*DEFAULTS, "clipboard", "account", "x"]), st.integers() | st.text() | st.none())
)
def test_any_parsed_file_gives_settings(table: dict[str, object]) -> None:
    settings, _ = from_mapping(table)
    assert from_mapping(_nested(settings)) == (settings, ())


def _nested(settings: Settings) -> dict[str, object]:
    table: dict[str, object] = {}
    for key, value in flatten(settings).items():
        group, _, name = key.rpartition(".")
        target = table.setdefault(group, {}) if group else table
        assert isinstance(target, dict)
        target[name] = value
    return table


def test_only_what_changed_is_carried_over() -> None:
    before = with_value(Settings(), "account.allow_plain_http", value=True)
    after = with_value(with_value(before, "card.seconds", 30), "region", "IL")
    elsewhere = with_value(with_value(before, "calls.repeat_guard_s", 9), "card.seconds", 99)
    assert with_changes(elsewhere, before=before, after=after) == with_value(
        with_value(after, "calls.repeat_guard_s", 9), "card.seconds", 30
    )
    assert with_changes(elsewhere, before=after, after=after) == elsewhere


def test_plain_http_is_for_this_computer_only_and_its_switch_for_the_file_only() -> None:
    for url in ("https://pbx.example/", "http://localhost:1/x/", "http://127.0.0.1/", "http://[::1]:8080/"):
        assert plain_http_allowed(AccountSettings(url=url))
    for url in ("http://pbx.example/", "http://127.0.0.1.example/", "http://localhost.example/"):
        assert not plain_http_allowed(AccountSettings(url=url))
    assert plain_http_allowed(AccountSettings(url="http://pbx.example/", allow_plain_http=True))
    assert is_by_hand("account.allow_plain_http")
    assert not is_by_hand("account.url")


@given(
    st.sets(st.sampled_from(["Ctrl", "Alt", "Shift", "Super"]), min_size=1),
    st.sampled_from(["A", "7", "F5", "Space", "PageUp"]),
)
def test_parsing_a_written_hotkey_gives_it_back(modifiers: set[str], key: str) -> None:
    written = format_hotkey(tuple(modifiers), key)
    if modifiers == {"Shift"} and not key.startswith("F"):
        return
    assert format_hotkey(*parse_hotkey(written.lower())) == written


def test_the_regions_are_those_of_the_numbering_plans() -> None:
    import phonenumbers

    assert frozenset(phonenumbers.SUPPORTED_REGIONS) == REGIONS


def test_names_of_earlier_versions_are_read_and_the_new_name_wins() -> None:
    old = {"own_country": "e164_plus", "foreign_prefix": "011", "outside_prefix": "9", "repeat_guard_s": 3}
    settings, problems = from_mapping({"calls": old, "dialing": {"outside_prefix": "0"}})
    assert problems == ()
    assert settings.dialing == DialingSettings(own_country="e164_plus", foreign_prefix="011", outside_prefix="0")
    assert settings.calls.repeat_guard_s == 3
    assert current_key("calls.own_country") == "dialing.own_country"
    assert with_value(Settings(), "calls.outside_prefix", "9").dialing.outside_prefix == "9"
    _, [problem] = from_mapping({"calls": {"own_country": "odd"}})
    assert problem.error.key == "dialing.own_country"


def test_loading_reads_no_rules_and_changing_does() -> None:
    """A start must not wait for them; `ringbridge doctor` and each call find what is wrong in a file."""
    settings, problems = from_mapping({"dialing": {"rules": ["1Y", "2XX => 8"]}})
    assert (settings.dialing.rules, problems) == (("1Y", "2XX => 8"), ())
    with pytest.raises(RuleError) as refusal:
        with_value(settings, "dialing.rules", "2XX => 8\n1Y")
    assert (refusal.value.number, refusal.value.position) == (2, 2)
