import pytest

from ringbridge.core.dial_plan import to_destination
from ringbridge.core.settings import CallSettings
from ringbridge.core.targets import Target


@pytest.mark.parametrize(
    ("e164", "region", "settings", "dialed"),
    [
        ("+12125551234", "US", CallSettings(), "2125551234"),
        ("+97236123456", "IL", CallSettings(), "036123456"),
        ("+493518887740", "DE", CallSettings(), "03518887740"),
        ("+12125551234", "IL", CallSettings(), "0012125551234"),
        ("+97236123456", "US", CallSettings(), "01197236123456"),
        ("+97236123456", "IL", CallSettings(own_country="e164_plus"), "+97236123456"),
        ("+97236123456", "IL", CallSettings(own_country="e164"), "97236123456"),
        ("+12125551234", "IL", CallSettings(foreign_prefix="+"), "+12125551234"),
        ("+12125551234", "IL", CallSettings(foreign_prefix="013"), "01312125551234"),
        ("+12125551234", "IL", CallSettings(outside_prefix="9"), "90012125551234"),
    ],
)
def test_a_number_is_written_the_way_the_pbx_dials_it(
    e164: str, region: str, settings: CallSettings, dialed: str
) -> None:
    destination = to_destination(Target(e164=e164, extension="12"), settings, region)
    assert destination.dialed == dialed
    assert destination.e164 == e164
    assert destination.extension == "12"
    assert destination.display.startswith("+")


@pytest.mark.parametrize("code", ["911", "112", "*97", "1234"])
def test_codes_are_sent_as_they_stand(code: str) -> None:
    settings = CallSettings(outside_prefix="9", own_country="e164_plus")
    assert to_destination(Target(code=code), settings, "US").dialed == code
