"""The user's own region, for numbers written without a country code."""

import locale
import os

from ringbridge.core.phone_numbers import is_known_region
from ringbridge.core.settings import Settings

FALLBACK = "US"
"""Used where neither the settings nor the system's locale names a region (a bare `C` locale)."""

# the order of locale(7): LC_ALL wins, then the category, then LANG; people's telephone habits come first
_VARIABLES = ("LC_ALL", "LC_TELEPHONE", "LC_ADDRESS", "LC_MONETARY", "LANG")


def effective_region(settings: Settings) -> str:
    """Two letters of ISO 3166: the setting, else the system's, else `FALLBACK`."""
    return settings.region or system_region() or FALLBACK


def system_region() -> str:
    """Two letters of ISO 3166 as the system's locale says, or empty."""
    names = [os.environ.get(variable, "") for variable in _VARIABLES]
    names.append(locale.getlocale()[0] or "")  # Windows and macOS set no variables
    for name in names:
        _, separator, rest = name.replace("-", "_").partition("_")
        region = rest[:2].upper()
        if separator and is_known_region(region) and not rest[2:3].isalnum():
            return region
    return ""
