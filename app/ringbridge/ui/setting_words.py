"""Sentences about settings, files, typed input and the desktop; `ringbridge.ui.wording` offers them. No Qt."""

import os
from typing import TYPE_CHECKING

from ringbridge.core.errors import (
    FileDamaged,
    FileLeft,
    FileMissing,
    FileTooNew,
    PolicyDamaged,
    RuleError,
    SettingError,
    StorageError,
)
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from ringbridge.core.settings import SettingProblem
    from ringbridge.desktop.ports import Availability
    from ringbridge.services.settings_file import Policy


def input_sentence(problem: str, detail: str = "") -> str:
    """Why a typed, copied or linked text can't be called.

    Args:
        problem: As in `ringbridge.core.errors.InputError`, or a reason of `ringbridge.core.dialing.gate.Verdict`.
        detail: Likewise.
    """
    if problem == "scheme":
        template = tr("Ringbridge can't open “{scheme}:” links. It calls tel:, callto: and sip: links.")
        return fill(template, scheme=detail)
    if problem == "several_numbers":
        template = tr("There are several numbers in this text: {numbers}. Keep the one you want to call.")
        return fill(template, numbers=detail)
    return {
        "empty": tr("There is no text. Type or paste a phone number."),
        "no_number": tr("There is no phone number in this text."),
        "too_long": tr("This text is too long for a phone number. Keep only the number."),
        "control_characters": tr("This text has characters that no phone number has. Type the number by hand."),
        "code_in_link": tr("A link asks to dial a code with * or #. Such codes can change your phone's settings, so "
            "Ringbridge does not dial them. Type the code in “Call number…” if you want it."),
        "code_copied": tr("This is a code with * or #, no phone number. Type it in “Call number…” if you want to "
            "dial it."),
        "letters": tr("This is not a phone number: it has letters. Type digits only."),
        "bad_link": tr("This link is not written the way phone links are, so its number is not sure. Type the number "
            "by hand."),
        "context": fill(tr("This number is valid only inside another network ({network}). Ask for the whole number, "
            "with + and the country code."), network=detail or "?"),
        "rule_unreadable": fill(tr("Rule {number} of the dial plan can't be read, so Ringbridge does not know what "
            "to dial. Correct it: “ringbridge doctor” says what is wrong."), number=detail),
        "rule_emergency": tr("The dial plan would make an emergency number of this. Correct the dial plan."),
        "plan_plus": fill(tr("The dial plan would put a + behind the {prefix} for an outside line, and nobody can "
            "dial that. Choose digits for own and foreign numbers."), prefix=detail),
        "region": tr("Ringbridge does not know the country of this number. Type it with + and the country code."),
    }.get(problem) or fill(tr("This can't be called: {problem}."), problem=_plain(problem))  # fmt: skip


def setting_name(key: str) -> str:
    """A setting in people's words, as the settings dialog calls it; unknown keys as they are."""
    return {
        "region": tr("Country"),
        "account.url": tr("Server address"),
        "account.username": tr("User name"),
        "account.line": tr("Own line"),
        "account.line_kind": tr("Kind of own phone"),
        "account.caller_id": tr("Caller ID"),
        "account.wait_s": tr("Waiting time"),
        "account.cdialplan": tr("Dial plan"),
        "account.method": tr("Request method"),
        "account.ca_file": tr("Certificate file"),
        "account.proxy": tr("Proxy"),
        "account.connect_timeout_s": tr("Connection time limit"),
        "account.allow_plain_http": tr("Allow http without encryption"),
        "dialing.own_country": tr("Numbers of the own country"),
        "dialing.foreign_prefix": tr("Prefix for foreign numbers"),
        "dialing.outside_prefix": tr("Prefix for an outside line"),
        "dialing.internal_length": tr("Length of internal extensions"),
        "dialing.rules": tr("Rules of the dial plan"),
        "dialing.own_contexts": tr("Own networks in links"),
        "dialing.cases_file": tr("File with cases of the dial plan"),
        "calls.repeat_guard_s": tr("Guard against repeated calls"),
        "clipboard.watch": tr("Watch the clipboard"),
        "clipboard.muted_apps": tr("Programs whose copies are not offered"),
        "clipboard.pause_after": tr("Unused offers in a row before a pause"),
        "card.seconds": tr("Seconds the card stays"),
        "card.corner": tr("Corner of the card"),
        "card.show_as": tr("Offers are shown as"),
        "hotkeys.dial_selection": tr("Hotkey for the selected number"),
        "hotkeys.quick_dial": tr("Hotkey for “Call number…”"),
        "hotkeys.hang_up": tr("Hotkey to hang up"),
        "hotkeys.redial": tr("Hotkey to redial"),
        "confirm.ask": tr("Ask before calls"),
        "confirm.countdown_s": tr("Countdown before a first call"),
        "confirm.known": tr("Known numbers"),
        "guards.allowed_countries": tr("Allowed countries"),
        "guards.refused_countries": tr("Refused countries"),
        "guards.foreign": tr("Numbers of other countries"),
        "guards.premium": tr("Premium-rate numbers"),
        "guards.shared_cost": tr("Shared-cost numbers"),
        "guards.satellite": tr("Satellite numbers"),
        "guards.night": tr("Calls in quiet hours"),
        "guards.quiet_from": tr("Begin of the quiet hours"),
        "guards.quiet_until": tr("End of the quiet hours"),
        "guards.codes": tr("Codes with * or #"),
        "guards.never_call": tr("Numbers that are never called"),
        "guards.calls_per_minute": tr("Most calls in a minute"),
        "guards.calls_per_day": tr("Most calls in a day"),
        "guards.screen_lock": tr("No calls while the screen is locked"),
        "phones.own": tr("Own phones"),
        "phones.check": tr("Check the own phone"),
        "options.auto_answer": tr("Own phone answers by itself"),
        "options.show_number": tr("Number on the own phone"),
        "options.record_group": tr("Record group"),
        "options.screen_own": tr("Call screening on the own phone"),
        "options.screen_other": tr("Call screening at the other party"),
        "options.warn_own": tr("Cut-off warning on the own phone"),
        "options.warn_other": tr("Cut-off warning to the other party"),
        "options.card": tr("Card"),
        "options.customer": tr("Customer"),
        "links.ask": tr("Ask about phone links"),
        "look.theme": tr("Colours"),
        "profile": tr("Profile"),
    }.get(key, key)


def setting_sentence(error: SettingError) -> str:
    """What a setting may be, where it was something else."""
    name, detail = setting_name(error.key), error.detail
    if isinstance(error, RuleError):
        from ringbridge.ui.dialing_words import rule_sentence

        return fill(tr("{name}: {what}"), name=name, what=rule_sentence(error))
    if error.problem == "url" and error.key == "account.proxy":
        template = tr("{name}: enter an address such as http://proxy.example.com:8080, or “none”.")
    elif error.problem == "prefix" and error.key == "dialing.foreign_prefix":
        template = tr("{name}: enter + or at most {detail} digits, such as 00.")
    elif error.problem == "not_a_text" and detail:
        template = tr("{name}: use only digits, *, # and +.")
    else:
        template = {
            "unknown_key": tr("There is no setting “{name}”."),
            "not_a_boolean": tr("{name}: enter yes or no."),
            "not_a_number": tr("{name}: enter a whole number, {detail}."),
            "range": tr("{name}: enter a number, {detail}."),
            "profile_name": tr("{name}: use 1 to 32 small letters, digits, hyphens and underscores."),
            "choice": tr("{name}: choose one of {detail}."),
            "not_a_text": tr("{name}: enter a text of at most 1000 characters."),
            "prefix": tr("{name}: enter at most {detail} digits."),
            "length_range": tr("{name}: enter how many digits, such as 4 or 2-5, {detail}."),
            "not_a_list": tr("{name}: enter a list of texts."),
            "too_many": tr("{name}: enter at most {detail} of them."),
            "region": tr("{name}: enter the two letters of a country, such as US or DE."),
            "url": tr("{name}: enter an address such as https://pbx.example.com/local/api/json/, without name, "
                "password or “?”."),
            "hotkey": tr("{name}: enter a key combination such as Ctrl+Alt+C."),
            "hotkey_twice": tr("{name}: this key combination is in use already ({detail}). Choose another one."),
            "plain_http": tr("{name}: use https://. With http:// others could read your password."),
            "pattern": tr("{name}: enter numbers; a * at the end stands for any digits, such as +1900*."),
            "program": tr("{name}: enter the name of a program, such as Firefox or libreoffice-calc."),
            "clock": tr("{name}: enter a time such as 21:00."),
            "phone": tr("{name}: write each phone as name|kind|value, such as Desk|phone|1001 or "
                "Mobile|number|2125550142."),
            "locked": tr("{name}: set by your company, so it can't be changed here."),
            "control_characters": tr("{name}: this has invisible characters, such as line breaks. Type it by hand."),
        }.get(error.problem)  # fmt: skip
    if error.problem == "hotkey_twice":
        detail = setting_name(detail)
    if template is None:
        shown = _plain(error.problem) + (f" ({detail})" if detail else "")
        return fill(tr("{name}: {problem}."), name=name, problem=shown)
    return fill(template, name=name, detail=detail)


def storage_sentence(error: StorageError) -> str:
    """What is wrong with a file of Ringbridge's, and what to do."""
    if isinstance(error, FileTooNew) and os.path.isabs(error.detail):  # noqa: PTH117 - pathlib for one look
        template = tr("The file {path} was written by a newer Ringbridge. It was put aside as {detail}. Update "
            "Ringbridge, then give the file its name back.")  # fmt: skip
    elif isinstance(error, FileTooNew):
        template = tr("The file {path} was written by a newer Ringbridge, so it is left as it is. Update Ringbridge.")
    elif isinstance(error, PolicyDamaged):
        template = tr("Your company's policy {path} can't be used ({detail}). Until it is repaired, Ringbridge asks "
            "before every call and calls nothing that may be expensive. Tell your administrator.")  # fmt: skip
    elif isinstance(error, FileDamaged):
        template = tr("The file {path} was damaged. Ringbridge put it aside as {detail} and began a new one.")
    elif isinstance(error, FileLeft):
        template = tr("The file {path} can't be used as it is now ({detail}). What it said before still holds. "
            "Correct it; else Ringbridge may put it aside at its next start.")  # fmt: skip
    elif isinstance(error, FileMissing):
        template = tr("The file {path} is not there.")
    else:
        template = tr("The file {path} can't be used ({detail}). Check the free space and the permissions.")
    return fill(template, path=error.path, detail=error.detail or tr("no reason given"))


def problem_sentence(problem: "SettingProblem | StorageError") -> str:
    """A notice after loading: one bad value of the settings file, or a file that can't be used."""
    if isinstance(problem, StorageError):
        return storage_sentence(problem)
    notice = fill(tr("The settings file says “{value}”, which is not used."), value=problem.value)
    return f"{setting_sentence(problem.error)} {notice}"


def policy_sentences(policy: "Policy") -> list[str]:
    """What is wrong with the company's policy; nothing where it is fine or there is none."""
    if policy.notice is not None:
        return [storage_sentence(policy.notice)]
    template = tr("Your company's policy {path} has a mistake, so the safest value is used. {sentence} Tell your "
        "administrator.")  # fmt: skip
    return [fill(template, path=policy.path, sentence=setting_sentence(problem.error)) for problem in policy.problems]


def availability_sentence(name: str, availability: "Availability") -> str:
    """Whether a mechanism of the desktop works here, why not, and what helps.

    Args:
        name: The mechanism's name, such as ``clipboard_x11``; shown as it is.
        availability: What it says of itself. Names without a sentence here are shown plainly.
    """
    reason = desktop_reasons().get(availability.reason) or _plain(availability.reason)
    if availability.usable:
        template = tr("{name}: works, but {reason}.") if reason else tr("{name}: works.")
    else:
        template = tr("{name}: {reason}.")
    sentence = fill(template, name=name, reason=reason or tr("does not work here"))
    remedy = remedy_sentence(availability.remedy)
    return f"{sentence} {remedy}" if remedy else sentence


def remedy_sentence(remedy: str) -> str:
    """What helps, as in `ringbridge.desktop.ports.Availability`; empty when nothing does."""
    return desktop_remedies().get(remedy) or (_plain(remedy).capitalize() + "." if remedy else "")


def read_problem_sentence(problem: str) -> str:
    """Why a copied or selected text could not be read.

    Args:
        problem: A `ringbridge.desktop.ports.ReadProblem`.
    """
    return {
        "empty": tr("No text is copied or selected. Select a phone number and try again."),
        "secret": tr("A password manager marked this text as secret, so Ringbridge did not read it."),
        "too_long": tr("This text is too long. Select only the phone number and try again."),
        "no_text": tr("What is copied or selected is not text. Select a phone number and try again."),
        "no_answer": tr("The program that holds the text does not answer. Copy the number again."),
        "clipboard_kept": tr(
            "This program does not tell what is selected. Copying it for you would have lost what is "
            "on the clipboard, so that was left alone. Copy the number yourself."
        ),
        "keys_held": tr("The keys of the hotkey were held too long. Press them shortly and try again."),
        "unsupported": tr("This desktop does not let Ringbridge read the text. Use “Call number…” instead."),
    }.get(problem) or fill(tr("The text can't be read: {problem}."), problem=_plain(problem))


def way_sentence(way: str) -> str:
    """How a selected text was had, where that is not the usual way; empty where it is.

    Args:
        way: A `ringbridge.desktop.ports.Way`.
    """
    return {
        "accessibility": tr("Read the way screen readers do."),
        "simulated_copy": tr("Copied for you with Ctrl+C; the clipboard is as it was."),
    }.get(way, "")


def pause_sentence(count: int) -> str:
    """Why copies are not offered any more, and how they are again.

    Args:
        count: So many offers went unused.
    """
    template = tr("{count} offers in a row went unused, so copies are not offered for now. Resume here, or with "
        "“Pause clipboard watching” in the tray menu.")  # fmt: skip
    return fill(template, count=count)


def muted_sentence(program: str) -> str:
    """That copies of a program are not offered any more, and how they are again."""
    template = tr("Copies in {program} are not offered any more. To change that, edit “Programs whose copies are not "
        "offered” (clipboard.muted_apps) in the settings.")  # fmt: skip
    return fill(template, program=program)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def desktop_reasons() -> dict[str, str]:
    """The reasons that the parts of `ringbridge.desktop` give."""
    elsewhere = tr("Ringbridge can't take hotkeys on this desktop")
    return {
        "no_display": tr("there is no graphical desktop"),
        "no_library": tr("a library is missing"),
        "no_data_control": tr("this desktop does not tell when something is copied"),
        "no_xtest": tr("the X server lets no program press keys"),
        "no_xfixes": tr("the X server does not tell when something is copied"),
        "gone": tr("the connection to the desktop was lost"),
        "blocks_on_x11": tr("it would make Ringbridge wait for other programs"),
        "only_when_focused": tr("only while a window of Ringbridge has the focus"),
        "only_describing": tr("only in programs that describe themselves, as for a screen reader (GTK's do)"),
        "only_xembed": tr("this desktop shows tray icons in the old way"),
        "no_tray_host": tr("this desktop shows no tray icons"),
        "no_bus": tr("nobody here tells whether the screen is locked"),
        "no_shortcut_portal": tr("no desktop portal runs"),
        "no_global_shortcuts": tr("the desktop's portal knows no global shortcuts"),
        "no_gsettings": tr("the program gsettings is missing"),
        "no_xfconf": tr("the program xfconf-query is missing"),
        "no_shortcut_settings": tr("this desktop lets no program enter keys"),
        "portal_silent": tr("the desktop's portal does not answer"),
        "portal_refused": tr("the desktop's portal refused"),
        "portal_gone": tr("the desktop's portal went away"),
        "not_set_up": tr("nobody has set this up yet"),
        "not_known": tr("this could not be looked at; the log file says why"),
        "no_selection": tr("programs here can't read what is selected in others"),
        "no_server": tr("this desktop has no notification server"),
        "no_buttons": tr("this desktop's notifications have no buttons"),
        "no_portal": tr("the portal for notifications does not answer"),
        "looks_when_asked": tr("it looks when somebody wants to call"),
        "not_on_wayland": elsewhere,
        "not_on_windows": elsewhere,
        "not_on_macos": elsewhere,
        "in_sandbox": tr("Ringbridge runs in a sandbox"),
        "not_yet_on_windows": tr("not yet made for Windows"),
        "not_yet_on_macos": tr("not yet made for macOS"),
        "no_sandbox": tr("Ringbridge does not run in a sandbox"),
        "no_session_bus": tr("there is no D-Bus session"),
        "no_system_bus": tr("there is no D-Bus system bus"),
        "no_logind": tr("nobody here tells when the computer wakes up"),
        "no_network_manager": tr("NetworkManager does not run"),
    }


def desktop_remedies() -> dict[str, str]:
    """What helps, by the remedies that the parts of `ringbridge.desktop` name."""
    return {
        "install_libxcb": tr("Install the package libxcb1 (libxcb on Fedora and Arch)."),
        "install_pyside6": tr("Install the Python package PySide6-Essentials."),
        "bind_dial_command": tr("In the desktop's keyboard settings, add a shortcut that runs: "
            "ringbridge dial --selection"),
        "choose_in_desktop": tr("Choose Ringbridge for tel: links in the desktop's settings for default programs."),
        "let_desktop_keep_keys": tr("“ringbridge hotkey install” lets the desktop keep the keys where it can; "
            "elsewhere add a shortcut that runs “ringbridge dial --selection” to the desktop's keyboard settings."),
        "start_tray_host": tr("Add a tray to your panel; on GNOME, install the extension “AppIndicator and "
            "KStatusNotifierItem Support”."),
        "copy_instead": tr("Copy the number instead."),
        "set_up_links": tr("Make Ringbridge the program that opens phone links."),
        "set_up_autostart": tr("Add Ringbridge to the programs that start at login, in the desktop's settings."),
        "install_notifications": tr("Install a notification server, such as mako, dunst or xfce4-notifyd."),
        "install_portal": tr("Install xdg-desktop-portal with the backend for your desktop."),
    }  # fmt: skip
