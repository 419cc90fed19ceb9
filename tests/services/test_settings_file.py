import json
import os
import random
import subprocess
import sys
import textwrap
import time
import tomllib
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ringbridge.core.errors import FileDamaged, FileLeft, FileTooNew, SettingError, StorageUnavailable
from ringbridge.core.settings import AccountSettings, CallSettings, DialingSettings, Settings, flatten
from ringbridge.services import private_files
from ringbridge.services.settings_file import SettingsFile

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
STAMP = "20261123-120000"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "config" / "settings.toml"


@pytest.fixture
def file(path):
    return SettingsFile(path, now=lambda: NOON)


def write(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())


@contextmanager
def as_nobody():
    """Rights do not bind root: act as another user for a moment."""
    if os.getuid() == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(os.getuid())


def test_without_a_file_the_defaults_hold_and_nothing_is_made(file, path):
    loaded = file.load()
    assert (loaded.settings, loaded.problems, loaded.notice) == (Settings(), (), None)
    assert not path.parent.exists()


def test_a_saved_setting_comes_back(file, path):
    file.load()
    wished = Settings(region="US", account=AccountSettings(url="https://pbx.example/api/", username="al"))
    file.save(wished)
    assert SettingsFile(path).load().settings == wished
    assert tomllib.loads(path.read_text())["version"] == 1


def test_the_file_and_its_folder_are_the_users_alone(file, path):
    file.change("region", "US")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_comments_order_and_unknown_keys_stay(file, path):
    text = """\
    # mine
    later = "a setting of a later version"   # keep

    [calls]
    repeat_guard_s = 7 # seven
    # the end of calls

    [account]   # the PBX
    username = "al"
    url = 'https://pbx.example/api/'
    future = [1, 2, nan]

    [future.table]
    x = 1979-05-27T07:32:00Z
    """
    write(path, text)
    file.load()
    file.change("calls.repeat_guard_s", 9)
    expected = "version = 1\n" + textwrap.dedent(text).replace("= 7", "= 9")
    assert path.read_text() == expected
    file.change("region", "de")
    assert SettingsFile(path).load().settings.region == "DE"
    assert path.read_text().replace('region = "DE"\n', "").split() == expected.split()


def test_only_what_changed_is_written(file, path):
    write(path, "version = 1\n[account]\nusername = 'al'\n")
    loaded = file.load().settings
    file.save(replace(loaded, region="US"))
    table = tomllib.loads(path.read_text())
    assert table == {"version": 1, "region": "US", "account": {"username": "al"}}


def test_saving_without_a_change_touches_nothing(file, path):
    write(path, "[account]\nusername = 'al'\n")
    before = path.stat()
    file.save(file.load().settings)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_bad_value_is_reported_and_its_text_stays(file, path):
    write(path, 'version = 1\n[calls]\nrepeat_guard_s = "soon"\n[card]\nseconds = 30\n')
    loaded = file.load()
    assert loaded.notice is None
    assert loaded.settings.calls.repeat_guard_s == 5
    assert loaded.settings.card.seconds == 30
    [problem] = loaded.problems
    assert (problem.error.key, problem.error.problem, problem.value) == (
        "calls.repeat_guard_s",
        "not_a_number",
        "soon",
    )
    file.save(replace(loaded.settings, region="US"))
    assert 'repeat_guard_s = "soon"' in path.read_text()
    file.change("calls.repeat_guard_s", 5)
    assert file.load().problems == ()


@pytest.mark.parametrize("text", ["account = 5\nregion = 'US'\n", "region = 'US'\n[[account]]\nx = 1\ny = 2\n"])
def test_a_value_in_place_of_a_table_is_reported_and_kept_as_a_comment(file, path, text):
    write(path, text)
    loaded = file.load()
    assert [(problem.error.key, problem.error.problem) for problem in loaded.problems] == [("account", "not_a_table")]
    file.change("account.username", "al")
    written = path.read_text()
    assert all(any(part in line and line.startswith("#") for line in written.splitlines()) for part in ["account"])
    assert SettingsFile(path).load().settings == Settings(region="US", account=AccountSettings(username="al"))


@pytest.mark.parametrize("version", ["'two'", "0", "true", "-1"])
def test_a_bad_version_is_reported(file, path, version):
    write(path, f"version = {version}\nregion = 'US'\n")
    loaded = file.load()
    assert [problem.error.key for problem in loaded.problems] == ["version"]
    assert loaded.settings.region == "US"


DAMAGED = {
    "no toml": b"region = US\n",
    "not utf-8": b"region = '\xff'\n",
    "half": b"[account\nurl = 'https://x/'",
    "twice": b"region = 'US'\nregion = 'DE'\n",
    "nul": b"region = 'U\0S'\n",
    "huge": b"# " + b"x" * 1024 * 1024 + b"\n",
    "nested": b"x = " + b"[" * 100_000,
    "long number": b"region = 0x" + b"f" * 20_000 + b"\n",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_set_aside_whole(file, path, content):
    write(path, content)
    loaded = file.load()
    aside = path.with_name(f"settings.damaged-{STAMP}.toml")
    assert isinstance(loaded.notice, FileDamaged)
    assert (loaded.notice.path, loaded.notice.detail) == (str(path), str(aside))
    assert aside.read_bytes() == content
    assert loaded.settings == Settings()
    assert not path.exists()
    assert file.load().notice is None


def test_what_was_set_aside_is_never_overwritten(file, path):
    for number in range(3):
        write(path, f"{number} = = broken\n")
        file.load()
    names = sorted(entry.name for entry in path.parent.glob("settings.*"))
    assert names == [f"settings.damaged-{STAMP}{ending}.toml" for ending in ("-2", "-3", "")]
    assert {entry.read_text()[0] for entry in path.parent.glob("settings.*")} == {"0", "1", "2"}


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_set_aside(file, path, make):
    path.parent.mkdir()
    make(path)
    assert isinstance(file.load().notice, FileDamaged)
    file.change("region", "US")
    assert file.load().settings.region == "US"


def test_a_newer_file_is_set_aside(file, path):
    write(path, "version = 2\nregion = 'US'\n")
    loaded = file.load()
    aside = path.with_name(f"settings.newer-{STAMP}.toml")
    assert isinstance(loaded.notice, FileTooNew)
    assert loaded.notice.detail == str(aside)
    assert aside.read_text() == "version = 2\nregion = 'US'\n"
    assert loaded.settings == Settings()


def test_a_file_damaged_since_it_was_loaded_is_set_aside_and_all_in_effect_is_written(file, path):
    write(path, "region = 'US'\n[account]\nusername = 'al'\nallow_plain_http = true\n")
    loaded = file.load().settings
    write(path, "broken = = \n")
    file.save(replace(loaded, calls=CallSettings(repeat_guard_s=9)))
    assert isinstance(file.notice, FileDamaged)
    assert Path(file.notice.detail).read_text() == "broken = = \n"
    assert file.load().settings == Settings(
        region="US", account=AccountSettings(username="al"), calls=CallSettings(repeat_guard_s=9)
    )


def test_an_unreadable_file_is_left_alone_and_never_overwritten(file, path, tmp_path):
    write(path, "region = 'US'\n")
    path.chmod(0)
    for folder in (path.parent, *path.parents[1:4]):
        folder.chmod(folder.stat().st_mode | 0o055)
    path.parent.chmod(0o777)
    with as_nobody():
        loaded = file.load()
        assert isinstance(loaded.notice, StorageUnavailable)
        assert loaded.settings == Settings()
        for act in (
            lambda: file.change("region", "DE"),
            lambda: file.save(replace(loaded.settings, region="DE")),
        ):
            with pytest.raises(StorageUnavailable):
                act()
    path.chmod(0o600)
    assert path.read_text() == "region = 'US'\n"


def test_a_folder_that_cannot_be_written_to_is_reported(file, path):
    write(path, "region = 'US'\n")
    for folder in (path.parent, *path.parents[1:4]):
        folder.chmod(folder.stat().st_mode | 0o055)
    path.chmod(0o644)
    with as_nobody():
        assert file.load().settings.region == "US"
        with pytest.raises(StorageUnavailable):
            file.change("region", "DE")
        assert file.load().settings.region == "US"


def test_a_damaged_file_that_cannot_be_set_aside_is_reported_and_stays(file, path):
    write(path, "= broken")
    path.chmod(0o644)
    for folder in (path.parent, *path.parents[1:4]):
        folder.chmod(folder.stat().st_mode | 0o055)
    with as_nobody():
        loaded = file.load()
        assert isinstance(loaded.notice, StorageUnavailable)
        with pytest.raises(StorageUnavailable):
            file.change("region", "DE")
    assert path.read_text() == "= broken"


def test_a_full_disk_leaves_the_old_file_whole(path):
    write(path, "version = 1\nregion = 'US'\n")
    code = """
import resource, sys
from pathlib import Path
from ringbridge.core.errors import StorageUnavailable
from ringbridge.services.settings_file import SettingsFile
resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))
try:
    SettingsFile(Path(sys.argv[1])).change("account.username", "a" * 100)
except StorageUnavailable as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert done.stdout == "StorageUnavailable\n"
    assert path.read_text() == "version = 1\nregion = 'US'\n"
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".settings.toml.lock", "settings.toml"]


def test_a_file_where_the_folder_should_be_is_reported(file, path):
    path.parent.touch()
    assert isinstance(file.load().notice, StorageUnavailable)
    with pytest.raises(StorageUnavailable):
        file.change("region", "US")


def test_a_key_for_the_file_only_is_not_changed_by_the_program(file, path):
    with pytest.raises(SettingError) as caught:
        file.change("account.allow_plain_http", value=True)
    assert (caught.value.key, caught.value.problem) == ("account.allow_plain_http", "by_hand")
    file.load()
    with pytest.raises(SettingError):
        file.save(Settings(account=AccountSettings(allow_plain_http=True)))
    assert not path.exists()
    write(path, "[account]\nallow_plain_http = true\n")
    loaded = file.load().settings
    assert loaded.account.allow_plain_http
    file.save(replace(loaded, region="US"))
    assert file.load().settings == replace(loaded, region="US")


@pytest.mark.parametrize(("key", "value"), [("no.such", 1), ("version", 2), ("calls.repeat_guard_s", 61), ("", 1)])
def test_a_change_that_is_not_allowed_writes_nothing(file, path, key, value):
    with pytest.raises(SettingError):
        file.change(key, value)
    assert not path.exists()


def test_a_link_stays_a_link(file, path, tmp_path):
    real = tmp_path / "dotfiles.toml"
    real.write_text("region = 'US'\n")
    path.parent.mkdir()
    path.symlink_to(real)
    file.change("region", "DE")
    assert path.is_symlink()
    assert tomllib.loads(real.read_text())["region"] == "DE"


def test_a_byte_order_mark_and_windows_line_ends_are_understood(file, path):
    write(path, b"\xef\xbb\xbfregion = 'US'\r\n[card]\r\nseconds = 3\r\n")
    assert file.load().settings.card.seconds == 3
    file.change("card.seconds", 4)
    assert file.load().settings.card.seconds == 4
    assert file.load().settings.region == "US"


def test_two_programs_that_change_different_keys_lose_nothing(path):
    """One process for each key, each writing it 15 times."""
    code = """
import sys
from pathlib import Path
from ringbridge.services.settings_file import SettingsFile
file = SettingsFile(Path(sys.argv[1]))
file.load()
print("ready", flush=True)
sys.stdin.readline()
for number in range(15):
    file.change(sys.argv[2], number + 1)
"""
    keys = ["calls.repeat_guard_s", "card.seconds", "account.wait_s"]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, path, key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for key in keys
    ]
    for child in children:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.communicate("go\n", timeout=60)
        assert child.returncode == 0
    flat = flatten(SettingsFile(path).load().settings)
    assert [flat[key] for key in keys] == [15, 15, 15]


def test_saves_of_two_programs_that_loaded_the_same_file_both_count(path):
    first, second = SettingsFile(path), SettingsFile(path)
    one, two = first.load().settings, second.load().settings
    first.save(replace(one, region="US"))
    second.save(replace(two, calls=CallSettings(repeat_guard_s=9)))
    assert first.load().settings == Settings(region="US", calls=CallSettings(repeat_guard_s=9))


def test_a_lock_that_another_program_keeps_is_reported(path):
    path.parent.mkdir()
    with (
        private_files.locked(path.with_name(".settings.toml.lock")),
        pytest.raises(StorageUnavailable, match="locked"),
        private_files.locked(path.with_name(".settings.toml.lock"), timeout_s=0.05),
    ):
        pass


KILLED_AT = """
import os, signal, sys
from pathlib import Path
from ringbridge.services.settings_file import SettingsFile
file = SettingsFile(Path(sys.argv[1]))
file.load()
import tomlkit
left = int(sys.argv[2])
def dying(call, after):
    def wrapped(*arguments, **named):
        global left
        left -= 1
        if left == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return call(*arguments, **named)
        finally:
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    return wrapped
for name in ("open", "fsync", "rename", "replace", "unlink", "close", "fdopen"):
    setattr(os, name, dying(getattr(os, name), sys.argv[3] == "after"))
file.change("region", "DE")
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_step_of_a_change_the_old_or_the_new_file_is_whole(path, when):
    old, new = "version = 1\nregion = 'US'\n", 'version = 1\nregion = "DE"\n'
    seen: list[str] = []
    for step in range(1, 40):
        write(path, old)
        done = subprocess.run([sys.executable, "-c", KILLED_AT, path, str(step), when], check=False)
        seen.append(path.read_text())
        assert seen[-1] in {old, new}
        # and the next program goes on as if nothing had been
        assert SettingsFile(path).change("card.seconds", 3).card.seconds == 3
        assert sorted(entry.name for entry in path.parent.iterdir()) == [".settings.toml.lock", "settings.toml"]
        if done.returncode == 0:
            break
        assert done.returncode == -9
    else:
        pytest.fail("it never got to the end")
    assert seen[0] == old
    assert seen[-1] == new
    assert step > 8, "the steps were not counted"


def test_the_content_is_on_the_disk_before_the_file_gets_its_name(file, path, monkeypatch):
    done: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, name=name, real=real: (done.append(name), real(*args))[1])
    file.change("region", "US")
    assert done == ["fsync", "replace", "fsync"], "the file, its name, the folder"


def test_killed_at_any_time_the_file_is_whole(path):
    code = """
import sys
from pathlib import Path
from ringbridge.services.settings_file import SettingsFile
file = SettingsFile(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    file.change("account.username", str(number % 10) * 900)
    if number == 2:
        print("ready", flush=True)
"""
    luck = random.Random(7)
    for _ in range(6):
        with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            assert child.stdout.readline() == "ready\n"
            time.sleep(luck.uniform(0, 0.05))  # the moment of death, not a wait for anything
            child.kill()
        loaded = SettingsFile(path).load()
        assert loaded.notice is None
        username = loaded.settings.account.username
        assert (len(username), len(set(username))) == (900, 1)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = {
    "region": st.sampled_from(["", "US", "de"]),
    "account.username": TEXTS,
    "account.url": st.sampled_from(["", "https://pbx.example/x", "http://[::1]:8080/api"]),
    "account.ca_file": TEXTS,
    "calls.repeat_guard_s": st.integers(-1, 61),
    "clipboard.watch": st.booleans(),
    "hotkeys.dial_selection": st.sampled_from(["", "ctrl+alt+d"]),
    "hotkeys.redial": st.sampled_from(["", "ctrl+alt+d", "F7"]),
}
CHANGES = st.sampled_from(sorted(VALUES)).flatmap(lambda key: st.tuples(st.just(key), VALUES[key]))
STARTS = [
    "",
    "# only a comment",
    "version = 1\naccount.username = 'al'\naccount.later = 1\n",
    "account = {username = 'al', later = [1]}\nx = 1e3\n",
    "[account]\nusername='al'\n[other]\na=1\n[account.sub]\nb=2\n[calls]\n",
    "[other.deep]\n[calls]\nrepeat_guard_s = 3\n[account.sub]\nb=2\n",
    '"account"."username" = """\nal\nex"""\r\n',
]


@given(start=st.sampled_from(STARTS), changes=st.lists(CHANGES, max_size=6))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_changes_to_any_file_come_back_and_lose_nothing(tmp_path_factory, start, changes):
    path = tmp_path_factory.mktemp("any") / "settings.toml"
    path.write_text(start)
    file = SettingsFile(path)
    expected = file.load().settings
    for key, value in changes:
        try:
            expected = file.change(key, value)
        except SettingError:
            continue
        assert SettingsFile(path).load().settings == expected
    table = tomllib.loads(path.read_text())
    for key, value in tomllib.loads(start).items():
        if isinstance(value, dict):
            kept = {name: inner for name, inner in value.items() if f"{key}.{name}" not in VALUES}
            assert kept.items() <= table[key].items()
        else:
            assert table[key] == value


LIST = """\
version = 1

[dialing] # the plan
# in this order
rules = [
    # local calls
    "+972|X. => 0",  # to Tel Aviv
    # the office
    "2XX => 8",   # as the manual says
    '+1.', # no prefix
    # the end
] # after
outside_prefix = "9" # nine
"""


def test_a_list_is_read(file, path):
    write(path, LIST)
    loaded = file.load()
    assert loaded.problems == ()
    assert loaded.settings.dialing.rules == ("+972|X. => 0", "2XX => 8", "+1.")


def test_a_list_keeps_the_comments_of_what_stays(file, path):
    write(path, LIST)
    file.change("dialing.rules", ["+972|X. => 0", "3XX => 8", "+1.", "+44."])
    written = path.read_text()
    assert tomllib.loads(written)["dialing"]["rules"] == ["+972|X. => 0", "3XX => 8", "+1.", "+44."]
    for line in LIST.splitlines():
        if "#" in line:
            comment = line[line.index("#") :]
            assert comment in written, comment
    assert '"+972|X. => 0",  # to Tel Aviv\n' in written
    assert "'+1.'" in written  # untouched, in the person's own quotes


def test_a_list_that_was_emptied_takes_texts_again(file, path):
    write(path, LIST)
    file.change("dialing.rules", "")
    assert file.load().settings.dialing.rules == ()
    file.change("dialing.rules", "2XX => 8\n+1.")
    assert file.load().settings.dialing.rules == ("2XX => 8", "+1.")
    assert "# in this order" in path.read_text()


def test_a_new_list_stands_one_text_a_line(file, path):
    file.change("dialing.rules", ('off: 2XX => 8  # a "quoted" \\ one', "+1."))
    assert path.read_text().count("\n    ") == 2
    assert file.load().settings.dialing.rules == ('off: 2XX => 8  # a "quoted" \\ one', "+1.")


def test_a_bad_rule_is_not_written(file, path):
    write(path, LIST)
    with pytest.raises(SettingError):
        file.change("dialing.rules", ["1Y"])
    with pytest.raises(SettingError):
        file.save(replace(file.load().settings, dialing=DialingSettings(rules=("1Y",))))
    assert path.read_text() == LIST


def test_a_rule_that_is_bad_in_the_file_does_not_keep_other_settings_from_being_saved(file, path):
    write(path, LIST.replace("2XX", "2XY"))
    loaded = file.load().settings
    file.save(replace(loaded, region="US"))
    assert '"2XY => 8"' in path.read_text()
    assert file.load().settings == replace(loaded, region="US")


def test_a_key_of_an_earlier_version_is_changed_under_its_new_name(file, path):
    write(path, "version = 1\n[calls]\noutside_prefix = '9' # mine\n")
    assert file.load().settings.dialing.outside_prefix == "9"
    file.change("calls.outside_prefix", "8")
    assert file.load().settings.dialing.outside_prefix == "8"
    assert "outside_prefix = '9' # mine" in path.read_text()


RULE_LISTS = st.lists(
    st.sampled_from(["1X", "2X => 8", "+1|X. => 0 # “a”", "off: [1-5]!", '9|X # "q" \\ é']), max_size=5
)


@given(RULE_LISTS, RULE_LISTS, st.sampled_from(["", " # beside", "\n    # above"]), st.booleans(), st.booleans())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_list_becomes_any_other_and_nothing_else_changes(path, old, new, comment, tail, one_line):
    quoted = [json.dumps(text, ensure_ascii=False) for text in old]
    if one_line:
        array = "[" + ", ".join(quoted) + (", " if tail and old else "") + "]"
    else:
        array = "[\n" + "".join(f"    {text},{comment}\n" for text in quoted) + ("    # tail\n" if tail else "") + "]"
    write(path, f"version = 1\n[dialing]\nrules = {array} # behind\noutside_prefix = '9'\n[later]\nx = [1, 2]\n")
    file = SettingsFile(path)
    file.change("dialing.rules", new)
    table = tomllib.loads(path.read_text())
    assert table == {"version": 1, "dialing": {"rules": new, "outside_prefix": "9"}, "later": {"x": [1, 2]}}
    assert file.load().settings.dialing.rules == tuple(new)


# ------------------------------------------------------------ looking again


@pytest.fixture
def policy_path(tmp_path):
    return tmp_path / "etc" / "policy.toml"


@pytest.fixture
def watched(path, policy_path):
    """Long after anything was written, so that only what is written from now on counts."""
    later = datetime.now(UTC) + timedelta(hours=1)
    return SettingsFile(path, policy_files=(policy_path,), now=lambda: later)


def test_a_look_says_nothing_as_long_as_nobody_writes(watched, path, policy_path):
    write(path, "region = 'DE'")
    write(policy_path, "[guards]\npremium = 'ask'")
    watched.load()
    assert watched.look() is None
    write(path, "region = 'FR'")
    assert watched.look().settings.region == "FR"
    assert watched.look() is None
    path.unlink()
    assert watched.look().settings.region == ""
    assert watched.look() is None


def test_a_look_sees_a_policy_come_change_break_and_go(watched, path, policy_path):
    write(path, "[guards]\nnever_call = ['+1900*']")
    before = watched.load().settings
    write(policy_path, "locked = ['guards.refused_countries']\n[guards]\nrefused_countries = ['CU']")
    found = watched.look()
    assert found.settings.guards.refused_countries == ("CU",)
    assert found.policy.locked == {"guards.refused_countries"}
    write(policy_path, "locked = [")
    found, at_start = watched.look(), SettingsFile(path, policy_files=(policy_path,)).load()
    assert (found.settings, found.policy.locked) == (at_start.settings, at_start.policy.locked)
    assert str(found.policy.notice) == str(at_start.policy.notice)
    assert found.policy.notice is not None
    policy_path.unlink()
    assert watched.look().settings == before
    policy_path.mkdir()  # nothing that can be read
    assert watched.look().policy.notice is not None


def test_a_file_of_the_same_length_and_time_is_another_one(watched, path):
    write(path, "region = 'DE'")
    watched.load()
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    other = path.with_name("other")
    write(other, "region = 'FR'")
    os.utime(other, ns=times)
    other.replace(path)
    assert watched.look().settings.region == "FR"


def test_right_after_a_write_it_is_read_again(path):
    """Two writes within a tick of the file system's clock look the same."""
    write(path, "region = 'DE'")
    file = SettingsFile(path)
    file.load()
    found = file.look()
    assert found is not None
    assert found.settings.region == "DE"


@pytest.mark.parametrize("text", ["region = ", b"\xff", "version = 99", "#" * 1_100_000])
def test_a_look_leaves_a_file_alone_that_can_not_be_used(watched, path, policy_path, text):
    write(path, "[guards]\nnever_call = ['+1900*']")
    watched.load()
    write(path, text)
    found = watched.look()
    assert found.settings.guards.never_call == ("+1900*",)
    assert isinstance(found.notice, FileLeft)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    write(policy_path, "[guards]\nrefused_countries = ['CU']")  # a policy holds all the same
    guards = watched.look().settings.guards
    assert (guards.refused_countries, guards.never_call) == (("CU",), ("+1900*",))
    write(path, "region = 'FR'")
    found = watched.look()
    assert (found.settings.region, found.settings.guards.never_call, found.notice) == ("FR", (), None)


def test_a_look_at_a_folder_keeps_what_was_read_before(watched, path):
    write(path, "region = 'DE'")
    watched.load()
    path.unlink()
    path.mkdir()
    found = watched.look()
    assert (found.settings.region, type(found.notice)) == ("DE", FileLeft)


def test_what_a_look_found_is_what_save_compares_with(watched, path):
    write(path, "region = 'DE'")
    watched.load()
    write(path, "region = 'FR'")
    settings = watched.look().settings
    watched.save(replace(settings, card=settings.card._replace(seconds=3)))
    assert tomllib.loads(path.read_text()) == {"version": 1, "region": "FR", "card": {"seconds": 3}}
