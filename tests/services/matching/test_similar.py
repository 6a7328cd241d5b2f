"""Similar applications: recall and precision on the labelled pairs, and what is compared with what."""

from itertools import combinations
from pathlib import Path

import yaml

from schemas.similar import Text, alike
from services.kit.rulebooks import shipped

LABELLED = Path(__file__).parent / "labelled.yaml"
LEAST = shipped().named("example/charity-venture").integer("venture.similar_permille")


def labelled() -> tuple[list[Text], set[tuple[int, int]], set[tuple[int, int]]]:
    """All texts, and the places of those that are the same work, and of those that are not."""
    texts: list[Text] = []
    same: set[tuple[int, int]] = set()
    other: set[tuple[int, int]] = set()
    for group in yaml.safe_load(LABELLED.read_text("utf-8")):
        first = []
        for versions in group:
            base = len(texts)
            first.append(base)
            texts += [Text(str(base + i), title, summary) for i, (title, summary) in enumerate(versions)]
            same |= {(base, base + 1), (base, base + 2)}
        other |= set(combinations(first, 2))
    return texts, same, other


def test_there_are_200_labelled_pairs_half_of_them_the_same_work() -> None:
    _, same, other = labelled()

    assert (len(same), len(other)) == (100, 100)


def test_recall_is_at_least_nine_tenths_and_precision_seven_tenths() -> None:
    """Found as a round finds them, lookup by rare grams included."""
    texts, same, other = labelled()

    found = {(pair.one, pair.other) for pair in alike(texts, len(texts), LEAST)}

    right, wrong = len(found & same), len(found & other)
    assert right / len(same) >= 0.9
    assert right / (right + wrong) >= 0.7
