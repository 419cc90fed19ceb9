"""The words of “What works here”: mechanisms, reasons and remedies for people. No Qt."""

from typing import TYPE_CHECKING

from ringbridge.ui.setting_words import desktop_reasons, desktop_remedies
from ringbridge.ui.translation import fill, tr

if TYPE_CHECKING:
    from ringbridge.core.capability import Capability

_COMMANDS = {
    "bind_dial_command": "ringbridge dial --selection",
    "let_desktop_keep_keys": "ringbridge hotkey install",
    "set_up_account": "ringbridge account set",
    "enter_password": "ringbridge account set",
    "install_libxcb": "sudo apt install libxcb1",
    "install_notifications": "sudo apt install xfce4-notifyd",
    "install_portal": "sudo apt install xdg-desktop-portal",
    "install_keyring": "sudo apt install gnome-keyring",
    "set_up_links": "ringbridge link register --default",
    "set_up_autostart": "ringbridge autostart on",
    "start_tray_host": "sudo apt install gnome-shell-extension-appindicator",
}
"""What can be copied and run; the packages are those of Debian and Ubuntu."""


def capability_title(name: str) -> str:
    """A capability as people call it; unknown names as they are."""
    return {
        "hotkeys": tr("Hotkeys"),
        "selected_text": tr("Selected text"),
        "clipboard": tr("Copied numbers"),
        "tray": tr("Tray icon"),
        "notifications": tr("Notifications"),
        "links": tr("Phone links"),
        "autostart": tr("Start at login"),
        "screen_lock": tr("Screen lock"),
        "wake_up": tr("Waking up"),
        "network": tr("Network changes"),
        "dark_mode": tr("Dark windows"),
        "keyring": tr("Password"),
        "pbx": tr("PBX"),
    }.get(name, name.replace("_", " "))


def is_not_set_up(capability: "Capability") -> bool:
    """Nothing is broken: a person has not got to it yet."""
    return capability.reason in {"not_set_up", "no_account"}


def state_word(capability: "Capability") -> str:
    """Works, works within limits, or not."""
    if is_not_set_up(capability):
        return tr("not set up")
    if not capability.usable:
        return tr("does not work")
    return tr("limited") if capability.limited else tr("works")


def mechanism_words(mechanism: str) -> str:
    """The way something is done, for people who know their desktop; empty where there is none."""
    return {
        "xembed": tr("old tray (XEmbed)"),
        "status_notifier": tr("panel (StatusNotifierItem)"),
        "launcher": tr("window of its own"),
        "freedesktop": tr("notification server"),
        "portal": tr("desktop portal"),
        "card": tr("Ringbridge's own card"),
        "xdg": tr("desktop entry"),
        "desktop_keys": tr("keyboard settings of the desktop"),
        "accessibility": tr("accessibility (AT-SPI)"),
        "palette": tr("colours of the desktop's style"),
        "keyring": tr("desktop keyring"),
        "memory": tr("memory of the program"),
        "x11": "X11",
        "qt": "Qt",
        "wayland": "Wayland (data-control)",
        "logind": "systemd-logind",
        "https": "HTTPS",
        "http": "HTTP",
        "none": "",
    }.get(mechanism, mechanism)


def reason_sentence(capability: "Capability") -> str:
    """Why it does not work, or within which limits it does; empty where all is well."""
    reason = capability.reason
    if not reason:
        return ""
    text = _reasons().get(reason) or desktop_reasons().get(reason) or reason.replace("_", " ")
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def remedy_sentence(capability: "Capability") -> str:
    """What helps; empty where nothing does or need be."""
    remedy = capability.remedy
    if not remedy:
        return ""
    return _remedies().get(remedy) or desktop_remedies().get(remedy) or f"{remedy.replace('_', ' ').capitalize()}."


def remedy_command(capability: "Capability") -> str:
    """What can be copied into a terminal or the desktop's settings, or empty."""
    return _COMMANDS.get(capability.remedy, "")


def capability_sentence(capability: "Capability") -> str:
    """All of one line, as a screen reader says it."""
    template = tr("{title}: {state}", "Tray icon: works")
    head = fill(template, title=capability_title(capability.name), state=state_word(capability))
    by = mechanism_words(capability.mechanism)
    head = f"{head} ({by})." if by else f"{head}."
    return " ".join(part for part in (head, reason_sentence(capability), remedy_sentence(capability)) if part)


def _reasons() -> dict[str, str]:
    return {
        "no_account": tr("no account is set up"),
        "no_password": tr("no password is saved"),
        "until_quit": tr("the password is kept until you quit"),
        "login_not_tried": tr("it can be reached; the login was not tried"),
        "keyring_missing": tr("this desktop has no keyring to hold your password"),
        "keyring_locked": tr("your keyring is locked"),
        "keyring_refused": tr("your keyring did not give your password"),
        "keyring_no_answer": tr("your keyring does not answer"),
        "wrong_login": tr("the PBX does not accept your user name or password"),
        "login_code": tr("the PBX wants a one-time code for this login"),
        "role_too_small": tr("the PBX takes the login, but its role may not use what Ringbridge needs"),
        "role": tr("your role at the PBX does not allow this"),
        "rate_plan": tr("your rate plan does not allow this"),
        "not_found": tr("the PBX does not know this, or it is not yours to use"),
        "unreachable": tr("the PBX can't be reached"),
        "tls": tr("the connection to the PBX is not secure"),
        "proxy": tr("the proxy can't be reached, or refused the connection"),
        "plain_http": tr("the address starts with http://, which would show your password to others"),
        "invalid_request": tr("a setting can't be used"),
        "invalid_input": tr("the PBX refused"),
        "answer_lost": tr("no answer came from the PBX"),
        "not_understood": tr("the PBX answered in a way Ringbridge does not understand"),
    }


def _remedies() -> dict[str, str]:
    return {
        "set_up_account": tr("Enter server, user name and line in the settings."),
        "enter_password": tr("Enter the password in the settings."),
        "install_keyring": tr("Install a keyring, such as gnome-keyring or KWallet."),
        "unlock_keyring": tr("Unlock your keyring."),
        "log_in_again": tr("Log out of the desktop and in again."),
        "ask_admin": tr("Ask your administrator."),
        "check_network": tr("Check the network and the server address in the settings."),
        "check_certificate": tr("Check the date of this computer and the setting account.ca_file, or ask your "
            "administrator."),
        "check_proxy": tr("Check the proxy in the settings, or ask your administrator."),
        "check_address": tr("Check the server address in the settings."),
        "try_again": tr("Try again."),
    }  # fmt: skip
