"""The scripted tour: a person copies a number, clicks Call, answers the desk phone, looks at the menu, calls again.

    python tests/tour.py [--output FOLDER]

Everything is real but the phones: a virtual desktop with a panel, Ringbridge as a program of its own with its
training PBX, another program to copy from, mouse and keys. Each step is printed with the time since the tour began,
and the screen is saved. Needs the libraries of Ringbridge itself and the section `desktop` of
packaging/linux/apt-packages.txt; none of the tools of the tests.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from support.desktop import TRAY_ICON_AT, Desktop, DesktopError, Window
from support.desktop_config import why_not

ROOT = Path(__file__).resolve().parents[1]
RINGBRIDGE = Path(sys.executable).with_name("ringbridge")

NUMBER = "+1 212 555 0142"
LETTER = f"""\
From: Ada Example <ada@example.com>
Subject: The order of last week

Hello,

one part of your order is not in stock.
Please call me back:

Ada Example
Tel. {NUMBER}
"""
LETTER_ROWS = 14
LETTER_BORDER = 8  # pixels
LETTER_RIGHT = 660
PHONE = "^Desk phone"
STRIP = "0142$"
"""The strip's name for screen readers is what it says: where the call stands, and the number."""
PHONE_AT = ("740", "80")
PERSON_S = 0.5  # until a person moves the pointer to what appeared; a card ignores clicks that come sooner than 0.3 s
REPEAT_GUARD_S = 5.0  # the same number is not called again within so many seconds

SHOW_LETTER = "printf '%s' \"$0\"; printf '\\033]0;A letter\\007'; read -r _"
"""The window gets its title once the text stands in it."""


class Tour:
    """One run, on a desktop that is there already."""

    def __init__(self, desktop: Desktop, output: Path) -> None:
        self.desktop = desktop
        self.output = output
        self.began = time.monotonic()
        self.steps = 0
        self.program: subprocess.Popen[Any] | None = None
        self.journal = desktop.home / "training-pbx.jsonl"
        self.guard_over = 0.0

    def run(self) -> None:
        """Take all steps in order."""
        self.start()
        self.copy_a_number()
        self.call()
        self.answer()
        self.hang_up()
        self.open_the_menu()
        self.call_again_from_the_command_line()
        self.quit()

    def show(self, text: str, name: str) -> None:
        """Print a step and save the screen."""
        self.steps += 1
        picture = self.desktop.screenshot(self.output / f"{self.steps:02}-{name}.png")
        print(f"{time.monotonic() - self.began:6.2f} s  {text}  [{picture.name}]", flush=True)

    # ------------------------------------------------------------ steps

    def start(self) -> None:
        """Start the program and wait for its icon, then for the desk phone's window."""
        self.desktop.run(["xsetroot", "-solid", "#4a6a8a"], check=True)
        # whoever takes the tour at night in New York would be asked twice
        allow = [str(RINGBRIDGE), "--profile", "demo", "config", "set", "guards.night", "allow"]
        self.desktop.run(allow, check=True)
        started = time.monotonic()
        self.program = self.desktop.spawn(
            [str(RINGBRIDGE), "--demo"], env={"RINGBRIDGE_TRAINING_JOURNAL": str(self.journal)}
        )
        self.desktop.tray_item()
        took_s = time.monotonic() - started
        phone = self.desktop.window(PHONE)
        self.desktop.run(["xdotool", "windowmove", str(phone.window_id), *PHONE_AT], check=True)
        self.desktop.wait_for(lambda: self.desktop.window(PHONE).x > LETTER_RIGHT, 5, "the phone to move aside")
        self.show(f"Ringbridge is in the tray, {took_s:.2f} s after it was started", "started")

    def copy_a_number(self) -> None:
        """Open a letter in another program and copy a line of it with the mouse."""
        font = ["-fa", "DejaVu Sans Mono", "-fs", "12"]
        options = ["-xrm", "XTerm*selectToClipboard: true", "-xrm", f"XTerm*internalBorder: {LETTER_BORDER}", "+sb"]
        place = ["-geometry", f"56x{LETTER_ROWS}+40+80"]
        self.desktop.spawn(
            ["xterm", *font, *options, *place, "-T", "starting", "-e", "sh", "-c", SHOW_LETTER, LETTER]
        )
        letter = self.desktop.window("^A letter$")
        self.select_line(letter, LETTER.splitlines().index(f"Tel. {NUMBER}"))
        copied = time.monotonic()
        self.desktop.widget(CALL_BUTTON, "push button")
        took_s = time.monotonic() - copied
        self.show(
            f"A line was copied in another program, and {took_s:.2f} s later the card offers its number", "card"
        )

    def select_line(self, window: Window, line: int) -> None:
        """Click three times on a line of a terminal, which selects and copies all of it."""
        row_height = (window.height - 2 * LETTER_BORDER) / LETTER_ROWS
        x, y = window.x + 40, window.y + LETTER_BORDER + round((line + 0.5) * row_height)
        self.desktop.run(
            ["xdotool", "mousemove", "--sync", str(x), str(y), "click", "--repeat", "3", "--delay", "40", "1"],
            check=True,
        )

    def call(self) -> None:
        """Click Call on the card; the desk phone rings."""
        focused = self.desktop.focused_window()
        time.sleep(PERSON_S)
        clicked = time.monotonic()
        self.desktop.click_widget(CALL_BUTTON)
        self.desktop.widget("^Answer", "push button", window=PHONE)
        took_s = time.monotonic() - clicked
        self.expect_phase("ringing_a")
        self.desktop.widget("^Your phone is ringing", "label", window=STRIP)
        if self.desktop.focused_window() != focused:
            raise DesktopError("the card or the strip took the focus away from the program that was in use")
        self.show(f"“Call” was clicked on the card, and {took_s:.2f} s later the own desk phone rings", "ringing")

    def answer(self) -> None:
        """Answer the desk phone; the PBX calls the other party, and both talk."""
        self.desktop.click_widget("^Answer", window=PHONE)
        self.guard_over = time.monotonic() + REPEAT_GUARD_S
        focused = self.desktop.focused_window()
        self.expect_phase("connected")
        connected = time.monotonic()
        self.desktop.widget("^Connected$", "label", window=STRIP)
        took_s = time.monotonic() - connected
        if self.desktop.focused_window() != focused:
            raise DesktopError("the strip took the focus away from the program that was in use")
        self.show(
            f"The desk phone was answered, the PBX has connected it with the number, and {took_s:.2f} s later the "
            "strip says so",
            "connected",
        )

    def hang_up(self) -> None:
        """Hang up at the desk phone."""
        self.desktop.click_widget("^Hang up", window=PHONE)
        self.expect_phase("ended")
        self.desktop.widget("^Answered, ", "label", window=STRIP)
        self.show("The desk phone was hung up, and the strip says how long they talked", "ended")

    def open_the_menu(self) -> None:
        """Open the tray menu as a person does; the call stands in it."""
        labels = [entry.label for top in self.desktop.tray_menu() for entry in top.flat()]
        if not any(digits(NUMBER) in digits(label) for label in labels):
            raise DesktopError(f"the call is not in the tray menu: {labels}")
        before = {window.window_id for window in self.desktop.windows()}
        self.desktop.click(*TRAY_ICON_AT, button=3)
        self.desktop.wait_for(
            lambda: {window.window_id for window in self.desktop.windows()} - before, 5, "the tray menu to open"
        )
        self.show("The call stands in the tray menu", "menu")
        self.desktop.press("Escape")

    def call_again_from_the_command_line(self) -> None:
        """Call the number once more with a command, decline it at the desk phone."""
        time.sleep(max(0.0, self.guard_over - time.monotonic()))
        command = [str(RINGBRIDGE), "--profile", "demo", "dial", NUMBER, "--json"]
        asked = time.monotonic()
        done = self.desktop.run(command)
        took_s = time.monotonic() - asked
        answer = json.loads(done.stdout or "{}")
        if done.returncode or answer.get("outcome") != "requested":
            raise DesktopError(f"the command failed with {done.returncode}: {done.stdout}{done.stderr}")
        self.desktop.widget("^Answer", "push button", window=PHONE)
        self.show(f"A command called the number again in {took_s:.2f} s; the desk phone rings", "command")
        self.desktop.click_widget("^(Decline|Reject)", window=PHONE)
        self.expect_phase("ended")

    def quit(self) -> None:
        """Quit from the tray menu; nothing stays behind."""
        if self.program is None:
            raise DesktopError("the program was not started")
        self.desktop.click_tray_entry("Quit")
        code = self.program.wait(timeout=10)
        self.desktop.wait_for(lambda: not self.desktop.tray_items(), 10, "the icon to go")
        # Qt says so on every desktop without portals, as this one
        said = [line for line in self.desktop.log("ringbridge").splitlines() if "qt.qpa.services" not in line]
        if code or said:
            raise DesktopError(f"Ringbridge ended with {code}, and said: {said}")
        self.show("Ringbridge was quit from its menu", "quit")

    # ------------------------------------------------------------ what the PBX says

    def expect_phase(self, phase: str) -> None:
        """Wait until the training PBX's journal says that the latest call is in this phase."""
        self.desktop.wait_for(lambda: self.phase() == phase, 20, f"the PBX to say {phase!r} of the call")

    def phase(self) -> str:
        """Return the phase of the latest call, as the training PBX's journal has it."""
        calls = [json.loads(line) for line in self.journal.read_text().splitlines() if line.startswith("{")]
        phases = [line["phase"] for line in calls if line.get("kind") == "call"]
        return str(phases[-1]) if phases else ""


def digits(text: str) -> str:
    """Return the digits of a text."""
    return re.sub(r"\D", "", text)


CALL_BUTTON = "^Call .*0142"
"""The card's button says with its accessible name whom it calls."""


def main() -> int:
    """Run the tour and return the exit code."""
    parser = argparse.ArgumentParser(description="Drive Ringbridge on a virtual desktop and save screenshots.")
    parser.add_argument("--output", type=Path, default=ROOT / "tour-screenshots", metavar="FOLDER")
    output: Path = parser.parse_args().output.resolve()
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 1
    output.mkdir(parents=True, exist_ok=True)
    for old in output.glob("[0-9][0-9]-*.png"):
        old.unlink()
    with Desktop(accessibility=True) as desktop:
        tour = Tour(desktop, output)
        try:
            tour.run()
        except DesktopError as error:
            tour.show(f"This went wrong: {error}", "failed")
            print(desktop.log("ringbridge"), file=sys.stderr)
            return 1
    print(f"The screenshots are in {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
