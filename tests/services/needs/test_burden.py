"""The burden report, counted from decisions; the founding documents' own figures are its fixtures."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas import division
from schemas.gate import Burden, BurdenInventoried, BurdenRelieved, Dimension, FollowUp, ListName, Outcome
from schemas.ids import PartyId
from schemas.money import Money
from schemas.rulebook import Certainty, Rule, Rulebook, Source
from services.needs.rules.gate.burden import (
    Line,
    RecordInventory,
    RecordRelief,
    Records,
    heads,
    lines,
    record_inventory,
    record_relief,
)
from services.needs.rules.gate.coverage import APPRAISALS, SYSTEMS, coverage, shown
from services.needs.rules.gate.lists import LISTS
from tests.services.needs.gates import COUNTY, DEPARTMENT, OFFICER, STREET, Gate
from tests.support.pure import refused

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
ERDAO = "220105"


def inventoried(scope: str, as_of: date, **counts: int) -> BurdenInventoried:
    return BurdenInventoried(
        registrar_id=OFFICER.party_id,
        inventory_id=uuid4(),
        scope=scope,
        as_of=as_of,
        counts=tuple(Burden(dimension=Dimension(side), count=count) for side, count in counts.items()),
        source="苏州市政协十三届三次会议第009号提案",
        recorded_by=PartyId(uuid4()),
    )


def relieved(scope: str, on: date, dimension: Dimension, count: int, departments: int) -> BurdenRelieved:
    return BurdenRelieved(
        registrar_id=OFFICER.party_id,
        relief_id=uuid4(),
        scope=scope,
        on=on,
        dimension=dimension,
        count=count,
        departments=departments,
        moved_to="街道社区事务受理服务中心",
        basis="吉林省民政厅对省政协十一届四次会议第80号党派团体提案的答复",
        recorded_by=PartyId(uuid4()),
    )


def report(area: str = COUNTY, **records: Any) -> dict[Dimension, Line]:
    empty: dict[str, Any] = {"inventories": (), "reliefs": (), "items": (), "stamps": ()}
    return {line.dimension: line for line in lines(Records(**empty | records), area, FIRST, LAST)}


def test_suzhou_before_81_stamps_129_lines_of_work_and_more_than_300_appraisals() -> None:
    before = inventoried("320500", date(2013, 12, 31), stamps=81, work=129, appraisals=300)

    found = report("320500", inventories=[before])

    assert {side: line.before.count for side, line in found.items() if line.before} == {
        Dimension.STAMPS: 81,
        Dimension.WORK: 129,
        Dimension.APPRAISALS: 300,
    }
    assert all(line.before.decisions == (before.inventory_id,) for line in found.values() if line.before)
    assert found[Dimension.OFFICES].after is None, "nobody counted them, so nobody knows what is left"


def test_erdao_moved_145_items_of_11_departments_off_the_communities_of_8_streets() -> None:
    streets = [f"{ERDAO}{number:03}" for number in range(1, 9)]
    before = [inventoried(street, date(2025, 12, 31), work=145) for street in streets]
    moved = [relieved(street, date(2026, 6, 1), Dimension.WORK, 145, 11) for street in streets]

    one = report(streets[0], inventories=before, reliefs=moved[:1])[Dimension.WORK]
    all_of_it = report(ERDAO, inventories=before, reliefs=moved)[Dimension.WORK]

    assert one.before is not None
    assert (one.before.count, one.relieved.count, one.after) == (145, 145, 0)
    assert all_of_it.before is not None
    assert (all_of_it.before.count, all_of_it.relieved.count, all_of_it.after) == (8 * 145, 8 * 145, 0)
    assert all_of_it.relieved.decisions == tuple(fact.relief_id for fact in moved)


def test_the_newest_count_holds_and_a_part_is_not_counted_beside_its_whole() -> None:
    old = inventoried(COUNTY, date(2024, 12, 31), work=200, offices=12)
    new = inventoried(COUNTY, date(2025, 12, 31), work=180)
    part = inventoried(STREET, date(2025, 12, 31), work=90, meetings=30)
    later = inventoried(COUNTY, date(2026, 5, 1), work=1)

    found = report(inventories=[old, new, part, later])

    counted = {side: line.before.count for side, line in found.items() if line.before}
    assert counted == {Dimension.WORK: 180, Dimension.OFFICES: 12, Dimension.MEETINGS: 30}


def test_what_passed_the_gate_and_what_was_refused_is_counted_with_its_decisions() -> None:
    gate = Gate()
    let_in, left = gate.admitted(), gate.admitted()
    left = gate.follow_up(left, FollowUp.EXIT)
    barred = gate.now(gate.apply(title="协助招商引资")[0].item_id)  # type: ignore[attr-defined]  # an ItemApplied
    refused_item = gate.assess(gate.item(), Outcome.REFUSE)
    gate.confirm(refused_item)
    refused_item = gate.now(refused_item.told.item_id)
    waiting = gate.item()
    before = inventoried(COUNTY, date(2025, 12, 31), work=10)

    line = report(inventories=[before], items=[let_in, left, barred, refused_item, waiting])[Dimension.WORK]

    assert (line.admitted.count, line.exited.count, line.refused.count, line.converted.count) == (2, 1, 2, 0)
    assert set(line.refused.decisions) == {barred.id, refused_item.id}
    assert line.after == 10 + 2 - 1


def test_a_year_before_and_after_counts_only_its_own_decisions() -> None:
    gate = Gate()
    item = gate.admitted()
    records = Records(inventories=(), reliefs=(), items=[item], stamps=())

    year_after = lines(records, COUNTY, date(2027, 1, 1), date(2027, 12, 31))

    assert sum(line.admitted.count for line in year_after) == 0


def adopted(place: str, *paths: str) -> Rulebook:
    name = f"{place}/community@2026.1"
    rule = Rule(value={"one": "一项"}, source=Source("本地", Certainty.EXAMPLE), layer=name)
    return Rulebook(
        id=f"{place}/community",
        version="2026.1",
        title="本地清单",
        effective_from=date(2026, 1, 1),
        hash=place.ljust(64, "0"),
        rules=dict.fromkeys(paths, rule),
    )


def test_anhui_11_of_16_cities_have_a_list_of_items() -> None:
    cities = division.below("340000")
    books = [adopted(place, LISTS[ListName.ENTRY]) for place in cities[:11]]

    items, appraisals, stamps = coverage("340000", books, LAST)

    assert (items.having, items.of, items.percent) == (11, 16, "68.8")
    assert items.missing == cities[11:]
    assert (appraisals.having, stamps.having) == (0, 0)
    assert [one.system for one in (items, appraisals, stamps)] == list(SYSTEMS)


def test_a_list_not_in_force_yet_or_only_inherited_is_none_of_their_own() -> None:
    cities = division.below("340000")
    inherited = adopted(cities[0], APPRAISALS)
    inherited = Rulebook(
        **{field: getattr(inherited, field) for field in ("id", "version", "title", "effective_from", "hash")},
        rules={APPRAISALS: Rule(value={}, source=Source("上级"), layer="example/community@2026.1")},
    )

    assert coverage("340000", [inherited], LAST)[1].having == 0
    assert coverage("340000", [adopted(cities[0], APPRAISALS)], date(2025, 12, 31))[1].having == 0
    assert coverage(COUNTY, [], LAST) == []


@pytest.mark.parametrize(
    ("having", "of", "percent"), [(11, 16, "68.8"), (91, 105, "86.7"), (16, 16, "100.0"), (0, 9, "0.0")]
)
def test_shares_are_written_as_the_bureaus_write_them(having: int, of: int, percent: str) -> None:
    assert shown(having, of) == percent


def test_jilin_7393_wan_a_year_pays_500_a_month_to_12321_people_and_two_thirds() -> None:
    people = heads(Money(7_393_0000_00), Money(500_00))

    assert people == Fraction(36965, 3)
    assert 5 < people / 1416 < 9, "inside the five to nine of a community"


def test_an_officer_counts_within_the_own_division_and_not_ahead() -> None:
    gate = Gate()
    fields: dict[str, Any] = {
        "registrar_id": OFFICER.party_id,
        "scope": COUNTY,
        "as_of": gate.at.date(),
        "counts": (Burden(dimension=Dimension.STAMPS, count=81),),
        "source": "街道清理台账",
    }
    (said,) = gate.do(record_inventory, RecordInventory(**fields), OFFICER)
    assert isinstance(said, BurdenInventoried)

    with refused("scope_elsewhere"):
        gate.do(record_inventory, RecordInventory(**fields | {"scope": "340104"}), OFFICER)
    with refused("day_ahead"):
        ahead = fields["as_of"] + timedelta(days=1)
        gate.do(record_inventory, RecordInventory(**fields | {"as_of": ahead}), OFFICER)
    with refused("dimension_twice"):
        gate.do(record_inventory, RecordInventory(**fields | {"counts": fields["counts"] * 2}), OFFICER)
    with refused("not_your_party"):
        gate.do(record_inventory, RecordInventory(**fields), DEPARTMENT)
    relief: dict[str, Any] = {
        **{"registrar_id": OFFICER.party_id, "scope": STREET, "on": gate.at.date(), "dimension": "offices"},
        **{"count": 10, "departments": 3, "moved_to": "取消", "basis": "先清后进、全面精简"},
    }
    (off,) = gate.do(record_relief, RecordRelief(**relief), OFFICER)
    assert isinstance(off, BurdenRelieved)
    assert isinstance(off.relief_id, UUID)
