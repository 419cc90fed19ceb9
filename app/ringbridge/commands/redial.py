"""`ringbridge redial`: makes the latest call again, through the running program when there is one, else alone."""

from ringbridge.commands.dial import report_lost, report_other_version
from ringbridge.commands.output import report_answer, uninterrupted
from ringbridge.commands.plain_usage import read_plain
from ringbridge.services import instance_client
from ringbridge.services.instance_address import instance_address

_PATIENCE_S = 270.0  # the longest wait (60 s) and connection time limit (60 s), and a person who unlocks the keyring


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The profile can't be used.
    """
    options = read_plain(
        "redial",
        arguments,
        "Make the latest call again. It passes the checks of every call; the running program asks on the screen.",
        "--json prints the same object as dial.\n",
    )
    profile = options.profile if options.profile is not None else profile
    try:
        answer = instance_client.redial(instance_address(profile), patience_s=lambda: _PATIENCE_S)
    except instance_client.NoProgram:
        from ringbridge.commands import alone

        return alone.redial(profile, as_json=options.json)
    except instance_client.ProgramLost:
        return uninterrupted(lambda: report_lost(as_json=options.json))
    except instance_client.OtherVersion:
        return report_other_version(as_json=options.json)
    return report_answer(answer, as_json=options.json)
