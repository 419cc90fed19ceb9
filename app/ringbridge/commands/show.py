"""`ringbridge show`: “Call number…” of the tray program, which is started where it does not run."""

from ringbridge.commands.output import complain
from ringbridge.commands.usage import quick_options
from ringbridge.core import exit_codes
from ringbridge.services import instance_client
from ringbridge.services.instance_address import instance_address


def run(arguments: list[str], profile: str | None) -> int:
    """Run the command.

    Raises:
        UsageError: The command line can't be used.
        RingbridgeError: The profile can't be used.
    """
    options = quick_options(arguments, flags=(), values={"--profile": str})
    if options is None:
        from ringbridge.commands.arguments import Parser

        options = Parser("show", "Show “Call number…” of the tray program; start it where it does not run.").read(
            arguments
        )
    profile = options.profile if options.profile is not None else profile
    try:
        instance_client.open_call_dialog(instance_address(profile), token=instance_client.activation_token())
    except instance_client.NoProgram:
        from ringbridge.main import run_tray

        return run_tray(profile=profile, show=True)
    except (instance_client.ProgramLost, instance_client.OtherVersion):
        complain("The running Ringbridge does not answer. Quit it and start it again.")
        return exit_codes.BLOCKED
    return exit_codes.DONE
