"""Follows calls under way: asks the PBX, moves the state machine on, and keeps what is learned in the history.

It has its own connection, so that nothing here stands in the way of the next call.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ringbridge.core import tracking
from ringbridge.core.calls import CallEnd, CallOutcome, CallProgress, CallRecord, CallState, Login, Outcome
from ringbridge.core.errors import (
    AnswerNotUnderstood,
    CredentialsError,
    NoAccount,
    NotFound,
    PbxError,
    Refused,
    RoleForbids,
    StorageError,
    WrongLogin,
)
from ringbridge.core.leg_sides import split_finished
from ringbridge.core.records import end_of
from ringbridge.core.settings import AccountSettings
from ringbridge.core.tracking import Track
from ringbridge.services.credentials import Credentials
from ringbridge.services.failures import failed_outcome
from ringbridge.services.history import History
from ringbridge.services.pbx import CallerId, Capabilities, Colleague, Limits, PbxClient
from ringbridge.services.pbx.client import HANG_UP, REDIRECT

_log = logging.getLogger(__name__)

_LIMITS = Limits(answer_s=5.0)
_PUZZLED_AT_MOST = 3
_EARLIER_AT_MOST = 3
_EARLIER_WITHIN = timedelta(days=1)
_LOOKED_BACK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one round of looks brought.

    Attributes:
        tracks: The calls as they stand now, in the order they were given.
        may_hang_up: Nothing speaks against ``calls/hangup``.
        may_pass_on: Nothing speaks against ``calls/redirect``.
    """

    tracks: tuple[Track, ...]
    may_hang_up: bool
    may_pass_on: bool


class Tracker:
    """Looks at calls, ends them and passes them on. Blocking; used by one thread at a time; knows no Qt.

    Args:
        history: Where it is kept what became of calls.
        credentials: Where the password is; a locked keyring stays locked.
        client_for: Gives a PBX client of an account; kept while the account stays the same.
        steady: A clock that nobody sets, in seconds; the one `Track` speaks of.
    """

    def __init__(
        self,
        *,
        history: History,
        credentials: Credentials,
        client_for: Callable[[AccountSettings, Capabilities], PbxClient] | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._history = history
        self._credentials = credentials
        self._client_for = client_for or _new_client
        self._steady = steady
        self._client: PbxClient | None = None
        self._account: AccountSettings | None = None
        self._capabilities = Capabilities()
        self._earlier_asked = False

    def look(self, tracks: tuple[Track, ...], account: AccountSettings) -> Looked:
        """Look at each of these calls once, and keep what changed.

        Args:
            tracks: Calls that are not over.
            account: Whose calls they are.
        """
        found: list[Track] = []
        for track in tracks:
            taken = frozenset(other.callid for other in (*found, *tracks) if other.request_id != track.request_id)
            after = self._look_at(track, account, taken - {""})
            if progress_of(after) != progress_of(track) or after.callid != track.callid:
                self._remember(after)
            found.append(after)
        allowed = self._capabilities.allow
        return Looked(tracks=tuple(found), may_hang_up=allowed(HANG_UP), may_pass_on=allowed(REDIRECT))

    def hang_up(self, track: Track, account: AccountSettings) -> CallOutcome:
        """Ask the PBX to end this very call.

        Returns:
            REQUESTED when the PBX accepted, BLOCKED with problem ``no_call`` when it is over, or why not.
        """

        def ask(client: PbxClient, login: Login) -> None:
            client.hang_up(login, track.callid, uniqueid=track.own_leg)

        return self._act(track, account, ask)

    def pass_on(self, track: Track, account: AccountSettings, dialed: str) -> CallOutcome:
        """Transfer a call: the other party is connected with a new one, and the own phone let go.

        Args:
            track: The call; its own leg was seen.
            account: Whose call it is.
            dialed: The dial string of the new party.

        Returns:
            As for `hang_up`.
        """

        def ask(client: PbxClient, login: Login) -> None:
            # the own leg is the calling side, so the other party is its called channel
            client.redirect(login, track.own_leg, dialed, keep_caller=False)

        return self._act(track, account, ask)

    def colleagues(self, account: AccountSettings) -> tuple[Colleague, ...]:
        """Whom a call may be passed on to: people, or lines where the role does not tell of people; or nobody.

        Raises:
            PbxError: The PBX did not answer.
            CredentialsError: There is no password just now.
            NoAccount: The account is not complete.
        """
        client, login = self._client_of(account), self._login(account)
        try:
            return client.colleagues(login)
        except Refused:
            pass
        try:
            return tuple(
                Colleague(name=line.description or line.display or line.name, extension=line.name)
                for line in client.list_lines(login)
            )
        except Refused:
            return ()

    def caller_ids(self, account: AccountSettings) -> tuple[CallerId, ...]:
        """The numbers that may be presented; none where the PBX does not tell, for whatever reason."""
        try:
            return self._client_of(account).caller_ids(self._login(account))
        except (PbxError, CredentialsError, NoAccount) as error:
            _log.info("caller IDs are not listed: %s", type(error).__name__)
            return ()

    def complete_earlier(self, account: AccountSettings) -> tuple[CallRecord, ...]:
        """Ask once how the latest calls ended that nobody saw the end of.

        Returns:
            The rows that are complete now.
        """
        if self._earlier_asked:
            return ()
        self._earlier_asked = True
        since = datetime.now(UTC) - _EARLIER_WITHIN
        completed: list[CallRecord] = []
        try:
            rows = [
                row
                for row in self._history.recent(_LOOKED_BACK)
                if row.progress.state is CallState.UNKNOWN and row.callid and row.requested_at > since
            ]
            for row in rows[:_EARLIER_AT_MOST]:
                records = self._client_of(account).finished_legs(self._login(account), row.callid)
                own, others = split_finished(records, line=row.line, own_leg="")
                end, talk_s = end_of(own, others, connected=False, hung_up=False)
                if end is not CallEnd.UNKNOWN:
                    progress = row.progress._replace(state=CallState.ENDED, end=end, talk_s=talk_s)
                    self._history.follow(row.request_id, progress)
                    completed.append(replace(row, progress=progress))
        except (PbxError, CredentialsError, NoAccount, StorageError) as error:
            _log.info("earlier calls stay as they are: %s", type(error).__name__)
        return tuple(completed)

    def write_note(self, request_id: str, note: str) -> None:
        """Keep what the user wrote about a call.

        Raises:
            StorageError: It can't be kept.
        """
        self._history.write_note(request_id, note)

    def ask_again(self) -> None:
        """The account or its password may have changed: what was refused may be allowed now."""
        self._capabilities.forget()

    def rest(self) -> None:
        """No call is left: let the connection go. Safe to call twice; the next look opens a new one."""
        if self._client is not None:
            self._client.close()

    # ------------------------------------------------------------ inside

    def _look_at(self, track: Track, account: AccountSettings, taken: frozenset[str]) -> Track:
        try:
            if track.state is not CallState.ENDED:
                legs = self._client_of(account).active_legs(self._login(account), tracking.asked_callid(track))
                track = tracking.see(track, legs, self._steady(), taken=taken)
            return self._ask_records(track, account) if tracking.asks_records(track) else track
        except (Refused, WrongLogin) as error:
            _log.info("calls are not followed: %s", type(error).__name__)
            return tracking.stop(track, self._steady())
        except (PbxError, CredentialsError, NoAccount) as error:
            _log.debug("a call was not seen: %s", type(error).__name__)
            track = tracking.lose(track, self._steady())
            if isinstance(error, AnswerNotUnderstood) and track.failures >= _PUZZLED_AT_MOST:
                return tracking.stop(track, self._steady())  # an older PBX without this function
            return track

    def _ask_records(self, track: Track, account: AccountSettings) -> Track:
        try:
            records = self._client_of(account).finished_legs(self._login(account), track.callid)
        except (Refused, AnswerNotUnderstood):
            return tracking.without_records(track)
        return tracking.complete(track, records, self._steady())

    def _act(self, track: Track, account: AccountSettings, ask: Callable[[PbxClient, Login], None]) -> CallOutcome:
        try:
            ask(self._client_of(account), self._login(account))
        except NotFound:
            return CallOutcome(
                request_id=track.request_id, outcome=Outcome.BLOCKED, problem="no_call", dialed=track.dialed
            )
        except (PbxError, CredentialsError, NoAccount) as error:
            if isinstance(error, RoleForbids):
                _log.info("this login may not do this to calls")
            return failed_outcome(error, request_id=track.request_id, dialed=track.dialed)
        return CallOutcome(
            request_id=track.request_id, outcome=Outcome.REQUESTED, dialed=track.dialed, callid=track.callid
        )

    def _remember(self, track: Track) -> None:
        try:
            self._history.follow(track.request_id, progress_of(track), callid=track.callid)
        except StorageError as error:
            # the row stays behind the truth, and says "unknown" after this program is gone
            _log.error("what became of a call could not be saved: %s", type(error).__name__)

    def _client_of(self, account: AccountSettings) -> PbxClient:
        if self._client is None or self._account != account:
            self.rest()
            self._capabilities.forget()
            self._client, self._account = self._client_for(account, self._capabilities), account
        return self._client

    def _login(self, account: AccountSettings) -> Login:
        return Login(username=account.username, password=self._credentials.read(account, quietly=True))


def progress_of(track: Track) -> CallProgress:
    """What the history keeps of a call, on this computer's own clock."""

    def moment(steady_s: float | None) -> datetime | None:
        if steady_s is None:
            return None
        return datetime.fromtimestamp(track.began_wall_s + steady_s - track.began_s, UTC)

    nothing_seen = track.over and track.state is CallState.REQUESTED
    return CallProgress(
        state=CallState.NOT_FOLLOWED if nothing_seen else track.state,
        end=track.end,
        answered_at=moment(track.answered_s),
        ended_at=moment(track.ended_s),
        talk_s=track.talk_s,
    )


def _new_client(account: AccountSettings, capabilities: Capabilities) -> PbxClient:
    return PbxClient(account, limits=_LIMITS, capabilities=capabilities)
