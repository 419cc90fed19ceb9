import pytest

from ringbridge.core.dialing.explain import explain
from ringbridge.core.dialing.presets import PRESETS, Preset, with_preset
from ringbridge.core.settings import AccountSettings, DialingSettings, Settings, flatten


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_says_all_that_shapes_a_number_and_leaves_the_rest(preset: Preset) -> None:
    before = Settings(
        account=AccountSettings(username="anna"),
        dialing=DialingSettings(outside_prefix="9", own_country="e164", rules=("2XX => 8",)),
    )
    after = with_preset(before, preset)
    assert {key: flatten(after)[key] for key in preset.values} == preset.values
    assert (after.account, after.dialing.rules) == (before.account, before.dialing.rules)


@pytest.mark.parametrize(
    ("name", "text", "dialed"),
    [
        ("015pbx", "+972 3-612-3456", "036123456"),
        ("015pbx", "+1 212 555 1234", "0012125551234"),
        ("015pbx", "205", "205"),
        ("us", "(212) 555-1234", "2125551234"),
        ("us", "+44 20 7946 0018", "011442079460018"),
        ("uk", "020 7946 0018", "02079460018"),
        ("uk", "+1 212 555 1234", "0012125551234"),
        ("de", "0351 88877-40", "03518887740"),
        ("de", "+1 212 555 1234", "0012125551234"),
        ("de", "112", "112"),
    ],
)
def test_numbers_go_as_people_there_dial_them(name: str, text: str, dialed: str) -> None:
    settings = with_preset(Settings(), PRESETS[name])
    assert explain(text, settings, settings.region).dialed == dialed
