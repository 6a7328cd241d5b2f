"""Which texts are like each other: cosine of TF-IDF vectors over pairs of characters (Salton and Buckley 1988).

Chinese has no blanks between words; pairs of characters (bigrams) stand in for them (Nie et al., On the Use of Words
and N-grams for Chinese Information Retrieval, 2000). Weights are rounded to integers, so every machine finds the same.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt, log

TITLE_TIMES = 3
"""a title says more than as many characters of the text"""
RAREST = 24
"""grams by which a text is looked up: its rarest"""
COMMON = 200
"""a gram in more texts than this finds nobody"""
SHARED = 2
"""so many of its rarest grams another text has, to be compared with it"""
NEAREST = 200
"""texts that share most of them: no more are compared with one"""
_NOT_TEXT = re.compile(r"[^0-9a-z\u3400-\u9fff]+")

Vector = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Text:
    id: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Places of two texts, the asking one first."""

    one: int
    other: int
    permille: int


def grams(text: str) -> Iterator[str]:
    """Pairs of neighbouring characters, within what punctuation separates."""
    for run in _runs(text):
        yield from (run[i : i + 2] for i in range(len(run) - 1))


def short_grams(text: str) -> Iterator[str]:
    """Pairs, and single characters: of short texts in different words too few pairs are the same."""
    for run in _runs(text):
        yield from (run[i : i + 2] for i in range(len(run) - 1))
        yield from run


def _runs(text: str) -> list[str]:
    return _NOT_TEXT.split(unicodedata.normalize("NFKC", text).lower())


def vectors(
    texts: Sequence[Text], of: Callable[[str], Iterable[str]] = grams, title_times: int = TITLE_TIMES
) -> list[Vector]:
    """(1 + ln tf) × (1 + ln((N + 1) / (df + 1))), in hundredths; the ones keep few texts from weighing nothing."""
    counts = [Counter([*list(of(text.title)) * title_times, *of(text.body)]) for text in texts]
    spread = Counter(gram for count in counts for gram in count)
    whole = len(texts) + 1
    weight = {gram: 1 + log(whole / (df + 1)) for gram, df in spread.items()}
    return [{gram: round(100 * (1 + log(tf)) * weight[gram]) for gram, tf in count.items()} for count in counts]


def permille(one: Vector, other: Vector) -> int:
    """Cosine in thousandths, rounded down."""
    small, large = sorted((one, other), key=len)
    dot = sum(weight * large[gram] for gram, weight in small.items() if gram in large)
    norms = isqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return 1000 * dot // norms if norms else 0


def alike(texts: Sequence[Text], asking: int, least: int) -> list[Alike]:
    """Pairs of one of the first `asking` texts and any other that are alike in at least `least` thousandths.

    Only texts that share some of their rarest grams are compared, so that many need not all meet.
    """
    weighed = vectors(texts)
    by_gram: dict[str, list[int]] = defaultdict(list)
    rarest = [sorted(vector, key=lambda gram: (-vector[gram], gram))[:RAREST] for vector in weighed]
    for place, vector in enumerate(weighed):
        for gram in vector:
            by_gram[gram].append(place)
    found: dict[tuple[int, int], int] = {}
    for one in range(asking):
        met = Counter(other for gram in rarest[one] if len(by_gram[gram]) <= COMMON for other in by_gram[gram])
        del met[one]
        near = sorted((other for other, shared in met.items() if shared >= SHARED), key=lambda o: (-met[o], o))
        for other in near[:NEAREST]:
            if (min(one, other), max(one, other)) not in found:
                found[min(one, other), max(one, other)] = permille(weighed[one], weighed[other])
    pairs = (Alike(*places, share) for places, share in found.items() if share >= least)
    return sorted(pairs, key=lambda pair: (-pair.permille, pair.one, pair.other))
