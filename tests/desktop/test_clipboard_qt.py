"""The clipboard by Qt, offscreen: the formats of other systems are put there as those systems would."""

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard, QGuiApplication, QWindow
from pytestqt.qtbot import QtBot

from ringbridge.desktop.clipboard_qt import ClipboardQt
from ringbridge.desktop.formats import OWN_COPY_FORMAT
from ringbridge.desktop.null import ClipboardNull
from ringbridge.desktop.pasteboard_macos import pasteboard_types
from ringbridge.desktop.ports import Buffer, ClipboardBackend, Copied, ReadProblem
from support.desktop import Desktop
from support.json_process import JsonProcess

WINDOWS = 'application/x-qt-windows-mime;value="{}"'


@pytest.fixture
def clipboard(qapp: QGuiApplication) -> QClipboard:
    qapp.clipboard().clear()
    return qapp.clipboard()


def copy(clipboard: QClipboard, text: str | None = "+1 212 555 0100", **formats: bytes) -> None:
    data = QMimeData()
    if text is not None:
        data.setText(text)
    for name, value in formats.items():
        data.setData(name, value)
    clipboard.setMimeData(data)


def read(qtbot: QtBot, backend: ClipboardBackend, buffer: Buffer = Buffer.CLIPBOARD) -> Copied:
    answers: list[Copied] = []
    backend.read(buffer, answers.append)
    assert answers == []  # never from within the call
    qtbot.waitUntil(lambda: bool(answers))
    return answers[0]


def test_each_copy_is_reported_until_unwatched(clipboard: QClipboard) -> None:
    backend, copies = ClipboardQt(), list[Copied]()
    backend.watch(copies.append)
    copy(clipboard, "0301234")
    copy(clipboard, "0301234")
    clipboard.clear()
    backend.unwatch()
    backend.unwatch()
    copy(clipboard, "unseen")
    backend.close()
    assert [copied.text for copied in copies] == ["0301234", "0301234"]


def test_a_copy_that_is_told_again_with_each_focus_is_reported_once(clipboard: QClipboard) -> None:
    backend, copies = ClipboardQt(told_again=True), list[Copied]()
    backend.watch(copies.append)
    for text in ("0301234", "0301234", "0305678", "0305678", "0301234"):
        copy(clipboard, text)
    backend.close()
    assert [copied.text for copied in copies] == ["0301234", "0305678", "0301234"]


def test_without_the_focus_it_does_not_know_what_is_copied_now_where_it_is_told_with_the_focus(
    clipboard: QClipboard, qtbot: QtBot
) -> None:
    copy(clipboard, "0301234")
    backend = ClipboardQt(told_again=True)
    for buffer in Buffer:
        assert read(qtbot, backend, buffer).problem is ReadProblem.UNSUPPORTED
    window = QWindow()
    window.show()
    window.requestActivate()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is window)
    assert read(qtbot, backend).text == "0301234"
    window.destroy()


def test_watching_again_replaces_whom_to_tell(clipboard: QClipboard) -> None:
    backend, first, second = ClipboardQt(), list[Copied](), list[Copied]()
    backend.watch(first.append)
    backend.watch(second.append)
    copy(clipboard)
    backend.close()
    assert (len(first), len(second)) == (0, 1)


def test_ringbridges_own_copy_is_passed_over(clipboard: QClipboard, qtbot: QtBot) -> None:
    backend, copies = ClipboardQt(), list[Copied]()
    backend.watch(copies.append)
    copy(clipboard, "0301234", **{OWN_COPY_FORMAT: b"1"})
    assert copies == []
    assert read(qtbot, backend).text == "0301234"
    backend.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-kde-passwordManagerHint", b"secret"),
        ("application/x-copyq-secret", b"1"),
        ("org.nspasteboard.TransientType", b""),
        (WINDOWS.format("ExcludeClipboardContentFromMonitorProcessing"), b"\1\0\0\0"),
        (WINDOWS.format("Clipboard Viewer Ignore"), b""),
        (WINDOWS.format("CanIncludeInClipboardHistory"), b"\0\0\0\0"),
        (WINDOWS.format("CanUploadToCloudClipboard"), b"\0\0\0\0"),
    ],
)
def test_marked_copies_are_secret(clipboard: QClipboard, qtbot: QtBot, name: str, value: bytes) -> None:
    backend, copies = ClipboardQt(), list[Copied]()
    backend.watch(copies.append)
    copy(clipboard, "hunter2", **{name: value})
    assert copies == [Copied(problem=ReadProblem.SECRET)]
    assert read(qtbot, backend) == Copied(problem=ReadProblem.SECRET)
    backend.close()


def test_a_copy_that_may_be_kept_is_no_secret(clipboard: QClipboard, qtbot: QtBot) -> None:
    copy(clipboard, "0301234", **{WINDOWS.format("CanIncludeInClipboardHistory"): b"\1\0\0\0"})
    assert read(qtbot, ClipboardQt()).text == "0301234"


def test_what_only_the_system_knows_of_counts_too(clipboard: QClipboard, qtbot: QtBot) -> None:
    copy(clipboard, "hunter2")
    backend = ClipboardQt(native_formats=lambda: ("public.utf8-plain-text", "org.nspasteboard.ConcealedType"))
    assert read(qtbot, backend).problem is ReadProblem.SECRET


def test_a_pasteboard_that_cannot_be_asked_counts_as_secret(clipboard: QClipboard, qtbot: QtBot) -> None:
    copy(clipboard, "hunter2")  # there is no Objective-C here
    assert read(qtbot, ClipboardQt(native_formats=pasteboard_types)).problem is ReadProblem.SECRET


@pytest.mark.parametrize(
    ("text", "formats", "problem"),
    [
        (None, {"text/html": b"<b>0301234</b>"}, ReadProblem.NO_TEXT),
        (None, {"image/png": b"png"}, ReadProblem.NO_TEXT),
        (None, {}, ReadProblem.EMPTY),
        ("\0", {}, ReadProblem.EMPTY),
        ("7" * (64 * 1024 + 1), {}, ReadProblem.TOO_LONG),
    ],
)
def test_what_is_no_short_text_is_refused(
    clipboard: QClipboard, qtbot: QtBot, text: str | None, formats: dict[str, bytes], problem: ReadProblem
) -> None:
    copy(clipboard, text, **formats)
    assert read(qtbot, ClipboardQt()) == Copied(problem=problem)


@pytest.mark.usefixtures("clipboard")
def test_there_is_no_selection_where_the_system_has_none(qtbot: QtBot) -> None:
    assert read(qtbot, ClipboardQt(), Buffer.SELECTION).problem is ReadProblem.UNSUPPORTED


def test_its_limit_is_told() -> None:
    availability = ClipboardQt(limit="only_when_focused").availability()
    assert (availability.usable, availability.reason) == (True, "only_when_focused")


def test_it_refuses_to_work_on_x11(screen: Desktop) -> None:
    program = JsonProcess(screen, "clipboard_qt_on_x11.py", env={"QT_QPA_PLATFORM": "xcb"})
    program.next(timeout_s=20, event="ready")
    screen.copy("0301234")
    answer = program.next(timeout_s=20, event="answer")
    assert answer == {"event": "answer", "reason": "blocks_on_x11", "problem": "unsupported", "copies": 0}
    program.end()


@pytest.mark.usefixtures("qapp")
def test_no_clipboard_says_so(qtbot: QtBot) -> None:
    backend = ClipboardNull()
    backend.watch(lambda _: None)
    backend.unwatch()
    assert not backend.availability().usable
    assert read(qtbot, backend).problem is ReadProblem.UNSUPPORTED
    backend.close()
