"""Scores the detector on a corpus and prints a table by category.

    python tests/core/detection/scoring.py tests/core/detection/corpus/develop.jsonl [--failures] [--category NAME]

A line of a corpus is `{"id", "text", "region", "expected": [{"e164", "ext", "start", "end", "optional"?}],
"category", "debatable"}`, and for text that a person asked to dial `"mode": "explicit", "dial": …`. Debatable lines
do not count. A file whose name begins with `measure` is never shown: `--failures` is refused for it, so that nobody
fits rules to it.
"""

import argparse
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[3] / "app"), str(Path(__file__).resolve().parents[2])]

from support.detection_score import read_corpus, score, table


def main() -> int:
    """Print the table; with `--failures` every case that fails, never of a measuring corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--failures", action="store_true", help="list what fails")
    parser.add_argument("--category", help="only categories that begin so")
    options = parser.parse_args()
    if options.failures and any(path.name.startswith("measure") for path in options.files):
        parser.error("the measuring corpus is never shown")
    cases = read_corpus(options.files)
    if options.category:
        cases = [case for case in cases if case["category"].startswith(options.category)]
    tallies = score(cases)
    print(table(tallies))
    if options.failures:
        for name, tally in tallies.items():
            for failure in tally.failures if name != "all" else ():
                print(f"{name}: {failure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
