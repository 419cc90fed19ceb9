"""Counts what the passive detector offers in text that holds hardly any phone number: what lies on this machine.

    python tests/core/detection/false_offers.py [--show REGION] [--lines N]

Change logs, manual pages, package descriptions, C and Python source, line by line. Real phone numbers in such texts
are counted, too; `--show` prints every offer, so that a person can tell.
"""

import argparse
import gzip
import random
import sys
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "app"))

from ringbridge.core.detection import find_numbers

REGIONS = ("US", "GB", "DE", "IL", "FR")
_PILES = {
    "doc": ("/usr/share/doc", ("changelog*", "NEWS*", "README*", "copyright")),
    "man": ("/usr/share/man", ("*.gz",)),
    "dpkg": ("/var/lib/dpkg", ("status", "*.md5sums", "*.list")),
    "python": (str(Path(sys.prefix) / "lib"), ("*.py",)),
    "stdlib": (str(Path(sys.base_prefix) / "lib"), ("*.py",)),
    "c": ("/usr/include", ("*.h",)),
    "logs": ("/var/log", ("*.log",)),
    "rfc": ("/usr/share/doc/RFC", ("*.txt*",)),
}
_MOST_OF_PILE = 120_000
_MOST_OF_FILE = 4000


def lines_of(pile: str, most: int) -> Iterator[str]:
    """Lines of one pile, from files in a fixed random order."""
    root, patterns = _PILES[pile]
    paths = sorted({path for pattern in patterns for path in Path(root).rglob(pattern) if path.is_file()})
    if "phonenumbers" in root:
        return
    random.Random(7).shuffle(paths)
    left = most
    for path in paths:
        if "phonenumbers" in path.parts or "detection" in path.parts:
            continue
        try:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except (OSError, EOFError):
            continue
        for line in data.decode("utf-8", "replace").splitlines()[:_MOST_OF_FILE]:
            if left <= 0:
                return
            left -= 1
            yield line


def main() -> int:
    """Print offers per 1,000 lines by pile and region."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", choices=REGIONS)
    parser.add_argument("--lines", type=int, default=_MOST_OF_PILE, help="at most so many of each pile")
    options = parser.parse_args()
    regions = (options.show,) if options.show else REGIONS
    totals = dict.fromkeys(regions, 0)
    lines_in_all = 0
    print(f"{'pile':10}{'lines':>9}" + "".join(f"{region:>8}" for region in regions))
    for pile in _PILES:
        lines = [line for line in lines_of(pile, options.lines) if line.strip()]
        if not lines:
            continue
        digits = [line for line in lines if sum(map(str.isdigit, line)) >= 4]
        counts: list[int] = []
        for region in regions:
            count = 0
            for line in digits:
                for found in find_numbers(line, region):
                    count += 1
                    if options.show:
                        print(f"  {found.e164:16}{found.confidence:5} {line.strip()[:150]!r} {found.reasons}")
            counts.append(count)
            totals[region] += count
        lines_in_all += len(lines)
        print(f"{pile:10}{len(lines):9}" + "".join(f"{1000 * count / len(lines):8.3f}" for count in counts))
    print(f"{'all':10}{lines_in_all:9}" + "".join(f"{1000 * totals[r] / max(lines_in_all, 1):8.3f}" for r in regions))
    return 0


if __name__ == "__main__":
    sys.exit(main())
