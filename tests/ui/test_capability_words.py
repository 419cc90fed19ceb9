"""Words for everything that can stand in the list."""

import re
from pathlib import Path

import pytest

from ringbridge.core.capability import Capability
from ringbridge.services import reach
from ringbridge.ui import capability_words, setting_words
from ringbridge.ui.capability_words import capability_sentence, capability_title, remedy_command, state_word

APP = Path(capability_words.__file__).parents[1]


def named(pattern: str, *files: str) -> set[str]:
    text = "\n".join((APP / file).read_text(encoding="utf-8") for file in files)
    return set(re.findall(pattern, text))


def test_every_mechanism_has_a_title() -> None:
    for name in named(r'\n    \("(\w+)", _', "desktop/capabilities.py") | {"keyring", "pbx"}:
        assert capability_title(name) != name.replace("_", " ")


def test_every_reason_and_remedy_of_the_services_has_words() -> None:
    reasons = named(r'reason="(\w+)"', "services/reach.py", "desktop/capabilities.py") | set(reach._REMEDIES)
    remedies = named(r'remedy="(\w+)"', "services/reach.py", "desktop/capabilities.py") | set(
        reach._REMEDIES.values()
    )
    known_reasons = {**capability_words._reasons(), **setting_words.desktop_reasons()}
    known_remedies = {**capability_words._remedies(), **setting_words.desktop_remedies()}
    assert reasons - set(known_reasons) == set()
    assert remedies - set(known_remedies) == set()
    assert len(reasons) > 15


def test_commands_belong_to_remedies_with_words() -> None:
    known = {**capability_words._remedies(), **setting_words.desktop_remedies()}
    assert set(capability_words._COMMANDS) <= set(known)
    assert remedy_command(Capability("tray", usable=False, remedy="ask_admin")) == ""


@pytest.mark.parametrize(
    ("capability", "word"),
    [
        (Capability("pbx", usable=True), "works"),
        (Capability("pbx", usable=True, reason="login_not_tried"), "limited"),
        (Capability("pbx", usable=False, reason="unreachable"), "does not work"),
        (Capability("links", usable=False, reason="not_set_up"), "not set up"),
        (Capability("pbx", usable=False, reason="no_account"), "not set up"),
    ],
)
def test_a_state_has_its_word(capability: Capability, word: str) -> None:
    assert state_word(capability) == word


def test_what_is_not_known_is_said_plainly() -> None:
    odd = Capability("odd_thing", usable=False, mechanism="by_magic", reason="no_wand", remedy="buy_one")
    assert capability_sentence(odd) == "odd thing: does not work (by_magic). No wand. Buy one."
