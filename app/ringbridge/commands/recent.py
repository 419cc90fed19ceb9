"""`ringbridge recent`: the latest calls, for people, for scripts and for spreadsheets."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from ringbridge.commands.arguments import Parser, checked
from ringbridge.commands.output import printable, say, say_json
from ringbridge.commands.surroundings import logged
from ringbridge.commands.usage import rows
from ringbridge.core import exit_codes
from ringbridge.core.calls import CallRecord
from ringbridge.services.history import History
from ringbridge.services.paths import find_paths
from ringbridge.ui.progress_words import record_word
from ringbridge.ui.wording import relative_time

COLUMNS = (
    "requested_at", "outcome", "dialed", "e164", "extension", "line", "origin", "code", "message", "server",
    "callid", "request_id", "state", "end", "answered_at", "ended_at", "talk_s", "note",
)  # fmt: skip
"""Of `--json` and `--csv`. Scripts rely on them: new ones come last."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The profile or its history can't be used.
        OutputLost: stdout can't be written.
    """
    parser = Parser(
        "recent",
        "List the latest calls, newest first.",
        f"--json prints one array, --csv a table with a header; both have the columns\n  {', '.join(COLUMNS[:7])},\n"
        f"  {', '.join(COLUMNS[7:13])},\n  {', '.join(COLUMNS[13:])}.\n"
        "Times are ISO 8601 in UTC. state is where a call stands as far as the running program sees it: requested,\n"
        "ringing (your phone), calling, connected, ended, unknown, or empty: nobody looked. end is answered, busy,\n"
        "no_answer, not_reached (busy or unreachable), not_picked_up (your phone), cancelled or unknown.\n"
        "In --csv a text that a spreadsheet would take for a formula (+, =, -, @) begins with an apostrophe.\n",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON array")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    parser.add_argument("--limit", type=checked(rows), default=20, metavar="N", help="how many at most (20)")
    options = parser.read(arguments)
    paths = find_paths(options.profile if options.profile is not None else profile)
    with logged(paths):
        calls = _read(paths.history_file, options.limit) if paths.history_file.exists() else ()
    if options.json:
        say_json([_fields_of(call) for call in calls])
    elif options.csv:
        say(_table_of(calls))
    elif not calls:
        say("No calls yet.")
    else:
        now = datetime.now(UTC)
        say("\n".join(_line_of(call, now) for call in calls))
    return exit_codes.DONE


def _read(file: Path, limit: int) -> tuple[CallRecord, ...]:
    history = History(file)
    history.settle_abandoned()  # a call whose program was killed is not being placed any more
    return history.recent(limit)


def _fields_of(call: CallRecord) -> dict[str, str | int | None]:
    return {
        "requested_at": _time_of(call.requested_at),
        "outcome": str(call.outcome),
        "dialed": call.destination.dialed,
        "e164": call.destination.e164,
        "extension": call.destination.extension,
        "line": call.line,
        "origin": str(call.origin),
        "code": call.code,
        "message": call.message,
        "server": call.server,
        "callid": call.callid,
        "request_id": call.request_id,
        "state": str(call.progress.state),
        "end": str(call.progress.end),
        "answered_at": _time_of(call.progress.answered_at),
        "ended_at": _time_of(call.progress.ended_at),
        "talk_s": call.progress.talk_s,
        "note": call.note,
    }


def _time_of(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC; None = not known."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _table_of(calls: tuple[CallRecord, ...]) -> str:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for call in calls:
        fields = _fields_of(call)
        writer.writerow([_cell(fields[column]) for column in COLUMNS])
    return table.getvalue().removesuffix("\n")


def _cell(value: str | int | None) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _line_of(call: CallRecord, now: datetime) -> str:
    party = call.destination.display or call.destination.dialed
    if call.destination.extension:
        party += f" ext. {call.destination.extension}"
    if call.name:
        party = f"{call.name} ({party})"
    when = relative_time(call.requested_at, now)
    note = f" ({call.note})" if call.note else ""
    return printable(f"{when:18} {record_word(call):24} {party}{note}")
