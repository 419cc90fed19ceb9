"""Whether the own phone would ring, asked of the training PBX."""

import socket
import time
from collections.abc import Iterator
from functools import partial

import pytest

from ringbridge.core.dialing.gate import PhoneState
from ringbridge.core.settings import AccountSettings
from ringbridge.services.credentials import Credentials
from ringbridge.services.pbx import Limits, PbxClient
from ringbridge.services.phone_check import PhoneCheck
from ringbridge.training.server import DEMO_LOGIN, TrainingPbx


@pytest.fixture
def pbx() -> Iterator[TrainingPbx]:
    with TrainingPbx(level="4.1", scenario="auto", pace=0.02) as pbx:
        yield pbx


def ask(pbx: TrainingPbx, *, line: str, username: str = DEMO_LOGIN.username, kind: str = "phone") -> PhoneState:
    account = AccountSettings(url=pbx.url, username=username, line=line, line_kind=kind)
    credentials = Credentials()
    credentials.keep_in_memory(account, DEMO_LOGIN.password)
    return PhoneCheck(credentials, client_for=PbxClient).ask(account)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("1234567", PhoneState.READY),
        ("1234571", PhoneState.OFFLINE),
        ("1234570", PhoneState.REJECTS),
        ("9999999", PhoneState.UNKNOWN),  # no line of this customer's
        ("", PhoneState.UNKNOWN),
    ],
)
def test_the_pbx_knows_whether_a_line_would_ring(pbx: TrainingPbx, line: str, state: PhoneState) -> None:
    assert ask(pbx, line=line) is state


def test_a_mobile_is_not_asked_for(pbx: TrainingPbx) -> None:
    assert ask(pbx, line="2125550199", kind="number") is PhoneState.UNKNOWN


def test_a_role_that_may_not_look_says_nothing_against_a_call(pbx: TrainingPbx) -> None:
    assert ask(pbx, line="1234567", username="billing") is PhoneState.UNKNOWN


def test_a_pbx_that_is_not_there_says_nothing_against_a_call() -> None:
    account = AccountSettings(url="http://127.0.0.1:9/api/", username="user", line="1234567")
    credentials = Credentials()
    credentials.keep_in_memory(account, "secret")
    assert PhoneCheck(credentials).ask(account) is PhoneState.UNKNOWN


def test_a_pbx_that_does_not_answer_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/"
        account = AccountSettings(url=url, username="u", line="1234567")
        credentials = Credentials()
        credentials.keep_in_memory(account, "secret")
        started = time.monotonic()
        assert PhoneCheck(credentials, client_for=partial(PbxClient, limits=Limits(answer_s=0.2))).ask(account) is (
            PhoneState.UNKNOWN
        )
        assert time.monotonic() - started < 5
