"""The log file, what may stand in it, and what is noted when something unexpected happens.

Numbers, passwords and copied text are never logged on purpose. As the last line of defence every line is redacted:
digits are cut to their last two and query strings to nothing, and of exceptions only types and places are kept, for
their messages can hold what a person typed. `logging` is imported by `start`, not by this module.
"""

import os
import re
import sys
from typing import TYPE_CHECKING

from ringbridge.services import private_files

if TYPE_CHECKING:
    import logging
    from pathlib import Path
    from types import TracebackType

LEVELS = ("debug", "info", "warning", "error")
MAX_BYTES = 512 * 1024
_NEVER_HEARD = ("urllib3",)
"""Warns with an answer's raw text, where a server may repeat the request; what matters comes as an exception."""
KEPT = 3
"""So many older files stay: ringbridge.log.1 is the youngest of them."""

_MAX_FRAMES = 40
_MAX_CAUSES = 5
_QUERY = re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*")
_DIGITS = re.compile(r"\d{5,}|\d(?:[ \u00a0\u202f./()\-–]{1,2}\d|\d){5,}")


def redacted(text: str) -> str:
    """`text` without whole numbers and query strings.

    Runs of five digits and more, and six digits and more with the usual separators between them, are cut to the last
    two. Dates and addresses in a message suffer as well: rather too much than a number.
    """
    text = _QUERY.sub("?…", text)
    return _DIGITS.sub(lambda match: "…" + re.sub(r"\D", "", match[0])[-2:], text)


def describe_exception(error: BaseException) -> str:
    """Types and places of an exception and of what led to it, without any message or value."""
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < _MAX_CAUSES:
        places = _places(current.__traceback__)
        parts.append("\n".join([f"{type(current).__module__}.{type(current).__qualname__}", *places]))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\ncaused by ".join(parts)


def _places(traceback: "TracebackType | None") -> list[str]:
    places: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"  {_short(code.co_filename)}:{traceback.tb_lineno} in {code.co_name}")
        traceback = traceback.tb_next
    return places if len(places) <= _MAX_FRAMES else [*places[:5], "  …", *places[-_MAX_FRAMES + 5 :]]


def _short(path: str) -> str:
    """The file without the folders above the package: they name the user."""
    parts = path.replace("\\", "/").split("/")
    for top in ("ringbridge", "site-packages"):
        if top in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(top) :])
    return parts[-1]


def start(path: "Path", *, level: str = "info", console: bool = False) -> None:
    """Write the log of this process to a file that several processes may share.

    Ringbridge's own records count from `level` on, those of libraries from ``warning`` on: at ``debug`` some would
    write requests and answers. Calling it again replaces what was set before.

    Args:
        path: The file; it and its folder are made, for the user alone.
        level: One of `LEVELS`.
        console: Also write to standard error.

    Raises:
        StorageUnavailable: The file can't be written; nothing was set.
        ValueError: There is no such level.
    """
    if level not in LEVELS:
        raise ValueError(level)
    import logging

    private_files.make_folder(path.parent)
    try:
        _append(path, b"")
    except OSError as error:
        raise private_files.StorageUnavailable(str(path), private_files.reason(error)) from error
    stop()
    root = logging.getLogger()
    handlers: list[logging.Handler] = [_file_handler(path)]
    if console and sys.stderr is not None:
        handlers.append(logging.StreamHandler())
    formatter = _formatter()
    for handler in handlers:
        handler.setFormatter(formatter)
        handler.set_name(_NAME)
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("ringbridge").setLevel(level.upper())
    for library in _NEVER_HEARD:
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    logging.captureWarnings(capture=True)


def stop() -> None:
    """Take away what `start` set. Safe to call twice."""
    import logging

    for handler in logging.getLogger().handlers[:]:
        if handler.get_name() == _NAME:
            logging.getLogger().removeHandler(handler)
            handler.close()
    for library in _NEVER_HEARD:
        logging.getLogger(library).setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)


_NAME = "ringbridge log"


def _formatter() -> "logging.Formatter":
    import logging

    class Redacting(logging.Formatter):
        """Lines of time, process, level, logger and the redacted message."""

        def format(self, record: logging.LogRecord) -> str:
            try:
                message = record.getMessage()
            except (TypeError, ValueError):  # arguments that do not fit the text
                message = str(record.msg)
            parts = [redacted(message)]
            if record.exc_info and record.exc_info[1] is not None:
                parts.append(describe_exception(record.exc_info[1]))
            head = f"{self.formatTime(record)} {record.process} {record.levelname} {record.name}: "
            return head + "\n".join(parts).replace("\n", "\n    ")

    return Redacting()


def _file_handler(path: "Path") -> "logging.Handler":
    import logging

    class SharedFile(logging.Handler):
        """Appends each record with one write; opened each time (30 µs), so that any process may rotate the files."""

        lost = 0

        def emit(self, record: logging.LogRecord) -> None:
            try:
                line = self.format(record)
                if self.lost:
                    line = f"({self.lost} lines could not be written)\n{line}"
                _append(path, f"{line}\n".encode(errors="replace"))
                self.lost = 0
            except OSError:
                self.lost += 1  # a full disk must not stop what is being logged

    return SharedFile()


def _append(path: "Path", line: bytes) -> None:
    if line and path.exists() and path.stat().st_size + len(line) > MAX_BYTES:
        _rotate(path, len(line))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, private_files.FILE_MODE)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def _rotate(path: "Path", coming: int) -> None:
    try:
        with private_files.locked(path.with_name(f".{path.name}.lock"), timeout_s=0):
            if path.stat().st_size + coming <= MAX_BYTES:
                return  # another process did it
            for number in range(KEPT, 0, -1):
                older = path.with_name(f"{path.name}.{number}")
                younger = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
                if younger.exists():
                    younger.replace(older)
    except private_files.StorageUnavailable:
        return  # another process is at it, or it can't be done: the file grows a little more


def install_crash_hooks() -> None:
    """Log what nobody caught, in any thread: types and places, never messages or values.

    Standard error gets the same text: on a desktop it ends in a file or in the journal. Ctrl+C stays as it is.
    """
    import threading

    sys.excepthook = _uncaught
    sys.unraisablehook = lambda args: _report("unraisable", args.exc_value)
    threading.excepthook = lambda args: _report("a thread died", args.exc_value)


def _uncaught(kind: type[BaseException], error: BaseException, traceback: "TracebackType | None") -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        _report("uncaught", error)


def _report(what: str, error: BaseException | None) -> None:
    if error is None or isinstance(error, SystemExit):
        return
    import logging

    text = f"{what}: {describe_exception(error)}"
    logging.getLogger("ringbridge").critical("%s", text)
    to_console = any(type(handler) is logging.StreamHandler for handler in logging.getLogger().handlers)
    if sys.stderr is not None and not to_console:
        sys.stderr.write(f"ringbridge: {text}\n")
