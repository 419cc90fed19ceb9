"""What can go wrong on the way, by name: each can be limited to one function and to a number of times."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

# What happens to the request or to the connection.
TRANSPORT_FAULTS = {
    "slow": "the answer comes 3 s late (times the pace)",
    "stall": "the request is carried out, and no answer ever comes",
    "cut_before": "the connection is reset before the request is carried out",
    "cut_after": "the request is carried out, then the connection is reset without an answer",
    "half_answer": "the request is carried out, and half of the announced answer comes",
    "wrong_length": "the request is carried out, and Content-Length is smaller than the answer",
    "html": "the portal's login page comes with HTTP 200; the request is not carried out",
    "http_500": "the request is carried out, and an HTML page with HTTP 500 comes",
    "http_502": "the request is carried out, and an HTML page with HTTP 502 comes",
    "http_503": "an HTML page with HTTP 503 comes; the request is not carried out",
    "redirect": "a redirect to another host; the request is not carried out",
    "refuse_post": "POST gets an HTML page with HTTP 405; GET works",
    "bom": "the answer begins with a byte order mark",
    "latin1": "the answer is not UTF-8",
    "full_wait": "calls/make with wait answers after the whole time, not as soon as the call is known",
    "http_status": "the code is repeated as HTTP status (204: without a body)",
}

# What the answer looks like.
ENVELOPE_FAULTS = {
    "number_code": "the code is a number, not text",
    "object_response": "responses is an object, not an array",
    "empty_responses": "responses is an empty array",
    "several_entries": "responses holds several entries: every complaint, or the success twice",
    "mixed_entries": "responses holds one more entry, with code 400",
    "trailing_comma": "a comma stands after data, as in the example of calls/make",
    "no_data": "data is missing",
    "null_data": "data is null",
    "empty_data": "data is an empty array",
    "huge_list": "lists have 20000 rows",
}

# What is wrong from the start, because the server begins with it.
START_FAULTS = {
    "tls_wrong_name": "the certificate is for another host (with TLS, from the start)",
    "tls_expired": "the certificate has expired (with TLS, from the start)",
}

FAULTS = TRANSPORT_FAULTS | ENVELOPE_FAULTS | START_FAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault as asked for.

    Attributes:
        name: One of `FAULTS`.
        function: The only function it strikes, such as ``calls/make``; empty: all.
        times: How often it strikes; 0: always.
    """

    name: str
    function: str = ""
    times: int = 0


def read_fault(text: str) -> Fault:
    """Read ``NAME[:function][:times]``, such as ``cut_after:calls/make:1``; ``-`` may stand for ``_`` in the name.

    Raises:
        ValueError: There is no such fault (the text lists the names), or it is not of that form.
    """
    name, *rest = text.strip().split(":")
    name = name.strip().lower().replace("-", "_")
    if name not in FAULTS:
        raise ValueError(f"There is no fault {name!r}. There are: {', '.join(FAULTS)}.")
    function, times = "", 0
    for part in rest:
        if part.isascii() and part.isdigit() and int(part) > 0 and not times:
            times = int(part)
        elif "/" in part.strip("/") and not function:
            function = part.strip("/")
        else:
            raise ValueError(f"{text!r} is not of the form NAME[:function][:times], such as {name}:calls/make:1.")
    if name in START_FAULTS and rest:
        raise ValueError(f"{name!r} holds for the whole server: it takes no function and no number of times.")
    return Fault(name=name, function=function, times=times)


class FaultBox:
    """The faults in force. Any thread."""

    def __init__(self, faults: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._faults: dict[Fault, int] = {}
        self.set(faults)

    def set(self, faults: Iterable[str]) -> None:
        """Put these in the place of all others.

        Raises:
            ValueError: As `read_fault`; then nothing is changed.
        """
        new = {fault: fault.times for fault in map(read_fault, faults)}
        with self._lock:
            self._faults = new

    def has(self, name: str) -> bool:
        """Whether this fault is set, for whatever function."""
        with self._lock:
            return any(fault.name == name for fault in self._faults)

    def take(self, function: str) -> frozenset[str]:
        """Names of the faults that strike this request; limited ones are counted down."""
        struck: set[str] = set()
        with self._lock:
            for fault in list(self._faults):
                if fault.function not in {"", function}:
                    continue
                struck.add(fault.name)
                if fault.times:
                    self._faults[fault] -= 1
                    if not self._faults[fault]:
                        del self._faults[fault]
        return frozenset(struck)
