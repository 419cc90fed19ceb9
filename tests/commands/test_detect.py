"""`ringbridge detect`."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from support.command_line import Home, run_process


def lines(*objects: Any) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in objects)


def test_each_line_gets_a_line_in_order(home: Home) -> None:
    texts = [
        {"id": "a", "text": "call (505) 555-0161 or +44 191 498 0123.", "region": "US"},
        {"id": 2, "text": "nothing here", "region": "US"},
        {"id": None, "text": "Front office 605-555-0133 ext. 48", "region": "US"},
    ]
    ran = home.run("detect", "--jsonl", stdin=lines(*texts))
    assert (ran.code, ran.err) == (0, "")
    assert [json.loads(line) for line in ran.out.splitlines()] == [
        {
            "id": "a",
            "numbers": [
                {"e164": "+15055550161", "ext": None, "start": 5, "end": 19},
                {"e164": "+441914980123", "ext": None, "start": 23, "end": 39},
            ],
        },
        {"id": 2, "numbers": []},
        {"id": None, "numbers": [{"e164": "+16055550133", "ext": "48", "start": 13, "end": 33}]},
    ]


def test_explicit_mode_gives_the_one_thing_to_dial(home: Home) -> None:
    texts = [
        {"id": 1, "text": "505 555 0161", "region": "US"},
        {"id": 2, "text": "1234", "region": "US"},
        {"id": 3, "text": "*97", "region": "US"},
        {"id": 4, "text": "nothing", "region": "US"},
        {"id": 5, "text": "911", "region": "us"},
    ]
    ran = home.run("detect", "--jsonl", "--mode", "explicit", stdin=lines(*texts))
    dials = [json.loads(line)["dial"] for line in ran.out.splitlines()]
    assert dials == ["+15055550161", "1234", "*97", None, "911"]


def test_explicit_mode_offers_the_choices_where_there_are_several(home: Home) -> None:
    text = {"id": 1, "text": "505 555 0161, 505 555 0162", "region": "US", "mode": "explicit"}
    answer = json.loads(home.run("detect", "--jsonl", stdin=lines(text)).out)
    assert answer["dial"] is None
    assert [number["e164"] for number in answer["numbers"]] == ["+15055550161", "+15055550162"]


@pytest.mark.parametrize(
    "bad",
    [
        b"no json",
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"id": 1}',
        b'{"id": 1, "text": 5, "region": "US"}',
        b'{"id": 1, "text": "x", "region": 5}',
        b'{"id": 1, "text": "x", "region": "US", "mode": "psychic"}',
        b'{"id": 1, "text": "x", "region": "US", "mode": []}',
        b'{"id": NaN, "text": "x", "region": "US"}',
        b'{"id": ' + b"9" * 5000 + b', "text": "x", "region": "US"}',
        b"[" * 100_000,
    ],
)
def test_a_bad_line_gets_an_error_and_the_rest_their_answers(home: Home, bad: bytes) -> None:
    good = lines({"id": 7, "text": "505-555-0161", "region": "US"})
    ran = home.run("detect", "--jsonl", stdin=good + bad + b"\n" + good)
    first, error, last = (json.loads(line) for line in ran.out.splitlines())
    assert ran.code == 2
    assert set(error) == {"id", "error"}
    assert first == last
    assert first["numbers"][0]["e164"] == "+15055550161"


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\u202e(505) 555-0161\u202c", "1" * 100_000, "😀 505-555-0161"])
def test_any_text_gets_an_answer_in_ascii(home: Home, text: str) -> None:
    ran = home.run("detect", "--jsonl", stdin=lines({"id": text, "text": text, "region": "US"}))
    assert ran.code == 0
    assert ran.out.isascii()
    assert json.loads(ran.out)["id"] == text


def test_a_line_without_a_region_is_read_in_the_users_own(home: Home) -> None:
    home.run("config", "set", "region", "IL")
    given = lines({"id": 1, "text": "call 052-234-5678"}, {"id": 2, "text": "052-234-5678", "region": ""})
    found = [json.loads(line)["numbers"] for line in home.run("detect", "--jsonl", stdin=given).out.splitlines()]
    assert [numbers[0]["e164"] for numbers in found] == ["+972522345678"] * 2
    (other,) = home.run(
        "detect", "--jsonl", "--region", "gb", stdin=lines({"id": 1, "text": "0191 498 0123"})
    ).out.splitlines()
    assert json.loads(other)["numbers"][0]["e164"] == "+441914980123"


def test_plain_text_gives_one_number_a_line(home: Home) -> None:
    text = "call 505-555-0161,\nor 605-555-0133 ext. 48\n"
    ran = home.run("detect", "--region", "US", stdin=text.encode())
    assert (ran.code, ran.out) == (0, "+15055550161\n+16055550133;ext=48\n")


def test_plain_text_in_explicit_mode_gives_what_to_dial(home: Home) -> None:
    assert home.run("detect", "--region", "US", "--mode=explicit", stdin=b"*97\n").out == "*97\n"
    assert home.run("detect", "--region", "US", "--mode=explicit", stdin=b"hello\n").out == ""


def test_no_number_is_no_failure(home: Home) -> None:
    ran = home.run("detect", "--region", "US", stdin=b"\xff hello \x00")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_long_text_is_listed_whole(home: Home) -> None:
    ran = home.run(
        "detect", "--region", "US", stdin=b"words and words, " * 6_000 + b"call 505-555-0161 " + b"or " * 9_000
    )
    assert (ran.code, ran.out, ran.err) == (0, "+15055550161\n", "")


def test_what_lies_behind_the_length_cap_is_said_to_be_left_out_where_one_is_to_be_dialed(home: Home) -> None:
    ran = home.run("detect", "--region", "US", "--mode=explicit", stdin=b"x" * 100_000 + b" 505-555-0161")
    assert (ran.code, ran.out) == (0, "")
    assert "Only the first" in ran.err


@pytest.mark.parametrize(
    "arguments", [("--region", "USA"), ("--region", "1\x1b"), ("--mode", "psychic"), ("text",), ("--nonsense",)]
)
def test_a_bad_command_line_ends_with_2(home: Home, arguments: tuple[str, ...]) -> None:
    ran = home.run("detect", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: ringbridge detect")
    assert "\x1b" not in ran.err


def test_each_answer_comes_as_soon_as_its_line_did() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ringbridge", "detect", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(lines({"id": number, "text": "505-555-0161", "region": "US"}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number  # pytest-timeout is the deadline
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_closed_stdin_is_a_usage_error() -> None:
    code = "import sys; sys.stdin = None; from ringbridge.cli import main; sys.exit(main(['detect']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"standard input" in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`ringbridge detect … | head -1`"""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        given = lines(*[{"id": 1, "text": "x", "region": "US"}] * 100)
        done = run_process("detect", "--jsonl", stdin=given, stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_real_command_sees_no_difference_without_inspect() -> None:
    """`inspect` is deferred; what uses it after all gets the real one."""
    code = (
        "import sys\n"
        "from ringbridge.late_inspect import defer_inspect\n"
        "defer_inspect()\n"
        "import dataclasses, inspect\n"
        "assert 'dis' not in sys.modules\n"
        "@dataclasses.dataclass\n"
        "class Undocumented:\n"
        "    number: int\n"
        "assert Undocumented.__doc__ == 'Undocumented(number: int)'\n"
        "assert inspect.isclass(Undocumented)\n"
        "from inspect import signature\n"
        "import inspect as again\n"
        "assert again.__file__ and sys.modules['inspect'] is again\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
