"""What the card and the tray need to know of one number that is offered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One number to offer.

    Attributes:
        display: The number as people write it, in international format.
        region: Two letters of ISO 3166 it belongs to, or empty.
        kind: A `ringbridge.core.phone_numbers.NumberKind`, as text, or empty.
        extension: Digits to dial once connected, or empty.
        note: A sentence of ours to show with it, such as why it is asked about, or empty.
    """

    display: str
    region: str = ""
    kind: str = ""
    extension: str = ""
    note: str = ""
