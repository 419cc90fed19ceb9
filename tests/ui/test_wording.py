import re
import subprocess
import sys
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ringbridge.core import errors
from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.core.errors import (
    AnswerLost,
    FileDamaged,
    FileTooNew,
    InputError,
    InvalidInput,
    KeyringLocked,
    RingbridgeError,
    SettingError,
    StorageUnavailable,
    TlsFailed,
    WrongLogin,
)
from ringbridge.core.phone_numbers import NumberKind
from ringbridge.core.settings import DEFAULTS, SettingProblem
from ringbridge.desktop.ports import Availability, ReadProblem, Way
from ringbridge.ui import setting_words, translation, wording

PROBLEMS = re.findall(
    r"``(\w+)``", (CallOutcome.__doc__ or "").partition("problem: ")[2].partition("or ``input_``")[0]
)
UNSENT = "No call was placed."
MAYBE = "Your phone may be ringing. Look at it before you call again."


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def translator() -> Generator[None]:
    yield
    translation.install_translator(None)


def outcome(kind: Outcome, problem: str = "", **more: object) -> CallOutcome:
    return CallOutcome(request_id="r", outcome=kind, problem=problem, **more)  # type: ignore[arg-type]


def looks_finished(sentence: str) -> bool:
    return bool(re.fullmatch(r"[A-Z“*0-9].*[.”]", sentence)) and "{" not in sentence and "_" not in sentence


def test_the_contract_still_lists_its_problems() -> None:
    assert {"unreachable", "program_lost", "no_call", "keyring_no_answer"} <= set(PROBLEMS)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_has_a_sentence_of_its_own(problem: str) -> None:
    sentence = wording.outcome_sentence(outcome(Outcome.BLOCKED, problem))
    assert looks_finished(sentence)
    assert sentence != wording.outcome_sentence(outcome(Outcome.BLOCKED, "no such problem"))


@pytest.mark.parametrize(
    "problem",
    re.findall(r"``(\w+)``", (InputError.__doc__ or "").partition("detail:")[0]),
)
def test_every_problem_of_an_input_has_a_sentence(problem: str) -> None:
    sentence = wording.error_sentence(InputError(problem, "foo"))
    assert looks_finished(sentence)
    assert not sentence.startswith("This can't be called")
    assert wording.outcome_sentence(outcome(Outcome.BLOCKED, f"input_{problem}")).endswith(UNSENT)


def test_an_accepted_call_says_what_to_do_now() -> None:
    accepted = outcome(Outcome.REQUESTED, dialed="12125551234")
    assert wording.outcome_sentence(accepted) == "Your phone is ringing. Answer it, and the PBX calls 12125551234."
    assert "calls Ada." in wording.outcome_sentence(accepted, "Ada")


@pytest.mark.parametrize("problem", ["answer_lost", "not_understood", ""])
def test_an_unknown_end_warns_before_a_second_call(problem: str) -> None:
    sentence = wording.outcome_sentence(outcome(Outcome.UNKNOWN, problem))
    assert MAYBE in sentence
    assert UNSENT not in sentence


@pytest.mark.parametrize("kind", [Outcome.NOT_SENT, Outcome.REFUSED, Outcome.WRONG_LOGIN, Outcome.NO_ACCOUNT])
def test_what_was_not_placed_says_so(kind: Outcome) -> None:
    assert UNSENT in wording.outcome_sentence(outcome(kind))


def test_invalid_input_shows_the_key_and_the_words_of_the_pbx() -> None:
    refused = outcome(Outcome.REFUSED, "invalid_input", code=400, key="snumber", message="No <b>such</b> {line}")
    assert wording.outcome_sentence(refused) == (
        "The PBX does not accept your own line (snumber). It says: “No <b>such</b> {line}”. "
        "No call was placed. Check your own line in the settings."
    )


def test_invalid_input_with_an_unknown_key_shows_the_key() -> None:
    assert "“colour”" in wording.outcome_sentence(outcome(Outcome.REFUSED, "invalid_input", key="colour"))
    assert wording.outcome_sentence(outcome(Outcome.REFUSED, "invalid_input")).startswith("The PBX refused")


def test_other_refusals_show_the_words_of_the_pbx_too() -> None:
    sentence = wording.outcome_sentence(outcome(Outcome.REFUSED, "role", code=402, message="Ask Ada"))
    assert "“Ask Ada”" in sentence


def test_the_words_of_the_pbx_become_one_short_line() -> None:
    message = "first\r\n\tsecond \u202ebackwards\x00 " + "x" * 5000
    sentence = wording.outcome_sentence(outcome(Outcome.REFUSED, "invalid_input", code=400, message=message))
    assert "“first second backwards xxx" in sentence
    assert "…”" in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize(
    ("problem", "detail"),
    [
        ("unreachable", "Connection refused"), ("tls", "certificate has expired"),
        ("proxy", "Tunnel connection failed: 407 No"), ("not_understood", "redirected to https://pbx.example.com"),
        ("not_understood", "code 500: Database is down."), ("invalid_request", "No such file or directory"),
    ],
)  # fmt: skip
def test_what_an_administrator_has_to_know_is_said(problem: str, detail: str) -> None:
    sentence = wording.outcome_sentence(outcome(Outcome.NOT_SENT, problem, detail=detail, key="ca_file"))
    assert f" Details: {detail.rstrip('.')}. " in sentence
    assert "Details" not in wording.outcome_sentence(outcome(Outcome.NOT_SENT, problem))


def test_a_certificate_file_that_can_not_be_used_is_named() -> None:
    error = errors.RequestInvalid("ca_file", "holds no certificate in PEM form")
    assert wording.error_sentence(error) == (
        "The certificate file can't be used. Details: holds no certificate in PEM form. "
        "Check the setting account.ca_file."
    )


def test_hanging_up_has_sentences_of_its_own() -> None:
    assert wording.hang_up_sentence(outcome(Outcome.REQUESTED)) == "The PBX ends the call."
    assert "no call to hang up" in wording.hang_up_sentence(outcome(Outcome.BLOCKED, "no_call"))
    assert "can't end it. Hang up on your phone" in wording.hang_up_sentence(outcome(Outcome.BLOCKED, "unnamed_call"))
    role = wording.hang_up_sentence(outcome(Outcome.REFUSED, "role"))
    assert "“actions” or “panel” privilege, on older servers “administrator”" in role
    lost = wording.hang_up_sentence(outcome(Outcome.UNKNOWN, "answer_lost"))
    assert "hang up on your phone" in lost
    assert MAYBE not in lost


def test_each_outcome_has_a_short_word() -> None:
    words = {wording.outcome_word(kind) for kind in Outcome}
    assert len(words) == len(Outcome)
    assert all(len(word.split()) <= 2 for word in words)


def every_error() -> list[RingbridgeError]:
    made: list[RingbridgeError] = []
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, RingbridgeError):
            for arguments in ((), ("one",), ("one", "two"), (400, "snumber", "No")):
                try:
                    made.append(kind(*arguments))
                except TypeError:
                    continue
                break
    return made


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_every_error_has_a_sentence(error: RingbridgeError) -> None:
    sentence = wording.error_sentence(error)
    assert sentence[0].isupper() or sentence[0] in "“o"
    assert sentence.endswith(".")
    assert UNSENT not in sentence


def test_errors_without_a_call_do_not_speak_of_one() -> None:
    assert wording.error_sentence(AnswerLost()) == "No answer came from the PBX. Try again."
    assert "certificate" in wording.error_sentence(TlsFailed("self signed"))
    assert "password" in wording.error_sentence(WrongLogin())
    assert "Unlock" in wording.error_sentence(KeyringLocked())
    assert "“bad line”" in wording.error_sentence(InvalidInput(400, "snumber", "bad line"))


def test_files_are_named_with_what_to_do() -> None:
    assert "newer Ringbridge" in wording.error_sentence(FileTooNew("/x/history.sqlite"))
    assert "left as it is" in wording.error_sentence(FileTooNew("/x/history.db", "version 99"))
    aside = wording.error_sentence(FileTooNew("/x/settings.toml", "/x/settings.newer.toml"))
    assert "put aside as /x/settings.newer.toml" in aside
    assert "left as it is" not in aside
    assert "/x/history.damaged" in wording.error_sentence(FileDamaged("/x/history", "/x/history.damaged"))
    assert "disk full" in wording.problem_sentence(StorageUnavailable("/x/settings.toml", "disk full"))


@pytest.mark.parametrize(
    "problem",
    re.findall(r"``(\w+)``", (SettingError.__doc__ or "").partition("problem:")[2]),
)
def test_every_problem_of_a_setting_has_a_sentence(problem: str) -> None:
    sentence = wording.setting_sentence(SettingError("card.seconds", problem, "0–600"))
    assert "Seconds the card stays" in sentence
    assert "_" not in sentence
    unknown = wording.setting_sentence(SettingError("card.seconds", "odd_thing", "0–600"))
    assert unknown == "Seconds the card stays: odd thing (0–600)."
    assert sentence != unknown


def test_of_two_hotkeys_with_one_key_the_other_is_named_without_quotes_within_quotes() -> None:
    twice = SettingError("hotkeys.hang_up", "hotkey_twice", "hotkeys.quick_dial")
    assert wording.setting_sentence(twice) == (
        "Hotkey to hang up: this key combination is in use already (Hotkey for “Call number…”). Choose another one."
    )


def test_every_setting_has_a_name() -> None:
    assert [key for key in DEFAULTS if wording.setting_name(key) == key] == []
    assert wording.setting_name("no.such") == "no.such"


def test_a_bad_value_of_the_settings_file_is_quoted() -> None:
    problem = SettingProblem(error=SettingError("card.seconds", "range", "0–600"), value="9999")
    assert wording.problem_sentence(problem) == (
        "Seconds the card stays: enter a number, 0–600. The settings file says “9999”, which is not used."
    )


@pytest.mark.parametrize("problem", list(ReadProblem))
def test_every_read_problem_has_a_sentence(problem: ReadProblem) -> None:
    assert not wording.read_problem_sentence(problem).startswith("The text can't be read")
    assert wording.read_problem_sentence("odd_thing") == "The text can't be read: odd thing."


def test_every_other_way_to_the_selected_text_is_told() -> None:
    silent = {way for way in Way if not wording.way_sentence(way)}
    assert silent == {Way.PRIMARY}


def test_what_is_different_now_says_how_it_is_changed_back() -> None:
    assert wording.pause_sentence(6).startswith("6 offers in a row went unused")
    assert "Pause clipboard watching" in wording.pause_sentence(6)
    assert wording.muted_sentence("R&D").startswith("Copies in R&D are not offered any more.")
    assert "clipboard.muted_apps" in wording.muted_sentence("R&D")


def test_unknown_mechanisms_are_shown_plainly() -> None:
    odd = Availability(usable=False, reason="no_wings", remedy="grow_some")
    assert wording.availability_sentence("hotkey_x11", odd) == "hotkey_x11: no wings. Grow some."
    assert wording.availability_sentence("hotkey_x11", Availability(usable=True)) == "hotkey_x11: works."
    limited = Availability(usable=True, reason="only_when_focused", remedy="bind_dial_command")
    sentence = wording.availability_sentence("clipboard", limited)
    assert sentence.startswith("clipboard: works, but only while a window of Ringbridge has the focus. In the")
    assert sentence.endswith("ringbridge dial --selection")


def reasons_in_the_code() -> set[str]:
    """Every reason and remedy that stands in a backend."""
    folder = Path(wording.__file__).parents[1] / "desktop"
    code = "\n".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.py"))
    wanted = r"(?:reason|remedy|limit)(?:: str)? ?= ?\"(\w+)\"|(?:Xcb|Wayland)Error\(\"(\w+)\"|^REMEDY\w* = \"(\w+)\""
    found = re.findall(wanted, code, re.MULTILINE)
    return {name for names in found for name in names if name}


def test_every_reason_and_remedy_of_the_desktop_has_words() -> None:
    names = reasons_in_the_code()
    assert {"no_display", "no_library", "no_tray_host", "no_data_control", "bind_dial_command"} <= names
    silent = {
        name for name in names if name not in setting_words.desktop_reasons() | setting_words.desktop_remedies()
    }
    assert silent == set()


def test_limits_of_what_works_are_told() -> None:
    limited = Availability(usable=True, reason="only_xembed")
    assert wording.availability_sentence("tray", limited) == (
        "tray: works, but this desktop shows tray icons in the old way."
    )


def test_kinds_that_say_nothing_have_no_word() -> None:
    assert wording.kind_word(NumberKind.MOBILE) == "mobile"
    assert "expensive" in wording.kind_word(NumberKind.PREMIUM)
    silent = {kind for kind in NumberKind if not wording.kind_word(kind)}
    assert silent == {NumberKind.FIXED_OR_MOBILE, NumberKind.OTHER}


@pytest.mark.usefixtures("new_york")
@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "today 12:30"),
        (timedelta(hours=13), "today 00:30"),
        (timedelta(hours=14), "yesterday 23:30"),
        (timedelta(hours=37), "yesterday 00:30"),
        (timedelta(hours=38), "10 Nov"),
        (timedelta(days=330), "17 Dec 2025"),
        (timedelta(hours=-2), "today 15:30"),
    ],
)
def test_relative_times_are_said_in_local_time(ago: timedelta, shown: str) -> None:
    now = datetime(2026, 11, 12, 18, 30, tzinfo=UTC)  # 13:30 in New York
    assert wording.relative_time(now - ago, now) == shown


@pytest.mark.usefixtures("new_york")
def test_yesterday_is_right_when_the_clocks_change() -> None:
    now = datetime(2026, 3, 9, 3, 30, tzinfo=UTC)  # 23:30 on the 8th, the day with 23 hours
    assert wording.relative_time(now - timedelta(hours=23), now) == "yesterday 23:30"


@pytest.mark.usefixtures("translator")
def test_texts_go_through_the_installed_translator() -> None:
    translation.install_translator(lambda text, note: f"[{text}|{note}]" if note else text.upper())
    assert wording.outcome_word(Outcome.WRONG_LOGIN) == "WRONG LOGIN"
    assert wording.outcome_word(Outcome.REFUSED) == "[refused|the PBX said no]"


@pytest.mark.usefixtures("translator")
def test_values_keep_their_direction_in_right_to_left_sentences() -> None:
    translation.install_translator(lambda _text, _note: "הטלפון שלך מצלצל. ענה, והמרכזייה תתקשר אל {who}.")
    sentence = wording.outcome_sentence(outcome(Outcome.REQUESTED), "+972 3-123-4567")
    assert "\u2068+972 3-123-4567\u2069" in sentence


def test_the_command_line_gets_sentences_without_qt() -> None:
    code = "import sys, ringbridge.ui.wording; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
