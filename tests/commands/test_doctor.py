"""`ringbridge doctor`."""

import sqlite3
from pathlib import Path
from typing import Any

import keyring.errors
import pytest

from ringbridge import __version__
from ringbridge.commands import doctor, doctor_checks, doctor_dialing
from ringbridge.commands.doctor_checks import Check
from ringbridge.core.settings import Settings
from ringbridge.services.history import History
from support.command_line import Home, run_process
from support.desktop import Desktop
from support.fake_program import FakeProgram, answer, close
from support.lock_bus import LockBus
from support.pbx_server import PbxServer, envelope

ALWAYS = ("versions", "folders", "settings", "policy", "dial_plan", "dial_cases", "account")


def found(home: Home) -> dict[str, Any]:
    report = home.run("doctor", "--json").json
    assert all(list(check) == ["name", "ok", "detail", "remedy"] for check in report["checks"])
    return {check["name"]: check for check in report["checks"]}


def test_every_check_has_its_row(account: Home) -> None:
    assert list(found(account)) == [
        *ALWAYS, "keyring", "history", "display", "tray", "clipboard", "hotkey",
        "screen_lock", "links", "autostart", "power", "network", "dark_mode",
        "running", "pbx",
    ]  # fmt: skip


def test_a_good_account_is_good(account: Home) -> None:
    checks = found(account)
    for name in (
        "versions",
        "folders",
        "settings",
        "dial_plan",
        "dial_cases",
        "account",
        "keyring",
        "history",
        "running",
        "pbx",
    ):
        assert checks[name]["ok"], checks[name]
    assert checks["pbx"]["detail"] == "can be reached and takes the login"
    assert __version__ in checks["versions"]["detail"]


def test_where_a_copy_was_made_is_not_known_everywhere(account: Home) -> None:
    assert "muted" not in found(account)["clipboard"]["detail"]
    account.run("config", "set", "clipboard.muted_apps", "KeePassXC")
    assert "clipboard.muted_apps mutes nothing" in found(account)["clipboard"]["detail"]  # offscreen


def test_a_desktop_that_shows_nothing_ends_with_7(account: Home) -> None:
    ran = account.run("doctor")
    assert ran.code == 7  # offscreen: no tray
    assert "FAIL tray" in ran.out
    assert "ok   pbx" in ran.out


def test_looking_changes_nothing_and_calls_nobody(account: Home, pbx: PbxServer) -> None:
    folder = account.paths.config_dir.parents[1]
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    account.run("doctor")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert pbx.placed == []


def test_no_account_ends_with_8(home: Home) -> None:
    ran = home.run("doctor", "--json")
    assert ran.code == 8
    checks = found(home)
    assert not checks["account"]["ok"]
    assert "account set" in checks["account"]["remedy"]
    assert checks["pbx"]["ok"]


def test_a_locked_keyring_ends_with_8_and_the_pbx_is_only_reached(account: Home, pbx: PbxServer) -> None:
    account.keyring.error = keyring.errors.KeyringLocked("locked")
    assert account.run("doctor").code == 8
    assert found(account)["pbx"]["detail"] == "can be reached; the login was not tried"
    assert pbx.requests == []


def test_an_unreachable_pbx_ends_with_5(account: Home, pbx: PbxServer) -> None:
    pbx.stop_listening()
    assert account.run("doctor").code == 5


@pytest.mark.parametrize(
    ("behaviours", "exit_code"),
    [
        ([envelope("401", "no")], 4),
        ([envelope("202", "code")], 4),
        ([envelope("402", "role"), envelope("402", "role")], 3),
        ([envelope("500", "?"), envelope("500", "?")], 6),
    ],
)
def test_what_the_pbx_says_decides_the_exit_code(
    account: Home, pbx: PbxServer, behaviours: list[Any], exit_code: int
) -> None:
    pbx.answer_next(*behaviours)
    assert account.run("doctor").code == exit_code


def test_the_most_pressing_finding_decides() -> None:
    def check(code: int, *, ok: bool = False) -> Check:
        return Check(name="x", ok=ok, detail="", exit_code=code)

    assert doctor.exit_code_of([check(7), check(5), check(8, ok=True)]) == 5
    assert doctor.exit_code_of([check(7), check(4), check(8)]) == 8
    assert doctor.exit_code_of([check(8, ok=True)]) == 0


def test_the_report_can_be_pasted(home: Home, pbx: PbxServer) -> None:
    pbx.people["anna.schmidt"] = pbx.people["anna"]
    home.set_account(
        pbx.url.replace("127.0.0.1", "localhost"), username="anna.schmidt", password="s3cr3t", line="2125550100"
    )
    with home.paths.settings_file.open("a") as file:
        file.write('[card]\ncorner = "+12125551234"\n')
    ran = home.run("doctor")
    for secret in ("anna", "s3cr3t", "2125550100", "2125551234", "localhost", str(Path.home())):
        assert secret not in ran.out, secret
    assert ran.err == ""


def test_bad_settings_are_said_without_their_values(home: Home) -> None:
    home.paths.config_dir.mkdir(parents=True)
    home.paths.settings_file.write_text('[card]\nseconds = "soon"\n')
    check = found(home)["settings"]
    assert not check["ok"]
    assert "Seconds the card stays" in check["detail"]
    assert "soon" not in check["detail"]


@pytest.mark.parametrize("content", [b"no toml = = =", b"\xff\xfe", b"version = 999\n"])
def test_a_settings_file_that_can_not_be_used_is_left_where_it_is(home: Home, content: bytes) -> None:
    home.paths.config_dir.mkdir(parents=True)
    home.paths.settings_file.write_bytes(content)
    check = found(home)["settings"]
    assert not check["ok"]
    assert check["remedy"]
    assert home.paths.settings_file.read_bytes() == content


def test_a_settings_file_that_can_not_be_read_is_said(home: Home) -> None:
    home.paths.settings_file.mkdir(parents=True)
    assert not found(home)["settings"]["ok"]


def test_plain_http_is_no_good_account(home: Home) -> None:
    home.paths.config_dir.mkdir(parents=True)
    home.paths.settings_file.write_text(
        '[account]\nurl = "http://pbx.example.com/"\nusername = "anna"\nline = "201"\n'
    )
    checks = found(home)
    assert not checks["account"]["ok"]
    assert "https" in checks["account"]["detail"]
    assert "not tried" in checks["pbx"]["detail"]


def test_folders_that_can_not_be_written_are_said(home: Home) -> None:
    home.paths.data_dir.parent.mkdir(parents=True)
    home.paths.data_dir.write_text("in the way")
    check = found(home)["folders"]
    assert not check["ok"]
    assert check["remedy"]


def test_a_history_is_opened_without_being_changed(home: Home) -> None:
    History(home.paths.history_file).open()
    check = found(home)["history"]
    assert (check["ok"], check["detail"][:13]) == (True, "can be opened")


def test_a_history_that_can_not_be_used_is_said(home: Home) -> None:
    home.paths.data_dir.mkdir(parents=True)
    home.paths.history_file.write_bytes(b"no database at all, and long enough to be looked at" * 100)
    assert not found(home)["history"]["ok"]
    home.paths.history_file.unlink()
    connection = sqlite3.connect(home.paths.history_file)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    check = found(home)["history"]
    assert (check["ok"], check["remedy"]) == (False, "Update Ringbridge.")


@pytest.mark.parametrize(
    ("behaviour", "ok", "words"),
    [
        (answer({"v": 1, "ok": True, "pid": 1, "version": __version__, "demo": True}), True, "demo"),
        (answer({"v": 1, "ok": True, "pid": 1, "version": "0.0.1"}), False, "0.0.1"),
        (answer({"v": 1, "error": "unsupported"}), False, "another version"),
        (close, False, "does not answer"),
    ],
)
def test_the_running_program_is_asked(home: Home, behaviour: Any, words: str, *, ok: bool) -> None:
    with FakeProgram(home.paths.instance_socket, behaviour):
        check = found(home)["running"]
    assert check["ok"] is ok
    assert words in check["detail"]


def test_a_qt_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_name: str) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(doctor_checks, "import_module", broken)
    check = doctor_checks.check_versions()
    assert not check.ok
    assert "libEGL.so.1" in check.remedy


def test_a_bad_command_line_ends_with_2(home: Home) -> None:
    assert home.run("doctor", "everything").code == 2


def test_a_real_desktop_has_tray_clipboard_and_hotkey(desktop: Desktop) -> None:
    done = run_process("doctor", env={**desktop.env, "QT_QPA_PLATFORM": "xcb"})
    out = done.stdout.decode()
    assert b"Traceback" not in done.stderr
    for name in ("display", "tray", "clipboard", "hotkey"):
        assert f"ok   {name}" in out, out
    assert done.returncode == 8  # no account there


def write_config(home: Home, settings: str, cases: str | None = None) -> None:
    home.paths.config_dir.mkdir(parents=True, exist_ok=True)
    home.paths.settings_file.write_text(settings)
    if cases is not None:
        (home.paths.config_dir / "dial-cases.txt").write_text(cases)


def test_every_bad_rule_is_named(home: Home) -> None:
    write_config(home, '[dialing]\nrules = ["+972|X. => 0", "2XY", "9|[5-1]"]\n')
    check = found(home)["dial_plan"]
    assert not check["ok"]
    assert "Rule 2, position 3: “Y”" in check["detail"]
    assert "Rule 3, position 4: “5-1” is no range" in check["detail"]


def test_prefixes_that_do_not_fit_are_named(home: Home) -> None:
    write_config(home, '[dialing]\noutside_prefix = "9"\nforeign_prefix = "+"\n')
    assert "behind the 9" in found(home)["dial_plan"]["detail"]
    write_config(home, '[account]\ncdialplan = "auto"\n[dialing]\noutside_prefix = "9"\nforeign_prefix = "+"\n')
    check = found(home)["dial_plan"]
    assert (check["ok"], check["detail"]) == (True, "0 rules; the PBX converts what it is sent")


def test_rules_are_counted(home: Home) -> None:
    write_config(home, '[dialing]\nrules = ["off: +972|X. => 0", "2XX => 8"]\n')
    assert found(home)["dial_plan"]["detail"] == "2 rules, 1 of them off"


CASES = """\
# Numbers

(212) 555-1234 -> 2125551234
+44 20 7946 0018 → 0044 20 7946 0018 # UK
*97 => refused
x
"""


def test_cases_that_fail_are_named_by_their_lines(home: Home) -> None:
    write_config(home, 'region = "US"\n', CASES)
    ran = home.run("doctor", "--json")
    check = found(home)["dial_cases"]
    assert not check["ok"]
    assert check["detail"].startswith("3 of 4 cases failed. line 4: 0044…18 is expected, and 0114…18 would be dialed")
    assert "line 5: nothing is to be dialed, and *97 would be" in check["detail"]
    assert "line 6: there is no ->" in check["detail"]
    assert "--explain" in check["remedy"]
    assert ran.json["dial_cases"]["count"] == 4
    assert ran.json["dial_cases"]["failed"][0] == {
        "line": 4, "problem": "", "expected": "0044…18", "got": "0114…18",
    }  # fmt: skip
    assert "FAIL dial_cases" in home.run("doctor").out


def test_cases_that_pass_are_counted(home: Home) -> None:
    write_config(home, "", "(212) 555-1234 -> 2125551234\ntel:*97 -> refused\n")
    assert found(home)["dial_cases"]["detail"] == "2 cases, all as expected"


def test_cases_alone_end_with_7(home: Home) -> None:
    cases = doctor_dialing.check_dial_cases(home.paths, Settings(), "US")[0]
    assert cases.ok
    write_config(home, "", "".join("1 -> 2\n" for _ in range(30)))
    cases = doctor_dialing.check_dial_cases(home.paths, Settings(), "US")[0]
    assert cases.exit_code == 7
    assert cases.detail.endswith("and 10 more")


def test_a_cases_file_of_another_name_is_read(home: Home) -> None:
    write_config(home, '[dialing]\ncases_file = "cases/mine.txt"\n')
    check = found(home)["dial_cases"]
    assert not check["ok"]
    assert check["detail"].endswith("mine.txt is not there.")
    (home.paths.config_dir / "cases").mkdir()
    (home.paths.config_dir / "cases" / "mine.txt").write_bytes(b"\xef\xbb\xbf911 -> 911\r\n")
    assert found(home)["dial_cases"]["detail"] == "1 case, all as expected"


def test_the_companys_policy_has_its_row(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(home)["policy"]["detail"] == "there is none"
    policy = tmp_path / "ringbridge" / "policy.toml"
    policy.parent.mkdir()
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    policy.write_text('locked = ["guards.premium"]\n[account]\nurl = "https://pbx.example.com/"\n')
    assert "1 settings are locked" in found(home)["policy"]["detail"]
    policy.write_text("locked = [")
    bad = found(home)["policy"]
    assert (bad["ok"], "Tell your administrator." in bad["detail"]) == (False, True)


def test_who_tells_of_a_locked_screen_has_its_row(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
    assert "nobody here tells" in found(home)["screen_lock"]["detail"]
    with LockBus() as bus:
        bus.serve("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        assert found(home)["screen_lock"]["detail"] == "org.gnome.ScreenSaver"
        bus.serve("logind")
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        assert found(home)["screen_lock"]["detail"] == "logind"


def test_capabilities_are_listed_in_stable_words(account: Home) -> None:
    rows = account.run("doctor", "--json").json["capabilities"]
    assert all(list(row) == ["name", "usable", "mechanism", "reason", "remedy"] for row in rows)
    by_name = {row["name"]: row for row in rows}
    assert by_name["pbx"] == {"name": "pbx", "usable": True, "mechanism": "http", "reason": "", "remedy": ""}
    assert by_name["keyring"]["usable"] is True
    assert by_name["tray"]["reason"] == "no_tray_host"


def test_capabilities_say_what_is_missing_of_the_account(home: Home) -> None:
    rows = {row["name"]: row for row in home.run("doctor", "--json").json["capabilities"]}
    assert (rows["keyring"]["reason"], rows["pbx"]["remedy"]) == ("no_account", "set_up_account")
