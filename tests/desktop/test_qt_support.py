"""Qt started light must be Qt: the same errors, the same signatures, whoever asks first."""

import os
import subprocess
import sys
from threading import Barrier, Thread
from typing import Any

import pytest

from ringbridge.desktop import qt_support
from ringbridge.desktop.qt_support import _MAY_WAIT, load_late

LIGHT = "from ringbridge.desktop.qt_support import import_qt, waiting_sources; import_qt()"
IN_FULL = "import PySide6.QtCore"

WRONG_CALLS = """
from PySide6.QtCore import QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QApplication, QLabel

application = QApplication(["x"])
label = QLabel()
for wrong in (
    lambda: label.setText(5),
    lambda: label.setText(),
    lambda: label.setText("a", "b"),
    lambda: label.setText(txt="a"),
    lambda: label.move("1", 2),
    lambda: label.setAlignment("left"),
    lambda: QPoint("x", object()),
    lambda: QSize(1, 2, 3),
    lambda: QTimer.singleShot("now", print),
    lambda: QObject(parent=3),
    lambda: QPixmap(1.5, []),
    lambda: label.no_such_method(),
    lambda: setattr(label, "text", 3) or label.text(),
    lambda: QGuiApplication.setApplicationDisplayName(b"x"),
    lambda: label.setAlignment(Qt.AlignmentFlag.AlignLeft, 3),
):
    try:
        print("went well", wrong())
    except Exception as error:
        print(type(error).__name__, str(error))
"""

DESCRIBED = """
import pydoc
from PySide6.QtWidgets import QLabel
from PySide6.support.signature import get_signature
from PySide6.support.signature.lib.pyi_generator import Formatter
print(Formatter.__name__, get_signature(QLabel.setText), get_signature(QLabel))
print(pydoc.render_doc(QLabel.setAlignment))
"""


def _run(code: str) -> str:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_installed_release_is_known() -> None:
    """When this fails after an update of PySide6: read the new sources, then add their lengths and CRCs."""
    assert _run(f"{LIGHT}\nprint(sorted(waiting_sources()))") == f"{sorted(_MAY_WAIT)}\n"


def test_a_start_needs_none_of_them() -> None:
    code = (
        f"{LIGHT}\nimport sys\nfrom PySide6.QtWidgets import QApplication, QLabel, QMenu\n"
        "application = QApplication(['x'])\nlabel = QLabel('text')\nlabel.show()\nmenu = QMenu()\n"
        "menu.addAction('Call', print)\nprint(sorted(waiting_sources()), 'argparse' in sys.modules)"
    )
    assert _run(code) == f"{sorted(_MAY_WAIT)} False\n"


@pytest.mark.parametrize("code", [WRONG_CALLS, DESCRIBED])
def test_it_says_what_qt_in_full_says(code: str) -> None:
    assert _run(LIGHT + code) == _run(IN_FULL + code)


def test_any_number_of_threads_may_be_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the stand-in itself; the real code behind it is one thread's at a time, with Qt in full as well."""
    source = b"started = started + 1 if 'started' in globals() else 1\nimport time\nvalue = [time.monotonic()]"
    monkeypatch.setattr(qt_support, "_waiting", {"late.py": source})
    module: dict[str, Any] = {"__file__": "late.py"}
    barrier, found = Barrier(8), list[object]()

    def ask() -> None:
        barrier.wait()
        found.append(load_late(module, "value"))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [id(value) for value in found] == [id(found[0])] * 8
    assert module["started"] == 1


def test_what_the_real_module_has_not_got_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qt_support, "_waiting", {"late.py": b"value = 1"})
    with pytest.raises(AttributeError, match="no_such_name"):
        load_late({"__file__": "late.py"}, "no_such_name")
    with pytest.raises(AttributeError, match="__path__"):
        load_late({"__file__": "late.py"}, "__path__")


def test_an_unknown_release_starts_in_full() -> None:
    code = (
        "import ringbridge.desktop.qt_support as support\n"
        "support._MAY_WAIT = {name: {(1, 1)} for name in support._MAY_WAIT}\n"
        "support.import_qt()\nprint(sorted(support.waiting_sources()))"
    )
    assert _run(code) == "[]\n"


def test_other_code_is_compiled_at_once_and_the_compiler_put_back() -> None:
    code = (
        f"import builtins\nbefore = builtins.compile\n{LIGHT}\n"
        "print(builtins.compile is before, eval(compile('6 * 7', 'x', 'eval')))"
    )
    assert _run(code) == "True 42\n"
