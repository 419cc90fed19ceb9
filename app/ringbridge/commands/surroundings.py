"""What commands need of a profile: its files, its settings, and the region numbers are read in."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from ringbridge.commands.output import complain, printable
from ringbridge.core.errors import StorageUnavailable
from ringbridge.core.settings import Settings
from ringbridge.services import logs
from ringbridge.services.paths import Paths, find_paths, policy_files
from ringbridge.services.region import effective_region
from ringbridge.services.settings_file import SettingsFile
from ringbridge.ui.wording import error_sentence, policy_sentences, problem_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """One profile as it is now.

    Attributes:
        paths: Its files.
        file: Its settings file, loaded.
        settings: Every good value of it.
        region: Two letters of ISO 3166 for numbers without a country code.
        locked: Settings that the company's policy locks.
    """

    paths: Paths
    file: SettingsFile
    settings: Settings
    region: str
    locked: frozenset[str] = frozenset[str]()


def look_around(profile: str | None) -> Surroundings:
    """Read a profile's settings; what is wrong with them is said on stderr, and defaults stand in.

    Raises:
        SettingError: The profile's name is not allowed.
    """
    paths = find_paths(profile)
    file = SettingsFile(paths.settings_file, policy_files=policy_files())
    loaded = file.load()
    for sentence in policy_sentences(loaded.policy):
        complain(printable(sentence))
    if loaded.notice is not None:
        complain(printable(error_sentence(loaded.notice)))
    for problem in loaded.problems:
        complain(printable(problem_sentence(problem)))
    return Surroundings(
        paths=paths,
        file=file,
        settings=loaded.settings,
        region=effective_region(loaded.settings),
        locked=loaded.policy.locked,
    )


@contextmanager
def logged(paths: Paths) -> Generator[None]:
    """Send log records to the profile's log file meanwhile; without one, a command works all the same."""
    try:
        logs.start(paths.log_file)
    except StorageUnavailable as error:
        complain(printable(error_sentence(error)))
        yield
        return
    try:
        yield
    finally:
        logs.stop()
