"""One wish, one request: the row first, then the password, then the PBX, then the row again."""

import logging
from collections.abc import Callable, Mapping

from ringbridge.core.calls import CallOutcome, CallRequest, CallState, Login, Outcome
from ringbridge.core.errors import (
    CallLimit,
    CredentialsError,
    NoAccount,
    NotFound,
    PbxError,
    StorageError,
    WrongLogin,
)
from ringbridge.core.settings import AccountSettings, Settings
from ringbridge.services.credentials import Credentials
from ringbridge.services.failures import failed_outcome
from ringbridge.services.history import CallLimits, History
from ringbridge.services.pbx import MakeCall, PbxClient

_log = logging.getLogger(__name__)

_LOOKED_BACK = 100
EMERGENCY_GUARD_S = 5
"""A dropped emergency call is made again at once, whatever guard is set; two clicks are still one wish."""
_CALLS = {Outcome.PLACING, Outcome.REQUESTED, Outcome.UNKNOWN}
"""Where there is, or may be, a call: refused and unsent wishes stand in nobody's way."""


class Dialer:
    """Places calls and hangs them up. Blocking; used by one thread at a time; knows no Qt.

    Args:
        history: Where wishes are remembered.
        credentials: Where the password is.
        client_for: Gives the PBX client of an account; it is kept while the account stays the same.
    """

    def __init__(
        self,
        *,
        history: History,
        credentials: Credentials,
        client_for: Callable[[AccountSettings], PbxClient] = PbxClient,
    ) -> None:
        self._history = history
        self._credentials = credentials
        self._client_for = client_for
        self._client: PbxClient | None = None
        self._client_account: AccountSettings | None = None
        self._password_doubtful = False

    def place(self, request: CallRequest, settings: Settings) -> CallOutcome:
        """Ask the PBX for one call, once, and remember how it ended.

        The row stands before the request leaves, so that a killed program never forgets a call. Nothing is ever
        sent again: a lost answer is UNKNOWN.
        """
        self._credentials.ask_again()  # a person wants to call: a locked keyring may ask for its password
        outcome = self._missing(request, settings.account)
        if outcome is not None:
            return outcome
        try:
            earlier = self._history.begin(
                request,
                line=request.line or settings.account.line,
                repeat_guard_s=_repeat_guard_s(request, settings),
                limits=CallLimits()
                if request.emergency
                else CallLimits(settings.guards.calls_per_minute, settings.guards.calls_per_day),
            )
        except CallLimit as error:
            return _outcome(request, Outcome.BLOCKED, f"limit_{error.period}")
        except StorageError as error:
            return failed_outcome(error, request_id=request.request_id, dialed=request.destination.dialed)
        if earlier is not None:
            return _outcome(request, Outcome.BLOCKED, "repeated", callid=earlier.callid, server=earlier.server)
        try:
            outcome = self._ask(request, settings)
        except BaseException:
            # our own bug, or Ctrl-C: the request may have left, and the row must not say "placing" for ever
            self._remember(_outcome(request, Outcome.UNKNOWN, "answer_lost"))
            raise
        self._remember(outcome)
        return outcome

    def hang_up(self, settings: Settings, accounts: Mapping[str, AccountSettings] | None = None) -> CallOutcome:
        """Ask the PBX to end the latest call; an earlier one in its place only when it is known to go on.

        Args:
            settings: The settings in force.
            accounts: Whose calls they are, by request id, where it may be another account by now.

        Returns:
            REQUESTED when the PBX accepted; BLOCKED with problem ``no_call`` where there is none to end, or
            ``unnamed_call`` where the PBX did not say how it calls the latest one.
        """
        try:
            rows = [row for row in self._history.recent(limit=_LOOKED_BACK) if row.outcome in _CALLS]
        except StorageError as error:
            return failed_outcome(error, request_id="", dialed="")
        latest = rows[0] if rows else None
        if latest is not None and latest.progress.state is CallState.ENDED:
            latest = next((row for row in rows if row.progress.state.is_live), None)
        if latest is None:
            return CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="no_call")
        if not latest.callid:
            return CallOutcome(
                request_id=latest.request_id,
                outcome=Outcome.BLOCKED,
                problem="unnamed_call",
                dialed=latest.destination.dialed,
            )
        account = (accounts or {}).get(latest.request_id, settings.account)
        try:
            self._client_of(account).hang_up(self._login(account), latest.callid)
        except NotFound:
            return CallOutcome(
                request_id=latest.request_id,
                outcome=Outcome.BLOCKED,
                problem="no_call",
                callid=latest.callid,
                dialed=latest.destination.dialed,
            )
        except (PbxError, CredentialsError, NoAccount) as error:
            self._doubt_after(error)
            return failed_outcome(error, request_id=latest.request_id, dialed=latest.destination.dialed)
        return CallOutcome(
            request_id=latest.request_id,
            outcome=Outcome.REQUESTED,
            dialed=latest.destination.dialed,
            server=latest.server,
            callid=latest.callid,
        )

    def warm_up(self, settings: Settings) -> None:
        """Open the connection and read the password ahead of a call. Sends nothing; failures wait for the call."""
        account = settings.account
        if not (account.url and account.username and account.line):
            return
        try:
            self._credentials.read(account, quietly=True)
            self._client_of(account).connect()
        except (PbxError, CredentialsError, NoAccount) as error:
            _log.info("not ready ahead of a call: %s", type(error).__name__)

    def doubt_password(self) -> None:
        """Read the password from the keyring again before the next call: another process may have changed it."""
        self._password_doubtful = True

    def close(self) -> None:
        """Drop the kept connection. Safe to call twice."""
        if self._client is not None:
            self._client.close()
        self._client = self._client_account = None

    def _remember(self, outcome: CallOutcome) -> None:
        try:
            self._history.finish(outcome)
        except StorageError as error:
            # the row still says PLACING, which becomes UNKNOWN: true, only less exact
            _log.error("the outcome %s could not be saved: %s", outcome.outcome, type(error).__name__)
        why = f" ({outcome.detail})" if outcome.detail else ""
        _log.info("call to …%s: %s%s", outcome.dialed[-2:], outcome.problem or outcome.outcome, why)

    def _missing(self, request: CallRequest, account: AccountSettings) -> CallOutcome | None:
        parts = {"url": account.url, "username": account.username, "line": request.line or account.line}
        for name, value in parts.items():
            if not value:
                return _outcome(request, Outcome.NO_ACCOUNT, f"no_{name}")
        return None

    def _client_of(self, account: AccountSettings) -> PbxClient:
        if self._client is None or self._client_account != account:
            self.close()
            self._client, self._client_account = self._client_for(account), account
        return self._client

    def _login(self, account: AccountSettings) -> Login:
        password = self._credentials.read(account, fresh=self._password_doubtful)
        self._password_doubtful = False
        return Login(username=account.username, password=password)

    def _doubt_after(self, error: Exception) -> None:
        # a doubt ends when the keyring has answered (`_login`), not when something else went wrong meanwhile
        self._password_doubtful |= isinstance(error, WrongLogin)

    def _ask(self, request: CallRequest, settings: Settings) -> CallOutcome:
        account = settings.account
        options = settings.options
        try:
            call = MakeCall(
                stype="phone" if (request.line_kind or account.line_kind) == "phone" else "",
                snumber=request.line or account.line,
                cnumber=request.destination.dialed,
                callerid2=request.caller_id or account.caller_id,
                wait=account.wait_s if request.wait_s is None else request.wait_s,
                cdialplan=account.cdialplan,
                card=options.card,
                customer=options.customer or None,
                answer1=int(options.auto_answer),
                callerid1=request.destination.dialed if options.show_number else "",
                recordgroup=options.record_group,
                screen1=int(options.screen_own),
                screen2=int(options.screen_other),
                warn1=int(options.warn_own),
                warn2=int(options.warn_other),
            )
            placed = self._client_of(account).make_call(self._login(account), call)
        except (PbxError, CredentialsError, NoAccount) as error:
            self._doubt_after(error)
            return failed_outcome(error, request_id=request.request_id, dialed=request.destination.dialed)
        return CallOutcome(
            request_id=request.request_id,
            outcome=Outcome.REQUESTED,
            dialed=request.destination.dialed,
            code=placed.code,
            message=placed.message,
            server=placed.server,
            callid=placed.callid,
        )


def _repeat_guard_s(request: CallRequest, settings: Settings) -> int:
    guard_s = settings.calls.repeat_guard_s
    return min(guard_s, EMERGENCY_GUARD_S) if request.emergency else guard_s


def _outcome(
    request: CallRequest, outcome: Outcome, problem: str, *, server: str = "", callid: str = ""
) -> CallOutcome:
    return CallOutcome(
        request_id=request.request_id,
        outcome=outcome,
        dialed=request.destination.dialed,
        problem=problem,
        server=server,
        callid=callid,
    )
