"""The tap sees a request for a call and passes everything on."""

import time
import urllib.request

from bench.pbx import Pbx
from bench.tap import Tap


def test_it_writes_down_calls_and_nothing_else_and_passes_both_ways_on() -> None:
    with Pbx() as pbx, Tap(pbx.url) as tap:
        with urllib.request.urlopen(tap.url + "calls/active/list/", timeout=10) as answer:
            assert b'"code": "200"' in answer.read()
        assert tap.wait_call(0.01) is None
        began_ns = time.monotonic_ns()
        with urllib.request.urlopen(tap.url + "calls/make/", b"snumber=200", timeout=10) as answer:
            assert b"bench-1" in answer.read()
        arrived_ns = tap.wait_call(10)
        assert arrived_ns is not None
        assert began_ns < arrived_ns < time.monotonic_ns()
        assert pbx.wait_call(10) is not None
