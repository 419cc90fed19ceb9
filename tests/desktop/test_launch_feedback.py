"""The busy pointer of a start ends: the message of a process that hands over, heard by another program."""

import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringbridge.desktop.x11.launch_feedback import end_launch_feedback
from support.desktop import Desktop

STARTUP_ID = 'launcher/ring "bridge"-1-\\host_TIME123'
REMOVED = 'remove: ID="launcher/ring \\"bridge\\"-1-\\\\host_TIME123"'
RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))


class Listener:
    """A window manager's ear for startup messages."""

    def __init__(self, display_name: str) -> None:
        from Xlib import X, display

        self.display = display.Display(display_name)
        root = self.display.screen().root
        root.change_attributes(event_mask=X.PropertyChangeMask)
        self.display.sync()
        self.client_message = X.ClientMessage
        self.begin = self.display.intern_atom("_NET_STARTUP_INFO_BEGIN")
        self.more = self.display.intern_atom("_NET_STARTUP_INFO")

    def hear(self, timeout_s: float = 20) -> str:
        """The next whole message."""
        until, text = time.monotonic() + timeout_s, b""
        while time.monotonic() < until:
            if not self.display.pending_events():
                select.select([self.display.fileno()], [], [], 0.1)
                continue
            event = self.display.next_event()
            if event.type != self.client_message or event.client_type not in {self.begin, self.more}:
                continue
            data = bytes(event.data[1])
            text = data if event.client_type == self.begin else text + data
            if b"\0" in data:
                return text.partition(b"\0")[0].decode()
        raise AssertionError("nothing was heard")

    def wait_for(self, message: str) -> None:
        """Hear until it comes; Qt ends a start once more with its first window."""
        while self.hear() != message:
            pass

    def close(self) -> None:
        self.display.close()


@pytest.fixture
def listener(desktop: Desktop) -> Iterator[Listener]:
    listener = Listener(desktop.display)
    yield listener
    listener.close()


def test_the_end_of_a_start_is_heard(desktop: Desktop, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", desktop.display)
    end_launch_feedback(STARTUP_ID)
    assert listener.hear() == REMOVED


def test_without_an_id_or_a_server_nothing_happens(
    desktop: Desktop, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":99999")
    end_launch_feedback(STARTUP_ID)
    monkeypatch.delenv("DISPLAY")
    end_launch_feedback(STARTUP_ID)
    monkeypatch.setenv("DISPLAY", desktop.display)
    end_launch_feedback("")
    end_launch_feedback("last")
    assert listener.hear() == 'remove: ID="last"'


def test_the_tray_program_and_what_hands_over_to_it_end_their_starts(desktop: Desktop, listener: Listener) -> None:
    program = desktop.spawn([RINGBRIDGE], env={"DESKTOP_STARTUP_ID": "one_TIME1"})
    listener.wait_for('remove: ID="one_TIME1"')
    socket = desktop.folder / "run/ringbridge/instance.socket"
    desktop.wait_for(socket.exists, 20, "it to listen")
    for arguments, startup_id in ((("tel:+12125550142",), "two_TIME2"), ((), "three_TIME3")):
        assert desktop.run([RINGBRIDGE, *arguments], env={"DESKTOP_STARTUP_ID": startup_id}).returncode == 0
        listener.wait_for(f'remove: ID="{startup_id}"')
    program.terminate()
    assert program.wait(10) == 0
