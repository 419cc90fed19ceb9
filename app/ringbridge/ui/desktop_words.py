"""Sentences about phone links, the start at login, wake-ups and colours. No Qt."""

from typing import TYPE_CHECKING

from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from ringbridge.desktop.registration_ports import AutostartState, LinkState


def link_sentences(state: "LinkState") -> list[str]:
    """Who opens phone links, and whether the desktop knows that we can."""
    registered = {
        "none": tr("Ringbridge is not registered for phone links."),
        "user": tr("Ringbridge is registered for phone links, for you alone."),
        "system": tr("Ringbridge is registered for phone links, for everybody on this computer."),
        "other_copy": tr("Another copy of Ringbridge is registered for phone links."),
        "broken": tr("Ringbridge is registered for phone links in a place where it is no more. Register it anew: "
            "ringbridge link register"),
    }[str(state.registration)]  # fmt: skip
    return [registered, *(_opener(scheme, state) for scheme in state.openers)]


def _opener(scheme: str, state: "LinkState") -> str:
    opener = state.openers[scheme]
    if not opener:
        return fill(tr("{scheme}: links are opened by no program."), scheme=scheme)
    if scheme in state.ours:
        opener = tr("Ringbridge")
    return fill(tr("{scheme}: links are opened by {program}."), scheme=scheme, program=opener)


def opener_sentence(state: "LinkState") -> str:
    """Which other programs open phone links, or empty for none."""
    others = sorted({opener for scheme, opener in state.openers.items() if opener and scheme not in state.ours})
    return fill(tr("At present {program} opens them."), program=", ".join(others)) if others else ""


def link_question(state: "LinkState") -> str:
    """What a person is asked once."""
    question = tr(
        "Shall phone links on web pages and in other programs open in Ringbridge? It asks before each call."
    )
    return " ".join(filter(None, (question, opener_sentence(state))))


def autostart_sentence(state: "AutostartState") -> str:
    """Whether Ringbridge starts at login, and who says so."""
    if state.on:
        return tr("Ringbridge starts at login: it was installed so.") if state.why == "by_system" else tr(
            "Ringbridge starts at login."
        )  # fmt: skip
    return {
        "off": tr("Ringbridge does not start at login."),
        "switched_off": tr("Ringbridge does not start at login: it is switched off in the desktop's settings."),
        "switched_off_by_admin": tr("Ringbridge does not start at login: an administrator switched it off."),
        "not_on_this_desktop": tr("Ringbridge starts at login on other desktops only."),
        "broken": tr("Ringbridge does not start at login: what should start is there no more. Switch it on anew: "
            "ringbridge autostart on"),
        "not_told": tr("Whether Ringbridge starts at login is known to the desktop only."),
        "no_portal": tr("The desktop does not answer, so the start at login can't be changed."),
    }.get(state.why, tr("Ringbridge can't start at login here."))  # fmt: skip


def autostart_reason() -> str:
    """What the desktop tells its user, where it asks."""
    return tr("Ringbridge waits in the tray for phone numbers that you copy.")


def background_arguments(profile: str) -> tuple[str, ...]:
    """What the desktop starts at login.

    Args:
        profile: Its name, empty for the default one.
    """
    return ("--background", *(("--profile", profile) if profile else ()))
