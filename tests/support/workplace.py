"""One person's workplace: the real program on a private desktop, and a training PBX that rings this person's phone.

    with WaylandDesktop("sway", keyring="unlocked") as desktop, Workplace(desktop) as place:
        place.start()
        desktop.copy("+1 212 555 0142")
        place.card()

The PBX keeps a journal in this process; what rang is read there, not where the program shows it.
"""

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jeepney import DBusAddress

from ringbridge.services.instance_client import NoProgram, ping
from ringbridge.services.settings_file import SettingsFile
from ringbridge.training.server import DEMO_LINE, DEMO_LOGIN, TrainingPbx
from support.desktop_bus import SessionBus, TrayItem
from support.desktop_hands import DesktopHands, Window
from support.office import Journal

RINGBRIDGE = str(Path(sys.executable).with_name("ringbridge"))
HOTKEY = "ctrl+alt+k"  # Ctrl+Alt+D is XFCE's own: it shows the desktop
CARD = "^Ringbridge$"
LAUNCHER = "^Click to call"
READY_S = 20.0
_SAVE_PASSWORD = (
    "import sys; from ringbridge.services.credentials import Credentials;"
    "from ringbridge.core.settings import AccountSettings as A;"
    "Credentials().save(A(url=sys.argv[1], username=sys.argv[2]), sys.stdin.read())"
)


class Workplace:
    """Use it as a context manager within the desktop's.

    Args:
        desktop: Where the program shall run; with an open keyring, or the program has no password.
        settings: What differs from the settings that suit a test, as keys of the settings file.

    Attributes:
        command: The program's path.
        pbx: The PBX.
        program: The running program.
    """

    def __init__(self, desktop: DesktopHands, settings: dict[str, str | int] | None = None) -> None:
        self.desktop = desktop
        self.command = RINGBRIDGE
        self.pbx = TrainingPbx(level="4.1", scenario="auto", pace=0.01, journal=desktop.folder / "journal.jsonl")
        self._journal = Journal(desktop.folder / "journal.jsonl")
        self._settings = settings or {}
        self.program: subprocess.Popen[Any] | None = None

    def __enter__(self) -> Self:
        self.pbx.start()
        folder = self.desktop.home / ".config/ringbridge"
        folder.mkdir(mode=0o700)
        settings = SettingsFile(folder / "settings.toml")
        usual: dict[str, str | int] = {
            "region": "US",
            "account.url": self.pbx.url,
            "account.username": DEMO_LOGIN.username,
            "account.line": DEMO_LINE,
            "account.wait_s": 0,
            "hotkeys.dial_selection": HOTKEY,
            "confirm.countdown_s": 0,
            "links.ask": False,  # a question that comes by itself, and looks like a card
            "clipboard.pause_after": 0,  # a test offers more in a minute than a person leaves unused in a week
            "guards.night": "allow",  # the hour at which a test runs is no part of it
            "guards.calls_per_minute": 0,
            "guards.calls_per_day": 0,
        }
        for key, value in (usual | self._settings).items():
            settings.change(key, value)
        if self.desktop.has_open_keyring:
            command = [sys.executable, "-c", _SAVE_PASSWORD, self.pbx.url, DEMO_LOGIN.username]
            self.desktop.run(command, input=DEMO_LOGIN.password, check=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.quit()
        finally:
            self.pbx.stop()
        if value is None:
            assert max(self.rung().values(), default=0) <= 1, "a phone rang twice for one wish"

    # ------------------------------------------------------------ the program

    def start(self, *arguments: str, at_login: bool = False) -> "subprocess.Popen[Any]":
        """Start the program and wait until it answers; by then it also hears keys and copies."""
        env = {"DESKTOP_AUTOSTART_ID": "10test"} if at_login else None
        self.program = self.desktop.spawn([RINGBRIDGE, *arguments], env=env)
        self.desktop.wait_for(self._answers, READY_S, "the program to listen")
        return self.program

    def _answers(self) -> bool:
        with contextlib.suppress(NoProgram):
            return ping(str(self.desktop.folder / "run/ringbridge/instance.socket")).pid > 0
        return False

    def quit(self) -> None:
        """End the program as a session does; it must go quickly and quietly."""
        program, self.program = self.program, None
        if program is not None:
            assert program.poll() is None, f"the program ended by itself\n{self.desktop.log('ringbridge')}"
            program.send_signal(signal.SIGTERM)
            assert program.wait(10) == 0, self.desktop.log("ringbridge")

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the command line."""
        return self.desktop.run([RINGBRIDGE, *arguments], timeout=60)

    def own_log(self) -> str:
        """What the program wrote into its log file."""
        files = sorted((self.desktop.home / ".local/state/ringbridge").rglob("*.log"))
        return "\n".join(file.read_text() for file in files)

    # ------------------------------------------------------------ what it shows

    def cards(self) -> tuple[Window, ...]:
        """The card, if it is on the screen."""
        return self.desktop.windows(CARD)

    def card(self, timeout_s: float = 10) -> Window:
        """Wait for the card."""
        return self.desktop.wait_for(self.cards, timeout_s, "the card")[0]

    def menu_labels(self) -> list[str]:
        """What the icon's menu has, top down (StatusNotifierItem only)."""
        return [entry.label for entry in self.desktop.tray_menu() if entry.label]

    def wait_for_offer(self, text: str, timeout_s: float = 10) -> None:
        """Wait until the icon's menu offers a number, such as ``+1 212-555-0142`` (StatusNotifierItem only)."""
        self.desktop.wait_for(
            lambda: any(label == f"Call {text}" for label in self.menu_labels()), timeout_s, f"an offer of {text}"
        )

    # ------------------------------------------------------------ the truth

    def rung(self) -> Counter[str]:
        """How often the own phone rang, by the number that was to be called."""
        return self._journal.rung()

    def asked(self) -> Counter[str]:
        """How many requests for a call the PBX got, by their number."""
        return self._journal.asked()

    def recent(self) -> list[dict[str, Any]]:
        """The calls in the program's history, newest first."""
        return json.loads(self.run("recent", "--json").stdout)

    def press_until_it_rings(self, number: str, key: str = HOTKEY) -> None:
        """Press the hotkey, look at the offer, press again; a press right after the card changed does not count."""

        def rings() -> bool:
            self.desktop.press(key)
            return _soon(lambda: self.rung()[number] > 0, 0.4)

        self.desktop.wait_for(rings, 15, f"the own phone to ring for {number}")


def _soon(predicate: Any, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while not predicate():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


class Pulse:
    """How long the program's GUI thread keeps others waiting: it serves its icon on the bus and is asked for it.

    Attributes:
        longest_s: The longest wait so far.
        beats: How many answers there were.
    """

    def __init__(self, bus_address: str, item: TrayItem) -> None:
        self._bus_address = bus_address
        self._address = DBusAddress(item.path, bus_name=item.service, interface="org.kde.StatusNotifierItem")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._feel, daemon=True)
        self.longest_s = 0.0
        self.beats = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(30)

    def _feel(self) -> None:
        bus = SessionBus(self._bus_address)
        while not self._over.wait(0.005):
            asked = time.monotonic()
            bus.get(self._address, "Id", timeout_s=25)
            self.longest_s = max(self.longest_s, time.monotonic() - asked)
            self.beats += 1
        bus.close()
