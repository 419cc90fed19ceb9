import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from bench.pbx import Pbx


def test_only_whole_requests_for_calls_count():
    with Pbx() as pbx:
        address = urlsplit(pbx.url)
        connection = HTTPConnection(address.netloc, timeout=10)
        connection.request("POST", "/api/json/user/login/", body=b"a=1")
        assert connection.getresponse().read().startswith(b'{"responses"')
        assert pbx.wait_call(0.01) is None
        before_ns = time.monotonic_ns()
        connection.putrequest("POST", "/api/json/calls/make/")
        connection.putheader("Content-Length", "3")
        connection.endheaders()
        assert pbx.wait_call(0.05) is None
        connection.send(b"a=1")
        at_ns = pbx.wait_call(10)
        assert at_ns is not None
        assert at_ns > before_ns
        assert connection.getresponse().status == 200
        assert pbx.connections == 1
        connection.close()
