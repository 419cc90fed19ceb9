"""Linux: asks the Secret Service how it is, and has it unlocked, before keyring is called.

keyring's calls know no time limit: a daemon that hangs, or a window that asks for the keyring's password, would hold
them for ever. So the questions whose answers tell these cases apart are asked here, each with a deadline
(Secret Service API 0.2, specifications.freedesktop.org/secret-service).
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ringbridge.core.errors import KeyringLocked, KeyringMissing, KeyringNoAnswer, KeyringRefused

_NAME = "org.freedesktop.secrets"
_ROOT = "/org/freedesktop/secrets"
_BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
_SERVICE = "org.freedesktop.Secret.Service"
_COLLECTION = "org.freedesktop.Secret.Collection"
_ITEM = "org.freedesktop.Secret.Item"
_PROMPT = "org.freedesktop.Secret.Prompt"
_NOTHING = "/"
_NOT_THERE = {"ServiceUnknown", "NameHasNoOwner", "UnknownObject", "NoSuchObject"}
_SILENT = {"NoReply", "TimedOut", "Timeout"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long to wait for the keyring, in seconds.

    Attributes:
        probe_s: For each question that a healthy daemon answers at once.
        start_s: For the bus to start the daemon.
        prompt_s: For a person to unlock the keyring; the window stays, and an answer after that still counts.
        call_s: For one call of keyring, its import included.
    """

    probe_s: float = 2.0
    start_s: float = 10.0
    prompt_s: float = 120.0
    call_s: float = 10.0

    @property
    def questions_s(self) -> float:
        """For all that `prepare` asks without a prompt; more than enough."""
        return self.start_s + 10 * self.probe_s


def prepare(
    attributes: dict[str, str], *, deadlines: Deadlines, create: bool, before_prompt: Callable[[], None]
) -> bool:
    """Have the default collection (and the one item) ready to be read and written without a further question.

    While a window asks the person, this waits without a deadline; every other answer has one.

    Args:
        attributes: Those of the item that will be read or written.
        deadlines: See there.
        create: Make the default collection if there is none (it asks for a password for it).
        before_prompt: Called before a window asks the person; may raise to prevent that.

    Returns:
        Whether there is a default collection; False only without `create`.

    Raises:
        KeyringMissing: There is no session bus, or nobody serves passwords on it.
        KeyringLocked: Nobody unlocked it.
        KeyringNoAnswer: It hangs.
        KeyringRefused: It answered with an error of its own.
    """
    from jeepney import DBusErrorResponse
    from jeepney.io.blocking import open_dbus_connection

    try:
        connection: Any = open_dbus_connection(auth_timeout=deadlines.probe_s)
    except TimeoutError as error:
        raise KeyringNoAnswer("the session bus does not answer") from error
    except (KeyError, ValueError, RuntimeError, OSError) as error:  # no address, a strange one, nobody there
        raise KeyringMissing("no session bus") from error
    try:
        return _Session(connection, deadlines, before_prompt).prepare(attributes, create=create)
    except DBusErrorResponse as error:
        untyped: Any = error  # jeepney has no annotations
        raise _translated(str(untyped.name)) from error
    except TimeoutError as error:
        raise KeyringNoAnswer("no answer in time") from error
    except OSError as error:
        raise KeyringNoAnswer("the session bus went away") from error
    finally:
        connection.close()


def _translated(name: str) -> Exception:
    last = name.rpartition(".")[2]
    if last in _NOT_THERE or ".Spawn." in name:
        return KeyringMissing(name)
    if last in _SILENT:
        return KeyringNoAnswer(name)
    if last == "IsLocked":
        return KeyringLocked(name)
    return KeyringRefused(name)


class _Session:
    def __init__(self, connection: Any, deadlines: Deadlines, before_prompt: Callable[[], None]) -> None:  # noqa: ANN401
        self._connection = connection
        self._deadlines = deadlines
        self._before_prompt = before_prompt

    def prepare(self, attributes: dict[str, str], *, create: bool) -> bool:
        self._wake()
        (collection,) = self._call(_ROOT, _SERVICE, "ReadAlias", "s", "default")
        if collection == _NOTHING:
            if not create:
                return False
            collection = self._create()
        if self._property(collection, _COLLECTION, "Locked"):
            self._unlock(collection)
        # single items can be locked as well: KeePassXC asks for each program that wants one
        (items,) = self._call(collection, _COLLECTION, "SearchItems", "a{ss}", attributes)
        if items and self._property(items[0], _ITEM, "Locked"):
            self._unlock(items[0])
        return True

    def _wake(self) -> None:
        """Make sure that the daemon is there and answers."""
        (owned,) = self._send(_BUS, "NameHasOwner", "s", _NAME)
        if not owned:
            (activatable,) = self._send(_BUS, "ListActivatableNames", "")
            if _NAME not in activatable:
                raise KeyringMissing("nobody serves passwords on this desktop")
            self._send(_BUS, "StartServiceByName", "su", _NAME, 0, timeout_s=self._deadlines.start_s)
        self._call(_ROOT, "org.freedesktop.DBus.Peer", "Ping", "")

    def _create(self) -> str:
        properties = {f"{_COLLECTION}.Label": ("s", "Default")}
        collection, prompt = self._call(_ROOT, _SERVICE, "CreateCollection", "a{sv}s", properties, "default")
        if prompt == _NOTHING:
            return collection
        _, made = self._prompt(prompt)
        return made

    def _unlock(self, path: str) -> None:
        _, prompt = self._call(_ROOT, _SERVICE, "Unlock", "ao", [path])
        if prompt != _NOTHING:
            self._prompt(prompt)

    def _prompt(self, prompt: str) -> tuple[str, Any]:
        """Show the daemon's window and wait until the person answers or the daemon goes.

        The window is never taken away by ``Dismiss``: gnome-keyring 42.1 ends at once when asked to
        (perform_next_unlock: assertion failed), and with it everybody's open passwords.
        """
        from jeepney import MatchRule, MessageType

        self._before_prompt()
        # the daemon's signals come under its unique name, so the rules for the bus and for us differ in the sender
        answered = MatchRule(type=MessageType.signal, interface=_PROMPT, member="Completed", path=prompt)
        gone = MatchRule(type=MessageType.signal, interface=_BUS[2], member="NameOwnerChanged", path=_BUS[1])
        gone.add_arg_condition(0, _NAME)
        for rule in (answered, gone):
            self._send(_BUS, "AddMatch", "s", rule.serialise())
        signals: deque[Any] = deque()
        with self._connection.filter(answered, queue=signals), self._connection.filter(gone, queue=signals):
            self._call(prompt, _PROMPT, "Prompt", "s", "")
            body = self._connection.recv_until_filtered(signals).body
        if body[0] == _NAME:
            raise KeyringNoAnswer("it ended while the person was asked")
        dismissed, result = body
        if dismissed:
            raise KeyringLocked("dismissed")
        return result

    def _property(self, path: str, interface: str, name: str) -> Any:  # noqa: ANN401 - of the property's type
        properties = "org.freedesktop.DBus.Properties"
        ((_, value),) = self._call(path, properties, "Get", "ss", interface, name)
        return value

    def _call(self, path: str, interface: str, method: str, signature: str, *body: object) -> Any:  # noqa: ANN401
        return self._send((_NAME, path, interface), method, signature, *body)

    def _send(
        self, target: tuple[str, str, str], method: str, signature: str, *body: object, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - what the method answers
        from jeepney import DBusAddress
        from jeepney import new_method_call as call  # pyright: ignore[reportUnknownVariableType] - has no annotations
        from jeepney.wrappers import unwrap_msg

        name, path, interface = target
        message = call(DBusAddress(path, name, interface), method, signature, body)
        timeout = self._deadlines.probe_s if timeout_s is None else timeout_s
        return unwrap_msg(self._connection.send_and_get_reply(message, timeout=timeout))
