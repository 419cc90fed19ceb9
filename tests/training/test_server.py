"""The training PBX as a whole: its life, TLS, and what a person at the desk phone does."""

import contextlib
import json
import socket
import ssl
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from ringbridge.training.server import ACCOUNTS, DEMO_LINE, DEMO_LOGIN, TrainingPbx
from ringbridge.training.states import CallPhase, Cause, EventKind
from training.asking import CALL, LOGIN, Watcher, ask, code


def address(pbx: TrainingPbx) -> tuple[str, int]:
    parts = urlsplit(pbx.url)
    return str(parts.hostname), int(parts.port or 0)


def threads_of_ours() -> list[str]:
    return [
        thread.name
        for thread in threading.enumerate()
        if "training" in thread.name or "process_request" in thread.name
    ]


def test_the_demo_login_owns_the_demo_line():
    assert DEMO_LINE in DEMO_LOGIN.lines
    assert DEMO_LOGIN in ACCOUNTS
    assert "password=" not in repr(ACCOUNTS)


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ({"level": "5.0"}, "There are: seed, 4.1, 4.4"),
        ({"scenario": "nonsense"}, "There are: normal, auto"),
        ({"faults": ["nonsense"]}, "There are: slow, stall"),
        ({"pace": 0}, "above 0"),
    ],
)
def test_what_it_does_not_know_is_refused_before_anything_starts(what: dict[str, str], names: str):
    with pytest.raises(ValueError, match=names):
        TrainingPbx(**what)  # pyright: ignore[reportArgumentType] - the parameters differ in type


def test_it_listens_only_while_it_runs_and_leaves_no_thread():
    pbx = TrainingPbx()
    with pytest.raises(RuntimeError):
        _ = pbx.url
    pbx.start()
    host, port = address(pbx)
    assert pbx.url == f"http://{host}:{port}/local/api/json/"
    assert pbx.ca_file is None
    with pytest.raises(RuntimeError):
        pbx.start()
    pbx.stop()
    pbx.stop()
    assert threads_of_ours() == []
    with pytest.raises(RuntimeError):
        pbx.start()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), timeout=2).close()


def test_stopping_ends_calls_stalls_and_silent_connections():
    with TrainingPbx(faults=["stall:calls/make"]) as pbx:
        host, port = address(pbx)
        failed: list[Exception] = []

        def place() -> None:
            try:
                requests.post(f"{pbx.url}calls/make/", CALL, timeout=30)
            except requests.exceptions.RequestException as error:
                failed.append(error)

        watcher = Watcher(pbx)
        caller = threading.Thread(target=place)
        caller.start()
        watcher.wait(lambda event: event.kind is EventKind.REQUESTED)
        silent = socket.create_connection((host, port), timeout=5)
    caller.join(5)
    assert not caller.is_alive()
    assert len(failed) == 1
    with silent, contextlib.suppress(ConnectionResetError):  # so it ends when nobody had taken it up yet
        assert silent.recv(1) == b""
    assert threads_of_ours() == []


def test_an_address_in_use_is_an_error_and_leaves_nothing_behind(capfd: pytest.CaptureFixture[str]):
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        TrainingPbx(port=other.getsockname()[1]).start()
    assert threads_of_ours() == []
    assert capfd.readouterr() == ("", "")


def test_ipv6_can_be_listened_at():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")
    with TrainingPbx(host="::1") as pbx:
        assert pbx.url.startswith("http://[::1]:")
        assert code(ask(pbx, "user/login")) == "200"


def test_all_addresses_are_told_as_one_that_works():
    with TrainingPbx(host="0.0.0.0") as pbx:
        assert pbx.url.startswith("http://127.0.0.1:")
        assert code(ask(pbx, "user/login")) == "200"


# ---------------------------------------------------------------------- TLS


def test_tls_is_trusted_with_its_own_root_only():
    with TrainingPbx(tls=True) as pbx:
        assert pbx.ca_file is not None
        folder = pbx.ca_file.parent
        assert [path.name for path in folder.iterdir()] == ["training-pbx-ca.pem"]  # the private key is gone
        answer = requests.post(f"{pbx.url}user/login/", LOGIN, timeout=5, verify=str(pbx.ca_file))
        assert code(answer.json()) == "200"
        by_name = pbx.url.replace("127.0.0.1", "localhost")
        assert requests.post(f"{by_name}user/login/", LOGIN, timeout=5, verify=str(pbx.ca_file)).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.post(f"{pbx.url}user/login/", LOGIN, timeout=5)
    assert not folder.exists()


def test_the_certificate_passes_strict_checks():
    with TrainingPbx(tls=True) as pbx:
        context = ssl.create_default_context(cafile=str(pbx.ca_file))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        with (
            socket.create_connection(address(pbx), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped,
        ):
            assert wrapped.version() in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.parametrize(("fault", "why"), [("tls_wrong_name", "IP address mismatch"), ("tls_expired", "expired")])
def test_a_bad_certificate_is_bad_in_its_own_way(fault: str, why: str):
    with TrainingPbx(tls=True, faults=[fault]) as pbx, pytest.raises(requests.exceptions.SSLError, match=why):
        requests.post(f"{pbx.url}user/login/", LOGIN, timeout=5, verify=str(pbx.ca_file))


def test_a_silent_client_of_the_tls_port_stops_nobody_else():
    with TrainingPbx(tls=True) as pbx, socket.create_connection(address(pbx), timeout=5):
        answer = requests.post(f"{pbx.url}user/login/", LOGIN, timeout=5, verify=str(pbx.ca_file))
        assert code(answer.json()) == "200"


def test_faults_cut_tls_connections_too():
    with TrainingPbx(tls=True, faults=["cut_after"]) as pbx:
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.post(f"{pbx.url}calls/make/", CALL, timeout=5, verify=str(pbx.ca_file))
        assert len(pbx.calls) == 1


# ---------------------------------------------------------------------- the desk phone's side


def test_a_person_answers_and_hangs_up():
    with TrainingPbx(pace=0.02) as pbx:
        watcher = Watcher(pbx)
        answer = ask(pbx, "calls/make", CALL, wait="5")
        callid = answer["data"]["callid"]
        ringing = watcher.wait(lambda event: event.kind is EventKind.RINGING)
        assert ringing.leg is not None
        assert ringing.leg.name == "Robin Trainer"
        assert pbx.answer(ringing.leg.uniqueid)
        assert watcher.phase(CallPhase.CONNECTED).callid == callid
        assert pbx.hang_up(callid)
        assert watcher.finished().cause is Cause.HANGUP_A
        assert not pbx.answer(callid)
        assert watcher.threads == {"training-pbx-clock"}


def test_a_person_declines():
    with TrainingPbx(pace=0.02) as pbx:
        watcher = Watcher(pbx)
        assert pbx.decline(ask(pbx, "calls/make", CALL, wait="5")["data"]["callid"])
        assert watcher.finished().cause is Cause.REJECTED


def test_the_scenario_can_be_switched_and_magic_numbers_win():
    with TrainingPbx(pace=0.02) as pbx:
        pbx.set_scenario("auto")
        watcher = Watcher(pbx)
        ask(pbx, "calls/make", CALL)
        watcher.phase(CallPhase.CONNECTED)
        ask(pbx, "calls/make", CALL | {"cnumber": "2125557701"})
        assert watcher.phase(CallPhase.B_FAILED).cause is Cause.BUSY
        with pytest.raises(ValueError, match="There are"):
            pbx.set_scenario("nonsense")


# ---------------------------------------------------------------------- the journal


def test_the_journal_tells_all_but_secrets(tmp_path: Path):
    path = tmp_path / "new" / "journal.jsonl"
    with TrainingPbx(pace=0.02, level="4.4", scenario="auto", journal=path, faults=["cut_after:people/list"]) as pbx:
        watcher = Watcher(pbx)
        secrets = {"auth_token": "a.b.secret", "auth_code": "secret", "totp_token": "x.secret"}
        ask(pbx, "calls/make", {"auth_username": "user", "auth_password": "secret"} | secrets | {"wait": "1"})
        requests.get(
            f"{pbx.url}calls/make/?auth_password=password;x=1",
            CALL,
            headers={
                "Authorization": "Basic secret",
                "Cookie": "secret",
                "Referer": "https://x/?secret",
                "X-Mine": "yes",
            },
            timeout=5,
        )
        with pytest.raises(requests.exceptions.ConnectionError):
            ask(pbx, "people/list")
        watcher.phase(CallPhase.CONNECTED)
        # each line is on the disk as soon as it is written
        assert '"connected"' in path.read_text(encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert "secret" not in text
    assert '"password"' not in text.replace("auth_password", "")
    lines = [json.loads(line) for line in text.splitlines()]
    requests_seen = [line for line in lines if line["kind"] == "request"]
    refused, placed, cut = requests_seen
    assert (refused["method"], refused["path"], refused["function"]) == (
        "POST", "/local/api/json/calls/make/", "calls/make",
    )  # fmt: skip
    assert (refused["code"], refused["http_status"], refused["parameters"]["wait"]) == (401, 200, "1")
    assert refused["parameters"]["auth_password"] == refused["parameters"]["totp_token"] == "***"
    assert (placed["method"], placed["code"], placed["headers"]["X-Mine"]) == ("GET", 204, "yes")
    assert placed["parameters"]["cnumber"] == "2125551234"
    assert (cut["code"], cut["http_status"], cut["faults"]) == (None, None, ["cut_after"])
    steps = [(line["event"], line.get("leg")) for line in lines if line["kind"] == "call"]
    assert steps[:5] == [
        ("requested", None), ("ringing", "a"), ("answered", "a"), ("ringing", "b"), ("answered", "b"),
    ]  # fmt: skip
    assert path.stat().st_mode & 0o077 == 0


def test_a_journal_that_can_not_be_opened_is_an_error(tmp_path: Path):
    with pytest.raises(OSError, match="directory"):
        TrainingPbx(journal=tmp_path).start()
    assert threads_of_ours() == []


def test_a_full_disk_does_not_stop_the_calls(caplog: pytest.LogCaptureFixture):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with TrainingPbx(journal=Path("/dev/full")) as pbx:
        assert code(ask(pbx, "user/login")) == "200"
    assert "the journal can't be written" in caplog.text
