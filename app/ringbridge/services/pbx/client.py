"""The functions of the PBX that Ringbridge uses."""

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING

from ringbridge.core.calls import Line, Login
from ringbridge.core.errors import (
    AnswerNotUnderstood,
    LoginCodeNeeded,
    NotFound,
    PbxError,
    RequestInvalid,
    RoleForbids,
)
from ringbridge.core.legs import ActiveLeg, FinishedLeg
from ringbridge.core.settings import AccountSettings
from ringbridge.services.pbx import rows
from ringbridge.services.pbx.capabilities import Capabilities
from ringbridge.services.pbx.envelope import Answer, read_answer, text_of
from ringbridge.services.pbx.form import Parameters, Words, login_parameters
from ringbridge.services.pbx.limits import Limits
from ringbridge.services.pbx.make import MakeCall
from ringbridge.services.pbx.results import (
    CallerId,
    Colleague,
    LineCheck,
    LineState,
    LoginCheck,
    LoginFinding,
    Placed,
)

if TYPE_CHECKING:
    from ringbridge.services.pbx.transport import Transport

_log = logging.getLogger(__name__)

LONGEST_ID = 200
ACTIVE, ACTIVE_PANEL = "calls/active/list", "calls/active/list/panel"
HANG_UP, REDIRECT = "calls/hangup", "calls/redirect"


class PbxClient:
    """One account's PBX. Blocking; one request at a time; usable from any thread. Holds no password.

    Nothing is ever sent twice: each method sends at most one request, `check_login` at most one of each of two
    functions. Errors say whether it may have left (`NothingSent` or not).

    Args:
        account: The account; nothing is looked up or opened before the first use.
        limits: How long and how much to wait for.
        capabilities: What the PBX refused to this account so far; None = nothing yet.

    Attributes:
        capabilities: Which optional functions are worth asking for.
    """

    def __init__(
        self,
        account: AccountSettings,
        *,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        capabilities: Capabilities | None = None,
    ) -> None:
        self.capabilities = capabilities or Capabilities()
        self._account = account
        self._limits = limits
        self._transport: Transport | None = None
        self._opening = Lock()

    def make_call(self, login: Login, call: MakeCall) -> Placed:
        """``calls/make``: ring the own phone, then the other party.

        Returns:
            That the PBX took it on, which is all it ever says: whether anybody answers is not known.

        Raises:
            NoAccount: No URL, user name or password.
            NothingSent: One of its kinds: no call can come of it.
            WrongLogin: Or LoginCodeNeeded.
            Refused: One of its kinds: the PBX said no.
            AnswerLost: The call may have been placed.
            AnswerNotUnderstood: The call may have been placed.
        """
        timeout_s = call.wait + call.delay + self._limits.placing_margin_s
        answer = self._ask("calls/make", login, call.parameters(), timeout_s)
        data = answer.data if isinstance(answer.data, dict) else {}
        return Placed(
            code=answer.code,
            message=answer.message,
            server=text_of(data.get("server")),
            callid=text_of(data.get("callid")),
        )

    def check_login(self, login: Login) -> LoginCheck:
        """Test user name and password without any effect on the PBX.

        Asks ``user/login``; where that is not there or not allowed, ``phones/list`` for a mere count.

        Raises:
            WrongLogin: They are wrong.
            PbxError: Any other of its kinds; then nothing is known about them.
        """
        function = "user/login"
        role_too_small = False
        try:
            self._ask(function, login, (), self._limits.answer_s)
        except LoginCodeNeeded:
            return LoginCheck(finding=LoginFinding.CODE_NEEDED, function=function)
        except RoleForbids:
            role_too_small = True
        except (NotFound, AnswerNotUnderstood):
            pass  # an older PBX; if it is none at all, the next question tells
        else:
            return LoginCheck(finding=LoginFinding.RIGHT, function=function)
        function = "phones/list"
        try:
            self._ask(function, login, (("count", "1"),), self._limits.answer_s)
        except LoginCodeNeeded:
            return LoginCheck(finding=LoginFinding.CODE_NEEDED, function=function)
        except RoleForbids:
            return LoginCheck(finding=LoginFinding.ROLE_TOO_SMALL, function=function)
        except (NotFound, AnswerNotUnderstood):
            if role_too_small:  # the first answer did know the user
                return LoginCheck(finding=LoginFinding.ROLE_TOO_SMALL, function="user/login")
            raise
        return LoginCheck(finding=LoginFinding.RIGHT, function=function)

    def list_lines(self, login: Login) -> tuple[Line, ...]:
        """``phones/list``: the user's own telephone lines, in the PBX's order; none is a valid answer.

        Raises:
            PbxError: As for `make_call`, with the ordinary meaning.
        """
        return rows.rows_of(
            self._ask("phones/list", login, (), self._limits.answer_s).data, "list of lines", rows.line
        )

    def hang_up(self, login: Login, callid: str = "", *, uniqueid: str = "") -> None:
        """``calls/hangup``: ask for the end of a call; it takes a second or two.

        Args:
            login: Who asks.
            callid: As `make_call` returned it; or empty.
            uniqueid: Of one of its legs, where there is no callid.

        Raises:
            NotFound: There is no such call any more, or it is somebody else's.
            RoleForbids: The user's role does not allow it.
            PbxError: As for `make_call`.
        """
        name, value = ("callid", callid) if callid or not uniqueid else ("uniqueid", uniqueid)
        self._act(HANG_UP, login, ((name, _identifier(name, value)),))

    def redirect(self, login: Login, uniqueid: str, cnumber: str, *, keep_caller: bool = True) -> None:
        """``calls/redirect``: connect one side of a call with another number, and let the other side go.

        Args:
            login: Who asks.
            uniqueid: Of a leg of the call.
            cnumber: The dial string of the new party.
            keep_caller: The calling side stays (``channel=1``); else the called side (``channel=2``).

        Raises:
            NotFound: There is no such call any more, or it is somebody else's.
            Refused: One of its kinds.
            PbxError: As for `make_call`.
        """
        if not cnumber or not cnumber.isprintable() or len(cnumber) > LONGEST_ID:
            raise RequestInvalid("cnumber", "is missing or no number")
        channel = "1" if keep_caller else "2"
        parameters = (("uniqueid", _identifier("uniqueid", uniqueid)), ("ctype", ""), ("cnumber", cnumber))
        self._act(REDIRECT, login, (*parameters, ("channel", channel)))

    def active_legs(self, login: Login, callid: str = "") -> tuple[ActiveLeg, ...]:
        """``calls/active/list``, or its ``/panel`` variant where the role allows only that: the legs under way.

        Args:
            login: Who asks.
            callid: Only this call; empty = all of the customer's. The panel variant can't choose, and gives all.

        Raises:
            RoleForbids: The role allows neither, now or as an earlier answer said.
            PbxError: As for `make_call`, with the ordinary meaning.
        """
        if self.capabilities.allow(ACTIVE):
            wanted = (("callid", callid),) if callid else ()
            try:
                return rows.rows_of(self._look(ACTIVE, login, wanted).data, "list of calls", rows.active_leg)
            except (RoleForbids, NotFound):
                pass  # remembered; the lighter variant may be allowed
        return rows.rows_of(self._look(ACTIVE_PANEL, login, ()).data, "list of calls", rows.active_leg)

    def finished_legs(self, login: Login, callid: str) -> tuple[FinishedLeg, ...]:
        """``cdrs/list``: the finished legs of one call; none is a valid answer while the PBX still writes them.

        Raises:
            RoleForbids: The role does not allow it.
            PbxError: As for `make_call`, with the ordinary meaning.
        """
        parameters = (("callid", _identifier("callid", callid)),)
        return rows.rows_of(self._look("cdrs/list", login, parameters).data, "list of calls", rows.finished_leg)

    def phones_registrations(self, login: Login, line: str) -> LineCheck:
        """``phones/registrations/list``: whether a phone is registered at a line.

        UNKNOWN where the role does not allow it, the line is unknown there, or this PBX has no such function: none of
        that speaks against a call.

        Args:
            login: Who asks.
            line: The line's name.

        Raises:
            PbxError: As for `make_call`, with the ordinary meaning; of refusals only `InvalidInput`.
        """
        function = "phones/registrations/list"
        if not self.capabilities.allow(function):
            return LineCheck(state=LineState.UNKNOWN)
        try:
            data = self._act(function, login, (("name", line),)).data
        except (RoleForbids, NotFound):  # 404 speaks of this line only
            return LineCheck(state=LineState.UNKNOWN)
        found = rows.rows_of(data, "list of registrations", rows.registration)
        mine = tuple(phone for phone in found if phone.line in {"", line})
        if mine:
            return LineCheck(state=LineState.ONLINE, registrations=mine)
        # only an empty array says "offline"; no data at all, or rows of other lines, say nothing of this one
        return LineCheck(state=LineState.OFFLINE if data == [] else LineState.UNKNOWN)

    def caller_ids(self, login: Login) -> tuple[CallerId, ...]:
        """``numbers/list`` with ``callerid=1``: the numbers that may be presented, in the PBX's order.

        Raises:
            RoleForbids: The role does not allow it.
            PbxError: As for `make_call`, with the ordinary meaning.
        """
        return rows.rows_of(
            self._look("numbers/list", login, (("callerid", "1"),)).data, "list of numbers", rows.caller_id
        )

    def colleagues(self, login: Login) -> tuple[Colleague, ...]:
        """``people/list``: the people of the same customer who can be called, in the PBX's order.

        Raises:
            RoleForbids: The role does not allow it.
            PbxError: As for `make_call`, with the ordinary meaning.
        """
        return rows.rows_of(self._look("people/list", login, ()).data, "list of people", rows.colleague)

    def connect(self) -> None:
        """Open the connection ahead of a request, so that a call need not wait for it. Sends no request.

        Raises:
            NoAccount: No URL.
            NothingSent: One of its kinds.
        """
        self._opened().connect()

    def close(self) -> None:
        """Drop the kept connection, without waiting. Safe to call twice; a later request opens a new one."""
        if self._transport is not None:
            self._transport.close()

    def _opened(self) -> "Transport":
        with self._opening:
            if self._transport is None:
                # the HTTP library costs 70 to 100 ms: not at import
                from ringbridge.services.pbx.transport import Transport

                self._transport = Transport(self._account, self._limits)
            return self._transport

    def _act(self, function: str, login: Login, parameters: Parameters) -> Answer:
        """Ask an optional function that speaks of one thing, so that 404 is about that; 402 is remembered."""
        try:
            return self._ask(function, login, parameters, self._limits.answer_s)
        except RoleForbids:
            self.capabilities.refuse(function)
            raise

    def _look(self, function: str, login: Login, parameters: Parameters) -> Answer:
        """Ask an optional list. 402 and 404 are remembered: the role is too small, or there is no such function."""
        self.capabilities.check(function)
        try:
            return self._act(function, login, parameters)
        except NotFound:
            self.capabilities.refuse(function)
            raise

    def _ask(self, function: str, login: Login, parameters: Parameters, timeout_s: float) -> Answer:
        credentials = login_parameters(login)
        transport = self._opened()
        started = time.monotonic()
        raw = transport.ask(function, credentials + parameters, answer_timeout_s=timeout_s)
        failure: PbxError
        try:
            answer = read_answer(
                raw.body, http_status=raw.http_status, charset=raw.charset, clean=Words(login.password)
            )
        except AnswerNotUnderstood as error:
            failure = raw.broken or error
        else:
            _log.debug("%s: %d after %.0f ms", function, answer.code, (time.monotonic() - started) * 1000)
            return answer
        raise failure


def _identifier(name: str, value: str) -> str:
    if not value or not value.isprintable() or len(value) > LONGEST_ID:
        raise RequestInvalid(name, "is missing or no call identifier")
    return value
