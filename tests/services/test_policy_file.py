"""The company's policy: what it sets, what it locks, and what happens when it can't be read."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ringbridge.core.dialing.guard_settings import MOST_CAREFUL
from ringbridge.core.errors import PolicyDamaged, SettingError
from ringbridge.core.settings import DEFAULTS, Settings, flatten
from ringbridge.services.paths import policy_files
from ringbridge.services.policy_file import read_policy
from ringbridge.services.settings_file import SettingsFile
from ringbridge.ui.wording import policy_sentences

POLICY = """
locked = ["guards.premium", "account.url", "card.seconds"]

[account]
url = "https://pbx.example.com/api/"

[guards]
premium = "refuse"
allowed_countries = ["us", "ca"]
"""


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    path = tmp_path / "etc" / "ringbridge" / "policy.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def file(tmp_path: Path, policy_file: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.toml", policy_files=(tmp_path / "nowhere" / "policy.toml", policy_file))


def test_without_a_policy_everything_is_as_ever(file: SettingsFile) -> None:
    loaded = file.load()
    assert (loaded.settings, loaded.policy.locked, loaded.policy.notice) == (Settings(), frozenset(), None)


def test_its_values_stand_in_for_the_defaults(file: SettingsFile, policy_file: Path) -> None:
    policy_file.write_text(POLICY)
    settings = file.load().settings
    assert settings.account.url == "https://pbx.example.com/api/"
    assert settings.guards.allowed_countries == ("US", "CA")
    file.change("guards.allowed_countries", ["GB"])
    assert file.load().settings.guards.allowed_countries == ("GB",)  # not locked, so the user's own counts


@pytest.mark.parametrize("key", ["guards.premium", "account.url", "card.seconds"])
def test_what_is_locked_stays_as_the_policy_has_it(file: SettingsFile, policy_file: Path, key: str) -> None:
    file.path.write_text(
        '[guards]\npremium = "allow"\n[account]\nurl = "https://x.example.com/"\n[card]\nseconds = 3\n'
    )
    policy_file.write_text(POLICY)
    loaded = file.load()
    policy = flatten(read_policy((policy_file,)).settings)
    assert flatten(loaded.settings)[key] == policy[key]
    with pytest.raises(SettingError) as refused:
        file.change(key, policy[key])
    assert refused.value.problem == "locked"
    assert "seconds = 3" in file.path.read_text()  # the user's text stays, for a day without a policy


def test_a_dialog_can_save_the_rest(file: SettingsFile, policy_file: Path) -> None:
    policy_file.write_text(POLICY)
    settings = file.load().settings
    file.save(replace(settings, region="IL"))
    text = file.path.read_text()
    assert 'region = "IL"' in text
    assert "premium" not in text
    assert "pbx.example.com" not in text  # a later policy must not find today's in the user's file


def test_a_locked_field_that_differs_is_not_saved(file: SettingsFile, policy_file: Path) -> None:
    policy_file.write_text(POLICY)
    file.load()
    with pytest.raises(SettingError, match="locked"):
        file.save(Settings())


@pytest.mark.parametrize(
    "text",
    ["locked = [", "locked = 5", "locked = [1]", b"\xff\xfe", "a" * (1024 * 1024 + 1), "[guards\n"],
    ids=["half", "no list", "no names", "no text", "too large", "no table"],
)
def test_a_damaged_policy_is_said_and_the_most_careful_settings_hold(
    file: SettingsFile, policy_file: Path, text: str | bytes
) -> None:
    file.path.write_text('[guards]\npremium = "allow"\n')
    policy_file.write_bytes(text if isinstance(text, bytes) else text.encode())
    loaded = file.load()
    assert isinstance(loaded.policy.notice, PolicyDamaged)
    (sentence,) = policy_sentences(loaded.policy)
    assert str(policy_file) in sentence
    assert "asks before every call" in sentence
    values = flatten(loaded.settings)
    assert {key: values[key] for key in MOST_CAREFUL} == MOST_CAREFUL
    with pytest.raises(SettingError, match="locked"):
        file.change("guards.premium", "allow")
    assert policy_file.exists()


def test_a_folder_in_its_place_is_damaged_too(policy_file: Path) -> None:
    policy_file.mkdir()
    assert isinstance(read_policy((policy_file,)).notice, PolicyDamaged)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_policy_that_may_not_be_read_is_not_passed_over(policy_file: Path) -> None:
    policy_file.write_text(POLICY)
    policy_file.chmod(0)
    assert isinstance(read_policy((policy_file,)).notice, PolicyDamaged)


def test_a_bad_value_becomes_the_careful_one_and_is_locked(policy_file: Path) -> None:
    policy_file.write_text('[guards]\npremium = "maybe"\n[card]\nseconds = -1\n')
    policy = read_policy((policy_file,))
    assert policy.settings.guards.premium == "refuse"
    assert policy.settings.card.seconds == DEFAULTS["card.seconds"]
    assert policy.locked == {"guards.premium", "card.seconds"}
    assert [problem.error.key for problem in policy.problems] == ["card.seconds", "guards.premium"]
    assert all("mistake" in sentence for sentence in policy_sentences(policy))


def test_a_slip_of_the_pen_is_said(policy_file: Path) -> None:
    policy_file.write_text(
        'locked = ["guards.premum"]\n[guards]\npremium = "refuse"\npriemium = "ask"\n[gards]\nx = 1\n'
    )
    policy = read_policy((policy_file,))
    assert [problem.error.key for problem in policy.problems] == ["gards.x", "guards.premum", "guards.priemium"]
    assert policy.settings.guards.premium == "refuse"


def test_names_of_earlier_versions_are_understood(policy_file: Path) -> None:
    policy_file.write_text('locked = ["calls.outside_prefix"]\n[calls]\noutside_prefix = "9"\n')
    policy = read_policy((policy_file,))
    assert (policy.settings.dialing.outside_prefix, policy.problems) == ("9", ())
    assert policy.locked == {"dialing.outside_prefix"}


def test_the_systems_own_place_comes_before_what_users_can_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/opt/mine:/etc/xdg")
    assert policy_files()[0] == Path("/etc/xdg/ringbridge/policy.toml")
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/opt/mine")
    named = policy_files()
    assert Path("/opt/mine/ringbridge/policy.toml") in named
    if Path("/etc/xdg").is_dir():
        assert named[0] == Path("/etc/xdg/ringbridge/policy.toml")
