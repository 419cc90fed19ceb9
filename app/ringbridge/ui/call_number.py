"""“Call number…”: the dialog, what it says about the number while it is typed, and the call."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ringbridge.core.calls import Origin
from ringbridge.core.errors import InputError
from ringbridge.ui.call_dialog import CallDialog
from ringbridge.ui.calling import Caller, Wish
from ringbridge.ui.translation import fill, tr
from ringbridge.ui.wording import error_sentence

if TYPE_CHECKING:
    from ringbridge.services.pbx import CallerId
    from ringbridge.ui.later_calls import LaterCalls
    from ringbridge.ui.live_calls import LiveCalls
    from ringbridge.ui.reading import Reader, Reading
    from ringbridge.ui.session import Session


class CallNumber(QObject):
    """Opens the dialog and does what it asks for.

    Args:
        reader: Reads what is typed.
        caller: The one way to a call.
        session: The settings in force.
        later: Calls in a while.
        live: Asks the PBX which numbers may be presented.
    """

    def __init__(
        self, *, reader: "Reader", caller: Caller, session: "Session", later: "LaterCalls", live: "LiveCalls"
    ) -> None:
        super().__init__()
        self._reader = reader
        self._caller = caller
        self._session = session
        self._later = later
        self._live = live
        self._dialog: CallDialog | None = None
        self._edits = 0

    def open(self) -> None:
        """Show the dialog, or bring it to the front."""
        if self._dialog is None:
            self._dialog = CallDialog()
            self._dialog.text_edited.connect(self._edited)
            self._dialog.call_wanted.connect(self._call)
            self._dialog.options.caller_ids_wanted.connect(self._ask_for_caller_ids)
        if not self._dialog.isVisible():
            self._dialog.options.begin(self._session.settings, self._session.locked)
        self._dialog.begin()

    def close(self) -> None:
        """Close the dialog without calling. Safe to call twice."""
        if self._dialog is not None:
            self._dialog.close()

    def _ask_for_caller_ids(self) -> None:
        def show(numbers: "tuple[CallerId, ...]") -> None:
            if self._dialog is not None:
                self._dialog.options.show_caller_ids(numbers)

        self._live.list_caller_ids(show)

    def _edited(self, text: str) -> None:
        self._edits += 1
        edit = self._edits

        def show(reading: "Reading") -> None:
            if edit == self._edits and self._dialog is not None:
                self._dialog.show_reading(_words_of(reading))

        def clear(_error: InputError) -> None:
            # half a number is no error while somebody types
            if edit == self._edits and self._dialog is not None:
                self._dialog.show_reading("")

        self._reader.read(text, show, clear)

    def _call(self, text: str) -> None:
        def call(reading: "Reading") -> None:
            if self._dialog is None or not self._dialog.isVisible():
                return  # closed while the number was being read: nobody wants the call any more
            options = self._dialog.options
            wish = Wish(
                target=reading.target,
                destination=reading.destination,
                origin=Origin.TYPED,
                caller_id=options.caller_id,
                options=options.changed,
            )
            in_s = options.in_s
            self._dialog.accept()
            if in_s:
                # its wait is the countdown; what wants a yes is asked when its time has come
                self._later.add(replace(wish, counted_down=True), reading.destination, in_s)
            else:
                self._caller.want(wish)

        def refuse(error: InputError) -> None:
            if self._dialog is not None:
                self._dialog.show_error(error_sentence(error))

        self._reader.read(text, call, refuse)


def _words_of(reading: "Reading") -> str:
    number, extension = reading.destination.display, reading.destination.extension
    return fill(tr("{number}, extension {digits}"), number=number, digits=extension) if extension else number
