"""Whether password and PBX can be had."""

from dataclasses import replace

import pytest

from ringbridge.core.errors import KeyringLocked, RingbridgeError
from ringbridge.core.settings import AccountSettings
from ringbridge.services.credentials import Credentials
from ringbridge.services.reach import Reached, look_at_keyring, look_at_pbx
from support.pbx_server import PbxServer, Person, envelope

PASSWORD = "p&ä"


@pytest.fixture
def account(pbx: PbxServer) -> AccountSettings:
    return AccountSettings(url=pbx.url, username="anna", line="1234567")


@pytest.fixture
def pbx():
    with PbxServer() as pbx:
        pbx.people["anna"] = Person(password=PASSWORD, lines=[{"name": "1234567"}])
        yield pbx


class Store:
    """Credentials that fail as told."""

    in_memory = False

    def __init__(self, error: RingbridgeError | None) -> None:
        self.error = error
        self.quietly: bool | None = None

    def read(self, account: AccountSettings, *, fresh: bool = False, quietly: bool = False) -> str:
        self.quietly = quietly
        if self.error is not None:
            raise self.error
        return PASSWORD


def words(reached: Reached) -> tuple[bool, str, str, str]:
    found = reached.capability
    return found.usable, found.mechanism, found.reason, found.remedy


def test_the_password_is_found_and_not_shown(account: AccountSettings) -> None:
    reached = look_at_keyring(Store(None), account)  # type: ignore[arg-type]
    assert words(reached) == (True, "keyring", "", "")
    assert reached.password == PASSWORD
    assert PASSWORD not in repr(reached)


def test_a_locked_keyring_is_told_and_left_alone(account: AccountSettings) -> None:
    store = Store(KeyringLocked())
    reached = look_at_keyring(store, account, quietly=True)  # type: ignore[arg-type]
    assert words(reached) == (False, "keyring", "keyring_locked", "unlock_keyring")
    assert store.quietly is True


def test_a_password_in_memory_only_is_a_limit(account: AccountSettings) -> None:
    credentials = Credentials()
    credentials.keep_in_memory(account, PASSWORD)
    assert words(look_at_keyring(credentials, account)) == (True, "memory", "until_quit", "install_keyring")


def test_without_an_account_nothing_is_asked() -> None:
    assert look_at_keyring(Store(None), AccountSettings()).capability.reason == "no_account"  # type: ignore[arg-type]
    assert look_at_pbx(AccountSettings(), "").capability.reason == "no_account"


def test_a_good_pbx_takes_the_login_and_calls_nobody(account: AccountSettings, pbx: PbxServer) -> None:
    reached = look_at_pbx(account, PASSWORD)
    assert words(reached) == (True, "http", "", "")
    assert reached.login_tried
    assert pbx.placed == []
    assert look_at_pbx(account, "").capability.reason == "login_not_tried"


def test_a_wrong_password_and_a_small_role_have_their_names(account: AccountSettings, pbx: PbxServer) -> None:
    assert words(look_at_pbx(account, "wrong")) == (False, "http", "wrong_login", "enter_password")
    pbx.answer_next(envelope("402", "role"), envelope("402", "role"))
    assert words(look_at_pbx(account, PASSWORD)) == (False, "http", "role_too_small", "ask_admin")


def test_an_unreachable_pbx_and_a_plain_address_have_theirs(account: AccountSettings, pbx: PbxServer) -> None:
    far = replace(account, url="http://pbx.example.com/")
    assert words(look_at_pbx(far, PASSWORD)) == (False, "http", "plain_http", "check_address")
    pbx.stop_listening()
    assert words(look_at_pbx(account, PASSWORD)) == (False, "http", "unreachable", "check_network")
