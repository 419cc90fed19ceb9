import pytest

from ringbridge.core.calls import Origin
from ringbridge.core.gate import Decision, decide
from ringbridge.core.targets import Target

NUMBER = Target(e164="+12125551234")


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.LINK])
def test_a_number_a_person_chose_is_dialed(origin: Origin) -> None:
    assert decide(NUMBER, origin, said_yes=False).decision is Decision.DIAL


def test_a_link_always_waits_for_a_yes() -> None:
    assert decide(NUMBER, Origin.LINK, said_yes=False).decision is Decision.ASK
    assert decide(NUMBER, Origin.LINK, said_yes=True).decision is Decision.DIAL


@pytest.mark.parametrize("code", ["*97", "*21*123#", "#31#"])
@pytest.mark.parametrize("said_yes", [False, True])
def test_service_codes_are_never_dialed_from_links_or_copies(code: str, said_yes: bool) -> None:
    copied = (Origin.CARD, Origin.MENU, Origin.HOTKEY, Origin.CLIPBOARD, Origin.SELECTION)
    for origin in (Origin.LINK, *copied):
        assert decide(Target(code=code), origin, said_yes=said_yes).decision is Decision.REFUSE
    from_uri = Target(code=code, from_uri=True)
    assert decide(from_uri, Origin.COMMAND_LINE, said_yes=said_yes).decision is Decision.REFUSE


@pytest.mark.parametrize("origin", [Origin.TYPED, Origin.COMMAND_LINE, Origin.REDIAL])
def test_a_person_may_type_a_service_code(origin: Origin) -> None:
    assert decide(Target(code="*97"), origin, said_yes=False).decision is Decision.DIAL


@pytest.mark.parametrize("origin", [Origin.MENU, Origin.HOTKEY, Origin.CARD])
def test_a_copied_extension_is_dialed(origin: Origin) -> None:
    assert decide(Target(code="201"), origin, said_yes=True).decision is Decision.DIAL
