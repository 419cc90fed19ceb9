import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import keyring.errors
import pytest
from jeepney import HeaderFields, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from jeepney.low_level import Message
from jeepney.wrappers import DBusAddress
from keyring.backend import KeyringBackend

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
from ringbridge.services import credentials as module
from ringbridge.services.credentials import Credentials
from ringbridge.services.secret_service import Deadlines
from support.secret_service import SecretService, State, require_secret_service

ACCOUNT = AccountSettings(url="https://pbx.example/api/", username="al")
OTHERS = {
    "server": AccountSettings(url="https://other.example/api/", username="al"),
    "port": AccountSettings(url="https://pbx.example:8443/api/", username="al"),
    "path": AccountSettings(url="https://pbx.example/other/", username="al"),
    "scheme": AccountSettings(url="http://pbx.example/api/", username="al"),
    "person": AccountSettings(url="https://pbx.example/api/", username="bo"),
    "upper case": AccountSettings(url="https://pbx.example/api/", username="Al"),
    "trick": AccountSettings(url="https://pbx.example/api/", username="al on https://pbx.example/api/"),
}
PASSWORD = "pä ss→wörd ✓ %s"
SHORT = Deadlines(probe_s=0.3, start_s=0.5, prompt_s=0.5, call_s=0.5)


class Store(KeyringBackend):
    """A desktop's store as on Windows and macOS, where there is nothing to be asked beforehand."""

    priority = 0  # type: ignore[assignment] # never chosen by keyring itself

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[tuple[str, str], str] = {}
        self.reads = self.writes = 0
        self.error: Exception | None = None
        self.free = threading.Event()
        self.free.set()

    def _go(self):
        self.free.wait()
        if self.error:
            raise self.error

    def get_password(self, service, username):
        self.reads += 1
        self._go()
        return self.items.get((service, username))

    def set_password(self, service, username, password):
        self._go()
        self.writes += 1
        self.items[service, username] = password

    def delete_password(self, service, username):
        self._go()
        if self.items.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("none")


@pytest.fixture
def store():
    return Store()


@pytest.fixture(scope="module")
def unlocked():
    require_secret_service()
    with SecretService("unlocked") as service:
        yield service


class Conformance:
    """What every store must do."""

    @pytest.fixture
    def make(self):
        """Makes `Credentials` as another process would."""
        raise NotImplementedError

    def test_a_saved_password_comes_back_in_another_process(self, make):
        make().save(ACCOUNT, PASSWORD)
        assert make().read(ACCOUNT) == PASSWORD

    def test_without_a_password_the_account_is_incomplete(self, make):
        with pytest.raises(NoAccount) as caught:
            make().read(ACCOUNT)
        assert caught.value.missing == "password"

    def test_a_new_password_replaces_the_old(self, make):
        first = make()
        first.save(ACCOUNT, "old")
        first.save(ACCOUNT, PASSWORD)
        assert first.read(ACCOUNT) == make().read(ACCOUNT) == PASSWORD

    @pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
    def test_another_account_never_gets_this_password(self, make, other):
        first = make()
        first.save(ACCOUNT, PASSWORD)
        for each in (first, make()):
            with pytest.raises(NoAccount):
                each.read(other)
        first.save(other, "another")
        assert make().read(ACCOUNT) == PASSWORD
        first.forget(other)

    def test_the_host_is_the_same_in_any_case(self, make):
        make().save(ACCOUNT, PASSWORD)
        assert make().read(AccountSettings(url="https://PBX.example/api/", username="al")) == PASSWORD

    def test_another_profile_never_gets_this_password(self, make):
        make().save(ACCOUNT, PASSWORD)
        with pytest.raises(NoAccount):
            make("work").read(ACCOUNT)

    def test_a_forgotten_password_is_gone_everywhere(self, make):
        first = make()
        first.save(ACCOUNT, PASSWORD)
        first.forget(ACCOUNT)
        first.forget(ACCOUNT)
        for each in (first, make()):
            with pytest.raises(NoAccount):
                each.read(ACCOUNT)

    def test_a_password_saved_by_another_process_is_seen_when_asked_afresh(self, make):
        first = make()
        first.save(ACCOUNT, "old")
        make().save(ACCOUNT, PASSWORD)
        assert first.read(ACCOUNT) == "old"
        assert first.read(ACCOUNT, fresh=True) == PASSWORD
        assert first.read(ACCOUNT) == PASSWORD
        make().forget(ACCOUNT)
        with pytest.raises(NoAccount):
            first.read(ACCOUNT, fresh=True)

    def test_a_long_password_comes_back(self, make):
        make().save(ACCOUNT, "ü" * 1000)
        assert make().read(ACCOUNT) == "ü" * 1000

    def test_a_password_kept_in_memory_reaches_no_store(self, make):
        first = make()
        first.keep_in_memory(ACCOUNT, PASSWORD)
        assert first.in_memory
        assert first.read(ACCOUNT) == first.read(ACCOUNT, fresh=True) == PASSWORD
        with pytest.raises(NoAccount):
            make().read(ACCOUNT)
        first.save(ACCOUNT, PASSWORD)
        assert not first.in_memory
        assert make().read(ACCOUNT) == PASSWORD


class TestTheSecretService(Conformance):
    @pytest.fixture
    def make(self, unlocked, monkeypatch):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", unlocked.address)
        Credentials().forget(ACCOUNT)
        return Credentials

    def test_there_is_one_item_and_it_is_rewritten_only_when_it_changes(self, make, unlocked):
        make().save(ACCOUNT, "first")
        [(path, attributes)] = unlocked.items().items()
        assert attributes["service"] == "ringbridge"
        assert attributes["username"] == "al on https://pbx.example/api/"
        written = subprocess.Popen(
            ["dbus-monitor", "--address", unlocked.address, "interface=org.freedesktop.Secret.Collection"],
            stdout=subprocess.PIPE,
            text=True,
        )
        with written:
            assert written.stdout
            while "NameAcquired" not in (line := written.stdout.readline()):
                assert line
            make().save(ACCOUNT, "first")
            make().save(ACCOUNT, "second")
            seen: list[str] = []
            while not seen or "CreateItem" not in seen[-1]:
                seen.append(written.stdout.readline())
                assert seen[-1]
            written.terminate()
        assert sum("SearchItems" in line for line in seen) >= 4, "both saves looked, the second wrote"
        assert list(unlocked.items()) == [path]


class TestAStoreWithoutQuestions(Conformance):
    @pytest.fixture
    def make(self, store):
        return lambda profile="": Credentials(profile, backend=lambda: store)

    def test_it_is_written_only_when_it_changes(self, make, store):
        make().save(ACCOUNT, "first")
        make().save(ACCOUNT, "first")
        assert store.writes == 1
        make().save(ACCOUNT, "second")
        assert store.writes == 2

    def test_it_is_read_once(self, make, store):
        first = make()
        make().save(ACCOUNT, PASSWORD)
        store.reads = 0
        assert [first.read(ACCOUNT) for _ in range(5)] == [PASSWORD] * 5
        assert store.reads == 1


# ---- incomplete accounts and impossible passwords


@pytest.mark.parametrize(
    ("account", "missing"),
    [(AccountSettings(username="al"), "url"), (AccountSettings(url="https://x/"), "username")],
)
def test_an_incomplete_account_has_no_password(store, account, missing):
    credentials = Credentials(backend=lambda: store)
    for act in (
        lambda: credentials.read(account),
        lambda: credentials.save(account, "x"),
        lambda: credentials.forget(account),
        lambda: credentials.keep_in_memory(account, "x"),
    ):
        with pytest.raises(NoAccount) as caught:
            act()
        assert caught.value.missing == missing
    assert store.reads == 0


@pytest.mark.parametrize(("password", "error"), [("", NoAccount), ("half \ud800", SettingError)])
def test_an_impossible_password_is_refused(store, password, error):
    credentials = Credentials(backend=lambda: store)
    for act in (credentials.save, credentials.keep_in_memory):
        with pytest.raises(error) as caught:
            act(ACCOUNT, password)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert (store.writes, credentials.in_memory) == (0, False)


def test_no_password_shows_anywhere(store, caplog):
    caplog.set_level(0)
    credentials = Credentials("work", backend=lambda: store)
    credentials.save(ACCOUNT, "hunter2")
    assert repr(credentials) == "Credentials(service='ringbridge/work')"
    store.error = RuntimeError("hunter2 was refused")
    with pytest.raises(KeyringRefused) as caught:
        credentials.save(ACCOUNT, "hunter3")
    assert "hunter" not in repr(caught.value)
    assert "hunter" not in caplog.text
    assert "RuntimeError" in caplog.text


# ---- errors of a store


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (keyring.errors.KeyringLocked("x"), KeyringLocked),
        (keyring.errors.NoKeyringError("x"), KeyringMissing),
        (keyring.errors.InitError("x"), KeyringRefused),
        (keyring.errors.PasswordSetError("x"), KeyringRefused),
        (TimeoutError("x"), KeyringNoAnswer),
        (OSError("x"), KeyringRefused),
    ],
)
def test_each_error_of_a_store_is_told_apart(store, theirs, ours, caplog):
    store.error = theirs
    credentials = Credentials(backend=lambda: store)
    for act in (
        lambda: credentials.read(ACCOUNT),
        lambda: credentials.save(ACCOUNT, PASSWORD),
        lambda: credentials.forget(ACCOUNT),
    ):
        with pytest.raises(CredentialsError) as caught:
            act()
        assert type(caught.value) is ours
    store.error = None
    credentials.save(ACCOUNT, PASSWORD)
    assert credentials.read(ACCOUNT) == PASSWORD


def test_a_hanging_store_is_given_up_and_then_fails_at_once(store):
    store.items["ringbridge", "al on https://pbx.example/api/"] = PASSWORD
    credentials = Credentials(backend=lambda: store, deadlines=SHORT)
    store.free.clear()
    began = time.monotonic()
    with pytest.raises(KeyringNoAnswer):
        credentials.read(ACCOUNT)
    assert 0.4 < time.monotonic() - began < 5
    for _ in range(20):
        with pytest.raises(KeyringNoAnswer, match="earlier"):
            credentials.read(ACCOUNT)
    assert store.reads == 1, "nothing queued"
    credentials.keep_in_memory(ACCOUNT, "meanwhile")
    assert credentials.read(ACCOUNT) == "meanwhile", "what is known needs no store"
    [thread] = [each for each in threading.enumerate() if each.name == "keyring"]
    assert thread.daemon
    store.free.set()
    thread.join(5)
    assert credentials.read(ACCOUNT, fresh=True) == "meanwhile"
    credentials.forget(ACCOUNT)
    with pytest.raises(NoAccount):
        credentials.read(ACCOUNT)


def test_several_threads_reach_the_store_one_at_a_time(store):
    inside: list[int] = []
    most: list[int] = []
    store._go = lambda: (inside.append(1), most.append(len(inside)), time.sleep(0.01), inside.pop())
    credentials = Credentials(backend=lambda: store)
    accounts = [AccountSettings(url="https://x/", username=str(number)) for number in range(8)]
    threads = [threading.Thread(target=credentials.save, args=(each, "p" + each.username)) for each in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert set(most) == {1}
    assert [credentials.read(each) for each in accounts] == [f"p{number}" for number in range(8)]


def test_no_thread_stays_when_nothing_is_asked(store):
    Credentials(backend=lambda: store).save(ACCOUNT, PASSWORD)
    deadline = time.monotonic() + 5
    while any(thread.name == "keyring" for thread in threading.enumerate()):
        assert time.monotonic() < deadline


def test_a_hanging_store_does_not_hold_the_programs_end(tmp_path):
    code = """
import time
from keyring.backend import KeyringBackend
from ringbridge.core.errors import KeyringNoAnswer
from ringbridge.core.settings import AccountSettings
from ringbridge.services.credentials import Credentials
from ringbridge.services.secret_service import Deadlines
class Hanging(KeyringBackend):
    priority = 0
    def get_password(self, service, username):
        time.sleep(600)
    set_password = delete_password = get_password
try:
    account = AccountSettings(url="https://x/", username="a")
    Credentials(backend=Hanging, deadlines=Deadlines(prompt_s=0.1)).read(account)
except KeyringNoAnswer:
    print("given up")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "given up\n"


# ---- which stores count


def test_stores_that_do_not_encrypt_never_count():
    import keyring.backends.chainer
    import keyring.backends.fail
    import keyring.backends.null

    weak = [
        keyring.backends.fail.Keyring(),
        keyring.backends.null.Keyring(),
        keyring.backends.chainer.ChainerBackend(),
    ]
    plain = type("PlaintextKeyring", (Store,), {"__module__": "keyrings.alt.file", "priority": 9})()
    with pytest.raises(KeyringMissing):
        module.trusted([*weak, plain])
    good = type("Keyring", (Store,), {"__module__": "keyring.backends.macOS", "priority": 5})()
    better = type("Keyring", (Store,), {"__module__": "keyring.backends.kwallet", "priority": 5.1})()
    unfit = type("Keyring", (Store,), {"__module__": "keyring.backends.Windows", "priority": 0})()
    assert module.trusted([*weak, plain, good, unfit]) is good
    assert module.trusted([good, better]) is better


def test_elsewhere_the_best_encrypting_store_is_looked_up(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    good = type("Keyring", (Store,), {"__module__": "keyring.backends.macOS", "priority": 5})()
    monkeypatch.setattr("keyring.backend.get_all_keyring", lambda: [good])
    assert module.desktop_backend() is good


def test_the_users_configuration_cannot_choose_a_plain_text_store(unlocked, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", unlocked.address)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    Credentials().save(ACCOUNT, PASSWORD)
    assert Credentials().read(ACCOUNT) == PASSWORD


# ---- states of the Secret Service


@contextmanager
def session(monkeypatch, state: State = "unlocked", **options):
    require_secret_service()
    with SecretService(state, **options) as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.address)
        yield service


def everything(credentials):
    return (
        lambda: credentials.read(ACCOUNT),
        lambda: credentials.save(ACCOUNT, PASSWORD),
        lambda: credentials.forget(ACCOUNT),
    )


@pytest.mark.parametrize(
    "address",
    [None, "", "nonsense", "unix:path=/nonexistent", "tcp:host=localhost,port=1", "unix:nothing=here"],
)
def test_without_a_session_bus_there_is_no_keyring(monkeypatch, address):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    for act in everything(Credentials()):
        with pytest.raises(KeyringMissing):
            act()


def test_without_a_daemon_there_is_no_keyring_until_one_comes(monkeypatch):
    with session(monkeypatch, "none") as service:
        credentials = Credentials()
        for act in everything(credentials):
            with pytest.raises(KeyringMissing):
                act()
        service.start_daemon()
        credentials.save(ACCOUNT, PASSWORD)
        assert Credentials().read(ACCOUNT) == PASSWORD
        service.stop_daemon()
        assert credentials.read(ACCOUNT) == PASSWORD, "remembered"
        with pytest.raises(KeyringMissing):
            Credentials().read(ACCOUNT)


def test_a_password_in_memory_can_be_forgotten_without_a_keyring(monkeypatch):
    with session(monkeypatch, "none"):
        credentials = Credentials()
        credentials.keep_in_memory(ACCOUNT, PASSWORD)
        credentials.forget(ACCOUNT)
        assert not credentials.in_memory
        with pytest.raises(KeyringMissing):
            credentials.read(ACCOUNT)


def test_a_locked_keyring_is_told_at_once_where_nothing_can_ask(monkeypatch):
    with session(monkeypatch, "locked"):
        for act in everything(Credentials()):
            began = time.monotonic()
            with pytest.raises(KeyringLocked):
                act()
            assert time.monotonic() - began < 1.5


def test_a_keyring_locked_later_matters_only_to_those_who_ask_it(monkeypatch):
    with session(monkeypatch) as service:
        credentials = Credentials()
        credentials.save(ACCOUNT, PASSWORD)
        service.lock()
        assert credentials.read(ACCOUNT) == PASSWORD
        with pytest.raises(KeyringLocked):
            credentials.read(ACCOUNT, fresh=True)


def test_a_daemon_that_has_no_keyring_yet_is_only_asked_to_make_one_for_saving(monkeypatch):
    with session(monkeypatch, "new"):
        with pytest.raises(NoAccount):
            Credentials().read(ACCOUNT)
        Credentials().forget(ACCOUNT)
        with pytest.raises(KeyringLocked):
            Credentials().save(ACCOUNT, PASSWORD)


def test_a_hanging_daemon_is_told_after_the_deadline_and_works_again_when_it_goes_on(monkeypatch):
    with session(monkeypatch) as service:
        Credentials().save(ACCOUNT, PASSWORD)
        service.freeze()
        credentials = Credentials(deadlines=SHORT)
        for act in everything(credentials):
            began = time.monotonic()
            with pytest.raises(KeyringNoAnswer):
                act()
            assert 0.2 < time.monotonic() - began < 5
        service.thaw()
        assert credentials.read(ACCOUNT) == PASSWORD


def test_a_hanging_bus_is_no_answer(monkeypatch):
    with session(monkeypatch) as service:
        os.kill(service.bus_pid, signal.SIGSTOP)
        with pytest.raises(KeyringNoAnswer):
            Credentials(deadlines=SHORT).read(ACCOUNT)


def test_a_daemon_that_cannot_be_started_is_no_keyring(monkeypatch):
    with session(monkeypatch, "none", started_by="/bin/false"), pytest.raises(KeyringMissing):
        Credentials().read(ACCOUNT)
    with session(monkeypatch, "none", started_by="/nonexistent"), pytest.raises(KeyringMissing):
        Credentials().read(ACCOUNT)


def test_a_daemon_that_never_comes_up_is_no_answer(monkeypatch):
    with session(monkeypatch, "none", started_by="/bin/sleep 3"), pytest.raises(KeyringNoAnswer):
        Credentials(deadlines=SHORT).read(ACCOUNT)


# ---- what gnome-keyring does not do: single locked items, odd answers

SERVICE, COLLECTION, ITEM = (f"org.freedesktop.Secret.{name}" for name in ("Service", "Collection", "Item"))


class Daemon(threading.Thread):
    """A Secret Service whose answers the test gives: method -> (signature, body) or an error's name."""

    def __init__(self, address, answers):
        super().__init__(daemon=True)
        self.connection = open_dbus_connection(address)
        self.answers = {"Ping": ("", ()), "AddMatch": ("", ())} | answers
        self.calls: list[str] = []
        request = message_bus.RequestName("org.freedesktop.secrets")
        self.connection.send_and_get_reply(request, timeout=5)
        self.start()

    def run(self):
        with self.connection, suppress(OSError):  # until the bus goes away
            self.serve()

    def serve(self):
        while True:
            call: Message = self.connection.receive()
            if call.header.message_type is not MessageType.method_call:
                continue
            member = call.header.fields[HeaderFields.member]
            path = call.header.fields[HeaderFields.path]
            if member == "Get":
                member = f"{call.body[1]} {path}"
            self.calls.append(f"{member} {path}" if member in {"Prompt", "Dismiss", "Unlock"} else member)
            answer = self.answers[member]
            if isinstance(answer, str):
                self.connection.send(new_error(call, answer))
            else:
                self.connection.send(new_method_return(call, *answer))
            if member == "Prompt" and (result := self.answers.get("Completed")):
                prompt = DBusAddress(path, interface="org.freedesktop.Secret.Prompt")
                self.connection.send(new_signal(prompt, "Completed", "bv", result))


def odd(service, **answers):
    alias = {"ReadAlias": ("o", ("/c",)), "Locked /c": ("v", (("b", False),)), "SearchItems": ("ao", (["/c/1"],))}
    return Daemon(service.address, alias | {name.replace("_", " /c/", 1): value for name, value in answers.items()})


def test_a_single_locked_item_is_unlocked_by_its_own_window(monkeypatch):
    with session(monkeypatch, "none") as service:
        daemon = odd(
            service,
            Locked_1=("v", (("b", True),)),
            Unlock=("aoo", ([], "/prompt")),
            Prompt=("", ()),
            Completed=(False, ("ao", ["/c/1"])),
        )
        store = Store()
        credentials = Credentials(deadlines=SHORT)
        credentials._backend = lambda: store
        with pytest.raises(NoAccount):
            credentials.read(ACCOUNT)
        assert daemon.calls[-2:] == ["Unlock /org/freedesktop/secrets", "Prompt /prompt"]
        assert store.reads == 1


def test_a_daemon_that_ends_while_it_asks_holds_nobody(monkeypatch):
    with session(monkeypatch, "none") as service:
        daemon = odd(
            service,
            Locked_1=("v", (("b", True),)),
            Unlock=("aoo", ([], "/prompt")),
            Prompt=("", ()),
        )
        credentials = Credentials(deadlines=SHORT)
        with pytest.raises(KeyringLocked):
            credentials.read(ACCOUNT)
        with pytest.raises(KeyringLocked, match="earlier"):
            credentials.read(ACCOUNT)
        daemon.connection.sock.shutdown(socket.SHUT_RDWR)
        [thread] = [each for each in threading.enumerate() if each.name == "keyring"]
        thread.join(5)
        with pytest.raises(KeyringMissing):
            credentials.read(ACCOUNT)
        assert daemon.calls.count("Prompt /prompt") == 1


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("org.freedesktop.Secret.Error.IsLocked", KeyringLocked),
        ("org.freedesktop.DBus.Error.NoReply", KeyringNoAnswer),
        ("org.freedesktop.DBus.Error.AccessDenied", KeyringRefused),
        ("org.freedesktop.DBus.Error.UnknownObject", KeyringMissing),
        ("org.kde.Strange", KeyringRefused),
    ],
)
def test_each_error_of_the_daemon_is_told_apart(monkeypatch, name, ours):
    with session(monkeypatch, "none") as service:
        odd(service, ReadAlias=name)
        with pytest.raises(CredentialsError) as caught:
            Credentials(deadlines=SHORT).read(ACCOUNT)
        assert type(caught.value) is ours
