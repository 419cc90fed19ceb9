"""The keyring's own window, on a real desktop: what a person does there."""

import shutil
import threading
import time

import pytest

from ringbridge.core.errors import KeyringLocked, NoAccount
from ringbridge.core.settings import AccountSettings
from ringbridge.services.credentials import Credentials
from ringbridge.services.secret_service import Deadlines
from support.desktop import KEYRING_PASSWORD, Desktop, require_desktop

ACCOUNT = AccountSettings(url="https://pbx.example/api/", username="al")
UNLOCK = "Unlock"


@pytest.fixture
def locked(monkeypatch):
    """A desktop whose keyring is locked and holds the password, with the usual window to unlock it."""
    require_desktop(tray="none", keyring="locked")
    with Desktop(tray="none", keyring="unlocked", activate=["org.gnome.keyring.SystemPrompter"]) as desktop:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env["DBUS_SESSION_BUS_ADDRESS"])
        Credentials().save(ACCOUNT, "secret")
        desktop.bus.lock_collection("login")
        yield desktop


class Reading(threading.Thread):
    """One read, while the test acts as the person."""

    def __init__(self, credentials):
        super().__init__()
        self.credentials = credentials
        self.result: str | Exception | None = None
        self.start()

    def run(self):
        try:
            self.result = self.credentials.read(ACCOUNT)
        except (KeyringLocked, NoAccount) as error:
            self.result = error

    def end(self):
        self.join(20)
        assert not self.is_alive()
        return self.result


def test_a_person_unlocks_the_keyring_and_the_call_goes_on(locked):
    reading = Reading(Credentials())
    locked.window(UNLOCK)
    locked.type_keys(KEYRING_PASSWORD)
    locked.press("Return")
    assert reading.end() == "secret"


def test_a_dismissed_window_comes_again_only_when_the_person_asks(locked):
    credentials = Credentials()
    reading = Reading(credentials)
    locked.window(UNLOCK)
    locked.press("Escape")
    assert isinstance(reading.end(), KeyringLocked)
    locked.wait_for(lambda: not locked.windows(UNLOCK))
    began = time.monotonic()
    with pytest.raises(KeyringLocked):
        credentials.read(ACCOUNT)
    assert time.monotonic() - began < 1
    assert not locked.windows(UNLOCK)
    credentials.ask_again()
    reading = Reading(credentials)
    locked.window(UNLOCK)
    locked.type_keys(KEYRING_PASSWORD)
    locked.press("Return")
    assert reading.end() == "secret"


def test_a_window_that_nobody_answers_stays_and_may_be_answered_later(locked):
    credentials = Credentials(deadlines=Deadlines(prompt_s=1))
    reading = Reading(credentials)
    locked.window(UNLOCK)
    assert isinstance(reading.end(), KeyringLocked)
    with pytest.raises(KeyringLocked, match="earlier"):
        credentials.read(ACCOUNT)
    assert len(locked.windows(UNLOCK)) == 1
    locked.type_keys(KEYRING_PASSWORD)
    locked.press("Return")
    locked.wait_for(lambda: not any(thread.name == "keyring" for thread in threading.enumerate()))
    assert credentials.read(ACCOUNT) == "secret"


def test_a_save_that_was_given_up_is_not_done_later(locked):
    credentials = Credentials(deadlines=Deadlines(prompt_s=1))
    with pytest.raises(KeyringLocked):
        credentials.save(ACCOUNT, "another")
    locked.window(UNLOCK)
    locked.type_keys(KEYRING_PASSWORD)
    locked.press("Return")
    locked.wait_for(lambda: not any(thread.name == "keyring" for thread in threading.enumerate()))
    assert credentials.read(ACCOUNT) == "secret"


def test_a_second_caller_is_told_while_the_person_is_asked(locked):
    credentials = Credentials(deadlines=Deadlines(call_s=0.3))
    reading = Reading(credentials)
    locked.window(UNLOCK)
    with pytest.raises(KeyringLocked, match="another call"):
        credentials.read(ACCOUNT)
    locked.press("Escape")
    assert isinstance(reading.end(), KeyringLocked)


def test_in_a_new_home_saving_asks_for_a_keyring_password_once(monkeypatch):
    require_desktop(tray="none", keyring="locked")
    with Desktop(tray="none", keyring="none", activate=["org.gnome.keyring.SystemPrompter"]) as desktop:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env["DBUS_SESSION_BUS_ADDRESS"])
        # a copy has no file capabilities: a container without CAP_IPC_LOCK refuses to run what has that one
        daemon = shutil.copy(shutil.which("gnome-keyring-daemon") or "", desktop.folder)
        desktop.spawn(
            [str(daemon), "--foreground", "--components=secrets", f"--control-directory={desktop.folder}/k"]
        )
        desktop.wait_for(lambda: desktop.bus.has_owner("org.freedesktop.secrets"))
        credentials = Credentials()
        with pytest.raises(NoAccount):
            credentials.read(ACCOUNT)
        saving = threading.Thread(target=credentials.save, args=(ACCOUNT, "secret"))
        saving.start()
        find = ["xdotool", "search", "--onlyvisible", "--class", "gcr-prompter"]  # the window has no title
        desktop.wait_for(lambda: desktop.run(find).stdout)
        desktop.wait_for(lambda: desktop.focused_window() is not None)
        desktop.type_keys("new")
        desktop.press("Tab")
        desktop.type_keys("new")
        desktop.press("Return")
        saving.join(20)
        assert not saving.is_alive()
        assert Credentials().read(ACCOUNT) == "secret"


def test_a_quiet_read_asks_nobody_and_leaves_the_question_for_later(locked):
    credentials = Credentials()
    with pytest.raises(KeyringLocked):
        credentials.read(ACCOUNT, quietly=True)
    assert locked.windows(UNLOCK) == ()
    reading = Reading(credentials)
    locked.window(UNLOCK)
    locked.press("Escape")
    assert isinstance(reading.end(), KeyringLocked)
