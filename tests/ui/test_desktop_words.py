"""Sentences about phone links and the start at login."""

import pytest

from ringbridge.desktop.registration_ports import AutostartState, LinkState, Registration
from ringbridge.ui.desktop_words import autostart_sentence, link_question, link_sentences

REASONS = ("off", "switched_off", "switched_off_by_admin", "not_on_this_desktop", "broken", "not_told", "no_portal")


@pytest.mark.parametrize("registration", Registration)
def test_each_way_of_being_registered_has_words_of_its_own(registration: Registration) -> None:
    state = LinkState(registration, {"tel": "Ringbridge", "sip": "Softphone", "callto": ""}, frozenset({"tel"}))
    sentences = link_sentences(state)
    assert sentences[1:] == [
        "tel: links are opened by Ringbridge.",
        "sip: links are opened by Softphone.",
        "callto: links are opened by no program.",
    ]
    others = {link_sentences(state._replace(registration=other))[0] for other in Registration} - {sentences[0]}
    assert len(others) == len(Registration) - 1


def test_the_question_names_the_program_that_opens_links_now() -> None:
    state = LinkState(Registration.NONE, {"tel": "Softphone", "sip": "Softphone"}, frozenset())
    assert link_question(state).endswith("It asks before each call. At present Softphone opens them.")
    assert link_question(state._replace(openers={"tel": ""})).endswith("It asks before each call.")


def test_each_reason_has_words_of_its_own() -> None:
    sentences = [autostart_sentence(AutostartState(on=False, why=reason)) for reason in (*REASONS, "strange")]
    sentences += [autostart_sentence(AutostartState(on=True, why=reason)) for reason in ("", "by_system")]
    assert len(set(sentences)) == len(sentences)
