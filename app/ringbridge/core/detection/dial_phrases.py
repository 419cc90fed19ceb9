"""Phrases that say under which number something is to be had: "Objednávky na čísle …", "Zapisy pod numerem …".

A noun such as order or registration mostly makes the number behind it an identifier. Where a language says "at the
number" with a preposition and a certain form of the number word, the noun tells what one calls for.
"""

from ringbridge.core.detection.words import fold

_CALLS = frozenset(
    (("pod", "numer"), ("pod", "numery"), ("na", "numer"), ("na", "numery"), ("na", "cislo"), ("na", "cisla"),
     ("na", "cisle"), ("na", "cislech"), ("na", "cislach"), ("na", "broj"), ("na", "brojeve"), ("na", "brojevima"),
     ("na", "stevilko"), ("na", "stevilki"), ("la", "numarul"), ("la", "numerele"), ("au", "numero"),
     ("aux", "numeros"), ("al", "numero"), ("ai", "numeri"), ("pelo", "numero"), ("op", "nummer"), ("pa", "nummer"),
     ("pa", "nummeret"), ("на", "номер"), ("на", "номера"), ("на", "номери"))
)  # fmt: skip
"""Preposition and number word, as people write them where they say whom to call."""

_UNDER = frozenset(
    (("pod", "numerem"), ("pod", "numerami"), ("pod", "nr"), ("по", "номеру"), ("по", "номерам"), ("за", "номером"),
     ("за", "номерами"))
)  # fmt: skip
"""Such phrases also stand before the number of a file: these take a noun for something one calls for, and nothing
before it."""

_SERVICES = frozenset(
    ("rejestracja", "zapisy", "rezerwacje", "zamowienia", "запись", "заказы", "бронирование", "регистрация",
     "замовлення", "бронювання")
)  # fmt: skip


def says_where_to_call(tokens: list[str], noun: int, number_word: int) -> bool:
    """Whether words from a noun to a number word, directly before digits, say where to call for it.

    Args:
        tokens: The words and signs before the digits.
        noun: The place of the noun among them.
        number_word: The place of the number word, somewhere behind it.
    """
    phrase = fold(tokens[number_word - 1]), fold(tokens[number_word])
    if phrase in _CALLS:
        return True
    before = tokens[noun - 1] if noun else ""
    return phrase in _UNDER and fold(tokens[noun]) in _SERVICES and not before[:1].isalpha()
