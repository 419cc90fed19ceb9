"""Whether the screen is locked right now, asked once, without Qt: for commands that run where no Ringbridge does."""

import time
from typing import TYPE_CHECKING, cast

from ringbridge.desktop.choose import Session, session
from ringbridge.desktop.screen_lock_names import AUTO_SESSION, LOGIND, PROPERTIES, SAVERS, SESSION, Saver

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

_DEADLINE_S = 0.4
"""For all answers together; whoever does not answer says nothing against the call."""


def screen_is_locked(deadline_s: float = _DEADLINE_S) -> bool:
    """Ask logind and the desktop's screen saver, on other systems the system itself.

    Args:
        deadline_s: Not more than so many seconds.

    Returns:
        False also where nobody tells: a computer without a screen has none to lock.
    """
    match session():
        case Session.WINDOWS:
            from ringbridge.desktop.screen_lock_windows import session_is_locked

            return session_is_locked()
        case Session.MACOS:
            from ringbridge.desktop.screen_lock_macos import session_is_locked

            return session_is_locked()
        case _:
            until = time.monotonic() + deadline_s
            return _logind_says(until) is True or _saver_says(until) is True


def who_tells(deadline_s: float = _DEADLINE_S) -> str:
    """Who here tells whether the screen is locked: a short name, or empty where nobody does.

    Args:
        deadline_s: Not more than so many seconds.
    """
    if session() in {Session.WINDOWS, Session.MACOS}:
        return str(session())
    until = time.monotonic() + deadline_s
    savers = (saver.name for saver in SAVERS if _saver_says(until, (saver,)) is not None)
    return "logind" if _logind_says(until) is not None else next(savers, "")


def _logind_says(until: float) -> bool | None:
    bus = _open("SYSTEM")
    if bus is None:
        return None
    with bus:
        hint = _ask(bus, until, LOGIND, AUTO_SESSION, PROPERTIES, "Get", SESSION, "LockedHint")
    return hint if isinstance(hint, bool) else None


def _saver_says(until: float, savers: tuple[Saver, ...] = SAVERS) -> bool | None:
    """Whether one of them is active; None where none of them answers."""
    bus = _open("SESSION")
    if bus is None:
        return None
    with bus:
        said = [_ask(bus, until, saver.name, saver.path, saver.name, "GetActive") for saver in savers]
    known = [active for active in said if isinstance(active, bool)]
    return any(known) if known else None


def _open(kind: str) -> "DBusConnection | None":
    from jeepney.io.blocking import open_dbus_connection

    try:
        return open_dbus_connection(kind)
    except (OSError, KeyError, ValueError, RuntimeError):  # no address, nobody there, a strange or an unknown one
        return None


def _ask(
    bus: "DBusConnection", until: float, name: str, path: str, interface: str, member: str, *body: str
) -> object:
    """The first value of an answer, out of its variant; None where there is none in time."""
    from jeepney import DBusAddress, MessageFlag, MessageType
    from jeepney import new_method_call as call  # pyright: ignore[reportUnknownVariableType] - has no annotations

    question = call(DBusAddress(path, bus_name=name, interface=interface), member, "s" * len(body) or None, body)
    question.header.flags |= MessageFlag.no_auto_start  # looking starts nothing
    try:
        answer = bus.send_and_get_reply(  # pyright: ignore[reportUnknownMemberType] - has no annotations
            question, timeout=max(until - time.monotonic(), 0.001)
        )
    except (OSError, ValueError):  # TimeoutError is an OSError
        return None
    if cast("object", answer.header.message_type) is not MessageType.method_return or not answer.body:  # pyright: ignore[reportUnknownMemberType] - likewise
        return None
    value = cast("object", answer.body[0])
    return cast("tuple[str, object]", value)[1] if isinstance(value, tuple) else value
