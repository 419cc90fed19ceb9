"""Every sentence about calls and errors that people read, in the tray program and on the command line. No Qt.

Sentences say what happened, whether anything was sent, and what to do next. All are plain text, never markup: the
words of a PBX stand in them as they came.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ringbridge.core.calls import CallOutcome, Outcome
from ringbridge.core.errors import CallLimit, InputError, RingbridgeError, SettingError, StorageError
from ringbridge.ui.gate_words import (
    clock_text,
    gate_sentence,
    gate_sentences,
    question_title,
    refused_sentence,
    running_sentence,
)
from ringbridge.ui.setting_words import (
    availability_sentence,
    input_sentence,
    muted_sentence,
    pause_sentence,
    policy_sentences,
    problem_sentence,
    read_problem_sentence,
    remedy_sentence,
    setting_name,
    setting_sentence,
    storage_sentence,
    way_sentence,
)
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ringbridge.core.dialing.guard_settings import OwnPhone

__all__ = [
    "availability_sentence", "clock_text", "error_sentence", "gate_sentence", "gate_sentences", "hang_up_sentence",
    "input_sentence", "kind_word", "muted_sentence", "outcome_sentence", "outcome_word", "pause_sentence",
    "phone_name", "policy_sentences", "problem_sentence", "question_title", "read_problem_sentence",
    "refused_sentence", "relative_time", "remedy_sentence", "route_sentence", "running_sentence", "setting_name",
    "setting_sentence", "storage_sentence", "unconfirmed_sentence", "way_sentence",
]  # fmt: skip

_MAX_MESSAGE = 200  # characters
_SECONDS_OF_NOW = 60
_SECONDS_OF_HOUR = 3600
_EXPLAINED = {"unreachable", "tls", "proxy", "not_understood"}
"""Where the cause alone does not tell an administrator what to change."""
_NOT_HUNG_UP = {"no_call", "unnamed_call"}


def outcome_sentence(outcome: CallOutcome, who: str = "", extension: str = "") -> str:
    """What became of a call, whether anything was sent, and what to do next.

    Args:
        outcome: How the request ended.
        who: The other party as people know it: a name or a formatted number; empty = the dial string.
        extension: Digits to dial once connected, which the PBX has no way to send; or empty.
    """
    if outcome.outcome is Outcome.REQUESTED:
        template = tr("Your phone is ringing. Answer it, and the PBX calls {who}.")
        ringing = fill(template, who=who or outcome.dialed or tr("the other party"))
        then = fill(tr("Once connected, dial the extension {digits}."), digits=extension) if extension else ""
        return _joined(ringing, then)
    if outcome.problem in _NOT_HUNG_UP:
        return hang_up_sentence(outcome)
    stopped = _stopped_by_the_gate(outcome)
    if stopped:
        return stopped
    cause, remedy = _cause_and_remedy(outcome)
    return _joined(cause, _consequence(outcome), remedy)


def _stopped_by_the_gate(outcome: CallOutcome) -> str:
    """Why the wish never became a call, or empty where it did."""
    problem = outcome.problem
    simple = {
        "repeated": tr("You called this number a moment ago, so no second call was placed. Wait a few seconds."),
        "no_redial": tr("There is no call yet that could be made again."),
    }
    if problem in simple:
        return simple[problem]
    if problem == "running":
        return outcome.detail or gate_sentence("running")
    if problem == "unconfirmed":
        return unconfirmed_sentence(outcome.detail)
    if problem in {"limit_minute", "limit_day"}:
        return _joined(gate_sentence(problem), _consequence(outcome))
    if problem.startswith("gate_"):
        return _joined(refused_sentence(problem.removeprefix("gate_")), _consequence(outcome))
    return ""


def hang_up_sentence(outcome: CallOutcome) -> str:
    """What became of the wish to hang up."""
    if outcome.outcome is Outcome.REQUESTED:
        return tr("The PBX ends the call.")
    if outcome.problem == "no_call":
        return tr("There is no call to hang up.")
    if outcome.problem == "unnamed_call":
        return tr("The PBX gave no name to your latest call, so Ringbridge can't end it. Hang up on your phone.")
    cause, remedy = _cause_and_remedy(outcome)
    if outcome.problem == "role":  # before API level 3.15 only administrators may
        remedy = tr("Ask your administrator whether your login may end calls: that takes the “actions” or “panel” "
            "privilege, on older servers “administrator”.")  # fmt: skip
    return _joined(cause, tr("The call may go on: hang up on your phone."), remedy)


def outcome_word(outcome: Outcome) -> str:
    """How a call ended in one or two words, for menus and lists."""
    return {
        Outcome.PLACING: tr("placing", "a call is being placed right now"),
        Outcome.REQUESTED: tr("requested", "the PBX accepted the call"),
        Outcome.NOT_SENT: tr("not sent", "nothing left this computer"),
        Outcome.REFUSED: tr("refused", "the PBX said no"),
        Outcome.WRONG_LOGIN: tr("wrong login"),
        Outcome.UNKNOWN: tr("unknown", "the answer was lost: it may have rung"),
        Outcome.BLOCKED: tr("not placed", "Ringbridge or the user stopped it"),
        Outcome.NO_ACCOUNT: tr("no account", "server, login, line or password is missing"),
    }[outcome]


def error_sentence(error: RingbridgeError) -> str:
    """What went wrong and what to do, where no call is concerned (testing a login, saving settings …)."""
    if isinstance(error, InputError):
        return input_sentence(error.problem, error.detail)
    if isinstance(error, SettingError):
        return setting_sentence(error)
    if isinstance(error, StorageError):
        return storage_sentence(error)
    if isinstance(error, CallLimit):
        return gate_sentence(f"limit_{error.period}")
    from ringbridge.services.failures import failed_outcome  # only failures need it

    try:
        outcome = failed_outcome(error, request_id="", dialed="")
    except StopIteration:  # no class of core/errors.py but the root itself
        return tr("Something went wrong. Try again.")
    cause, remedy = _cause_and_remedy(outcome)
    if outcome.outcome is Outcome.UNKNOWN and not remedy:
        remedy = tr("Try again.")
    return _joined(cause, remedy)


def unconfirmed_sentence(why: str) -> str:
    """Nobody was there to say yes.

    Args:
        why: Why a yes is wanted.
    """
    return _joined(why, tr("Nobody said yes, so no call was placed. Say it with --yes."))


def phone_name(line: str, phones: "Iterable[OwnPhone]") -> str:
    """One of the user's own phones as people know it: its name and number, or the number alone."""
    name = next((phone.name for phone in phones if phone.value == line), "")
    return fill(tr("{name} {number}", "an own phone: Desk 1001"), name=name, number=line) if name else line


def route_sentence(*, dialed: str, phone: str, caller_id: str) -> str:
    """How a call would go: what is sent, which phone rings, and what the other party sees.

    Args:
        dialed: The dial string, or empty where there are several.
        phone: The own phone that rings first, or empty.
        caller_id: What the other party sees, or empty where the PBX decides.
    """
    parts = (
        fill(tr("Dialed as {number}"), number=dialed) if dialed else "",
        fill(tr("rings {phone}"), phone=phone) if phone else "",
        fill(tr("they see {number}"), number=caller_id) if caller_id else "",
    )
    # a line breaks between the parts, not within them
    text = ", ".join(part.replace(" ", "\u00a0") for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}"


def kind_word(kind: str) -> str:
    """What a number is, or empty where its numbering plan does not say.

    Args:
        kind: A `ringbridge.core.phone_numbers.NumberKind`, as text.
    """
    return {
        "fixed": tr("landline"),
        "mobile": tr("mobile"),
        "toll_free": tr("free of charge"),
        "premium": tr("premium rate, may be expensive"),
        "shared_cost": tr("shared cost"),
        "voip": tr("internet phone"),
    }.get(kind, "")


def relative_time(then: datetime, now: datetime) -> str:
    """When something was, as people say it, in the computer's own time zone.

    Args:
        then: The time in question, aware.
        now: The present, aware.
    """
    seconds = (now - then).total_seconds()
    if -_SECONDS_OF_NOW < seconds < _SECONDS_OF_NOW:
        return tr("just now")
    if 0 < seconds < _SECONDS_OF_HOUR:
        return fill(tr("{minutes} min ago"), minutes=int(seconds // 60))
    local, today = then.astimezone(), now.astimezone()
    clock = f"{local.hour:02}:{local.minute:02}"
    if local.date() == today.date():
        return fill(tr("today {clock}"), clock=clock)
    if local.date() == today.date() - timedelta(days=1):
        return fill(tr("yesterday {clock}"), clock=clock)
    month = (tr("Jan"), tr("Feb"), tr("Mar"), tr("Apr"), tr("May", "short for the month"), tr("Jun"), tr("Jul"),
        tr("Aug"), tr("Sep"), tr("Oct"), tr("Nov"), tr("Dec"))[local.month - 1]  # fmt: skip
    if local.year == today.year:
        return fill(tr("{day} {month}", "a date such as 12 Nov"), day=local.day, month=month)
    return fill(tr("{day} {month} {year}", "a date such as 12 Nov 2026"), day=local.day, month=month, year=local.year)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _says(message: str) -> str:
    """The PBX's words, as one line of reasonable length."""
    return fill(tr("It says: “{message}”."), message=_one_line(message))


def _one_line(text: str) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _MAX_MESSAGE else line[: _MAX_MESSAGE - 1] + "…"


def _consequence(outcome: CallOutcome) -> str:
    """Was anything sent?"""
    if outcome.problem == "program_lost":
        return tr("Your phone may have rung. Look at it before you call again.")
    if outcome.outcome is Outcome.UNKNOWN:
        return tr("Your phone may be ringing. Look at it before you call again.")
    return tr("No call was placed.")


def _cause_and_remedy(outcome: CallOutcome) -> tuple[str, str]:
    problem = outcome.problem
    if problem.startswith("input_"):
        return input_sentence(problem.removeprefix("input_"), outcome.detail), ""
    if problem == "invalid_input":
        return _invalid_input(outcome)
    if problem == "invalid_request":
        part = _parameter_word(outcome.key)
        template = tr("{part} can't be used.") if outcome.key == "ca_file" else tr("{part} can't be sent to the PBX.")
        cause = fill(template, part=part[:1].upper() + part[1:])
        return _joined(cause, _details(outcome.detail)), _check(outcome.key)
    known = _network_words() | _login_words() | _local_words()
    cause, remedy = known.get(problem) or _unnamed(outcome)
    if outcome.message and outcome.outcome is Outcome.REFUSED:
        cause = _joined(cause, _says(outcome.message))
    if problem in _EXPLAINED:
        cause = _joined(cause, _details(outcome.detail))
    return cause, remedy


def _details(text: str) -> str:
    """What a library or the PBX said, for whoever looks after the computer; empty where it said nothing."""
    line = _one_line(text).rstrip(".")
    return fill(tr("Details: {text}."), text=line) if line else ""


def _network_words() -> dict[str, tuple[str, str]]:
    again = tr("Check the network connection and the server address in the settings, then try again.")
    return {
        "unreachable": (tr("The PBX can't be reached."), again),
        "tls": (
            tr("A safe connection to the PBX can't be made: its certificate or encryption is not accepted."),
            tr("Check the server address in the settings, or ask your administrator."),
        ),
        "proxy": (
            tr("The proxy can't be reached, or it refused the connection."),
            tr("Check the proxy in the settings, or ask your administrator."),
        ),
        "plain_http": (
            tr("The server address starts with http://, which would show your password to others."),
            tr("Change it to https:// in the settings."),
        ),
        "answer_lost": (tr("No answer came from the PBX."), ""),
        "not_understood": (
            tr("The PBX answered in a way Ringbridge does not understand."),
            tr("If it happens again, check the server address in the settings."),
        ),
        "program_lost": (tr("Ringbridge never learned what the PBX answered."), ""),
    }


def _login_words() -> dict[str, tuple[str, str]]:
    enter = tr("Enter it in the settings.")
    return {
        "wrong_login": (
            tr("The PBX does not accept your user name or password."),
            tr("Enter both again in the settings."),
        ),
        "login_code": (
            tr("The PBX wants a one-time code for this login, and Ringbridge can't send one."),
            tr("Ask your administrator for a login without one-time codes."),
        ),
        "role": (
            tr("Your login at the PBX is not allowed to do this."),
            tr("Ask your administrator for the “actions” or “panel” privilege."),
        ),
        "rate_plan": (
            tr("Your rate plan does not allow this call."),
            tr("Check the number, or ask your administrator."),
        ),
        "not_found": (
            tr("The PBX does not know this, or it is not yours to use."),
            tr("Check your own line in the settings."),
        ),
        "no_url": (tr("The address of the PBX is missing."), enter),
        "no_username": (tr("Your user name is missing."), enter),
        "no_line": (tr("Your own line, which rings first, is missing."), enter),
        "no_password": (tr("Your password is missing."), enter),
    }


def _local_words() -> dict[str, tuple[str, str]]:
    return {
        "keyring_missing": (
            tr("This desktop has no keyring to hold your password."),
            tr("Enter the password in the settings: Ringbridge keeps it until you quit."),
        ),
        "keyring_locked": (tr("Your keyring is locked."), tr("Unlock it, then try again.")),
        "keyring_refused": (
            tr("Your keyring did not give your password."),
            tr("Enter the password again in the settings."),
        ),
        "keyring_no_answer": (
            tr("Your keyring does not answer."),
            tr("Try again. If it does not help, log out of the desktop and in again."),
        ),
        "history_unavailable": (
            tr("The list of calls can't be written, and without it a call could be placed twice."),
            tr("Check that the disk is not full, then try again."),
        ),
        "history_too_new": (
            tr("The list of calls was written by a newer Ringbridge."),
            tr("Update Ringbridge on this computer."),
        ),
        "declined": (tr("You chose not to call."), ""),
    }


def _unnamed(outcome: CallOutcome) -> tuple[str, str]:
    """For a problem without a sentence of its own: what the outcome alone tells."""
    return {
        Outcome.NOT_SENT: (tr("The request did not leave this computer."), tr("Try again.")),
        Outcome.REFUSED: (tr("The PBX refused."), tr("Check the number, or ask your administrator.")),
        Outcome.WRONG_LOGIN: _login_words()["wrong_login"],
        Outcome.UNKNOWN: (tr("What became of the call is not known."), ""),
        Outcome.BLOCKED: (tr("Ringbridge stopped this call."), ""),
        Outcome.NO_ACCOUNT: (tr("Your account is not set up completely."), tr("Open the settings and complete it.")),
    }.get(outcome.outcome, (tr("The call is being placed."), ""))


def _invalid_input(outcome: CallOutcome) -> tuple[str, str]:
    """A 400: the PBX names a parameter and says something about it; both are shown as they came."""
    if not outcome.key:
        cause = tr("The PBX refused the request.")
    elif _is_known_parameter(outcome.key):
        cause = fill(
            tr("The PBX does not accept {part} ({key})."), part=_parameter_word(outcome.key), key=outcome.key
        )
    else:
        cause = fill(tr("The PBX does not accept “{key}”."), key=outcome.key)
    if outcome.message:
        cause = _joined(cause, _says(outcome.message))
    return cause, _check(outcome.key)


def _is_known_parameter(key: str) -> bool:
    return key in {
        "snumber", "stype", "cnumber", "callerid1", "callerid2", "cdialplan", "wait", "auth_username",
        "auth_password", "card", "customer", "recordgroup",
    }  # fmt: skip


def _parameter_word(key: str) -> str:
    """A parameter of the PBX's contract in people's words."""
    return {
        "snumber": tr("your own line"),
        "stype": tr("the kind of your own phone"),
        "cnumber": tr("the number you call"),
        "callerid2": tr("your caller ID"),
        "cdialplan": tr("the dial plan setting"),
        "wait": tr("the waiting time"),
        "auth_username": tr("your user name"),
        "auth_password": tr("your password"),
        "ca_file": tr("the certificate file"),
        "callerid1": tr("the number shown on your phone"),
        "card": tr("the card"),
        "customer": tr("the customer"),
        "recordgroup": tr("the record group"),
    }.get(key, tr("a part of the request"))


def _check(key: str) -> str:
    return {
        "cnumber": tr("Check the number."),
        "snumber": tr("Check your own line in the settings."),
        "stype": tr("Check your own line in the settings."),
        "callerid2": tr("Check the caller ID in the settings."),
        "ca_file": tr("Check the setting account.ca_file."),
    }.get(key, tr("Check the number and the settings, or ask your administrator."))
