"""`org.freedesktop.portal.GlobalShortcuts` on a test's private bus, as KDE and GNOME do it, and as they fail.

For what no real desktop does on demand; the real KDE one is in `test_hotkey_kwin.py`.
"""

from collections.abc import Callable
from typing import Any, Self

from support.bus_peer import Asked, BusPeer, Refusal

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST = "org.freedesktop.portal.Request"
SESSION = "org.freedesktop.portal.Session"

Found = dict[str, str]


class FakePortal:
    """A context manager.

    Args:
        address: Of the bus.
        keys: What it knows from earlier, by shortcut: the key, or empty for none.
        version: Of the interface; 0: there is no such interface.
        bind_code: What `BindShortcuts` answers.
        binds: The person said yes: the shortcuts get the proposed keys.
        gives_key: And a key with it; else they are listed without.
        lists_known: `ListShortcuts` tells of known ones before the bind (KDE); else only after it (GNOME).
        registers_at_once: What `CreateSession` proposes is known from then on (KDE 5.27).
        tells_bound: `BindShortcuts` says what it bound; else only `ListShortcuts` does (KDE since 6.4).
        silent: Members that never answer.
        early: `Response` comes before the call returns.
        hold_sessions: The first session is made only when `let_sessions_go` says so.
        takes_names: There is a registry (portal 1.19.4 and later).
        knows_us: Our .desktop file is installed, which the registry wants and GNOME needs.
    """

    def __init__(
        self,
        address: str,
        keys: Found | None = None,
        *,
        version: int = 1,
        bind_code: int = 0,
        binds: bool = True,
        gives_key: bool = True,
        lists_known: bool = False,
        registers_at_once: bool = False,
        tells_bound: bool = True,
        silent: tuple[str, ...] = (),
        early: bool = False,
        hold_sessions: bool = False,
        takes_names: bool = True,
        knows_us: bool = True,
    ) -> None:
        self.keys: Found = dict(keys or {})
        self.sessions: list[str] = []
        self.closed: set[str] = set()
        self.bound: set[str] = set()
        self.taken_by_others: set[str] = set()
        self._version = version
        self._bind_code = bind_code
        self._binds = binds
        self._gives_key = gives_key
        self._lists_known = lists_known
        self._registers_at_once = registers_at_once
        self._tells_bound = tells_bound
        self._silent = silent
        self._early = early
        self._held: list[Callable[[], None]] | None = [] if hold_sessions else None
        self._client = ""
        answers = {
            "Get": self._get, "CreateSession": self._create, "ListShortcuts": self._list, "Close": self._close,
            "BindShortcuts": self._bind, "ConfigureShortcuts": lambda _call: ("", ()),
        }  # fmt: skip
        self.knows_us = knows_us
        self._named: set[str] = set()
        self._nameless: set[str] = set()
        if takes_names:
            answers["Register"] = self._register
        self.peer = BusPeer(address, PORTAL, {name: self._unless_silent(answer) for name, answer in answers.items()})

    def __enter__(self) -> Self:
        self.peer.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.peer.__exit__()

    @property
    def session(self) -> str:
        """The session that was made last."""
        return self.sessions[-1]

    def asked(self) -> list[str]:
        """What was asked so far, in order, without the registry's and the properties' part."""
        return [call.member for call in self.peer.calls if call.interface == SHORTCUTS]

    def activate(self, name: str, *, session: str = "", options: dict[str, Any] | None = None) -> None:
        """The key of a shortcut went down."""
        body = (session or self.session, name, 0, options or {})
        self.peer.emit(PATH, SHORTCUTS, "Activated", "osta{sv}", *body, to=self._client)

    def release(self, name: str) -> None:
        """The key went up."""
        self.peer.emit(PATH, SHORTCUTS, "Deactivated", "osta{sv}", self.session, name, 0, {}, to=self._client)

    def change(self, keys: Found, *, session: str = "") -> None:
        """The person chose other keys in the desktop's settings."""
        self.keys |= keys
        body = (session or self.session, _shortcuts(keys)[1])
        self.peer.emit(PATH, SHORTCUTS, "ShortcutsChanged", "oa(sa{sv})", *body, to=self._client)

    def end_session(self) -> None:
        """The portal ends the session by itself."""
        self.peer.emit(self.session, SESSION, "Closed", to=self._client)

    def let_sessions_go(self) -> None:
        """Answer what was held back."""
        held, self._held = self._held or [], None
        for respond in held:
            respond()

    def _unless_silent(self, answer: Any) -> Any:
        def answered(call: Asked) -> Any:
            return None if call.member in self._silent else answer(call)

        return answered

    def _register(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        if not self.knows_us or call.sender in self._nameless:
            raise Refusal("org.freedesktop.portal.Error.Failed")
        self._named.add(call.sender)
        return "", ()

    def _get(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        if call.values != (SHORTCUTS, "version") or not self._version:
            raise Refusal("org.freedesktop.DBus.Error.InvalidArgs")
        return "v", (("u", self._version),)

    def _create(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        (options,) = call.values
        self._client = call.sender
        if call.sender not in self._named:
            self._nameless.add(call.sender)  # from its first request on
        token = options["session_handle_token"][1]
        assert token.replace("_", "").isalnum()  # anything else gets no answer at all from a real one
        if self._registers_at_once:
            self._learn(options["shortcuts"][1])
        session = f"{PATH}/session/{call.sender[1:].replace('.', '_')}/{token}"
        assert session not in self.sessions or session in self.closed, "the session before was not closed"
        self.closed.discard(session)
        self.sessions.append(session)
        self.bound.clear()
        return self._respond(call, options, 0, {"session_handle": ("s", session)})

    def _list(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        session, options = call.values
        assert session == self.session
        known = {name: keys for name, keys in self.keys.items() if self._lists_known or name in self.bound}
        return self._respond(call, options, 0, {"shortcuts": _shortcuts(known)})

    def _bind(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        session, shortcuts, _parent, options = call.values
        assert session == self.session
        if self.bound:
            return self._respond(call, options, 2, {})  # only once a session
        names = {name for name, _ in shortcuts}
        if not self.knows_us:
            return self._respond(call, options, 2, {})
        if self._binds:
            self._learn(shortcuts)
            self.bound |= names
        told = {name: self.keys[name] for name in names & self.bound}
        results = {"shortcuts": _shortcuts(told)} if self._tells_bound and told else {}
        return self._respond(call, options, self._bind_code, results)

    def _learn(self, shortcuts: list[tuple[str, dict[str, Any]]]) -> None:
        for name, properties in shortcuts:
            trigger = properties["preferred_trigger"][1] if self._gives_key else ""
            self.keys.setdefault(name, trigger)

    def _close(self, call: Asked) -> tuple[str, tuple[Any, ...]]:
        if call.interface == SESSION:
            self.closed.add(call.path)
            # what a first session named and another program holds is known now (KDE)
            self.keys |= dict.fromkeys(self.taken_by_others & self.keys.keys(), "")
        return "", ()

    def _respond(self, call: Asked, options: Any, code: int, results: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        path = f"{PATH}/request/{call.sender[1:].replace('.', '_')}/{options['handle_token'][1]}"

        def respond() -> None:
            self.peer.emit(path, REQUEST, "Response", "ua{sv}", code, results, to=call.sender)

        if self._held is not None and call.member == "CreateSession":
            self._held.append(respond)
        elif self._early:
            respond()
        else:
            self.peer.afterwards.append(respond)
        return "o", (path,)


def _shortcuts(keys: Found) -> tuple[str, list[tuple[str, dict[str, tuple[str, str]]]]]:
    entries = [(name, {"description": ("s", name), "trigger_description": ("s", key)}) for name, key in keys.items()]
    return "a(sa{sv})", entries
