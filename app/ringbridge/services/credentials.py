"""The password of the PBX account: in the desktop's keyring, or in memory until exit; never anywhere else.

Why there is a thread in a service: keyring's calls take no time limit and can't be cancelled. Each runs on a daemon
thread of its own while the caller waits with a deadline; one that hangs is left behind and does not hold the
program's end.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ringbridge.core.errors import (
    CredentialsError,
    KeyringLocked,
    KeyringMissing,
    KeyringNoAnswer,
    KeyringRefused,
    NoAccount,
    SettingError,
)
from ringbridge.core.settings import AccountSettings
from ringbridge.services.secret_service import Deadlines

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "ringbridge"

_TRUSTED = (
    "keyring.backends.Windows",
    "keyring.backends.macOS",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
)
"""Stores of the desktop that encrypt. Not the `fail` and `null` ones, and never files (`keyrings.alt`)."""

_log = logging.getLogger(__name__)


class Credentials:
    """The passwords of one profile, an item of the keyring for each account.

    Every method but `keep_in_memory` and `ask_again` can wait (20 ms as a rule, a first one 150 ms, minutes where the
    keyring asks the person to unlock it): never on the GUI thread. Safe for several threads: one call reaches the
    keyring at a time. No exception and no log line holds a password.
    """

    def __init__(
        self,
        profile: str = "",
        *,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
        backend: "Callable[[], KeyringBackend] | None" = None,
    ) -> None:
        """Nothing is asked yet.

        Args:
            profile: Profiles share no password.
            deadlines: How long to wait for what.
            backend: Gives the store for each call; None = the desktop's.
        """
        self._service = f"{SERVICE}/{profile}" if profile else SERVICE
        self._deadlines = deadlines
        self._backend = backend or desktop_backend
        self._probes = backend is None and _has_secret_service()
        self._known: dict[str, str] = {}
        self._memory_only: set[str] = set()
        self._turn = threading.Lock()
        self._call: _Call[Any] | None = None
        self._asked = False

    def __repr__(self) -> str:
        return f"Credentials(service={self._service!r})"

    @property
    def in_memory(self) -> bool:
        """Whether a password is in use that the keyring does not have."""
        return bool(self._memory_only)

    def read(self, account: AccountSettings, *, fresh: bool = False, quietly: bool = False) -> str:
        """The account's password; asked for once, then remembered.

        Args:
            account: Whose.
            fresh: Ask the keyring again: another process may have saved a new one.
            quietly: A locked keyring stays so, and nobody is asked: nobody wants anything yet.

        Raises:
            NoAccount: There is none (``password``), or the account has no ``url`` or ``username``.
            KeyringMissing: No keyring on this desktop.
            KeyringLocked: Nobody unlocked it. The person is asked once; see `ask_again`.
            KeyringNoAnswer: It hangs, now or since an earlier call.
            KeyringRefused: It answered with an error of its own.
        """
        key = _key_of(account)
        if key in self._known and (not fresh or key in self._memory_only):
            return self._known[key]
        password = self._ask(key, lambda store: store.get_password(self._service, key), quietly=quietly)
        if not password:
            self._known.pop(key, None)
            raise NoAccount("password")
        self._known[key] = password
        return password

    def save(self, account: AccountSettings, password: str) -> None:
        """Keep the password in the keyring; it is written only if it differs from what is there.

        Raises:
            NoAccount: The password is empty, or the account has no ``url`` or ``username``.
            SettingError: The password holds characters that no keyring can hold.
            KeyringMissing: As for `read`, and so on.
            KeyringLocked: As for `read`.
            KeyringNoAnswer: As for `read`. It may be saved nevertheless.
            KeyringRefused: As for `read`.
        """
        key = _key_of(account)
        _check(password)

        def write(store: "KeyringBackend") -> None:
            if store.get_password(self._service, key) != password:
                untyped: Any = store  # keyring wraps this method without annotations
                untyped.set_password(self._service, key, password)

        self._ask(key, write, create=True)
        self._known[key] = password
        self._memory_only.discard(key)

    def forget(self, account: AccountSettings) -> None:
        """Remove the account's password from memory and from the keyring; none there is fine.

        Raises:
            NoAccount: The account has no ``url`` or ``username``.
            KeyringMissing: As for `read`, unless the password was only in memory.
            KeyringLocked: As for `read`.
            KeyringNoAnswer: As for `read`.
            KeyringRefused: As for `read`.
        """
        key = _key_of(account)
        self._known.pop(key, None)
        was_in_memory = key in self._memory_only
        self._memory_only.discard(key)

        def remove(store: "KeyringBackend") -> None:
            if store.get_password(self._service, key) is not None:
                store.delete_password(self._service, key)

        try:
            self._ask(key, remove)
        except KeyringMissing:
            if not was_in_memory:
                raise

    def keep_in_memory(self, account: AccountSettings, password: str) -> None:
        """Use this password until exit or until `save`: for desktops without a keyring.

        Raises:
            NoAccount: The password is empty, or the account has no ``url`` or ``username``.
            SettingError: The password holds characters that can't be sent.
        """
        key = _key_of(account)
        _check(password)
        self._known[key] = password
        self._memory_only.add(key)

    def ask_again(self) -> None:
        """The person wants another try: the next call may show the window that unlocks the keyring once more."""
        self._asked = False

    def _ask(
        self, key: str, work: "Callable[[KeyringBackend], T]", *, create: bool = False, quietly: bool = False
    ) -> T | None:
        """Run `work` on a thread of its own; None also when there is no place where anything could be stored."""
        if not self._turn.acquire(timeout=self._deadlines.call_s):
            raise self._call.late("another call waits") if self._call else KeyringNoAnswer("another call waits")
        try:
            if self._call is not None and not self._call.ended:
                raise self._call.late("an earlier call still waits")
            call = _Call(lambda running: self._reach(running, key, work, create=create, quietly=quietly))
            self._call = call
            call.start(self._deadlines.questions_s if self._probes else self._deadlines.prompt_s)
            return call.wait()
        finally:
            self._turn.release()

    def _reach(
        self,
        call: "_Call[T | None]",
        key: str,
        work: "Callable[[KeyringBackend], T]",
        *,
        create: bool,
        quietly: bool,
    ) -> T | None:
        """On the call's thread."""
        if self._probes:
            from ringbridge.services import secret_service

            asked_before = self._asked

            def before_prompt() -> None:
                if quietly or asked_before:
                    raise KeyringLocked("nobody is asked now" if quietly else "asked before")
                self._asked = True
                call.extend(self._deadlines.prompt_s, late=KeyringLocked)

            attributes = {"service": self._service, "username": key}
            ready = secret_service.prepare(
                attributes, deadlines=self._deadlines, create=create, before_prompt=before_prompt
            )
            self._asked = False  # it is open: should it be locked again later, the person may be asked again
            if not ready or call.abandoned:
                return None
            call.extend(self._deadlines.call_s)
        return work(self._backend())


class _Call(Generic[T]):
    """One job on a daemon thread, and the deadline of the one who waits for it."""

    def __init__(self, job: "Callable[[_Call[T]], T]") -> None:
        self._job = job
        self._changed = threading.Condition()
        self._deadline = 0.0
        self._results: list[T] = []
        self._error: CredentialsError | None = None
        self.late: type[CredentialsError] = KeyringNoAnswer
        self.ended = False
        self.abandoned = False

    def start(self, seconds: float) -> None:
        self.extend(seconds)
        threading.Thread(target=self._run, name="keyring", daemon=True).start()

    def extend(self, seconds: float, *, late: type[CredentialsError] = KeyringNoAnswer) -> None:
        """From now on there are so many seconds left; past them, the caller gets `late`."""
        with self._changed:
            self._deadline = time.monotonic() + seconds
            self.late = late
            self._changed.notify_all()

    def wait(self) -> T:
        with self._changed:
            while not self.ended:
                left = self._deadline - time.monotonic()
                if left <= 0:
                    self.abandoned = True
                    raise self.late("no answer in time")
                self._changed.wait(left)
        if self._error is not None:
            raise self._error
        return self._results.pop()

    def _run(self) -> None:
        try:
            result = self._job(self)
            with self._changed:
                self._results.append(result)
        except CredentialsError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - the border of the thread
            self._error = _translated(error)
        finally:
            with self._changed:
                self.ended = True
                self._changed.notify_all()


def _translated(error: Exception) -> CredentialsError:
    """A store's exception as ours. Its text is left out: nobody promises what it holds."""
    import keyring.errors

    name = f"{type(error).__module__}.{type(error).__qualname__}"
    for foreign, ours in (
        (keyring.errors.KeyringLocked, KeyringLocked),
        (keyring.errors.NoKeyringError, KeyringMissing),
        (TimeoutError, KeyringNoAnswer),
    ):
        if isinstance(error, foreign):
            return ours(name)
    from ringbridge.services.logs import describe_exception

    _log.warning("the keyring refused: %s", describe_exception(error))
    return KeyringRefused(name)


def _key_of(account: AccountSettings) -> str:
    """The item's name: person and server, so that another server never gets this password.

    It is shown by the desktop's keyring program. The address has no blank, so two accounts never share a name.

    Raises:
        NoAccount: ``url`` or ``username`` is empty.
    """
    if not account.url:
        raise NoAccount("url")
    if not account.username:
        raise NoAccount("username")
    scheme, _, rest = account.url.partition("://")
    host, _, path = rest.partition("/")
    return f"{account.username} on {scheme.lower()}://{host.lower()}/{path}"


def _check(password: str) -> None:
    if not password:
        raise NoAccount("password")
    try:
        password.encode()
    except UnicodeEncodeError:  # that exception holds the password: it may not be seen
        raise SettingError("password", "control_characters") from None


def _has_secret_service() -> bool:
    return sys.platform not in {"win32", "darwin"}


def desktop_backend() -> "KeyringBackend":
    """The store of this desktop.

    On Linux it is made directly: the look-up of all backends takes 80 ms more, and remembers "none" for the life of
    the process. Settings of the user for keyring (``PYTHON_KEYRING_BACKEND``, keyringrc.cfg) do not count: they could
    name a plain-text file.

    Raises:
        KeyringMissing: There is none that encrypts.
    """
    if _has_secret_service():
        from keyring.backends.SecretService import Keyring

        return Keyring()
    from keyring.backend import get_all_keyring

    return trusted(get_all_keyring())


def trusted(backends: "Iterable[KeyringBackend]") -> "KeyringBackend":
    """The best of these stores that is the desktop's own and encrypts.

    Raises:
        KeyringMissing: None is.
    """
    fit = [store for store in backends if type(store).__module__ in _TRUSTED and store.priority > 0]
    if not fit:
        raise KeyringMissing("no store that encrypts")
    return max(fit, key=lambda store: store.priority)
