"""The user's own region, for numbers written without a country code."""

import os

from ringbridge.core.settings import Settings

FALLBACK = "US"
"""Used where neither the settings nor the system's locale names a region (a bare `C` locale)."""

# the order of locale(7): LC_ALL wins, then the category, then LANG; people's telephone habits come first
_VARIABLES = ("LC_ALL", "LC_TELEPHONE", "LC_ADDRESS", "LC_MONETARY", "LANG")


_LETTERS = 2  # ISO 3166-1 alpha-2


def effective_region(settings: Settings) -> str:
    """Two letters of ISO 3166: the setting, else the system's, else `FALLBACK`."""
    return settings.region or system_region() or FALLBACK


def system_region() -> str:
    """Two letters of ISO 3166 as the system's locale says, or empty."""
    names = [os.environ.get(variable, "") for variable in _VARIABLES]
    if not any(names):
        import locale

        names.append(locale.getlocale()[0] or "")  # Windows and macOS set no variables
    for name in names:
        # en_IL.UTF-8, sr_RS@latin, pt-BR; a region that has no numbering plan finds international numbers only
        _, _, rest = name.replace("-", "_").partition("_")
        region, follows = rest[:2].upper(), rest[2:3]
        if len(region) == _LETTERS and region.isascii() and region.isalpha() and not follows.isalnum():
            return region
    return ""
