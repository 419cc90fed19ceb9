"""`ringbridge account`: which PBX, whose login, which line rings first; and whether the PBX takes it."""

import sys
from dataclasses import replace

from ringbridge.commands.arguments import Parser, action_of
from ringbridge.commands.output import complain, printable, say, say_json
from ringbridge.commands.running import tell_settings_changed
from ringbridge.commands.surroundings import Surroundings, logged, look_around
from ringbridge.commands.usage import Options, UsageError
from ringbridge.core import exit_codes
from ringbridge.core.calls import Line, Login
from ringbridge.core.errors import (
    CredentialsError,
    KeyringMissing,
    LoginCodeNeeded,
    NoAccount,
    RingbridgeError,
    RoleForbids,
    SettingError,
)
from ringbridge.core.settings import AccountSettings, plain_http_allowed, with_value
from ringbridge.services.credentials import Credentials
from ringbridge.services.failures import failed_outcome
from ringbridge.services.pbx import LoginCheck, LoginFinding, PbxClient
from ringbridge.ui.wording import error_sentence

ACTIONS = {
    "set": "store address, user name and own line, and the password in the keyring",
    "show": "print what is stored, but for the password",
    "test": "log in and list your lines; calls nobody",
    "forget": "remove account and password",
}

_MAX_PASSWORD = 1000


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: Settings, keyring or PBX said no.
        OutputLost: stdout can't be written.
    """
    action, rest = action_of("account", arguments, ACTIONS)
    parser = Parser(f"account {action}", f"{ACTIONS[action][:1].upper()}{ACTIONS[action][1:]}.")
    if action == "set":
        parser.add_argument("--url", help="such as https://www.015pbx.net/local/api/json/")
        parser.add_argument("--username", metavar="U", help="the login name of the person, as in the web portal")
        parser.add_argument("--line", metavar="L", help="your own line, which rings first")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from stdin, one line")
    elif action in {"show", "test"}:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.read(rest)
    here = look_around(options.profile if options.profile is not None else profile)
    with logged(here.paths):
        return {"set": _set, "show": _show, "test": _test, "forget": _forget}[action](options, here)


def _set(options: Options, here: Surroundings) -> int:
    old = here.settings.account
    settings = here.settings
    for key in ("url", "username", "line"):
        given = getattr(options, key)
        if given is not None:
            settings = with_value(settings, f"account.{key}", given)
        if not getattr(settings.account, key):
            raise UsageError(f"--{key} is needed: none is stored yet.")
    account = settings.account
    if not plain_http_allowed(account):
        raise SettingError("account.url", "plain_http")
    same_login = (old.url, old.username) == (account.url, account.username)
    password = _ask_password(options, may_keep=same_login)
    here.file.save(settings)
    if here.file.notice is not None:
        complain(printable(error_sentence(here.file.notice)))
    code = _save_password(account, password, here.paths.profile) if password else exit_codes.DONE
    if code == exit_codes.DONE and password and old.url and old.username and not same_login:
        _forget_old_password(old, here.paths.profile)
    tell_settings_changed(here.paths)
    if code == exit_codes.DONE:
        say("The account is stored. “ringbridge account test” tries it.")
    return code


def _ask_password(options: Options, *, may_keep: bool) -> str:
    """The password, or empty to keep the stored one.

    Raises:
        UsageError: There is none, or nowhere to ask.
    """
    if options.password_stdin:
        if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - None where it was closed (`<&-`)
            raise UsageError("There is no standard input to read the password from.")
        raw = sys.stdin.buffer.readline()
        try:
            password = raw.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise UsageError("The password on stdin is not UTF-8.") from None
    elif sys.stdin is not None and sys.stdin.isatty():  # pyright: ignore[reportUnnecessaryComparison] - as above
        from getpass import getpass

        password = getpass("Password (empty = keep the stored one): " if may_keep else "Password: ")
        if not password and may_keep:
            return ""
    elif may_keep:
        return ""
    else:
        raise UsageError("No password was given. Pipe it in with --password-stdin.")
    if not password:
        raise UsageError("The password is empty.")
    if len(password) > _MAX_PASSWORD or any(character < " " or character == "\x7f" for character in password):
        raise UsageError("The password has control characters or is longer than 1000 characters.")
    return password


def _save_password(account: AccountSettings, password: str, profile: str) -> int:
    try:
        Credentials(profile).save(account, password)
    except CredentialsError as error:
        missing = isinstance(error, KeyringMissing)
        cause = "This desktop has no keyring." if missing else error_sentence(error)
        rest = "Address, user name and line are. Enter the password in the tray program: it keeps it until it quits."
        complain(f"{cause} The password was not stored. {rest}")
        return exit_codes.NO_ACCOUNT
    return exit_codes.DONE


def _forget_old_password(old: AccountSettings, profile: str) -> None:
    """Nothing could reach the password of the login that was replaced any more."""
    try:
        Credentials(profile).forget(old)
    except CredentialsError as error:
        complain(f"The password of the earlier login is still in the keyring: {error_sentence(error)}")


def _show(options: Options, here: Surroundings) -> int:
    account = here.settings.account
    state = password_state(account, here.paths.profile)
    if options.json:
        say_json({"url": account.url, "username": account.username, "line": account.line, "password": state})
        return exit_codes.DONE
    unknown = "not known: there is no keyring, or it does not say"
    words = {"saved": "in the keyring", "none": "not stored", "unknown": unknown}
    rows = (
        ("Server", account.url or "not set"),
        ("User name", account.username or "not set"),
        ("Own line", account.line or "not set"),
        ("Password", words[state]),
    )
    say("\n".join(f"{name + ':':11}{printable(value)}" for name, value in rows))
    return exit_codes.DONE


def password_state(account: AccountSettings, profile: str) -> str:
    """Whether a password is stored: ``saved``, ``none`` or ``unknown``."""
    if not (account.url and account.username):
        return "none"
    try:
        Credentials(profile).read(account)
    except NoAccount:
        return "none"
    except CredentialsError:
        return "unknown"
    return "saved"


def _test(options: Options, here: Surroundings) -> int:
    account = here.settings.account
    try:
        check, lines = _ask_pbx(account, here.paths.profile)
    except RingbridgeError as error:
        outcome = failed_outcome(error, request_id="", dialed="")
        return _report_test(options, error_sentence(error), exit_codes.of_outcome(outcome.outcome), code=outcome.code)
    if check.finding is LoginFinding.CODE_NEEDED:
        return _report_test(options, error_sentence(LoginCodeNeeded()), exit_codes.WRONG_LOGIN)
    if check.finding is LoginFinding.ROLE_TOO_SMALL:
        message = "The login is right, but its role may not use the functions Ringbridge needs."
        return _report_test(options, message, exit_codes.REFUSED)
    if lines is None:
        message = "The login is right. Its role may not list lines, so your own line was not checked."
        return _report_test(options, message, exit_codes.DONE)
    names = [line.name for line in lines]
    message = "The login is right."
    if account.line_kind == "phone" and account.line not in names:
        message += (
            f" Your own line {account.line} is not among your lines." if account.line else " No own line is set."
        )
    return _report_test(options, message, exit_codes.DONE, lines=lines, line_found=account.line in names)


def _ask_pbx(account: AccountSettings, profile: str) -> tuple[LoginCheck, tuple[Line, ...] | None]:
    """Log in and list the lines; None for the lines where the role does not allow it.

    Raises:
        RingbridgeError: No account, no password, or what the PBX said.
    """
    for name in ("url", "username"):
        if not getattr(account, name):
            raise NoAccount(name)
    login = Login(username=account.username, password=Credentials(profile).read(account))
    client = PbxClient(account)
    try:
        check = client.check_login(login)
        return check, client.list_lines(login) if check.finding is LoginFinding.RIGHT else ()
    except RoleForbids:
        return LoginCheck(finding=LoginFinding.RIGHT, function="phones/list"), None
    finally:
        client.close()


def _report_test(
    options: Options,
    message: str,
    exit_code: int,
    *,
    code: int | None = None,
    lines: tuple[Line, ...] = (),
    line_found: bool | None = None,
) -> int:
    if options.json:
        rows = [{"name": line.name, "display": line.display, "description": line.description} for line in lines]
        ok = exit_code == exit_codes.DONE
        say_json({"ok": ok, "code": code, "message": message, "line_found": line_found, "lines": rows})
    elif exit_code != exit_codes.DONE:
        complain(printable(message))
    else:
        about = [
            ": ".join(dict.fromkeys(filter(None, (line.name, line.display, line.description)))) for line in lines
        ]
        say("\n".join((printable(message), *(f"  line {printable(text)}" for text in about))))
    return exit_code


def _forget(_options: Options, here: Surroundings) -> int:
    account = here.settings.account
    if account.url and account.username:
        try:
            Credentials(here.paths.profile).forget(account)
        except KeyringMissing:  # then it holds none, unless this is not the person's desktop (ssh)
            complain("There is no keyring here. A password that another desktop's keyring holds stays there.")
    by_hand = AccountSettings(allow_plain_http=account.allow_plain_http)  # only a person changes it, in the file
    here.file.save(replace(here.settings, account=by_hand))
    tell_settings_changed(here.paths)
    say("The account and its password are forgotten. The list of calls stays.")
    return exit_codes.DONE
