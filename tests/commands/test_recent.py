"""`ringbridge recent`."""

import csv
import io
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from ringbridge.commands.recent import COLUMNS
from ringbridge.core.calls import (
    CallEnd,
    CallOutcome,
    CallProgress,
    CallRequest,
    CallState,
    Destination,
    Origin,
    Outcome,
)
from ringbridge.services.history import History
from support.command_line import Home


@pytest.fixture
def calls(home: Home) -> Home:
    """Two calls: one requested, one refused with words like a formula."""
    history = History(home.paths.history_file)
    history.open()
    for number, (dialed, outcome, message) in enumerate(
        [("0012125551234", Outcome.REQUESTED, "OK"), ("*97", Outcome.REFUSED, '=HYPERLINK("x")\x1b,\n')]
    ):
        e164 = "+12125551234" if number == 0 else ""
        request = CallRequest(
            request_id=f"r-{number}",
            destination=Destination(dialed=dialed, e164=e164, extension="5" if e164 else "", display=e164 or dialed),
            origin=Origin.COMMAND_LINE,
            requested_at=datetime(2026, 11, 23, 10, 15, number, 500_000, tzinfo=UTC),
        )
        history.begin(request, line="201", repeat_guard_s=0)
        history.finish(
            CallOutcome(
                request_id=request.request_id, outcome=outcome, dialed=dialed, code=200 + number, message=message
            )
        )
    return home


def test_no_calls_yet_is_said(home: Home) -> None:
    assert (home.run("recent").out, home.run("recent", "--json").json) == ("No calls yet.\n", [])
    assert home.run("recent", "--csv").out == ",".join(COLUMNS) + "\n"
    assert not home.paths.history_file.exists()


def test_people_get_a_line_a_call_newest_first(calls: Home) -> None:
    first, second = calls.run("recent").out.splitlines()
    assert "*97" in first
    assert "refused" in first
    assert "+12125551234 ext. 5" in second


def test_json_has_the_documented_columns(calls: Home) -> None:
    ran = calls.run("recent", "--json")
    assert [list(row) for row in ran.json] == [list(COLUMNS)] * 2
    assert ran.json[1] == {
        "requested_at": "2026-11-23T10:15:00.500Z", "outcome": "requested", "dialed": "0012125551234",
        "e164": "+12125551234", "extension": "5", "line": "201", "origin": "command_line", "code": 200,
        "message": "OK", "server": "", "callid": "", "request_id": "r-0",
        "state": "", "end": "", "answered_at": None, "ended_at": None, "talk_s": None, "note": "",
    }  # fmt: skip


def test_what_became_of_a_call_is_told(calls: Home) -> None:
    history = History(calls.paths.history_file)
    answered_at = datetime(2026, 11, 23, 10, 15, 9, tzinfo=UTC)
    progress = CallProgress(
        state=CallState.ENDED,
        end=CallEnd.ANSWERED,
        answered_at=answered_at,
        ended_at=answered_at + timedelta(seconds=134),
        talk_s=134,
    )
    history.follow("r-0", progress, callid="1.2")
    history.write_note("r-0", "wants a quote")
    line = calls.run("recent").out.splitlines()[1]
    assert "answered, 2 min 14 s" in line
    assert line.endswith("(wants a quote)")
    row = calls.run("recent", "--json").json[1]
    told = {name: row[name] for name in ("state", "end", "answered_at", "ended_at", "talk_s", "note", "callid")}
    assert told == {
        "state": "ended", "end": "answered", "answered_at": "2026-11-23T10:15:09.000Z",
        "ended_at": "2026-11-23T10:17:23.000Z", "talk_s": 134, "note": "wants a quote", "callid": "1.2",
    }  # fmt: skip
    assert next(csv.DictReader(io.StringIO(calls.run("recent", "--csv").out)))["talk_s"] == ""


def test_a_live_call_is_live_while_its_program_is(calls: Home) -> None:
    history = History(calls.paths.history_file)
    history.follow("r-0", CallProgress(state=CallState.CONNECTED))
    assert calls.run("recent", "--json").json[1]["state"] == "connected"  # this process is its owner
    with closing(sqlite3.connect(calls.paths.history_file)) as connection, connection:
        connection.execute("UPDATE calls SET owner_started = 'long ago'")
    row = calls.run("recent", "--json").json[1]
    assert (row["state"], row["end"]) == ("unknown", "unknown")
    assert "end unknown" in calls.run("recent").out


def test_help_documents_the_columns(home: Home) -> None:
    out = home.run("recent", "--help").out
    assert all(column in out for column in COLUMNS)


def test_no_spreadsheet_takes_a_cell_for_a_formula(calls: Home) -> None:
    rows = list(csv.DictReader(io.StringIO(calls.run("recent", "--csv").out)))
    assert list(rows[0]) == list(COLUMNS)
    assert rows[0]["message"].startswith("'=HYPERLINK")
    assert rows[1]["e164"] == "'+12125551234"
    assert rows[1]["dialed"] == "0012125551234"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())


def test_the_limit_counts(calls: Home) -> None:
    assert len(calls.run("recent", "--json", "--limit", "1").json) == 1


@pytest.mark.parametrize(
    "arguments", [("--limit", "0"), ("--limit", "-1"), ("--limit", "many"), ("--json", "--csv"), ("x",)]
)
def test_a_bad_command_line_ends_with_2(home: Home, arguments: tuple[str, ...]) -> None:
    ran = home.run("recent", *arguments)
    assert ran.code == 2
    if "--json" not in arguments:
        assert ran.err.startswith("usage: ringbridge recent")


def test_a_history_of_a_newer_version_ends_with_5(calls: Home) -> None:
    connection = sqlite3.connect(calls.paths.history_file)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    ran = calls.run("recent")
    assert (ran.code, ran.out) == (5, "")
    assert "newer" in ran.err
