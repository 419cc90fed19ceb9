"""`ringbridge doctor`: checks whether everything works here; its report can be pasted into a bug report."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from ringbridge.commands import doctor_checks, doctor_desktop, doctor_dialing, doctor_guards, doctor_hotkeys
from ringbridge.commands.arguments import Parser
from ringbridge.commands.doctor_checks import Check
from ringbridge.commands.output import printable, say, say_json
from ringbridge.core import exit_codes
from ringbridge.core.settings import AccountSettings
from ringbridge.desktop.capabilities import desktop_capabilities
from ringbridge.services.paths import find_paths, policy_files
from ringbridge.services.policy_file import read_policy
from ringbridge.services.region import effective_region

_WORST_FIRST = (
    exit_codes.NO_ACCOUNT, exit_codes.WRONG_LOGIN, exit_codes.NOTHING_SENT, exit_codes.REFUSED, exit_codes.UNKNOWN,
    exit_codes.BLOCKED,
)  # fmt: skip
_SHORTEST_NAME = 2
_LONG_DIGITS = re.compile(r"\+?\d{7,}")


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The profile can't be used.
        OutputLost: stdout can't be written.
    """
    parser = Parser(
        "doctor",
        "Check whether everything works here. Changes nothing, calls nobody.",
        "Of several findings the exit code tells the first of: 8 account or keyring, 4 login, 5 PBX or calls list,\n"
        "3 role, 6 an answer that was not understood, 7 settings, dial plan, or something this desktop lacks.\n"
        "0: all is well. --json prints one object: ok; checks with name, ok, detail and remedy each; capabilities\n"
        "with name, usable, mechanism, reason and remedy each, in stable words; dial_cases with count and failed.\n"
        "The report holds no password, user name, number or host name.\n",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.read(arguments)
    paths = find_paths(options.profile if options.profile is not None else profile)
    policy = read_policy(policy_files())
    settings_check, settings = doctor_checks.check_settings(paths, policy)
    account = settings.account
    cases_check, cases = doctor_dialing.check_dial_cases(paths, settings, effective_region(settings))
    keyring_check, keyring = doctor_checks.check_keyring(account, paths.profile)
    pbx_check, pbx = doctor_checks.check_pbx(account, keyring.password)
    checks = [
        _anonymous(check, account)
        for check in (
            doctor_checks.check_versions(),
            doctor_checks.check_folders(paths),
            settings_check,
            doctor_guards.check_policy(policy),
            doctor_dialing.check_dial_plan(settings),
            cases_check,
            doctor_checks.check_account(account),
            keyring_check,
            doctor_checks.check_history(paths),
            doctor_checks.check_display(),
            doctor_checks.check_tray(),
            doctor_checks.check_clipboard(settings.clipboard.muted_apps),
            doctor_hotkeys.check_hotkey(paths, settings),
            doctor_guards.check_screen_lock(),
            *doctor_desktop.check_desktop(paths, settings),
            doctor_checks.check_running(paths),
            pbx_check,
        )
    ]
    if options.json:
        rows = [
            {"name": check.name, "ok": check.ok, "detail": check.detail, "remedy": check.remedy} for check in checks
        ]
        capabilities = [
            {"name": each.name, "usable": each.usable, "mechanism": each.mechanism, "reason": each.reason,
                "remedy": each.remedy}
            for each in (*desktop_capabilities(paths.profile), keyring.capability, pbx.capability)
        ]  # fmt: skip
        ok = all(check.ok for check in checks)
        say_json({"ok": ok, "checks": rows, "capabilities": capabilities, "dial_cases": cases})
    else:
        say("\n".join(line for check in checks for line in _lines_of(check)))
    return exit_code_of(checks)


def exit_code_of(checks: list[Check]) -> int:
    """What the command ends with: the most pressing finding's code."""
    codes = {check.exit_code for check in checks if not check.ok}
    return next((code for code in _WORST_FIRST if code in codes), exit_codes.DONE)


def _lines_of(check: Check) -> list[str]:
    lines = [f"{'ok' if check.ok else 'FAIL':5}{check.name:12}{printable(check.detail)}"]
    if check.remedy:
        lines.append(f"{'':17}{printable(check.remedy)}")
    return lines


def _anonymous(check: Check, account: AccountSettings) -> Check:
    """The check without the user's home, login, host or numbers."""
    host = urlsplit(account.url).hostname or ""
    names = {str(Path.home()): "~", account.username: "…", account.line: "…", host: "…"}

    def clean(text: str) -> str:
        for name, instead in names.items():
            if len(name) > _SHORTEST_NAME:
                text = text.replace(name, instead)
        return _LONG_DIGITS.sub("…", text)

    return Check(
        name=check.name,
        ok=check.ok,
        detail=clean(check.detail),
        remedy=clean(check.remedy),
        exit_code=check.exit_code,
    )
