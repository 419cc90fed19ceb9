"""Asks the training PBX over real HTTP, and waits for what its calls do."""

import http.client
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx
from ringbridge.training.states import Call, CallPhase, Event, EventKind

LOGIN = {"auth_username": DEMO_LOGIN.username, "auth_password": DEMO_LOGIN.password}
CALL = LOGIN | {"stype": "phone", "snumber": DEMO_LINE, "ctype": "", "cnumber": "2125551234"}


def login(username: str, password: str = "password") -> dict[str, str]:
    return {"auth_username": username, "auth_password": password}


def ask(pbx: TrainingPbx, function: str, parameters: dict[str, str] | None = None, **more: str) -> dict[str, Any]:
    """POST as a careful client does; returns the parsed envelope."""
    answer = requests.post(
        f"{pbx.url}{function}/", data=(LOGIN if parameters is None else parameters) | more, timeout=10
    )
    assert answer.status_code == 200, answer.status_code
    return answer.json()


def code(envelope: dict[str, Any]) -> str:
    return envelope["responses"][0]["code"]


def key(envelope: dict[str, Any]) -> str:
    return envelope["responses"][0]["key"]


def raw(
    pbx: TrainingPbx, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    """Send exactly this, follow nothing."""
    parts = urlsplit(pbx.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def raw_json(
    pbx: TrainingPbx, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> dict[str, Any]:
    status, content = raw(pbx, path, method, body, **headers)
    assert status == 200
    return json.loads(content)


def encoded(parameters: dict[str, str], separator: str = "&") -> str:
    return separator.join(urlencode({name: value}) for name, value in parameters.items())


class Watcher:
    """Remembers all events of a PBX; waits for one with a deadline."""

    def __init__(self, pbx: TrainingPbx) -> None:
        self._changed = threading.Condition()
        self.events: list[Event] = []
        self.threads: set[str] = set()
        pbx.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self.threads.add(threading.current_thread().name)
            self._changed.notify_all()

    def wait(self, good: Callable[[Event], bool], timeout_s: float = 5) -> Event:
        with self._changed:
            found = self._changed.wait_for(lambda: next(filter(good, self.events), None), timeout_s)
            assert found is not None, [(event.kind, event.call.phase) for event in self.events]
            return found

    def phase(self, phase: CallPhase) -> Call:
        return self.wait(lambda event: event.call.phase is phase).call

    def finished(self) -> Call:
        return self.wait(lambda event: event.kind is EventKind.FINISHED).call
