"""Reading one text without an event loop, as the command line does."""

import subprocess
import sys
import time

import pytest

from ringbridge.desktop.ports import Buffer, ReadProblem
from ringbridge.desktop.x11.read_text import read_text_x11
from support.desktop import Desktop
from support.json_process import StartOwner


@pytest.fixture(autouse=True)
def _display(screen: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", screen.display)


def test_the_selection_and_the_clipboard_are_read(screen: Desktop) -> None:
    screen.copy("030 1234", "primary")
    screen.copy("+49 89 5678")
    assert read_text_x11(Buffer.SELECTION).text == "030 1234"
    assert read_text_x11(Buffer.CLIPBOARD).text == "+49 89 5678"


def test_nothing_selected_is_empty(screen: Desktop) -> None:
    screen.run(["xsel", "--primary", "--clear"], check=True)
    assert read_text_x11(Buffer.SELECTION).problem is ReadProblem.EMPTY


def test_what_is_marked_secret_is_not_read(own: StartOwner) -> None:
    owner = own("secret", "PRIMARY")
    assert read_text_x11(Buffer.SELECTION).problem is ReadProblem.SECRET
    owner.quiet_for(0.2, asked="UTF8_STRING")


def test_ringbridges_own_copy_is_read_when_asked_for(own: StartOwner) -> None:
    own("own", "PRIMARY", "0800 1")
    assert read_text_x11(Buffer.SELECTION).text == "0800 1"


@pytest.mark.parametrize("mode", ["hang", "hang_text"])
def test_an_owner_that_hangs_is_given_up_in_time(own: StartOwner, mode: str) -> None:
    own(mode, "PRIMARY")
    began = time.monotonic()
    assert read_text_x11(Buffer.SELECTION, timeout_s=0.3).problem is ReadProblem.NO_ANSWER
    assert 0.3 <= time.monotonic() - began < 0.6


def test_ten_megabytes_are_refused_and_the_owner_can_still_be_pasted_from(screen: Desktop) -> None:
    text = "1" * (10 * 1024 * 1024)
    screen.copy(text)
    assert read_text_x11(Buffer.CLIPBOARD).problem is ReadProblem.TOO_LONG
    assert screen.paste() == text


def test_an_owner_that_never_hands_the_rest_over_holds_nobody_up_for_long(own: StartOwner) -> None:
    own("incr", "PRIMARY")
    began = time.monotonic()
    assert read_text_x11(Buffer.SELECTION).problem is ReadProblem.TOO_LONG
    assert time.monotonic() - began < 3


def test_without_an_x_server_it_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    assert read_text_x11(Buffer.SELECTION).problem is ReadProblem.UNSUPPORTED


def test_it_needs_no_qt() -> None:
    code = (
        "import sys; from ringbridge.desktop.ports import Buffer; "
        "from ringbridge.desktop.x11.read_text import read_text_x11; "
        "read_text_x11(Buffer.SELECTION, 0.1); sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
