"""`ringbridge hangup`: ends the latest call that the PBX named."""

from ringbridge.commands.dial import report_lost, report_other_version
from ringbridge.commands.output import report_answer, uninterrupted
from ringbridge.commands.plain_usage import read_plain
from ringbridge.services import instance_client
from ringbridge.services.instance_address import instance_address

_PATIENCE_S = 90.0  # the longest connection time limit (60 s), an answer, the keyring


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The profile can't be used.
    """
    options = read_plain(
        "hangup",
        arguments,
        "Ask the PBX to end the latest call that it named (see dial --wait).",
        "--json prints the same object as dial; outcome “requested”: the PBX ends the call.\n",
    )
    profile = options.profile if options.profile is not None else profile
    try:
        answer = instance_client.hang_up(instance_address(profile), patience_s=lambda: _PATIENCE_S)
    except instance_client.NoProgram:
        from ringbridge.commands import alone

        return alone.hang_up(profile, as_json=options.json)
    except instance_client.ProgramLost:
        return uninterrupted(lambda: report_lost(hanging_up=True, as_json=options.json))
    except instance_client.OtherVersion:
        return report_other_version(as_json=options.json)
    return report_answer(answer, as_json=options.json)
