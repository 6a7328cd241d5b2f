"""Unit prices and quantities of work are changed by both; the fee is the accepted units at the terms after it."""

from typing import Any

import pytest

from schemas.capitals import in_capitals, in_figures
from schemas.change import ContractChanged
from schemas.clauses import Instrument
from schemas.contract import Milestone
from schemas.money import Money
from schemas.work import WorkAccepted
from services.contracts import SERVICE, rules
from tests.services.contracts.arranged import PRICE, TALK, VISIT, WORK, an_arrangement
from tests.services.contracts.awarded import COMMUNITY, FUNDER, PROJECT
from tests.services.contracts.lived import in_force
from tests.services.contracts.reading import read
from tests.services.contracts.test_community_performs import Performing, tranche
from tests.services.contracts.test_service import a_project
from tests.support.fixtures import Running
from tests.support.pure import refused

DEARER = {"id": "visit", "unit_price": Money(55_00), "most_units": 130}


def agreed(story: Performing, **terms: Any) -> None:
    story.propose(COMMUNITY, **({"work": [DEARER]} | terms))
    story.agree(FUNDER)


def fee_of(story: Performing, *, visit: int, talk: int) -> Money:
    (fact,) = story.count(visit=visit, talk=talk)
    assert isinstance(fact, WorkAccepted)
    return fact.fee


def test_the_fee_is_the_accepted_units_at_the_changed_price_and_up_to_the_changed_most() -> None:
    story = Performing()
    agreed(story)
    story.report(visit=140, talk=2)
    story.hand_in()

    fee = fee_of(story, visit=140, talk=2)

    assert fee == Money(130 * 55_00 + 2 * 800_00)
    assert "入户核实 130 户(核定 140,上限 130) × 55.00 元" in story.contract.work.arithmetic


def test_what_is_not_named_stays_and_the_price_stays_the_most_there_can_be() -> None:
    story = Performing()
    agreed(story)
    assert story.contract.agreement.work is not None
    visit, talk = story.contract.agreement.work.items
    assert (visit.name, visit.unit, talk) == (VISIT.name, VISIT.unit, TALK)
    story.report(visit=130, talk=10)
    story.hand_in()

    assert fee_of(story, visit=130, talk=10) == PRICE == story.contract.agreement.price
    assert "超过协议价款,按 12,000.00 元" in story.contract.work.arithmetic


def test_with_a_raised_price_the_fee_goes_up_to_it_and_a_tenth_is_the_most() -> None:
    story = Performing()
    more = {"price": Money(13_200_00), "tranches": (tranche(2, 9_600, "final_accepted"),)}
    with refused("supplement_too_large", source="政府采购法第四十九条", status=422):
        agreed(story, price=Money(13_201_00), tranches=(tranche(2, 9_601, "final_accepted"),))

    agreed(story, **more)
    assert story.contract.agreement.work == WORK  # funds has not set the money aside yet
    story.funded()
    story.report(visit=130, talk=10)
    story.hand_in()

    assert fee_of(story, visit=130, talk=10) == Money(13_200_00)


def test_units_counted_before_it_are_counted_again_at_the_new_price_before_the_delivery_is_accepted() -> None:
    story = Performing()
    story.report(visit=100, talk=1)
    story.hand_in()
    assert fee_of(story, visit=100, talk=1) == Money(100 * 50_33 + 800_00)
    agreed(story)
    story.consult(Milestone.FINAL, FUNDER)

    with refused("work_not_accepted"):
        story.accept(Milestone.FINAL)

    assert fee_of(story, visit=100, talk=1) == Money(100 * 55_00 + 800_00)
    story.accept(Milestone.FINAL)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"work": [{"id": "walk", "unit_price": Money(1), "most_units": 1}]}, "work_not_agreed"),
        ({"work": [DEARER, DEARER]}, "work_not_agreed"),
        ({"work": [{"id": "visit", "unit_price": VISIT.unit_price, "most_units": 120}]}, "change_says_nothing"),
        ({"work": [{"id": "visit", "unit_price": Money(1), "most_units": 1}]}, "price_above_work"),
    ],
)
def test_another_kind_of_work_and_a_price_nobody_can_earn_are_refused(terms: dict[str, Any], code: str) -> None:
    story = Performing()

    with refused(code, status=422):
        story.propose(COMMUNITY, **terms)
    assert story.contract.changes == ()


def test_an_agreement_that_is_not_paid_by_the_unit_has_no_unit_prices() -> None:
    with refused("not_paid_by_the_unit"):
        in_force().propose(work=[DEARER])


def test_the_supplement_prints_unit_prices_before_and_now_in_figures_and_capitals() -> None:
    story = Performing()
    agreed(story)

    found = read(story.world.get(rules.Paper, rules.change_paper_id(PROJECT, 1)).body)

    before, now = found.tables["work_before"][0], found.tables["work"][0]
    assert before[2:5] == [in_figures(VISIT.unit_price), in_capitals(VISIT.unit_price), "120"]
    assert now[2:5] == ["¥55.00", in_capitals(Money(55_00)), "130"]


@pytest.mark.timeout(90)
async def test_at_the_doors_both_agree_and_the_fee_follows(running: Running) -> None:
    async with running(SERVICE) as system:
        project = await a_project(system)
        at_home = {"provider_id": project.community.party_id, "project_id": project.id, "brief": project.award.brief}
        award = an_arrangement(Instrument.COMMISSION, **at_home)
        await system.seen(await system.teller.tell(award, "tenders"))
        digest = (await system.get(f"{project.at}/contract", project.funder)).json["digest"]
        for signer in (project.community, project.funder):
            assert (await system.post(f"{project.at}/contract/endorsements", {"digest": digest}, signer)).status == 201
        body = {"reason": "quantity", "text": "户数增加"}
        work = [{"id": "visit", "unit_price": {"fen": 55_00}, "most_units": 130}]
        door = f"{project.at}/contract/changes"

        negative = await system.post(door, body | {"work": [work[0] | {"unit_price": {"fen": -1}}]}, project.community)
        change = (await system.post(door, body | {"work": work}, project.community)).json
        sign = f"{door}/{change['change_id']}/endorsements"
        signed = await system.post(sign, {"digest": change["digest"]}, project.funder)

        assert (negative.status, negative.json["field"]) == (422, "work.0.unit_price.fen")
        assert (signed.status, signed.json["stage"]) == (201, "effective")
        terms = (await system.get(f"{project.at}/contract", project.funder)).json["agreement"]
        assert terms["work"]["items"][0]["unit_price"] == {"fen": 55_00}
        assert len(await system.facts("contracts", ContractChanged.type)) == 1
