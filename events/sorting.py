"""Which records of a batch are new, twice told, out of turn, or behind a key that stands still. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from events.inbox import Key, Record, Teller
from events.parking import Standstill


@dataclass(frozen=True, slots=True)
class Sorted:
    deliver: list[Record] = field(default_factory=list)
    """new, in turn, and of a type we handle"""
    keep: list[Record] = field(default_factory=list)
    """to be parked behind their key"""
    stops: dict[Key, tuple[Record, Standstill]] = field(default_factory=dict)
    """keys that stop here, with the record they stop at"""
    seen: dict[Teller, int] = field(default_factory=dict)
    """the inbox after this batch, where it moved"""


def sort(
    records: Sequence[Record],
    *,
    seen: Mapping[Teller, int],
    standing_still: Mapping[Key, str | None],
    handles: Collection[str],
    own_source: str,
    any_baseline: bool,
) -> Sorted:
    """Take each record as a duplicate (dropped), next in turn (delivered, or counted when not ours), or kept.

    `any_baseline`: a consumer that starts from now takes the first number it hears from a teller as its baseline.
    """
    result = Sorted()
    still = dict(standing_still)
    for record in records:
        last = result.seen.get(record.teller, seen.get(record.teller))
        if last is None:
            last = record.sequence - 1 if any_baseline else 0
        if record.sequence <= last or not record.source:
            continue
        in_turn = record.sequence == last + 1
        if record.name in still:
            passes = in_turn and still[record.name] == record.source
        else:
            passes = in_turn
            if not in_turn:
                error = f"{record.source} said line {record.sequence} after line {last}"
                result.stops[record.name] = (record, Standstill("gap", error, record.name, record.source))
                still[record.name] = record.source
        if not passes:
            result.keep.append(record)
            continue
        result.seen[record.teller] = record.sequence
        if record.type in handles and record.source != own_source:
            result.deliver.append(record)
    return result
