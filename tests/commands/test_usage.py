"""The quick reading of a command line says what `argparse` says, or nothing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringbridge.commands import dial, dial_usage
from ringbridge.commands.detect import _explained_options, _read_options
from ringbridge.commands.usage import UsageError, quick_options, values_last, wants_json

WORDS = (
    "--clipboard", "--selection", "--yes", "--json", "--explain", "--line", "--caller-id", "--wait", "--profile",
    "--line=201", "--wait=5", "--wait=", "--profile=work", "--profile=", "--", "-", "-h", "-1", "-5551234", "-x",
    "--x", "--json=1", "--jso", "212", "+1 212 555 1234", "*97", "", " ", "201", "5", "61", "five", "=", "a=b",
    "tel:1;ext=2", "--auto-answer", "--record-group", "--record-group=7", "--card", "--card=", "--customer=x",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=6))
@example(["--wait", "-1", "212"])
@example(["--line", "--json", "212"])
@example(["--line", "=1", "--line", "2", "212"])
def test_both_read_dial_alike(arguments: list[str]) -> None:
    quick = quick_options(arguments, flags=dial._FLAGS, values=dial._VALUES, positional="target")
    if quick is None or (quick.target is not None) + quick.clipboard + quick.selection != 1:
        return
    assert vars(dial_usage.read(arguments)) == vars(quick)


@given(st.lists(st.sampled_from(["--jsonl", "--mode", "explicit", "--mode=passive", "--region", "us", "--x", "-1"])))
def test_both_read_detect_alike(arguments: list[str]) -> None:
    try:
        explained = vars(_explained_options(arguments))
    except UsageError:
        explained = None
    try:
        quick = vars(_read_options(arguments))
    except UsageError:
        quick = None
    assert quick == explained


@pytest.mark.parametrize(
    "arguments", [["212"], ["--json", "212"], ["-5551234", "--wait", "0"], ["--clipboard", "--line=201", "--yes"]]
)
def test_plain_command_lines_are_read_quickly(arguments: list[str]) -> None:
    """The other tests would pass if nothing was ever read quickly."""
    assert quick_options(arguments, flags=dial._FLAGS, values=dial._VALUES, positional="target") is not None


@given(st.lists(st.sampled_from(WORDS)))
def test_no_argument_is_lost_behind_the_dashes(arguments: list[str]) -> None:
    moved = values_last(arguments)
    assert sorted(word for word in moved if word != "--") == sorted(word for word in arguments if word != "--")


def test_json_behind_the_dashes_is_a_value() -> None:
    assert wants_json(["--json", "--", "x"])
    assert not wants_json(["--", "--json"])
