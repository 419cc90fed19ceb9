"""Dial plans to start from; `ringbridge config preset` writes one into the settings.

A preset is a set of ordinary settings, written once: all of it can be seen and changed afterwards, and nothing
changes by itself when a later version knows better. The rules, contexts and cases of an administrator stay.
"""

from typing import NamedTuple

from ringbridge.core.settings import Settings, with_value


class Preset(NamedTuple):
    """One dial plan to start from.

    Attributes:
        name: What it is called on the command line.
        title: For whom it is.
        values: Settings by dotted key.
    """

    name: str
    title: str
    values: dict[str, str]


def _preset(name: str, title: str, *, region: str, foreign_prefix: str, internal_length: str) -> Preset:
    values = {
        "region": region,
        "dialing.own_country": "national",
        "dialing.foreign_prefix": foreign_prefix,
        "dialing.outside_prefix": "",
        "dialing.internal_length": internal_length,
    }
    return Preset(name, title, values)


PRESETS = {
    preset.name: preset
    for preset in (
        _preset("015pbx", "015pbx, Israel", region="IL", foreign_prefix="00", internal_length="2-5"),
        _preset("us", "United States", region="US", foreign_prefix="011", internal_length="2-5"),
        _preset("uk", "United Kingdom", region="GB", foreign_prefix="00", internal_length="2-5"),
        # local numbers of five digits are dialed without an area code in small German towns
        _preset("de", "Germany", region="DE", foreign_prefix="00", internal_length="2-4"),
    )
}
"""By name, in the order people see."""


def with_preset(settings: Settings, preset: Preset) -> Settings:
    """A copy of `settings` with the preset's values."""
    for key, value in preset.values.items():
        settings = with_value(settings, key, value)
    return settings
