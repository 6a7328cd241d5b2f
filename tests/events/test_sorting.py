"""Sorting a batch is pure: whatever repetitions and swaps lie between the tellers, each is heard in turn, once."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from events.inbox import Record
from events.sorting import Sorted, sort

STREAM = "sanshe.projects"
HANDLED = "coin.dropped"
SKIPPED = "comet.seen"
OWN = "jars"


def a_record(offset: int, source: str, key: str, sequence: int, type: str = HANDLED) -> Record:
    return Record(STREAM, 0, offset, key, source, sequence, type, 1, "", b"")


def sorted_(records: Sequence[Record], **given: object) -> Sorted:
    settled = {"seen": {}, "standing_still": {}, "handles": {HANDLED}, "own_source": OWN, "any_baseline": False}
    return sort(records, **(settled | given))  # type: ignore[arg-type]  # a test's shorthand


def heard(found: Sorted) -> list[tuple[str, str, int]]:
    return [(record.source, record.key, record.sequence) for record in found.deliver]


@st.composite
def stories(draw: st.DrawFn) -> list[Record]:
    """Several tellers about several keys, each in turn, dealt into one another, with repetitions of what was said."""
    tellers = [(source, key) for source in ("a", "b", OWN) for key in ("x", "y", "z")]
    said: Counter[tuple[str, str]] = Counter()
    records: list[Record] = []
    for source, key in draw(st.lists(st.sampled_from(tellers), max_size=40)):
        last = said[source, key]
        sequence = draw(st.integers(1, last + 1)) if draw(st.booleans()) else last + 1
        said[source, key] = max(last, sequence)
        type = SKIPPED if sequence % 5 == 0 else HANDLED
        records.append(a_record(len(records), source, key, sequence, type))
    return records


def first_of_each(records: Sequence[Record]) -> list[tuple[str, str, int]]:
    found: dict[tuple[str, str, int], Record] = {}
    for record in records:
        found.setdefault((record.source, record.key, record.sequence), record)
    return [name for name, record in found.items() if record.type == HANDLED and record.source != OWN]


@given(stories())
def test_of_any_interleaving_with_repetitions_each_line_is_delivered_once_and_in_turn(records: list[Record]) -> None:
    found = sorted_(records)

    assert heard(found) == first_of_each(records)
    assert not found.keep
    assert not found.stops
    last: dict[tuple[str, str, str], int] = {}
    for record in records:
        last[record.teller] = max(record.sequence, last.get(record.teller, 0))
    assert found.seen == last


@given(stories(), st.data())
def test_where_the_batches_are_cut_makes_no_difference(records: list[Record], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=5)))
    seen: dict[tuple[str, str, str], int] = {}
    delivered = []
    for start, end in zip([0, *cuts], [*cuts, len(records)], strict=True):
        found = sorted_(records[start:end], seen=seen)
        seen |= found.seen
        delivered += heard(found)

    assert delivered == heard(sorted_(records))


@given(st.permutations(range(1, 8)), st.permutations(range(1, 8)), st.randoms())
def test_of_any_order_a_key_delivers_its_turns_and_keeps_the_rest(
    first: list[int], second: list[int], random: object
) -> None:
    records = [a_record(2 * n, "a", "x", sequence) for n, sequence in enumerate(first)]
    records += [a_record(2 * n + 1, "a", "y", sequence) for n, sequence in enumerate(second)]
    records.sort(key=lambda record: record.offset)

    found = sorted_(records)

    told: dict[str, list[int]] = defaultdict(list)
    for _, key, sequence in heard(found):
        told[key].append(sequence)
    for key, sequences in told.items():
        assert sequences == list(range(1, len(sequences) + 1))
        kept = {record.sequence for record in found.keep if record.key == key}
        assert kept | set(sequences) == set(range(1, 8))


@given(st.permutations(range(1, 8)))
def test_kept_lines_come_out_in_turn_however_often_it_takes(order: list[int]) -> None:
    """What the taker does with a gap: hear what passes, keep the rest in log order, and sort it again."""
    queue = [a_record(n, "a", "x", sequence) for n, sequence in enumerate(order)]
    seen: dict[tuple[str, str, str], int] = {}
    delivered: list[int] = []
    while queue:
        found = sorted_(queue, seen=seen)
        assert found.seen, "nothing moves"
        seen |= found.seen
        delivered += [sequence for _, _, sequence in heard(found)]
        queue = found.keep

    assert delivered == list(range(1, 8))


def test_behind_a_key_that_stands_still_everything_is_kept_and_repetitions_are_not() -> None:
    records = [
        a_record(0, "a", "x", 2),
        a_record(1, "a", "x", 1),
        a_record(2, "b", "x", 1),
        a_record(3, OWN, "x", 1),
        a_record(4, "a", "y", 1),
    ]

    found = sorted_(records, seen={(STREAM, "a", "x"): 1}, standing_still={(STREAM, "x"): None})

    assert [record.offset for record in found.keep] == [0, 2, 3]
    assert heard(found) == [("a", "y", 1)]


def test_in_a_gap_only_the_missing_teller_may_pass() -> None:
    records = [a_record(0, "b", "x", 1), a_record(1, "a", "x", 2), a_record(2, "a", "x", 4)]

    found = sorted_(records, seen={(STREAM, "a", "x"): 1}, standing_still={(STREAM, "x"): "a"})

    assert heard(found) == [("a", "x", 2)]
    assert [record.offset for record in found.keep] == [0, 2]


def test_who_starts_from_now_takes_the_first_number_it_hears_as_given() -> None:
    records = [a_record(0, "a", "x", 41), a_record(1, "a", "x", 42), a_record(2, "a", "x", 44)]

    found = sorted_(records, any_baseline=True)

    assert heard(found) == [("a", "x", 41), ("a", "x", 42)]
    assert found.stops[STREAM, "x"][1].reason == "gap"


def test_a_stranger_without_a_source_leaves_no_trace() -> None:
    found = sorted_([a_record(0, "", "", 0)])

    assert found == Sorted()
