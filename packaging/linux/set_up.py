#!/usr/bin/env python3
"""Set up a checkout: system packages, `.venv` with the locked libraries, Ringbridge itself.

    python3 packaging/linux/set_up.py run      what the program needs
    python3 packaging/linux/set_up.py tour     the same, and a virtual desktop
    python3 packaging/linux/set_up.py dev      all that the tests and checks need
    python3 packaging/linux/set_up.py packages SECTION...   print the Debian packages of these sections

`make run`, `make test` and `make check` call it first. A second call finds everything done and returns at once.
It runs on the system's Python with the standard library alone.
"""

from __future__ import annotations  # so that an older Python gets as far as the sentence about its age

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
PACKAGE_LIST = Path(__file__).resolve().with_name("apt-packages.txt")
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)

SECTIONS = {
    "run": ("tools", "program"),
    "tour": ("tools", "program", "desktop"),
    "dev": ("tools", "program", "desktop", "others"),
}
INSTALL = ("install", "-y", "--no-install-recommends")
OPTIONAL = frozenset({"others"})
"""Sections that not every distribution has whole; tests say which package they miss."""
LOCKS = {"run": "requirements.lock", "tour": "requirements.lock", "dev": "requirements-dev.lock"}


def say(text: str) -> None:
    """Tell what goes on."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> NoReturn:
    """End with a sentence for the person who started this."""
    sys.exit(f"\n{text}\n")


# ---------------------------------------------------------------- system packages


def listed(sections: tuple[str, ...]) -> list[list[str]]:
    """Return the packages of these sections, each with its alternatives, best first."""
    packages: list[list[str]] = []
    for line in PACKAGE_LIST.read_text(encoding="utf-8").splitlines():
        names, _, section = line.partition("#")
        if names.strip() and section.strip() in sections:
            packages.append([name.strip() for name in names.split("|")])
    return packages


def missing_packages(sections: tuple[str, ...]) -> list[str]:
    """Return what of these sections is not installed."""
    wanted = listed(sections)
    names = [name for alternatives in wanted for name in alternatives]
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it complains about each name it never heard of
        text=True,
        check=False,
    )
    installed = {line.split()[1] for line in answer.stdout.splitlines() if line.startswith("installed ")}
    return [alternatives[0] for alternatives in wanted if not installed.intersection(alternatives)]


def become_root() -> list[str] | None:
    """Return what goes before a command so that it runs as root, or None when a person must do that."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install_packages(sections: tuple[str, ...]) -> None:
    """Install what is missing, or tell the person the one command that does."""
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        say("This is not Debian or Ubuntu: make sure yourself that Qt's system libraries are here (packages by their")
        say(f"Debian names: {PACKAGE_LIST.relative_to(ROOT)}).")
        return
    missing = missing_packages(sections)
    if not missing:
        return
    needed = missing_packages(tuple(section for section in sections if section not in OPTIONAL))
    root = become_root()
    if root is None:
        install = "apt-get update && apt-get install -y --no-install-recommends " + " ".join(needed or missing)
        if shutil.which("sudo"):
            command = install.replace("apt-get", "sudo apt-get")
        else:
            command = "su -c " + shlex.quote(install)
        if not needed:
            say(
                f"Some tests will be skipped: system packages are missing ({len(missing)}). To run them:\n  {command}"
            )
            return
        stop(f"System packages are missing ({len(needed)}). Run this command, then try again:\n\n  {command}")
    say(f"Installing system packages ({len(missing)}) with apt-get...")
    output = ""
    for _ in range(2):  # a mirror that is being renewed answers wrongly for a moment
        output += apt_get(root, "update") + apt_get(root, *INSTALL, *missing)
        if not missing_packages(sections):
            return
    for name in missing:  # one that this distribution does not know keeps apt-get from installing the others
        output += apt_get(root, *INSTALL, name)
    if needed and missing_packages(tuple(section for section in sections if section not in OPTIONAL)):
        stop(f"{output}\napt-get could not install: {' '.join(missing_packages(sections))}. Its messages are above.")
    if left := missing_packages(sections):
        say(f"Not to be had here, so tests that need them are skipped: {' '.join(left)}")


def apt_get(root: list[str], *arguments: str) -> str:
    """Run apt-get as root and return what it says."""
    options = ["-qq", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
    done = subprocess.run(
        [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *options, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


# ---------------------------------------------------------------- Python packages


def fingerprint(lock: str) -> str:
    """Return what the state of `.venv` depends on: a change of any of it means to install again."""
    digest = hashlib.sha256()
    for place in (ROOT, (VENV / "bin/python").resolve()):  # moved, or another Python after a system upgrade
        digest.update(str(place).encode() + b"\0")
    for file in (ROOT / lock, ROOT / "pyproject.toml", VENV / "pyvenv.cfg"):
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_done(kind: str) -> bool:
    """Whether `.venv` holds what `kind` needs; what the tests need includes what the program needs."""
    if not (VENV / "bin/python").exists():
        return False
    for lock in dict.fromkeys((LOCKS[kind], LOCKS["dev"])):
        stamp = VENV / f".set-up-{lock}"
        if stamp.is_file() and stamp.read_text() == fingerprint(lock):
            return True
    return False


def venv_works() -> bool:
    """Whether `.venv` has a Python that runs, is new enough, and was set up in this place."""
    code = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        made_here = str(VENV) in (VENV / "bin/activate").read_text(encoding="utf-8")  # its scripts name the place
        python = subprocess.run([str(VENV / "bin/python"), "-I", "-c", code], stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return made_here and python.returncode == 0


def install_libraries(kind: str) -> None:
    """Bring `.venv` to the locked state and install the checkout into it."""
    lock = LOCKS[kind]
    if not venv_works():
        say("Making .venv...")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], "Python could not make .venv")
    python = str(VENV / "bin/python")
    for stamp in VENV.glob(".set-up-*"):
        stamp.unlink()  # if this is interrupted, the next call starts over
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    say(f"Installing {lock} into .venv...")
    run([*pip, "--require-hashes", "-r", lock], "pip could not install the libraries")
    run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], "pip could not install the checkout")
    run([python, "-m", "compileall", "-q", "app"], "a file of app/ has an error")
    (VENV / f".set-up-{lock}").write_text(fingerprint(lock))


def run(command: list[str], failure: str) -> None:
    """Run a command in the checkout; what it says is shown if it fails."""
    done = subprocess.run(
        command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        stop(f"{done.stdout}\n{failure}; its messages are above.")


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    if arguments[:1] == ["packages"] and len(arguments) > 1:
        print("\n".join(alternatives[0] for alternatives in listed(tuple(arguments[1:]))))
        return
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        stop(__doc__ or "")
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(str(part) for part in sys.version_info[:3])
        stop(
            f"Ringbridge needs Python 3.11 or newer, and {sys.executable} is {have}.\n"
            "Name a newer one if there is one: make PYTHON=python3.12 run"
        )
    kind = arguments[0]
    install_packages(SECTIONS[kind])
    if not is_done(kind):
        install_libraries(kind)


if __name__ == "__main__":
    main(sys.argv[1:])
