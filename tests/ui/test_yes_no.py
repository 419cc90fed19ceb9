"""A question about the program in a corner of the screen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ringbridge.ui.yes_no import YesNo


@pytest.fixture
def question(qtbot: QtBot) -> YesNo:
    question = YesNo("Open phone links?", "Shall <b>they</b> open here?")
    qtbot.addWidget(question)
    question.present("top_right")
    return question


@pytest.mark.parametrize(("name", "answer"), [("yes", True), ("no", False)])
def test_a_click_answers_once(qtbot: QtBot, question: YesNo, name: str, answer: bool) -> None:
    answers: list[bool] = []
    question.answered.connect(answers.append)
    button = question.findChild(QPushButton, name)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (answers, question.isVisible()) == ([answer], False)


def test_the_end_of_the_program_is_no_answer(question: YesNo) -> None:
    answers: list[bool] = []
    question.answered.connect(answers.append)
    question.closeEvent(QCloseEvent())
    assert answers == []


def test_it_leaves_the_focus_alone(question: YesNo) -> None:
    assert question.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert question.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
