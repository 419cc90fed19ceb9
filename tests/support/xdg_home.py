"""A user's folders and a system's, for tests of what programs keep there: nobody's real ones are ever touched."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


class XdgHome:
    """Set for this process and for what it starts."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, desktop: str = "X-Test") -> None:
        self.home = folder / "home"
        self.config = self.home / ".config"
        self.data = self.home / ".local/share"
        self.system_config = folder / "etc"
        self.system_data = folder / "share"
        self.home.mkdir(parents=True)
        for path in (self.system_config, self.system_data / "applications"):
            path.mkdir(parents=True)
        values = {
            "HOME": self.home,
            "XDG_CONFIG_HOME": self.config,
            "XDG_DATA_HOME": self.data,
            "XDG_CONFIG_DIRS": self.system_config,
            "XDG_DATA_DIRS": self.system_data,
            "XDG_CURRENT_DESKTOP": desktop,
        }
        for name, value in values.items():
            monkeypatch.setenv(name, str(value))
        for name in ("DESKTOP_SESSION", "KDE_FULL_SESSION", "GNOME_DESKTOP_SESSION_ID", "APPIMAGE", "SNAP"):
            monkeypatch.delenv(name, raising=False)

    def install(
        self, name: str, mime_types: str = "", *, exec_line: str = "/bin/true %u", user: bool = False
    ) -> Path:
        """Put a program's desktop entry in place, and let the index know."""
        folder = (self.data if user else self.system_data) / "applications"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.desktop"
        path.write_text(
            f"[Desktop Entry]\nType=Application\nName={name.title()}\nExec={exec_line}\nMimeType={mime_types}\n"
        )
        self.index(folder)
        return path

    @staticmethod
    def index(folder: Path) -> None:
        run("update-desktop-database", str(folder))

    def write(self, path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def tree(self) -> dict[str, str]:
        """All files of the user's, with what is in them."""
        files = sorted(path for path in self.home.rglob("*") if path.is_file())
        return {str(path.relative_to(self.home)): path.read_text() for path in files}


def run(*command: str) -> str:
    """Run a program of the desktop, and return what it prints; skip where it is not installed."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"not installed: {command[0]}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()
