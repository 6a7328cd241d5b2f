"""Fee by workload: reported, accepted item by item, Σ units × unit price to the fen, capped by item and by price."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clauses import Instrument
from schemas.contract import Milestone
from schemas.deciding import SYSTEM
from schemas.money import Money
from schemas.work import WorkAccepted, WorkReported
from services.contracts import rules
from tests.services.contracts.arranged import COUNTER, PRICE, TALK, VISIT, WORK, Arranged, an_arrangement
from tests.services.contracts.awarded import COMMUNITY, FUNDER, PROJECT, PROVIDER
from tests.services.contracts.reading import read
from tests.support.pure import an_actor, refused


@given(st.integers(0, 150), st.integers(0, 15))
def test_the_fee_is_units_times_price_up_to_the_most_of_each_and_of_all(visit: int, talk: int) -> None:
    story = Arranged().handed_in(visit=visit, talk=talk)

    [fact] = story.count(visit=visit, talk=talk)

    assert isinstance(fact, WorkAccepted)
    assert fact.fee.fen == min(min(visit, 120) * 50_33 + min(talk, 10) * 800_00, 12_000_00)
    assert story.contract.work.fee == fact.fee


def test_the_arithmetic_is_written_out() -> None:
    [plain] = Arranged().handed_in().count(visit=100, talk=5)
    [capped] = Arranged().handed_in(visit=130, talk=10).count(visit=130, talk=10)

    assert isinstance(plain, WorkAccepted)
    assert isinstance(capped, WorkAccepted)
    assert plain.arithmetic == (
        "入户核实 100 户 × 50.33 元 = 5,033.00 元;政策宣讲 5 场 × 800.00 元 = 4,000.00 元;合计 9,033.00 元"
    )
    assert capped.arithmetic == (
        "入户核实 120 户(核定 130,上限 120) × 50.33 元 = 6,039.60 元;政策宣讲 10 场 × 800.00 元 = 8,000.00 元;"
        "合计 14,039.60 元,超过协议价款,按 12,000.00 元"
    )
    assert capped.fee == PRICE


def test_work_is_reported_after_signing_and_again_until_the_delivery_is_in() -> None:
    story = Arranged()
    with refused("contract_not_signed"):
        story.report(visit=1, talk=1)
    story.signed()
    with refused("work_not_reported"):
        story.hand_in()
    story.report(visit=1, talk=1)
    [again] = story.report(visit=110, talk=6)
    story.hand_in()

    assert isinstance(again, WorkReported)
    assert {one.item: one.units for one in story.contract.work.reported} == {"visit": 110, "talk": 6}
    with refused("milestone_already_submitted"):
        story.report(visit=111, talk=6)


def test_units_are_counted_only_while_the_delivery_waits_for_the_buyer() -> None:
    story = Arranged().signed()
    story.report(visit=1, talk=1)
    with refused("milestone_not_delivered"):
        story.count(visit=1, talk=1)
    story.hand_in()
    story.count(visit=0, talk=1)
    story.count(visit=1, talk=1)
    story.consult(Milestone.FINAL, FUNDER)
    story.accept(Milestone.FINAL)

    assert story.contract.work.fee == VISIT.unit_price + TALK.unit_price
    with refused("milestone_not_delivered"):
        story.count(visit=0, talk=0)


def test_no_more_is_accepted_than_was_reported_and_the_item_is_named() -> None:
    with refused("more_than_reported", status=422) as caught:
        Arranged().handed_in().count(visit=110, talk=7)

    assert (caught.value.field, caught.value.details["item"], caught.value.details["reported"]) == (
        *("units.1.units", "talk"),
        6,
    )


@pytest.mark.parametrize("units", [{"visit": 1}, {"visit": 1, "talk": 1, "walk": 1}, {"visit": 1, "walk": 1}])
def test_every_item_of_the_agreement_stands_in_a_report_once(units: dict[str, int]) -> None:
    story = Arranged().signed()

    with refused("items_differ", status=422):
        story.report(COMMUNITY, **units)


def test_the_buyer_accepts_the_units_before_the_delivery() -> None:
    story = Arranged().handed_in()

    with refused("work_not_accepted"):
        story.accept(Milestone.FINAL)
    story.count(visit=1, talk=1)
    story.consult(Milestone.FINAL, FUNDER)
    story.accept(Milestone.FINAL)


def test_who_reported_or_submitted_does_not_count() -> None:
    story = Arranged().handed_in()
    twin = FUNDER.__class__(person_id=COMMUNITY.person_id, party_id=FUNDER.party_id, role=FUNDER.role)

    with refused("same_person_took_earlier_step", status=403):
        story.count(by=twin, visit=1, talk=1)
    with refused("not_your_party", status=403):
        story.count(by=an_actor(FUNDER.role), visit=1, talk=1)
    with refused("not_your_party", status=403):
        story.report(by=PROVIDER, visit=1, talk=1)


def test_a_returned_delivery_is_counted_anew() -> None:
    story = Arranged().handed_in()
    story.count(visit=100, talk=5)
    story.send_back(Milestone.FINAL, COUNTER)
    assert story.contract.work.fee is None
    story.report(visit=90, talk=4)
    story.hand_in()

    with refused("more_than_reported"):
        story.count(visit=91, talk=4)
    story.count(visit=90, talk=4)
    assert story.contract.work.fee == Money(90 * 50_33 + 4 * 800_00)


def test_units_nobody_counted_in_time_are_accepted_as_reported() -> None:
    story = Arranged().handed_in()

    said = story.ring(timedelta(days=15))

    assert [fact.type for fact in said if hasattr(fact, "type")] == [
        *("work.accepted", "milestone.deemed_accepted"),
        *("milestone.accepted", "milestone.report_made"),
    ]
    assert isinstance(said[0], WorkAccepted)
    assert (said[0].accepted_by, said[0].fee) == (SYSTEM, Money(110 * 50_33 + 6 * 800_00))


def test_what_the_buyer_counted_stands_when_its_time_runs_out() -> None:
    story = Arranged().handed_in()
    story.count(visit=10, talk=0)

    assert not [fact for fact in story.ring(timedelta(days=15)) if isinstance(fact, WorkAccepted)]
    assert story.contract.work.fee == Money(10 * 50_33)


def test_an_agreement_at_a_fixed_price_has_no_units() -> None:
    story = Arranged(an_arrangement(Instrument.SUBSIDY, provider_id=COMMUNITY.party_id)).signed()

    with refused("not_paid_by_the_unit"):
        story.report(visit=1)
    story.hand_in()
    with refused("not_paid_by_the_unit"):
        story.count(visit=1)


def test_the_acceptance_report_shows_units_and_fee() -> None:
    story = Arranged().handed_in()
    story.count(visit=100, talk=5)
    story.consult(Milestone.FINAL, FUNDER)
    story.accept(Milestone.FINAL)

    report = read(story.world.get(rules.Paper, rules.report_id(PROJECT, Milestone.FINAL)).body)

    assert report.tables["work_done"] == [
        ["入户核实(visit)", "户", "110", "100", "¥50.33", "¥5,033.00"],
        ["政策宣讲(talk)", "场", "6", "5", "¥800.00", "¥4,000.00"],
        ["应付合计(不超过价款)· Fee", "", "", "", "", "¥9,033.00"],
    ]
    assert [row[0].split("·")[0].strip() for row in report.tables["steps"]] == ["乙方提交", "甲方验收"]


def test_where_an_organization_is_paid_by_the_unit_the_community_confirms_first() -> None:
    arrangement = an_arrangement(Instrument.SUBSIDY, work=WORK)
    story = Arranged(arrangement).signed()
    story.report(PROVIDER, visit=100, talk=5)
    story.hand_in(PROVIDER)

    with refused("milestone_not_confirmed"):
        story.count(visit=100, talk=5)
    story.confirm(Milestone.FINAL)
    story.count(visit=100, talk=5)
    story.accept(Milestone.FINAL)
    assert story.contract.work.fee == Money(9_033_00)
