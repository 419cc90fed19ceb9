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
from ringbridge.core.settings import AccountSettings
from ringbridge.services.pbx.envelope import Answer, Json, read_answer, text_of
from ringbridge.services.pbx.form import Parameters, Words, login_parameters
from ringbridge.services.pbx.limits import Limits
from ringbridge.services.pbx.make import MakeCall
from ringbridge.services.pbx.results import LoginCheck, LoginFinding, Placed

if TYPE_CHECKING:
    from ringbridge.services.pbx.transport import Transport

_log = logging.getLogger(__name__)

LONGEST_CALLID = 200


class PbxClient:
    """One account's PBX. Blocking; one request at a time; usable from any thread. Holds no password.

    Nothing is ever sent twice: each method sends at most one request, `check_login` at most one of each of two
    functions. Errors say whether it may have left (`NothingSent` or not).

    Args:
        account: The account; nothing is looked up or opened before the first use.
        limits: How long and how much to wait for.
    """

    def __init__(self, account: AccountSettings, *, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
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
        data = self._ask("phones/list", login, (), self._limits.answer_s).data
        if data is not None and not isinstance(data, (list, dict)):
            raise AnswerNotUnderstood("no list of lines")
        lines = (_line(row) for row in (data if isinstance(data, list) else [data]))
        return tuple(line for line in lines if line is not None)

    def hang_up(self, login: Login, callid: str) -> None:
        """``calls/hangup``: ask for the end of a call; it takes a second or two.

        Args:
            login: Who asks.
            callid: As `make_call` returned it.

        Raises:
            NotFound: There is no such call any more, or it is somebody else's.
            RoleForbids: The user's role does not allow it.
            PbxError: As for `make_call`.
        """
        if not callid or not callid.isprintable() or len(callid) > LONGEST_CALLID:
            raise RequestInvalid("callid", "is missing or no call identifier")
        self._ask("calls/hangup", login, (("callid", callid),), self._limits.answer_s)

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


def _line(row: Json) -> Line | None:
    """A row of ``phones/list``; None where it names no line."""
    if not isinstance(row, dict):
        return None
    name = text_of(row.get("name"))
    return (
        Line(name=name, display=text_of(row.get("display")), description=text_of(row.get("description")))
        if name
        else None
    )
