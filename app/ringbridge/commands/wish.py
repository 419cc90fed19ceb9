"""What `ringbridge dial` is to call, read in this process: by `alone` to call it, by `explain` to tell of it."""

from dataclasses import dataclass

from ringbridge.commands.copied import read_copied
from ringbridge.commands.refusals import ORIGINS, refuse_copied, refuse_input
from ringbridge.commands.usage import Options, source_of
from ringbridge.core.calls import Origin
from ringbridge.core.errors import InputError
from ringbridge.core.settings import DialingSettings
from ringbridge.core.targets import Target, read_target
from ringbridge.desktop.ports import ReadProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A target and where it came from.

    Attributes:
        text: As it was typed or copied.
        target: What it is read as.
        origin: Where it came from.
        name: The other party's name where known, or empty.
    """

    text: str
    target: Target
    origin: Origin
    name: str = ""


def read_wish(options: Options, region: str, dialing: DialingSettings) -> Wish | int:
    """Read the target where the options say it is.

    Args:
        options: Of `ringbridge dial`.
        region: Two letters of ISO 3166, for numbers without a country code.
        dialing: The account's dial plan.

    Returns:
        The wish; or the exit code, where there is none and the reason has been printed.
    """
    source, text = source_of(options), options.target
    if source != "argument":
        copied = read_copied(source)
        text = copied.text
        if copied.problem is not None or not text.strip():
            return refuse_copied(copied.problem or ReadProblem.EMPTY, as_json=options.json)
    try:
        target = read_target(text, region, typed=source == "argument", dialing=dialing)
        return Wish(text=text, target=target, origin=ORIGINS[source])
    except InputError as error:
        return refuse_input(error, source, as_json=options.json)
