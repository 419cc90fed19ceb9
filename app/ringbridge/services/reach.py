"""Whether the password and the PBX can be had, as capabilities and as errors. Blocking; calls nobody."""

from typing import TYPE_CHECKING, NamedTuple

from ringbridge.core.calls import Login
from ringbridge.core.capability import Capability
from ringbridge.core.errors import LoginCodeNeeded, NoAccount, RingbridgeError
from ringbridge.core.settings import AccountSettings, plain_http_allowed
from ringbridge.services.failures import failed_outcome

if TYPE_CHECKING:
    from ringbridge.services.credentials import Credentials

_REMEDIES = {
    "no_password": "enter_password",
    "keyring_missing": "install_keyring",
    "keyring_locked": "unlock_keyring",
    "keyring_refused": "enter_password",
    "keyring_no_answer": "log_in_again",
    "wrong_login": "enter_password",
    "login_code": "ask_admin",
    "role": "ask_admin",
    "rate_plan": "ask_admin",
    "unreachable": "check_network",
    "tls": "check_certificate",
    "proxy": "check_proxy",
    "not_understood": "check_address",
    "answer_lost": "try_again",
}


class Reached(NamedTuple):
    """What a look came to.

    Attributes:
        capability: For the list.
        error: Why not, or None.
        password: Of the account, where it was looked for and found; never shown.
        login_tried: The PBX was asked whether it takes the login.
    """

    capability: Capability
    error: RingbridgeError | None = None
    password: str = ""
    login_tried: bool = False

    def __repr__(self) -> str:
        """Without the password."""
        return f"Reached({self.capability!r}, {self.error!r})"


def look_at_keyring(credentials: "Credentials", account: AccountSettings, *, quietly: bool = False) -> Reached:
    """Whether the account's password can be read.

    Args:
        credentials: Ask the keyring.
        account: Whose.
        quietly: A locked keyring stays locked, and nobody is asked.
    """
    name = "keyring"
    if not (account.url and account.username):
        return Reached(Capability(name, usable=False, reason="no_account", remedy="set_up_account"))
    try:
        password = credentials.read(account, quietly=quietly)
    except RingbridgeError as error:
        return Reached(_failed(name, "keyring", error), error)
    if credentials.in_memory:
        return Reached(
            Capability(name, usable=True, mechanism="memory", reason="until_quit", remedy="install_keyring"),
            password=password,
        )
    return Reached(Capability(name, usable=True, mechanism="keyring"), password=password)


def look_at_pbx(account: AccountSettings, password: str) -> Reached:
    """Whether the PBX can be reached and, where a password is at hand, takes the login.

    Args:
        account: Where and who.
        password: Or empty.
    """
    from ringbridge.services.pbx import LoginFinding, PbxClient

    name = "pbx"
    if not account.url:
        return Reached(Capability(name, usable=False, reason="no_account", remedy="set_up_account"))
    mechanism = "https" if account.url.startswith("https:") else "http"
    if not plain_http_allowed(account):
        return Reached(
            Capability(name, usable=False, mechanism=mechanism, reason="plain_http", remedy="check_address")
        )
    client = PbxClient(account)
    try:
        client.connect()
        if not (password and account.username):
            return Reached(
                Capability(name, usable=True, mechanism=mechanism, reason="login_not_tried", remedy="enter_password")
            )
        finding = client.check_login(Login(username=account.username, password=password)).finding
        if finding is LoginFinding.CODE_NEEDED:
            raise LoginCodeNeeded
    except RingbridgeError as error:
        return Reached(_failed(name, mechanism, error), error, login_tried=True)
    finally:
        client.close()
    if finding is LoginFinding.ROLE_TOO_SMALL:
        return Reached(
            Capability(name, usable=False, mechanism=mechanism, reason="role_too_small", remedy="ask_admin"),
            login_tried=True,
        )
    return Reached(Capability(name, usable=True, mechanism=mechanism), login_tried=True)


def _failed(name: str, mechanism: str, error: RingbridgeError) -> Capability:
    problem = (
        "no_password" if isinstance(error, NoAccount) else failed_outcome(error, request_id="", dialed="").problem
    )
    remedy = _REMEDIES.get(problem, "try_again")
    return Capability(name, usable=False, mechanism=mechanism, reason=problem, remedy=remedy)
