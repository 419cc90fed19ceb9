"""`ringbridge dial`: through the running program when there is one, else alone.

Desktop shortcuts run this for every call, so it imports as little as it can before the running program has the
request.
"""

from ringbridge.commands.output import report, report_answer, uninterrupted
from ringbridge.commands.usage import (
    Options,
    call_options,
    dialable,
    number_of,
    quick_options,
    seconds_to_wait,
    source_of,
)
from ringbridge.core import exit_codes
from ringbridge.services import instance_client
from ringbridge.services.instance_address import instance_address

_FLAGS = ("--clipboard", "--selection", "--yes", "--json", "--explain", "--auto-answer")
_VALUES = {
    "--line": dialable,
    "--caller-id": dialable,
    "--wait": seconds_to_wait,
    "--record-group": number_of,
    "--card": str,
    "--customer": number_of,
    "--profile": str,
}

_PLAIN_LENGTH = 400  # ringbridge.core.targets.MAX_LENGTH
_UNANSWERED_S = 150  # on top of what the PBX may take: a person may have to unlock the keyring first


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The profile can't be used.
    """
    options = _read_options(arguments)
    profile = options.profile if options.profile is not None else profile
    if options.explain:
        from ringbridge.commands import explain

        return explain.run(options, profile)
    if options.target is not None and not _is_plain(options.target):
        from ringbridge.commands.refusals import refuse_unreadable

        refused = refuse_unreadable(options.target, as_json=options.json)
        if refused is not None:
            return refused
    answer = _hand_over(options, profile, said_yes=options.yes)
    if not isinstance(answer, int) and answer.problem == "read_unsupported" and options.clipboard:
        answer = _hand_over_copied(options, profile)
    if isinstance(answer, int):
        return answer
    if answer.question:
        from ringbridge.commands import question

        if question.can_ask():
            if not question.ask(answer.question):
                return report_declined(as_json=options.json)
            answer = _hand_over(options, profile, said_yes=True)
            if isinstance(answer, int):
                return answer
    return report_answer(answer, as_json=options.json)


def _hand_over(options: Options, profile: str | None, *, said_yes: bool) -> "instance_client.CallAnswer | int":
    """Let the running program call, or call alone where none runs; an exit code where that is over."""
    try:
        return instance_client.dial(
            instance_address(profile),
            target=options.target or "",
            source=source_of(options),
            line=options.line,
            caller_id=options.caller_id,
            wait=options.wait,
            options=call_options(options),
            said_yes=said_yes,
            patience_s=lambda: _patience_s(profile, options.wait),
        )
    except instance_client.NoProgram:
        from ringbridge.commands import alone

        options.yes = said_yes
        return alone.dial(options, profile)
    except instance_client.ProgramLost:
        return uninterrupted(lambda: report_lost(as_json=options.json))
    except instance_client.OtherVersion:
        return report_other_version(as_json=options.json)


def _hand_over_copied(options: Options, profile: str | None) -> "instance_client.CallAnswer | int":
    """Read the clipboard for the running program, which can't without the focus (GNOME) and so called nobody."""
    from ringbridge.commands.copied import read_copied
    from ringbridge.commands.refusals import refuse_copied
    from ringbridge.desktop.ports import ReadProblem

    copied = read_copied("clipboard")
    if copied.problem is not None or not copied.text.strip():
        return refuse_copied(copied.problem or ReadProblem.EMPTY, as_json=options.json)
    if len(copied.text) > _PLAIN_LENGTH:
        return refuse_copied(ReadProblem.TOO_LONG, as_json=options.json)
    options.target = copied.text
    return _hand_over(options, profile, said_yes=options.yes)


def report_declined(*, as_json: bool) -> int:
    """The person at the terminal said no."""
    from ringbridge.commands.output import report_outcome
    from ringbridge.core.calls import CallOutcome, Outcome
    from ringbridge.ui.wording import outcome_sentence

    outcome = CallOutcome(request_id="", outcome=Outcome.BLOCKED, problem="declined")
    return report_outcome(outcome, outcome_sentence(outcome), as_json=as_json)


def report_lost(*, hanging_up: bool = False, as_json: bool) -> int:
    """The running program took the request and gave no answer."""
    from ringbridge.commands.output import report_outcome
    from ringbridge.core.calls import CallOutcome, Outcome
    from ringbridge.ui.wording import hang_up_sentence, outcome_sentence

    outcome = CallOutcome(request_id="", outcome=Outcome.UNKNOWN, problem="program_lost")
    sentence = hang_up_sentence(outcome) if hanging_up else outcome_sentence(outcome)
    return report_outcome(outcome, sentence, as_json=as_json)


def report_other_version(*, as_json: bool) -> int:
    """The running program is of another version and did nothing."""
    from ringbridge.commands.output import call_fields

    sentence = "The running Ringbridge is of another version and did nothing. Quit it and start it again."
    return report(call_fields("blocked", sentence), exit_codes.BLOCKED, as_json=as_json)


def _read_options(arguments: list[str]) -> Options:
    options = quick_options(arguments, flags=_FLAGS, values=_VALUES, positional="target")
    if options is None or (options.target is not None) + options.clipboard + options.selection != 1:
        from ringbridge.commands import dial_usage

        options = dial_usage.read(arguments)
    return options


def _is_plain(target: str) -> bool:
    """Whether nothing speaks against handing this over unread."""
    return len(target) <= _PLAIN_LENGTH and target.isprintable()


def _patience_s(profile: str | None, wait: int | None) -> float:
    """How long an answer may take: asked only when it does not come at once, so that reading the settings is free."""
    from ringbridge.commands.surroundings import look_around

    account = look_around(profile).settings.account
    return (account.wait_s if wait is None else wait) + account.connect_timeout_s + _UNANSWERED_S
