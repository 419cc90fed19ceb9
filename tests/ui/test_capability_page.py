"""“What works here…”."""

from collections.abc import Generator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from ringbridge.core.capability import Capability
from ringbridge.ui.capability_page import Capabilities, CapabilityPage
from ringbridge.ui.palettes import contrast, made_palette
from ringbridge.ui.tasks import GuiInvoker, Lane

ROWS = (
    Capability("clipboard", usable=True, mechanism="x11"),
    Capability("hotkeys", usable=False, reason="not_on_wayland", remedy="bind_dial_command"),
    Capability("tray", usable=True, mechanism="xembed", reason="only_xembed"),
)


@pytest.fixture
def page(qtbot: QtBot) -> CapabilityPage:
    page = CapabilityPage()
    qtbot.addWidget(page)
    return page


def rows(page: CapabilityPage) -> list[list[str]]:
    tree = page.findChild(QTreeWidget)
    assert isinstance(tree, QTreeWidget)
    items = [tree.topLevelItem(index) for index in range(tree.topLevelItemCount())]
    return [[item.text(column) for column in range(3)] for item in items if item is not None]


def text(page: CapabilityPage, kind: type, name: str) -> str:
    found = page.findChild(kind, name)
    assert isinstance(found, QLabel | QLineEdit | QPushButton)
    return found.text()


def button(page: CapabilityPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_each_mechanism_has_a_row_and_what_does_not_work_is_explained_first(page: CapabilityPage) -> None:
    page.show_capabilities(ROWS)
    assert rows(page) == [
        ["Copied numbers", "works", "X11"],
        ["Hotkeys", "does not work", ""],
        ["Tray icon", "limited", "old tray (XEmbed)"],
    ]
    assert text(page, QLabel, "words").startswith("Ringbridge can't take hotkeys on this desktop. In the desktop's")
    assert text(page, QLineEdit, "command") == "ringbridge dial --selection"


def test_the_page_fits_a_small_screen_with_large_letters(qtbot: QtBot, qapp: QApplication) -> None:
    usual = qapp.font()
    large = QFont(usual)
    large.setPointSizeF(usual.pointSizeF() * 2)
    qapp.setFont(large)
    try:
        page = CapabilityPage()
        qtbot.addWidget(page)
        page.show_capabilities(ROWS)
        page.show()
        room = page.screen().availableGeometry()
        assert page.height() < room.height()
        assert page.width() < room.width()
        close = button(page, "close")
        assert page.rect().contains(close.mapTo(page, close.rect().bottomRight()))
    finally:
        qapp.setFont(usual)


def test_the_states_stay_readable_when_the_desktop_turns_dark_and_light_again(page: CapabilityPage) -> None:
    page.show_capabilities(ROWS)
    tree = page.findChild(QTreeWidget)
    assert isinstance(tree, QTreeWidget)
    for dark in (True, False):
        page.setPalette(made_palette(dark=dark, high_contrast=False))
        base = page.palette().color(QPalette.ColorRole.Base)
        for index in range(len(ROWS)):
            item = tree.topLevelItem(index)
            assert item is not None
            assert contrast(item.foreground(1).color(), base) >= 4.5


def test_the_command_is_copied(page: CapabilityPage, qtbot: QtBot) -> None:
    page.show_capabilities(ROWS)
    qtbot.mouseClick(button(page, "copy_command"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "ringbridge dial --selection"
    assert text(page, QPushButton, "copy_command") == "Copied"


def test_a_screen_reader_hears_the_whole_row(page: CapabilityPage) -> None:
    page.show_capabilities(ROWS)
    tree = page.findChild(QTreeWidget)
    assert isinstance(tree, QTreeWidget)
    item = tree.topLevelItem(2)
    assert item is not None
    assert item.data(0, Qt.ItemDataRole.AccessibleTextRole) == (
        "Tray icon: limited (old tray (XEmbed)). This desktop shows tray icons in the old way."
    )
    assert page.focusWidget() is tree


def test_the_report_is_copied_whole(page: CapabilityPage, qtbot: QtBot) -> None:
    assert not button(page, "copy_report").isEnabled()
    page.show_capabilities(ROWS)
    qtbot.mouseClick(button(page, "copy_report"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().splitlines()[0] == "Copied numbers: works (X11)."
    assert len(QGuiApplication.clipboard().text().splitlines()) == 3


def test_looking_again_keeps_the_row(page: CapabilityPage, qtbot: QtBot) -> None:
    page.show_capabilities(ROWS)
    tree = page.findChild(QTreeWidget)
    assert isinstance(tree, QTreeWidget)
    item = tree.topLevelItem(0)
    assert item is not None
    tree.setCurrentItem(item)
    assert text(page, QLabel, "words") == "Nothing is to be done here."
    assert not button(page, "copy_command").isEnabled()
    with qtbot.waitSignal(page.refresh_wanted):
        qtbot.mouseClick(button(page, "refresh"), Qt.MouseButton.LeftButton)
    assert not button(page, "refresh").isEnabled()
    page.show_capabilities(ROWS[::-1])
    current = tree.currentItem()
    assert current is not None
    assert current.text(0) == "Copied numbers"


def test_states_can_be_read_after_the_desktop_went_dark(page: CapabilityPage, qtbot: QtBot) -> None:
    page.setPalette(palette("#ffffff", "#000000"))
    page.show()
    page.show_capabilities(ROWS)
    tree = page.findChild(QTreeWidget)
    assert isinstance(tree, QTreeWidget)

    def colors() -> list[QColor]:
        items = [tree.topLevelItem(index) for index in range(tree.topLevelItemCount())]
        return [item.foreground(1).color() for item in items if item is not None]

    light = colors()
    page.setPalette(palette("#202020", "#ffffff"))
    qtbot.waitUntil(lambda: colors() != light)
    assert min(color.lightnessF() for color in colors()) > max(color.lightnessF() for color in light)
    page.setPalette(palette("#ffffff", "#000000"))
    qtbot.waitUntil(lambda: colors() == light)


def palette(base: str, text: str) -> QPalette:
    made = QPalette()
    for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Window):
        made.setColor(role, QColor(base))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
        made.setColor(role, QColor(text))
    return made


@pytest.fixture
def lane(qtbot: QtBot) -> Generator[Lane]:
    lane = Lane("slow", GuiInvoker())
    yield lane
    assert lane.close(5)


@pytest.mark.qt_log_ignore("propagateSizeHints|raise")
def test_opening_looks_off_the_gui_thread_each_time(lane: Lane, qtbot: QtBot) -> None:
    import threading

    threads: list[int] = []

    def look() -> tuple[Capability, ...]:
        threads.append(threading.get_ident())
        return ROWS[: len(threads)]

    capabilities = Capabilities(look=look, lane=lane)
    for count in (1, 2):
        capabilities.open()
        page = capabilities._page
        assert page is not None
        qtbot.waitUntil(lambda n=count, p=page: len(rows(p)) == n)
        capabilities.close()
    assert threading.get_ident() not in threads


@pytest.mark.qt_log_ignore("propagateSizeHints|raise")
def test_a_look_that_fails_is_told(lane: Lane, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def look() -> tuple[Capability, ...]:
        raise RuntimeError("no")

    capabilities = Capabilities(look=look, lane=lane)
    capabilities.open()
    page = capabilities._page
    assert page is not None
    qtbot.waitUntil(lambda: "log file" in text(page, QLabel, "words"))
    assert button(page, "refresh").isEnabled()
    capabilities.close()
