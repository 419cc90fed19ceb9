"""The tray's “Ring first”: which of the own phones rings, shown and changed there."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ringbridge.core.settings import with_value

if TYPE_CHECKING:
    from ringbridge.core.settings import Settings
    from ringbridge.services.settings_file import SettingsFile
    from ringbridge.ui.session import Session
    from ringbridge.ui.tasks import Lane
    from ringbridge.ui.tray import Tray

_KEYS = {"account.line", "account.line_kind"}


class PhoneChoice:
    """Keeps the tray's menu of own phones, and does what is chosen there. GUI thread.

    Args:
        session: The settings in force.
        tray: Shows the menu.
        file: Where the choice is saved; used on `lane` only.
        lane: Where it is saved.
        saved: Gets the settings as they are in the file then.
        failed: Gets the reason why it was not saved.
        fixed: The account is not for changing.
    """

    def __init__(
        self,
        *,
        session: "Session",
        tray: "Tray",
        file: "SettingsFile",
        lane: "Lane",
        saved: "Callable[[Settings], None]",
        failed: Callable[[Exception], None],
        fixed: bool,
    ) -> None:
        self._session = session
        self._tray = tray
        self._file = file
        self._lane = lane
        self._saved = saved
        self._failed = failed
        self._fixed = fixed
        self._is_shown = False
        tray.phone_wanted.connect(self._ring_first)

    def show(self) -> None:
        """Show the phones that the settings name, and which one rings first."""
        settings, locked = self._session.settings, self._session.locked
        if settings.phones.own or self._is_shown:
            from ringbridge.core.dialing.guard_settings import own_phones
            from ringbridge.ui.wording import phone_name

            phones = own_phones(settings.phones)
            values = [phone.value for phone in phones]
            first = values.index(settings.account.line) if settings.account.line in values else -1
            names = tuple(phone_name(phone.value, phones) for phone in phones)
            self._tray.set_phones(names, first, locked=self._fixed or bool(locked & _KEYS))
            self._is_shown = bool(phones)

    def _ring_first(self, index: int) -> None:
        """Another own phone rings first from now on."""
        from ringbridge.core.dialing.guard_settings import own_phones

        phones = own_phones(self._session.settings.phones)
        if index >= len(phones):
            return
        phone, file = phones[index], self._file

        def work() -> "Settings":
            settings = file.load().settings
            for key, value in {"account.line": phone.value, "account.line_kind": phone.kind}.items():
                settings = with_value(settings, key, value)
            file.save(settings)
            return settings

        def failed(error: Exception) -> None:
            self.show()
            self._failed(error)

        self._lane.submit(work, self._saved, failed)
