"""What no command caught: errors meant for people become a sentence and an exit code, everything else is a bug."""

from collections.abc import Sequence

from ringbridge import __version__
from ringbridge.commands.output import OutputLost, call_fields, complain, printable, report, report_outcome
from ringbridge.commands.usage import UsageError, wants_json
from ringbridge.core import exit_codes

_NO_CALLS = {"recent", "account", "config", "detect", "training-pbx", "doctor"}


def report_failure(error: Exception, arguments: Sequence[str]) -> int:
    """Print what went wrong, as an object where `--json` was asked for; returns the exit code.

    Args:
        error: What ended the command.
        arguments: As typed.
    """
    as_json = wants_json(arguments)
    calls = _may_be_a_call(arguments)
    if isinstance(error, UsageError):
        return _refuse(str(error), error.usage, as_json=as_json, calls=calls)
    if isinstance(error, OutputLost):
        complain(f"ringbridge: the output could not be written: {error}")
        return exit_codes.OUR_BUG
    from ringbridge.core.errors import InputError, RingbridgeError, SettingError

    if not isinstance(error, RingbridgeError):
        return _report_bug(error)
    from ringbridge.ui.wording import error_sentence

    if isinstance(error, (InputError, SettingError)):
        return _refuse(error_sentence(error), "", as_json=as_json, calls=calls)
    from ringbridge.services.failures import failed_outcome

    outcome = failed_outcome(error, request_id="", dialed="")
    return report_outcome(outcome, error_sentence(error), as_json=as_json)


def _refuse(sentence: str, usage: str, *, as_json: bool, calls: bool) -> int:
    if as_json:
        fields = call_fields("blocked", sentence) if calls else {"error": "usage", "message": sentence}
        return report(fields, exit_codes.USAGE, as_json=True)
    complain(f"{usage}\nringbridge: {printable(sentence)}" if usage else printable(sentence))
    return exit_codes.USAGE


def _may_be_a_call(arguments: Sequence[str]) -> bool:
    """Whether the object of a call is expected: not where another command is named."""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--profile":
            next(rest, "")
        elif not argument.startswith("-"):
            return argument not in _NO_CALLS
    return True


def _report_bug(error: Exception) -> int:
    """Name the place and the kind of the error; its words may hold what nobody should paste into a bug report."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" in {place.tb_frame.f_globals.get('__name__')}, line {place.tb_lineno}" if place is not None else ""
    complain(f"ringbridge {__version__}: a bug of Ringbridge: {type(error).__name__}{where}. Please report it.")
    return exit_codes.OUR_BUG
