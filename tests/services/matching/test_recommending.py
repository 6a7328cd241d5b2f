"""Near providers, as advice."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from schemas.ids import BallotId, NeedId, PartyId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.project import Brief
from schemas.standing import Party
from services.matching.rules.recommending import Nearness, nearness, recommend

PLACE = "320508001001"


def a_provider(division: str, id: int, kind: PartyKind = PartyKind.ORGANIZATION) -> Party:
    return Party(
        id=UUID(int=id),
        kind=kind,
        name=None,
        uscc=None,
        division=division,
        certificate=None,
        verified=True,
        suspended=False,
        ties=frozenset(),
    )


def a_brief() -> Brief:
    return Brief(
        need_id=NeedId(uuid4()),
        ballot_id=BallotId(uuid4()),
        community_id=PartyId(uuid4()),
        funder_id=PartyId(uuid4()),
        title="独居老人助餐",
        category="健康养老",
        division=PLACE,
        beneficiaries=60,
        cost=Money(1_00),
    )


@pytest.mark.parametrize(
    ("other", "near"),
    [
        ("320508001001", Nearness.COMMUNITY),
        ("320508001002", Nearness.STREET),
        ("320508001", Nearness.STREET),
        ("320508002001", Nearness.COUNTY),
        ("320508", Nearness.COUNTY),
        ("320505001001", None),
    ],
)
def test_nearness_is_how_far_the_division_codes_agree(other: str, near: Nearness | None) -> None:
    assert nearness(PLACE, other) is near


def test_the_nearest_come_first_with_their_reason_and_who_may_not_act_is_left_out() -> None:
    far, near = a_provider("320508", 1), a_provider(PLACE, 2)
    left_out = [
        a_provider("320505001001", 3),
        a_provider(PLACE, 4, PartyKind.EVALUATOR),
        replace(near, id=UUID(int=5), verified=False),
        replace(near, id=UUID(int=6), suspended=True),
    ]

    found = recommend(a_brief(), [far, *left_out, near])

    assert [one.party.id.int for one in found] == [2, 1]
    assert [one.reason for one in found] == [
        "登记地在同一社区(区划代码前 12 位相同)",
        "登记地在同一区县(区划代码前 6 位相同)",
    ]
