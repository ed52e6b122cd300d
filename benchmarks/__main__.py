"""`python -m benchmarks`: every measure, or those named, as a table of ratios.

The programs that are compared run in turn (A B A B …); the ratio is taken round by round, and its median is shown. Milliseconds
hold for this machine and this hour only.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .measures import MEASURES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MEASURES], metavar="NAME", help=f"one of {', '.join(MEASURES)}")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each comparison (7)")
    chosen = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {chosen.rounds} rounds\n")
    print(f"{'measure':<52} {'ratio':>7} {'aim':>8}   {'measured':>12} {'baseline':>12}")
    missed = 0
    with tempfile.TemporaryDirectory(prefix="cartwatch-bench-") as scratch:
        for name in chosen.names or MEASURES:
            for row in MEASURES[name](Path(scratch), chosen.rounds):
                print(row.line(), flush=True)
                missed += not row.held
    print(f"\n{missed} of the aims missed" if missed else "\nall aims held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
