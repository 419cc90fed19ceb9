import pytest

from ringbridge.core.dialing.guard_settings import OwnPhone, PhoneSettings, own_phones
from ringbridge.core.dialing.guards import matches


@pytest.mark.parametrize(
    ("patterns", "numbers", "expected"),
    [
        (("+1900*",), ("+19005551234",), True),
        (("+1900*",), ("+12005551234", "201"), False),
        (("201",), ("", "2015"), False),
        (("201",), ("", "201"), True),
        (("*21*",), ("*21*5550142#",), True),
        ((), ("201",), False),
    ],
)
def test_patterns(patterns: tuple[str, ...], numbers: tuple[str, ...], expected: bool) -> None:
    assert matches(patterns, *numbers) is expected


def test_nothing_matches_a_number_that_is_not_there() -> None:
    assert not matches(("*21*",), "", "")


def test_own_phones_keep_their_order() -> None:
    phones = own_phones(PhoneSettings(own=("Desk|phone|1001", "Mobile|number|+491711")))
    assert phones == (OwnPhone("Desk", "phone", "1001"), OwnPhone("Mobile", "number", "+491711"))
