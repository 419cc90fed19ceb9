"""A fuzz target for the detector, for atheris (which the tests do not need):

    python -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris phonenumbers
    /tmp/fuzz/bin/python tests/fuzz/detection.py -max_total_time=600

Any text may come, in any region; whatever is found must lie in the text and be an E.164 number. A list must hold what
is found when each of its windows is read whole.
"""

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

atheris: Any = import_module("atheris")  # installed only where somebody fuzzes

with atheris.instrument_imports(include=["ringbridge.core.detection"]):
    from ringbridge.core.detection import find_numbers, list_numbers, read_explicit
    from ringbridge.core.detection.listing import read_window, windows_of

_REGIONS = ("US", "GB", "DE", "FR", "IL", "RU", "IN", "CN", "JP", "BR", "IT", "HU", "AR", "SA", "", "ZZ", "xx")
_E164 = re.compile(r"\+[1-9][0-9]{3,16}")
_PIECES = (
    "+", "00", "011 ", "(0)", " ext. ", "Tel: ", "Order ", "+1 415 555 2671", "02 40 55 66 77", ",,", ";ext=",
    "\u200f", "٠٥٥", "tel:", "\n", "\t", "1-800-FLOWERS", "<phone>", '"phone": "',
    "052-2345678", " / ", "€", "#", "x", "•", "—", "号", "שלוחה",
    " pod numerem ", "a few words that say nothing at all ",
)  # fmt: skip


def test_one_input(data: bytes) -> None:
    """Run all three readings on one text."""
    provider = atheris.FuzzedDataProvider(data)
    region = provider.PickValueInList(list(_REGIONS))
    parts: list[str] = []
    while provider.remaining_bytes() and len(parts) < 40:
        if provider.ConsumeBool():
            parts.append(provider.PickValueInList(list(_PIECES)))
        else:
            parts.append(provider.ConsumeUnicode(provider.ConsumeIntInRange(1, 12)))
    text = "".join(parts)
    for found in (*find_numbers(text, region), *list_numbers(text, region), *read_explicit(text, region).candidates):
        if not 0 <= found.start < found.end <= len(text) or not _E164.fullmatch(found.e164):
            raise AssertionError(f"{text!r} {region}: {found}")
        if not 0 <= found.confidence <= 1:
            raise AssertionError(f"{text!r} {region}: {found}")
    for window in windows_of(text):
        if read_window(window, region, window.within) != read_window(window, region, None):
            raise AssertionError(f"{text!r} {region}: {window}")


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
