"""What `ringbridge doctor` looks at of the desktop: phone links, start at login, wake-ups, network, colours."""

from collections.abc import Iterator

from ringbridge.commands.doctor_checks import Check
from ringbridge.core.errors import RingbridgeError
from ringbridge.core.settings import Settings
from ringbridge.desktop.choose import autostart, event_sources, link_handler
from ringbridge.desktop.registration_ports import Registration
from ringbridge.services.paths import Paths
from ringbridge.ui.desktop_words import autostart_reason, autostart_sentence, background_arguments, link_sentences
from ringbridge.ui.wording import availability_sentence, error_sentence


def check_desktop(paths: Paths, settings: Settings) -> Iterator[Check]:
    """All of them. That something is not there is no fault: it is said what then does not happen by itself."""
    yield _check_links(paths)
    yield _check_autostart(paths)
    sources = event_sources()
    yield Check(
        name="power",
        ok=True,
        detail=sources.power or "nobody here tells when the computer wakes up; a call then opens a new connection",
    )
    yield Check(
        name="network",
        ok=True,
        detail=sources.network or "nobody here tells of another network; a call then opens a new connection",
    )
    wish = settings.look.theme
    told = sources.dark_mode or "what Qt knows of this desktop"
    yield Check(name="dark_mode", ok=True, detail=told if wish == "system" else f"{wish}, as the settings say")


def _check_links(paths: Paths) -> Check:
    name, remedy = "links", "Register them anew: ringbridge link register"
    handler = link_handler(paths.links_record, ("--profile", paths.profile) if paths.profile else ())
    availability = handler.availability()
    if not availability.usable:
        return Check(name=name, ok=True, detail=availability_sentence(name, availability))
    try:
        state = handler.state()
    except RingbridgeError as error:
        return Check(name=name, ok=False, detail=error_sentence(error))
    broken = state.registration is Registration.BROKEN
    return Check(name=name, ok=not broken, detail=" ".join(link_sentences(state)), remedy=remedy if broken else "")


def _check_autostart(paths: Paths) -> Check:
    name, remedy = "autostart", "Switch it on anew: ringbridge autostart on"
    switch = autostart(lambda: None, background_arguments(paths.profile), autostart_reason())
    availability = switch.availability()
    if not availability.usable:
        return Check(name=name, ok=True, detail=availability_sentence(name, availability))
    try:
        state = switch.state()
    except RingbridgeError as error:
        return Check(name=name, ok=False, detail=error_sentence(error))
    broken = state.why == "broken"
    return Check(name=name, ok=not broken, detail=autostart_sentence(state), remedy=remedy if broken else "")
