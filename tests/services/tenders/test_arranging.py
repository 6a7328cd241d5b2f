"""Direct arrangements: under which instrument, with whom, up to how much and on what ground there is no tender."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic_core import to_json

from schemas.arranging import AwardArranged
from schemas.clauses import Instrument
from schemas.fund import ReservationReleased
from schemas.ids import FundAccountId
from schemas.model import Model
from schemas.organization import CreditList, Listing
from schemas.party import PartyKind
from schemas.project import BudgetRefused, BudgetReserved, ProjectApproved
from schemas.role import Role
from services.kit.rulebooks import shipped
from services.tenders.consumer import HEARS
from services.tenders.rules.arranging import DIRECT_BASES, DIRECT_MOST, DraftArrangement, draft_arrangement
from services.tenders.rules.project import Phase
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, Tendered, a_draft
from tests.support.pure import an_actor, refused

LISTED = Listing(record_id=uuid4(), list=CreditList.SERIOUS, since=date(2026, 3, 1))
WORK = {"items": [{"id": "visit", "name": "入户", "unit": "户", "unit_price": {"fen": 5_000}, "most_units": 200}]}
COMMISSION = {
    "project_id": PROJECT,
    "instrument": "commission",
    "price": {"fen": 800_000},
    "tranches": [
        {"amount": {"fen": 300_000}, "gate": "signed"},
        {"amount": {"fen": 500_000}, "gate": "final_accepted"},
    ],
    "work": WORK,
    "requirements": "逐户核实",
    "ground": {"code": "community_assistance", "reason": "须熟悉住户"},
    "rulebook": "example/below-limit",
}
GROUNDS = {
    "project_grant": "open_call",
    "subsidy": "small_activity",
    "reward": "after_result",
    "residents_fund": "residents_decided",
}


class Arranging(Tendered):
    """A proposed project whose community, and one organization, stand."""

    def __init__(self) -> None:
        super().__init__()
        self.proposed()
        self.community = self.project.brief.community_id
        self.knows(self.community, PartyKind.COMMUNITY, None)
        self.organization = self.a_bidder().party_id

    def body(self, **changes: Any) -> dict[str, Any]:
        body = COMMISSION | {"provider_id": self.community} | changes
        share = {"account_id": FundAccountId(uuid4()), "amount": body["price"]}
        return {"shares": [share], **body}

    def small(self, instrument: str = "subsidy", **changes: Any) -> dict[str, Any]:
        small = {"instrument": instrument, "work": None, "provider_id": self.organization}
        ground = {"code": GROUNDS[instrument], "reason": "示例"}
        whole = [{"amount": changes.get("price", COMMISSION["price"]), "gate": "final_accepted"}]
        return self.body(**{**small, "ground": ground, "tranches": whole, **changes})

    def arrange(self, body: dict[str, Any] | None = None, by: Any = DRAFTER) -> list[Model]:
        command = DraftArrangement.model_validate_json(to_json(body or self.body()))
        return self.do(draft_arrangement, command, by)

    def approve_arranged(self, by: Any = APPROVER) -> list[Model]:
        arrangement = self.project.arrangement
        assert arrangement is not None
        return self.approve(by, arrangement.id)

    def reserve(self) -> list[Model]:
        drafted = self.project.drafted
        fact = BudgetReserved(project_id=PROJECT, ceiling=drafted.ceiling, shares=drafted.shares)
        return self.do(HEARS[BudgetReserved].decide, fact)


def test_drafted_by_one_approved_by_another_reserved_and_then_arranged_once() -> None:
    story = Arranging()
    story.arrange()
    with refused("drafter_cannot_approve", status=403):
        story.approve_arranged(DRAFTER)

    [approved] = story.approve_arranged()
    [arranged] = story.reserve()

    assert isinstance(approved, ProjectApproved)
    assert isinstance(arranged, AwardArranged)
    assert approved.ceiling == arranged.price
    assert (arranged.instrument, arranged.provider_id) == (Instrument.COMMISSION, story.community)
    assert (arranged.drafted_by, arranged.approved_by) == (DRAFTER.person_id, APPROVER.person_id)
    assert [tranche.number for tranche in arranged.tranches] == [1, 2]
    assert story.phase is Phase.AWARDED
    assert story.reserve() == []


def test_money_that_is_not_there_leads_back_to_the_draft() -> None:
    story = Arranging()
    story.arrange()
    story.approve_arranged()
    refusal = BudgetRefused(project_id=PROJECT, code="too_little", source="…", reason_zh="余额不足", reason_en="…")
    story.do(HEARS[BudgetRefused].decide, refusal)

    assert (story.phase, story.project.setback) == (Phase.DRAFTED, "余额不足")
    story.approve_arranged()
    assert [type(fact) for fact in story.reserve()] == [AwardArranged]


def test_a_tender_takes_the_place_of_an_arrangement_and_the_other_way_round() -> None:
    story = Arranging()
    story.arrange()
    story.draft(a_draft())
    assert (story.project.arrangement, story.project.drafted) == (None, story.project.draft)

    story.arrange()
    assert (story.project.draft, story.project.drafted) == (None, story.project.arrangement)


def test_a_reserved_tender_is_opened_by_a_person_and_not_arranged() -> None:
    story = Tendered().reserved()
    draft = story.project.agreed

    fact = BudgetReserved(project_id=PROJECT, ceiling=draft.ceiling, shares=draft.shares)
    assert story.do(HEARS[BudgetReserved].decide, fact) == []
    assert story.phase is Phase.RESERVED


def test_only_the_projects_funder_arranges_and_only_before_approval() -> None:
    story = Arranging()
    with refused("not_your_party", status=403):
        story.arrange(by=an_actor(Role.FUNDER))
    story.arrange()
    story.approve_arranged()
    with refused("wrong_phase"):
        story.arrange()


@pytest.mark.parametrize("instrument", [one for one in Instrument if one is not Instrument.PURCHASE])
def test_each_instrument_has_its_own_ceiling(instrument: Instrument) -> None:
    story = Arranging()
    most = story.rulebook.value(DIRECT_MOST)[instrument]
    at, above = {"fen": most}, {"fen": most + 1}

    def a_body(price: dict[str, int]) -> dict[str, Any]:
        if instrument is not Instrument.COMMISSION:
            return story.small(instrument, price=price)
        many = {"items": [{**WORK["items"][0], "most_units": 10_000}]}
        return story.body(price=price, work=many, tranches=[{"amount": price, "gate": "final_accepted"}])

    with refused("arrangement_too_large", source="示例", status=422) as caught:
        story.arrange(a_body(above))
    assert caught.value.field == "price"
    story.arrange(a_body(at))
    assert story.phase is Phase.DRAFTED


def test_the_rulebook_names_a_ceiling_and_grounds_for_every_small_instrument() -> None:
    small = {str(one) for one in Instrument} - {Instrument.PURCHASE}
    book = Tendered().rulebook

    assert set(book.value(DIRECT_MOST)) == set(book.value(DIRECT_BASES)) == small


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"instrument": "purchase"}, "purchase_needs_a_tender", "instrument"),
        ({"ground": {"code": "open_call", "reason": "…"}}, "ground_not_admitted", "ground.code"),
        ({"work": None}, "commission_without_work", "work"),
        ({"price": {"fen": 799_999}}, "amounts_miss_price", "tranches"),
        ({"shares": [{"account_id": str(uuid4()), "amount": {"fen": 1}}]}, "amounts_miss_price", "shares"),
        ({"shares": [{"account_id": str(UUID(int=1)), "amount": {"fen": 400_000}}] * 2}, "shares_unclear", "shares"),
        (
            {"work": {"items": [{**WORK["items"][0], "most_units": 159}]}},
            "price_above_work",
            "price",
        ),
        (
            {"tranches": [{"amount": {"fen": 800_000}, "gate": "mid_term_accepted", "also": ["final_accepted"]}]},
            "work_counted_at_the_end",
            "tranches.0",
        ),
        (
            {"tranches": [{"amount": {"fen": 800_000}, "gate": "audit_reported"}]},
            "work_counted_at_the_end",
            "tranches.0",
        ),
        (
            {
                "tranches": [
                    {"amount": {"fen": 400_001}, "gate": "signed"},
                    {"amount": {"fen": 399_999}, "gate": "final_accepted"},
                ]
            },
            "advance_too_large",
            "tranches",
        ),
    ],
)
def test_a_commission_that_breaks_a_rule_is_refused_by_its_field(
    changes: dict[str, Any], code: str, field: str
) -> None:
    story = Arranging()

    with refused(code, status=422) as caught:
        story.arrange(story.body(**changes))

    assert caught.value.field == field
    assert story.phase is Phase.PROPOSED


def test_a_commission_goes_to_the_projects_own_community() -> None:
    story = Arranging()
    other = uuid4()
    story.knows(other, PartyKind.COMMUNITY, None)

    for provider in (story.organization, other):
        with refused("commission_of_another", source="按工作量提供经费", status=422):
            story.arrange(story.body(provider_id=provider))


def test_a_reward_has_no_tranche_before_the_result() -> None:
    story = Arranging()
    early = [{"amount": {"fen": 100}, "gate": "signed"}, {"amount": {"fen": 799_900}, "gate": "final_accepted"}]

    with refused("reward_before_result", status=422) as caught:
        story.arrange(story.small("reward", tranches=early, price={"fen": 800_000}))
    assert caught.value.field == "tranches.0"
    story.arrange(story.small("reward"))


def test_who_performs_stands_and_may_provide() -> None:
    story = Arranging()
    funder, lapsed = uuid4(), story.a_bidder(PartyKind.SOCIAL_WORKER, date(2026, 3, 1)).party_id
    worker = story.a_bidder(PartyKind.SOCIAL_WORKER, date(2026, 3, 2)).party_id
    story.knows(funder, PartyKind.FUNDER, None)

    for provider in (funder, lapsed):
        with refused("cannot_perform", status=422):
            story.arrange(story.small(provider_id=provider))
    for provider in (worker, story.community, story.organization):
        story.arrange(story.small(provider_id=provider))
    story.changes(story.organization, listings=(LISTED,))
    with refused("bidder_listed", source="民政部令第60号", status=403):
        story.arrange(story.small())
    story.changes(story.organization, listings=(), hub_id=story.community)
    with refused("cannot_perform", status=422):
        story.arrange(story.small())
    story.changes(story.organization, hub_id=None)
    story.changes(story.organization, suspended=True)
    with refused("party_suspended"):
        story.arrange(story.small())


def test_an_edition_that_says_nothing_of_direct_arrangements_has_none() -> None:
    (book,) = [b for b in shipped() if (b.id, b.version) == ("example/below-limit", "2026.2")]
    story = Arranging()
    story.rulebook = book

    with refused("no_direct_arrangements", status=422):
        story.arrange()
    story.draft(a_draft())
    assert story.phase is Phase.DRAFTED


def test_a_rulebook_to_come_is_not_used() -> None:
    story = Arranging()
    story.rulebook = replace(story.rulebook, effective_from=date(2027, 1, 1))

    with refused("rulebook_not_in_force"):
        story.arrange()


def test_what_was_arranged_had_no_tender_that_its_lapsed_reservation_could_void() -> None:
    story = Arranging()
    story.arrange()
    story.approve_arranged()
    story.reserve()

    assert story.do(HEARS[ReservationReleased].decide, ReservationReleased(project_id=PROJECT, shares=())) == []
