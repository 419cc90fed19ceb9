"""What other commands tell the running program, if there is one."""

from ringbridge.commands.output import complain
from ringbridge.services import instance_client
from ringbridge.services.paths import Paths


def tell_settings_changed(paths: Paths) -> None:
    """Ask the running program to read its settings again."""
    try:
        instance_client.tell_settings_changed(str(paths.instance_socket))
    except (instance_client.ProgramLost, instance_client.OtherVersion):
        complain("The running Ringbridge did not take the change. Quit it and start it again.")
