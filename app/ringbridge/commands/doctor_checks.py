"""What `ringbridge doctor` looks at. Every check looks and changes nothing."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

from ringbridge import __version__
from ringbridge.core import exit_codes
from ringbridge.core.errors import NoAccount, SettingError
from ringbridge.core.settings import AccountSettings, Settings, from_mapping, plain_http_allowed
from ringbridge.desktop.choose import Session, clipboard_backends, session
from ringbridge.desktop.ports import Availability
from ringbridge.services import instance_client
from ringbridge.services.paths import Paths
from ringbridge.services.reach import Reached, look_at_keyring, look_at_pbx
from ringbridge.services.settings_file import Policy
from ringbridge.ui.wording import availability_sentence, error_sentence, remedy_sentence, setting_sentence

_UNLOCK_S = 15.0
"""For a person to unlock the keyring: scripts run this command too, and then nobody is there."""

_SETTINGS_VERSION = 1  # ringbridge.services.settings_file.VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one check found.

    Attributes:
        name: A stable name.
        ok: Nothing is to be done.
        detail: What was found: a sentence without secrets; `ringbridge.commands.doctor` takes names and numbers out.
        remedy: What helps, or empty.
        exit_code: What it means for the command when not `ok`.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    exit_code: int = exit_codes.BLOCKED


def check_versions() -> Check:
    """Versions, and whether Qt loads here."""
    parts = [f"Ringbridge {__version__}", f"Python {platform.python_version()}"]
    try:
        parts.append(f"PySide6 and Qt {version('PySide6-Essentials')}")
        import_module("PySide6.QtWidgets")
    except PackageNotFoundError:
        return Check(name="versions", ok=False, detail=", ".join(parts), remedy="Install PySide6-Essentials.")
    except ImportError as error:
        remedy = f"Qt can't be loaded: {error}. Install the missing library with the system's package manager."
        return Check(name="versions", ok=False, detail=", ".join(parts), remedy=remedy)
    parts += [platform.platform(aliased=True, terse=True), f"session {session()}"]
    desktop = os.environ.get("XDG_CURRENT_DESKTOP")
    if desktop:
        parts.append(desktop)
    return Check(name="versions", ok=True, detail=", ".join(parts))


def check_folders(paths: Paths) -> Check:
    """Whether each folder can be written to, or can be made."""
    folders = (paths.config_dir, paths.data_dir, paths.state_dir, paths.runtime_dir)
    bad = [folder for folder in folders if not _can_write(folder)]
    if not bad:
        return Check(name="folders", ok=True, detail=f"all can be written to; settings in {paths.config_dir}")
    return Check(
        name="folders",
        ok=False,
        detail=f"can't be written to: {', '.join(map(str, bad))}",
        remedy="Check who owns the folders and their permissions.",
    )


def _can_write(folder: Path) -> bool:
    """Whether it is a folder that can be written to, or can be made in the nearest folder that is there."""
    nearest = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def check_settings(paths: Paths, policy: Policy) -> tuple[Check, Settings]:
    """Whether the settings file can be used; read without setting a damaged one aside.

    Args:
        paths: Of the profile.
        policy: What the company says; it is part of the settings that are returned.
    """
    import tomllib

    name, path = "settings", paths.settings_file
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return Check(name=name, ok=True, detail="no settings file; the defaults are in force"), policy.settings
    except OSError as error:
        detail = f"{path} can't be read: {error.strerror or 'no reason given'}"
        return Check(name=name, ok=False, detail=detail, remedy="Check its permissions."), policy.settings
    except (ValueError, RecursionError):
        remedy = "Correct it, or start Ringbridge: it puts the file aside and begins a new one."
        return Check(name=name, ok=False, detail=f"{path} is damaged", remedy=remedy), policy.settings
    file_version = table.get("version", _SETTINGS_VERSION)
    if isinstance(file_version, int) and file_version > _SETTINGS_VERSION:
        detail = f"{path} was written by a newer Ringbridge"
        return Check(name=name, ok=False, detail=detail, remedy="Update Ringbridge."), policy.settings
    settings, problems = from_mapping(table, policy.settings, locked=policy.locked)
    if problems:
        detail = " ".join(setting_sentence(problem.error) for problem in problems)
        return Check(name=name, ok=False, detail=detail, remedy=f"Correct {path}."), settings
    return Check(name=name, ok=True, detail="every value can be used"), settings


def check_account(account: AccountSettings) -> Check:
    """Whether server, user name and line are set, and the address keeps the password safe."""
    name, remedy = "account", "Set it with “ringbridge account set” or in the settings of the tray program."
    for part in ("url", "username", "line"):
        if not getattr(account, part):
            detail = error_sentence(NoAccount(part))
            return Check(name=name, ok=False, detail=detail, remedy=remedy, exit_code=exit_codes.NO_ACCOUNT)
    if not plain_http_allowed(account):
        detail = setting_sentence(SettingError("account.url", "plain_http"))
        return Check(name=name, ok=False, detail=detail, exit_code=exit_codes.NO_ACCOUNT)
    safe = "https" if account.url.startswith("https:") else "plain http"
    return Check(name=name, ok=True, detail=f"server ({safe}), user name and line are set")


def check_history(paths: Paths) -> Check:
    """Whether the list of calls can be opened; read-only."""
    import sqlite3
    from contextlib import closing

    from ringbridge.services.history.schema import MIGRATIONS, version_of

    name, path = "history", paths.history_file
    if not path.exists():
        return Check(name=name, ok=True, detail="no calls yet")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as connection:
            found = version_of(connection)
            verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        remedy = "If it is damaged, Ringbridge puts it aside at its next start and begins a new one."
        return Check(name=name, ok=False, detail=f"{path}: {error}", remedy=remedy, exit_code=exit_codes.NOTHING_SENT)
    if found > len(MIGRATIONS):
        detail = "written by a newer Ringbridge, which is why nothing can be called"
        return Check(
            name=name, ok=False, detail=detail, remedy="Update Ringbridge.", exit_code=exit_codes.NOTHING_SENT
        )
    if verdict != "ok":
        remedy = "Start Ringbridge: it puts the file aside and begins a new one."
        return Check(name=name, ok=False, detail="damaged", remedy=remedy, exit_code=exit_codes.NOTHING_SENT)
    return Check(name=name, ok=True, detail=f"can be opened, version {found} of {len(MIGRATIONS)}")


def check_display() -> Check:
    """Whether there is a graphical desktop."""
    if session() is Session.NONE:
        remedy = "Start Ringbridge in a graphical session; “ringbridge dial” works without one."
        return Check(name="display", ok=False, detail="no graphical desktop", remedy=remedy)
    return Check(name="display", ok=True, detail=str(session()))


class _Backend(Protocol):
    name: str

    def availability(self) -> Availability: ...


def check_clipboard(muted: Sequence[str] = ()) -> Check:
    """Which way of watching the clipboard works here.

    Args:
        muted: Programs whose copies are not to be offered: only X11 tells where a copy was made.
    """
    check = _check_backends("clipboard", clipboard_backends())
    if not muted or not check.ok or session() is Session.X11:
        return check
    detail = f"{check.detail}; it does not tell where a copy was made, so clipboard.muted_apps mutes nothing"
    return replace(check, detail=detail)


def _check_backends(name: str, backends: Sequence[_Backend]) -> Check:
    found = [(backend.name, backend.availability()) for backend in backends]
    usable = next((item for item in found if item[1].usable), None)
    if usable is not None:
        limit = f" ({usable[1].reason.replace('_', ' ')})" if usable[1].reason else ""
        remedy = remedy_sentence(usable[1].remedy)
        return Check(name=name, ok=True, detail=f"{usable[0]}{limit}", remedy=remedy)
    return Check(name=name, ok=False, detail=" ".join(availability_sentence(*item) for item in found[:1]))


def check_tray() -> Check:
    """Whether this desktop shows tray icons."""
    from ringbridge.desktop.tray_host import tray_host_availability

    availability = tray_host_availability()
    if availability.usable:
        kind = availability.reason.replace("_", " ")
        return Check(name="tray", ok=True, detail=f"icons are shown ({kind})" if kind else "icons are shown")
    return Check(name="tray", ok=False, detail=availability_sentence("tray", availability))


def check_running(paths: Paths) -> Check:
    """Whether Ringbridge runs, answers, and is of this version."""
    name, remedy = "running", "Quit Ringbridge and start it again."
    try:
        program = instance_client.ping(str(paths.instance_socket))
    except instance_client.NoProgram:
        return Check(name=name, ok=True, detail="Ringbridge does not run")
    except instance_client.ProgramLost:
        return Check(name=name, ok=False, detail="Ringbridge runs and does not answer", remedy=remedy)
    except instance_client.OtherVersion:
        return Check(name=name, ok=False, detail="a Ringbridge of another version runs", remedy=remedy)
    if program.version != __version__:
        detail = f"Ringbridge {program.version} runs, and {__version__} is installed"
        return Check(name=name, ok=False, detail=detail, remedy=remedy)
    return Check(
        name=name, ok=True, detail="Ringbridge runs and answers" + (", in demo mode" if program.demo else "")
    )


def check_keyring(account: AccountSettings, profile: str) -> tuple[Check, Reached]:
    """Whether the password can be had; it is returned for the login test."""
    from ringbridge.services.credentials import Credentials
    from ringbridge.services.secret_service import Deadlines

    name = "keyring"
    reached = look_at_keyring(Credentials(profile, deadlines=Deadlines(prompt_s=_UNLOCK_S)), account)
    if reached.error is not None:
        detail = error_sentence(reached.error)
        return Check(name=name, ok=False, detail=detail, exit_code=exit_codes.NO_ACCOUNT), reached
    asked = reached.capability.usable
    detail = "the password is saved and can be read" if asked else "not asked: no account is set"
    return Check(name=name, ok=True, detail=detail), reached


def check_pbx(account: AccountSettings, password: str) -> tuple[Check, Reached]:
    """Whether the PBX can be reached and, where the password is at hand, takes the login. Calls nobody."""
    from ringbridge.services.failures import failed_outcome

    name = "pbx"
    if not account.url or not plain_http_allowed(account):
        detail = "not tried: there is no address to try"
        return Check(name=name, ok=True, detail=detail), look_at_pbx(replace(account, url=""), "")
    reached = look_at_pbx(account, password)
    if reached.capability.reason == "role_too_small":
        detail = "takes the login, but its role may not use what Ringbridge needs"
        remedy = "Ask your administrator for the “actions” or “panel” privilege."
        return Check(name=name, ok=False, detail=detail, remedy=remedy, exit_code=exit_codes.REFUSED), reached
    if reached.error is not None:
        code = exit_codes.of_outcome(failed_outcome(reached.error, request_id="", dialed="").outcome)
        return Check(name=name, ok=False, detail=error_sentence(reached.error), exit_code=code), reached
    detail = (
        "can be reached and takes the login" if reached.login_tried else "can be reached; the login was not tried"
    )
    return Check(name=name, ok=True, detail=detail), reached
