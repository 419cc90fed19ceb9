"""Whether the user's own phone would ring, as the PBX knows it. Blocking, and never longer than a few seconds."""

import logging
from collections.abc import Callable

from ringbridge.core.calls import Login
from ringbridge.core.dialing.gate import PhoneState
from ringbridge.core.errors import CredentialsError, NoAccount, PbxError
from ringbridge.core.settings import AccountSettings
from ringbridge.services.credentials import Credentials
from ringbridge.services.pbx import Limits, LineState, PbxClient

_log = logging.getLogger(__name__)

_ANSWER_S = 2.0
"""A later answer would be of no use: nobody waits for it."""


def _client_of(account: AccountSettings) -> PbxClient:
    return PbxClient(account, limits=Limits(answer_s=_ANSWER_S))


class PhoneCheck:
    """Asks ``phones/registrations/list`` and the ``dnd`` of ``phones/list``, over a connection of its own.

    Args:
        credentials: Where the password is; a locked keyring is not unlocked for this.
        client_for: Gives the PBX client of an account.
    """

    def __init__(
        self, credentials: Credentials, *, client_for: Callable[[AccountSettings], PbxClient] = _client_of
    ) -> None:
        self._credentials = credentials
        self._client_for = client_for

    def ask(self, account: AccountSettings) -> PhoneState:
        """Ask once. UNKNOWN for a number that is no line of the PBX, and wherever the PBX does not tell."""
        if account.line_kind != "phone" or not (account.url and account.username and account.line):
            return PhoneState.UNKNOWN
        client = self._client_for(account)
        try:
            password = self._credentials.read(account, quietly=True)
            return _look(client, Login(username=account.username, password=password), account.line)
        except (PbxError, CredentialsError, NoAccount) as error:
            _log.info("whether the own phone is there is not known: %s", type(error).__name__)
            return PhoneState.UNKNOWN
        finally:
            client.close()


def _look(client: PbxClient, login: Login, line: str) -> PhoneState:
    state = client.phones_registrations(login, line).state
    if state is LineState.OFFLINE:
        return PhoneState.OFFLINE
    try:
        lines = client.list_lines(login)
    except PbxError:
        lines = ()
    if any(own.name == line and own.do_not_disturb for own in lines):
        return PhoneState.REJECTS
    return PhoneState.READY if state is LineState.ONLINE else PhoneState.UNKNOWN
