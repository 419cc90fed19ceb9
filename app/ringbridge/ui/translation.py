"""Marks texts for translation. Light: the tray uses it before anything else of the program is loaded."""

from collections.abc import Callable

# Strong right-to-left letters: Hebrew, Arabic, Syriac, Thaana, N'Ko … and their presentation forms.
_RIGHT_TO_LEFT = (("\u0590", "\u08ff"), ("\ufb1d", "\ufdff"), ("\ufe70", "\ufefc"))
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"  # Unicode UAX #9: first strong isolate, pop directional isolate

_translate: Callable[[str, str], str] | None = None


def install_translator(translate: Callable[[str, str], str] | None) -> None:
    """Send all texts through `translate(text, note)` from now on; None = as they stand in the program.

    `pyside6-lupdate` finds the texts by the name `tr` and puts them into the context with the empty name.
    """
    global _translate  # noqa: PLW0603 - one language for the whole process, as in gettext
    _translate = translate


def tr(text: str, note: str = "") -> str:
    """The text in the user's language.

    Args:
        text: English, as it stands in the program; values stand as ``{name}``.
        note: Tells translators what an ambiguous text means.
    """
    return _translate(text, note) if _translate else text


def fill(template: str, **values: object) -> str:
    """Put values into a translated template.

    In a right-to-left sentence each value is isolated, or ``+1 212`` would come out as ``212 1+``.
    """
    if any(first <= letter <= last for letter in template for first, last in _RIGHT_TO_LEFT):
        values = {name: isolated(str(value)) for name, value in values.items()}
    return template.format(**values)


def isolated(text: str) -> str:
    """The text with marks around it that keep its own direction inside right-to-left text."""
    return f"{_ISOLATE}{text}{_END_ISOLATE}"
