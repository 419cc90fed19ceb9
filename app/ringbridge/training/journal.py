"""What went on, as JSON lines: each request with its parameters, and each step of each call.

Passwords, tokens and codes are masked; numbers stand in full, for the journal is a file one asks for in order to see
what was dialed.
"""

import json
import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ringbridge.training.states import Event

log = logging.getLogger(__name__)

SECRET_PARAMETERS = frozenset({"auth_password", "auth_token", "auth_code", "totp_token"})
SECRET_HEADERS = frozenset(
    {"authorization", "cookie", "proxy-authorization", "referer"}
)  # a referer may hold a query
MASK = "***"


def masked_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters without secrets; an empty secret stays empty, for that is worth seeing."""
    return {name: MASK if name in SECRET_PARAMETERS and value else value for name, value in parameters.items()}


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


class Journal:
    """Appends to one file, readable by its owner only. Any thread.

    Args:
        path: The file, or None: nothing is written.

    Raises:
        OSError: The file can't be opened.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._file = path.open("ab", buffering=0)  # a line is on its way before the answer is

    def request(
        self,
        *,
        at: float,
        method: str,
        path: str,
        headers: Mapping[str, str],
        parameters: Mapping[str, str],
        function: str,
        code: int | None,
        http_status: int | None,
        took_s: float,
        faults: frozenset[str],
    ) -> None:
        """Write one request.

        Args:
            at: When it came, Unix seconds.
            method: HTTP method.
            path: Without the query string.
            headers: All of them; sensitive ones are left out.
            parameters: All of them; secrets are masked.
            function: Such as ``calls/make``, or empty.
            code: The code of the answer, or None: there was none.
            http_status: What was sent, or None: the connection was cut.
            took_s: Seconds until the answer was ready.
            faults: Names of those that struck.
        """
        self._write(
            {
                "kind": "request",
                "at": _time(at),
                "method": method,
                "path": path,
                "headers": {name: value for name, value in headers.items() if name.lower() not in SECRET_HEADERS},
                "parameters": masked_parameters(parameters),
                "function": function,
                "code": code,
                "http_status": http_status,
                "took_s": round(took_s, 3),
                "faults": sorted(faults),
            }
        )

    def event(self, event: Event) -> None:
        """Write one step of a call."""
        line: dict[str, Any] = {
            "kind": "call",
            "at": _time(event.at),
            "event": event.kind.value,
            "callid": event.call.callid,
            "phase": event.call.phase.value,
            "snumber": event.call.order.snumber,
            "cnumber": event.call.order.cnumber,
            "cause": event.call.cause.value,
        }
        if event.leg is not None:
            leg = event.leg
            line |= {
                "leg": leg.side.value,
                "uniqueid": leg.uniqueid,
                "rings": leg.dnumber,
                "leg_cause": leg.cause.value,
            }
        self._write(line)

    def close(self) -> None:
        """Close the file. Safe to call twice."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _write(self, line: Mapping[str, Any]) -> None:
        with self._lock:
            if self._file is None:
                return
            try:
                self._file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
            except OSError:  # a full disk must not stop the calls, and must not pass unseen
                log.exception("the journal can't be written")
