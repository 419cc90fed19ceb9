"""What is loaded when: the icon's way into the tray stays short only while nobody imports something heavy on it."""

import json
import os
import subprocess
import sys
from pathlib import Path

AT_THE_ICON = """
import json, sys
import PySide6.QtWidgets as widgets
widgets.QApplication.exec = lambda *_: print(json.dumps(sorted(sys.modules))) or 0
from ringbridge.main import run_tray
sys.exit(run_tray(profile=""))
"""

NEVER_BEFORE_THE_ICON = {
    "requests", "urllib3", "keyring", "secretstorage", "phonenumbers", "phonenumbers.geocoder", "asyncio", "pydantic",
    "sqlite3", "werkzeug", "tomlkit", "PySide6.QtNetwork", "PySide6.QtDBus", "PySide6.QtSvg", "cryptography",
    "ringbridge.core.detection", "ringbridge.core.dialing.dial_plan", "ringbridge.core.dialing.rules",
    "ringbridge.services.dialer", "ringbridge.ui.application", "ringbridge.training.server",
}  # fmt: skip

NEVER = {"phonenumbers.geocoder", "phonenumbers.carrier", "pydantic"}


def _modules(code: str, home: Path) -> set[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "RINGBRIDGE_"))}
    environment |= {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_nothing_heavy_is_loaded_before_the_icon_is_up(tmp_path: Path) -> None:
    loaded = _modules(AT_THE_ICON, tmp_path)
    assert "PySide6.QtWidgets" in loaded
    assert "ringbridge.ui.tray" in loaded
    assert loaded & NEVER_BEFORE_THE_ICON == set()


def test_the_detector_never_loads_the_geocoder(tmp_path: Path) -> None:
    code = (
        "import json, sys\n"
        "from ringbridge.core.detection import find_numbers\n"
        "find_numbers('call 212-555-0142', 'US')\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    assert _modules(code, tmp_path) & NEVER == set()


def test_a_target_needs_no_numbering_plans(tmp_path: Path) -> None:
    """The GUI thread makes one for Redial, and must not wait for them."""
    code = (
        "import json, sys\n"
        "from ringbridge.core.targets import Target\n"
        "Target(e164='+12125550142')\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    assert not any(name.startswith("phonenumbers") for name in _modules(code, tmp_path))


def test_loading_settings_reads_no_rules(tmp_path: Path) -> None:
    code = (
        "import json, sys\n"
        "from ringbridge.core.settings import from_mapping\n"
        "settings, _ = from_mapping({'dialing': {'rules': ['+972|X. => 0']}})\n"
        "assert settings.dialing.rules\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    small = {"ringbridge.core.dialing", "ringbridge.core.dialing.guard_settings"}
    assert {name for name in _modules(code, tmp_path) if name.startswith("ringbridge.core.dialing")} <= small
