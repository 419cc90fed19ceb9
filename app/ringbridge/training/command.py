"""The training PBX as a program of its own: what `ringbridge training-pbx` runs and says."""

import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

from ringbridge.training.faults import FAULTS
from ringbridge.training.people import LINES
from ringbridge.training.scenarios import NOT_DIALABLE_ENDING, RATE_PLAN_ENDING, SCENARIOS
from ringbridge.training.server import ACCOUNTS, DEMO_LINE, DEMO_LOGIN, TrainingPbx

EXIT_OK = 0
EXIT_UNAVAILABLE = 1
EXIT_USAGE = 2


def describe() -> str:
    """All scenarios, numbers to try, logins, lines and faults, as text for people."""
    blocks = (
        (
            "Scenarios (--scenario NAME), or call any number that ends so:",
            [(f"…{item.ending}  {item.name}", item.text) for item in SCENARIOS.values()]
            + [
                (f"…{NOT_DIALABLE_ENDING}", "the PBX refuses the number (400)"),
                (f"…{RATE_PLAN_ENDING}", "the rate plan forbids the number (403)"),
            ],
        ),
        (
            "Logins (user name / password):",
            [(f"{item.username} / {item.password}", item.note) for item in ACCOUNTS],
        ),
        ("Lines:", [(line.name, line.description) for line in LINES]),
        ("Faults (--fault NAME[:function][:times], more than once if you like):", list(FAULTS.items())),
    )
    return "\n\n".join("\n".join([title, *(f"  {name:<28} {text}" for name, text in rows)]) for title, rows in blocks)


def welcome(pbx: TrainingPbx) -> str:
    """What the program says when it listens; the first line names the base URL."""
    lines = [
        f"Training PBX at {pbx.url}",
        "Nobody real is called. Ctrl-C ends it. In Ringbridge's settings put:",
        f"  account.url = {pbx.url}",
        f"  account.username = {DEMO_LOGIN.username}    (password: {DEMO_LOGIN.password})",
        f"  account.line = {DEMO_LINE}",
    ]
    if pbx.ca_file is not None:
        lines.append(f"  account.ca_file = {pbx.ca_file}")
    others = ", ".join(account.username for account in ACCOUNTS[1:])
    lines.append(f"Further logins: {others}. Lines of {DEMO_LOGIN.username}: {', '.join(DEMO_LOGIN.lines)}.")
    numbers = ", ".join(f"…{item.ending} {item.name}" for item in SCENARIOS.values())
    lines.append(f"Numbers that end so go so: {numbers}.")
    return "\n".join(lines)


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: bool = False,
    level: str = "seed",
    scenario: str = "auto",
    fault: Iterable[str] = (),
    journal: Path | None = None,
) -> int:
    """Run until Ctrl-C or SIGTERM. Only on the main thread.

    Args:
        host: As `TrainingPbx`.
        port: As `TrainingPbx`.
        tls: As `TrainingPbx`.
        level: As `TrainingPbx`.
        scenario: As `TrainingPbx`; the own phone answers by itself unless told otherwise, for nobody is here.
        fault: As `faults` of `TrainingPbx`.
        journal: As `TrainingPbx`.

    Returns:
        0 after it was ended, 1 when the address or the journal can't be had, 2 for a name it does not know.
    """
    try:
        pbx = TrainingPbx(
            host=host, port=port, tls=tls, level=level, scenario=scenario, faults=fault, journal=journal
        )
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_USAGE
    try:
        pbx.start()
    except OSError as error:
        what = error.filename or f"{host}:{port}"
        sys.stderr.write(f"The training PBX can't start: {what}: {error.strerror or error}\n")
        return EXIT_UNAVAILABLE
    try:
        sys.stdout.write(welcome(pbx) + "\n")
        sys.stdout.flush()
        _wait_for_signal()
    finally:
        pbx.stop()
    return EXIT_OK


def _wait_for_signal() -> None:
    """Sleep until Ctrl-C or SIGTERM: they write to a socket, on Windows too, where other waits can't be ended so."""
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.settimeout(0)
        old_fd = signal.set_wakeup_fd(writer.fileno())
        old = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            while reader.recv(1)[0] not in old:
                pass
        finally:
            signal.set_wakeup_fd(old_fd)
            for number, handler in old.items():
                signal.signal(number, handler)


def _nothing(number: int, frame: FrameType | None) -> None:
    """The signal's number is in the socket already."""
