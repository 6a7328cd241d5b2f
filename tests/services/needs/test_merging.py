"""Needs that are one are joined and parted by people; patrols report; every number stays alive."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.ids import NeedId
from schemas.intake import Channel, NeedTakenIn
from schemas.merging import GridReported
from schemas.model import Model
from schemas.need import NeedPosted, Route
from services.kit.rulebooks import shipped
from services.needs.rules.grid import MOST_DAYS, GridReport, ReportPatrol, report
from services.needs.rules.intake import PostNeed, post_need
from services.needs.rules.merging import MergeNeed, SeparateNeed, merge, separate
from services.needs.rules.need import MOST_STEPS, Need, StepKind
from tests.services.needs.handled import HOUSING, LIKE_BELOW_LIMIT, OTHER_STAFF, PLACE, STAFF, Handed
from tests.support.pure import refused


def join(street: Handed, need: Need, into: Need, **by: Any) -> None:
    command = MergeNeed(need_id=NeedId(need.id), into=NeedId(into.id), reason="同一部电梯")
    street.do(merge, command, by.get("by", STAFF))


def part(street: Handed, need: Need, other: Need) -> None:
    command = SeparateNeed(need_id=NeedId(need.id), parted_from=NeedId(other.id), reason="不是同一部")
    street.do(separate, command, STAFF)


def patrol(street: Handed, **changes: Any) -> list[Model]:
    fields: dict[str, Any] = {
        "community_id": STAFF.party_id,
        "category": "disaster_prevention",
        "division": PLACE + "001",
        "beneficiaries": 30,
        "title": "东门井盖松动",
        "description": "骑车经过会翘起。",
        "grid": "03",
        "patrolled_on": street.at.date(),
        "photos": ("a" * 64,),
    }
    street.rulebook = shipped().named(LIKE_BELOW_LIMIT)
    return street.do(report, ReportPatrol(**fields | changes), STAFF)


def test_a_need_that_joined_another_goes_no_way_of_its_own_until_they_are_parted() -> None:
    street = Handed().a_street()
    one, other = street.post(), street.post(title="7号楼电梯老坏")

    join(street, one, other)

    merged, into = street.now(one), street.now(other)
    assert (merged.merged_into, into.joined) == (other.id, (one.id,))
    assert merged.steps[-1].what is StepKind.MERGED
    for refusing in (lambda: street.hand_over(merged), lambda: street.route(merged, Route.MARKET)):
        with refused("need_merged"):
            refusing()
    with refused("need_merged"):
        join(street, street.post(), merged)
    part(street, merged, into)
    assert (street.now(one).merged_into, street.now(other).joined) == (None, ())
    assert street.hand_over(street.now(one)).lead_id == HOUSING.party_id
    with refused("need_not_merged"):
        part(street, street.now(one), into)


def test_a_need_with_others_in_it_joins_none_and_nothing_joins_itself_or_elsewhere() -> None:
    street = Handed().a_street()
    one, other, third = street.post(), street.post(), street.post()
    join(street, one, other)

    with refused("need_has_joined"):
        join(street, street.now(other), third)
    with refused("need_twice", status=422):
        join(street, third, third)
    with refused("not_your_party", status=403):
        join(street, third, other, by=OTHER_STAFF)
    handed = street.handed()
    with refused("need_at_department"):
        join(street, handed, other)
    join(street, third, handed)
    assert street.now(handed).joined == (third.id,)


def test_nothing_goes_to_and_fro_without_end() -> None:
    street = Handed()
    one, other = street.post(), street.post()

    with refused("too_many_steps"):
        for _ in range(MOST_STEPS):
            join(street, street.now(one), other)
            part(street, street.now(one), other)
    assert len(street.now(one).steps) <= MOST_STEPS + 1


def test_a_patrol_becomes_a_need_of_its_channel() -> None:
    street = Handed()

    said = patrol(street)

    posted = next(one for one in said if isinstance(one, NeedPosted))
    taken_in = next(one for one in said if isinstance(one, NeedTakenIn))
    reported = next(one for one in said if isinstance(one, GridReported))
    assert (taken_in.channel, reported.need_id, reported.joined) == (Channel.GRID_PATROL, posted.need_id, False)
    assert street.world.get(GridReport, reported.report_id).told == reported
    assert street.world.get(Need, posted.need_id).channel is Channel.GRID_PATROL


def test_a_patrol_joins_a_need_that_is_known_and_the_resident_sees_it() -> None:
    street = Handed()
    need = street.post(title="井盖坏了")

    (reported,) = patrol(street, joins=NeedId(need.id))

    assert isinstance(reported, GridReported)
    assert (reported.joined, reported.need_id) == (True, need.id)
    last = street.now(need).steps[-1]
    assert (last.what, last.on, "井盖" in last.text) == (StepKind.FOUND_AGAIN, date(2026, 3, 2), True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"patrolled_on": date(2026, 3, 3)}, "patrol_day"),
        ({"patrolled_on": date(2026, 3, 2) - timedelta(days=MOST_DAYS + 1)}, "patrol_day"),
        ({"photos": ("a" * 64, "a" * 64)}, "photo_twice"),
        ({"division": "320507001001"}, "division_elsewhere"),
        ({"description": "找13812345678"}, "personal_data"),
    ],
)
def test_a_patrol_that_does_not_fit_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code, status=422):
        patrol(Handed(), **changes)


def test_numbers_in_a_need_are_taken_out_where_that_is_asked_for() -> None:
    street = Handed()
    changes: dict[str, Any] = {"title": "王某 13812345678 要助餐", "description": "或打0512-65123456"}
    need = street.post(**changes, redact=True)

    assert (need.title, need.description) == ("王某 〔电话〕 要助餐", "或打〔电话〕")
    street.rulebook = shipped().named(LIKE_BELOW_LIMIT)
    fields: dict[str, Any] = {"community_id": STAFF.party_id, "origin": "resident", "category": "mediation"}
    draft = PostNeed(**fields, division=PLACE + "001", beneficiaries=1, **changes)
    with refused("personal_data", source="个人信息保护法", status=422) as caught:
        street.do(post_need, draft, STAFF)
    assert (caught.value.field, caught.value.details["at"]) == ("title", 4)
