"""`python -m tests.bench.bursts [seeds]`: of 300 planted among 5,000 ratings, how many the test sets apart; as a table.

Seven in ten of the honest are very satisfied. Seeds are fixed, so everybody sees the same figures; nothing is timed.
"""

import sys
from fractions import Fraction
from random import Random

from services.kit.rulebooks import shipped
from tests.services.evaluation.waves import MIXES, Waves, caught, honest, with_meetings

BY = shipped().named("example/below-limit").value("evaluation.set_apart")
SOME = 40
ATTACKS = {
    "nothing planted": Waves(0, 0, 0, (1, 0, 0, 0, 0)),
    "1 × 300 in 10 min, all very satisfied": Waves(1, 300, 600, (1, 0, 0, 0, 0)),
    "12 × 25 in 5 min, all very satisfied": Waves(12, 25, 300, (1, 0, 0, 0, 0)),
    "20 × 15 in 5 min, all very satisfied": Waves(20, 15, 300, (1, 0, 0, 0, 0)),
    "3 × 100 in 7 min, 10 % satisfied": Waves(3, 100, 400, (9, 1, 0, 0, 0)),
    "3 × 100 in 7 min, 20 % satisfied": Waves(3, 100, 400, (8, 2, 0, 0, 0)),
    "6 × 50 in 7 min, 20 % satisfied": Waves(6, 50, 400, (8, 2, 0, 0, 0)),
    "3 × 100 in 7 min, 10 % of any other level": Waves(3, 100, 400, (90, 6.7, 2.3, 0.7, 0.3)),
    "3 × 100 in 7 min, 20 % of any other level": Waves(3, 100, 400, (80, 13.3, 4.7, 1.3, 0.7)),
    "1 × 300 in 1 h, 10 % satisfied": Waves(1, 300, 3_600, (9, 1, 0, 0, 0)),
    "3 × 100 in 7 min, as the others say": Waves(3, 100, 400, MIXES["content"]),
    "300 over two weeks, all very satisfied": Waves(300, 1, 1, (1, 0, 0, 0, 0)),
}


def measured(attack: Waves, meetings: int, seeds: int) -> tuple[Fraction, Fraction]:
    """Means over the seeds: of the planted, of the honest."""
    found = wrongly = Fraction()
    for seed in range(seeds):
        random = Random(seed)
        true = with_meetings(random, honest(random, "content"), meetings)
        of_planted, of_honest = caught(true, attack(random), BY)
        found, wrongly = found + of_planted, wrongly + of_honest
    return found / seeds, wrongly / seeds


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SOME
    print("| planted | found | honest, wrongly | found beside two meetings of 200 | honest, wrongly |")
    print("|---|---|---|---|---|")
    for name, attack in ATTACKS.items():
        cells = [f"{float(part):.1%}" for meetings in (0, 2) for part in measured(attack, meetings, seeds)]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
