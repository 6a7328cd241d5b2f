"""Who may bid: every kind the rulebook admits, a narrower circle on a legal basis, no hidden employment."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.days import day_of
from schemas.eligible import CERTIFICATE
from schemas.ids import FundAccountId
from schemas.narrowing import BidderKind, Narrowing, TenderNarrowed
from schemas.party import Certificate, CertificateLevel, InstitutionClass, PartyKind, TieDeclared, TieKind
from schemas.project import BudgetReserved, FundShare
from schemas.role import Actor, Role
from schemas.tender import TenderOpened
from services.kit.rulebooks import shipped
from services.tenders.rules.clarification import AskQuestion, ask
from services.tenders.rules.project import Phase
from tests.services.tenders.market import a_market
from tests.services.tenders.stories import CEILING, DRAFTER, PROJECT, Tendered, a_draft
from tests.support.fixtures import Running
from tests.support.pure import refused

BEFORE = next(book for book in shipped() if book.name == "example/below-limit@2026.4")
KINDS: list[tuple[PartyKind, str | None, InstitutionClass | None]] = [
    (PartyKind.ORGANIZATION, "91320508XXXX00019A", None),
    (PartyKind.ORGANIZATION, "52320508XXXX00019A", None),
    (PartyKind.ORGANIZATION, "12320508XXXX00019A", InstitutionClass.SECOND),
    (PartyKind.ORGANIZATION, "12320508XXXX00019A", InstitutionClass.PRODUCTION),
    (PartyKind.ORGANIZATION, "N2320508XXXX00019A", None),
    (PartyKind.COMMUNITY, "55320508XXXX00019A", None),
    (PartyKind.SOCIAL_WORKER, None, None),
]


def narrowed(*kinds: BidderKind, **changes: Any) -> Narrowing:
    fields = {"kinds": kinds, "basis": "服务须由非营利组织承接(示例)", "source": "示例条例 第十条"}
    return Narrowing.model_validate(fields | changes)


def a_bidder(
    story: Tendered, kind: PartyKind, uscc: str | None = None, institution: InstitutionClass | None = None
) -> Actor:
    until = day_of(story.at) + timedelta(days=30) if kind is PartyKind.SOCIAL_WORKER else None
    bidder = story.a_bidder(kind, until)
    story.changes(bidder.party_id, uscc=uscc, institution=institution)
    return bidder


@pytest.mark.parametrize(("kind", "uscc", "institution"), KINDS)
def test_every_kind_the_rulebook_names_may_bid_and_ask(
    kind: PartyKind, uscc: str | None, institution: InstitutionClass | None
) -> None:
    story = Tendered().opened()
    bidder = a_bidder(story, kind, uscc, institution)

    story.do(ask, AskQuestion(project_id=PROJECT, asker_id=bidder.party_id, text="几点送餐?"), bidder)
    story.seal(bidder)

    assert len(story.bids) == 1


@pytest.mark.parametrize("institution", [None, InstitutionClass.FIRST])
def test_an_institution_of_the_first_class_or_of_none_on_record_may_not_bid(
    institution: InstitutionClass | None,
) -> None:
    story = Tendered().opened()

    with refused("not_a_provider", source="财政部令第102号", status=403):
        story.seal(a_bidder(story, PartyKind.ORGANIZATION, "12320508XXXX00019A", institution))


def test_under_an_edition_that_names_no_kinds_things_go_on_as_before() -> None:
    """2026.4: organizations and certified social workers, whoever employs them."""
    story = Tendered()
    story.rulebook = BEFORE
    story.opened()
    worker = a_bidder(story, PartyKind.SOCIAL_WORKER)
    story.changes(worker.party_id, employers=frozenset({DRAFTER.party_id}))

    story.seal(worker)
    story.seal(story.a_bidder())
    with refused("not_a_provider", source=CERTIFICATE.text):
        story.seal(a_bidder(story, PartyKind.COMMUNITY, "55320508XXXX00019A"))


def test_a_narrower_circle_is_told_with_the_opening_and_kept_at_the_door() -> None:
    story = Tendered().proposed()
    story.draft(a_draft(narrowing=narrowed(BidderKind.SOCIAL_ORGANIZATION)))
    open_what_was_drafted(story)
    opened, told = [one for one in story.open() if isinstance(one, TenderOpened | TenderNarrowed)]

    assert isinstance(opened, TenderOpened)
    assert isinstance(told, TenderNarrowed)
    assert (told.narrowing.kinds, told.narrowing.source) == ((BidderKind.SOCIAL_ORGANIZATION,), "示例条例 第十条")
    story.seal(a_bidder(story, PartyKind.ORGANIZATION, "52320508XXXX00019A"))
    with refused("outside_the_circle", source="示例条例 第十条", status=403):
        story.seal(a_bidder(story, PartyKind.ORGANIZATION, "91320508XXXX00019A"))


def open_what_was_drafted(story: Tendered) -> None:
    story.approve()
    story.world.put(replace(story.project, phase=Phase.RESERVED))


def test_a_tender_that_takes_everybody_tells_of_no_circle() -> None:
    story = Tendered().reserved()

    assert not [one for one in story.open() if isinstance(one, TenderNarrowed)]


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": " "},
        {"basis": ""},
        {"source": "本单位习惯"},
        {"source": "示例条例"},
        {"kinds": ()},
        {"kinds": ("funder",)},
    ],
)
def test_a_narrower_circle_needs_its_basis_and_the_article_it_stands_on(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        narrowed(BidderKind.ENTERPRISE, **changes)


def test_only_what_the_rulebook_admits_can_be_narrowed_and_only_to_fewer() -> None:
    story = Tendered().proposed()

    with refused("narrowing_is_no_part", source="财政部令第102号", status=422):
        story.draft(a_draft(narrowing=narrowed(*BidderKind)))
    with refused("narrowing_is_no_part", status=422):
        story.draft(a_draft(narrowing=narrowed(BidderKind.ENTERPRISE, BidderKind.ENTERPRISE)))
    with refused("personal_data", status=422):
        story.draft(a_draft(narrowing=narrowed(BidderKind.ENTERPRISE, basis="请联系 13812345678")))
    story.rulebook = BEFORE
    with refused("no_kinds_to_narrow", status=422):
        story.draft(a_draft(narrowing=narrowed(BidderKind.ENTERPRISE)))


def test_an_individual_whom_the_buyer_employs_may_not_bid() -> None:
    story = Tendered().opened()
    worker = a_bidder(story, PartyKind.SOCIAL_WORKER)
    story.changes(worker.party_id, employers=frozenset({DRAFTER.party_id}))

    with refused("hidden_employment", source="不得变相用工", status=403):
        story.seal(worker)


def test_an_individual_whom_another_bidder_employs_is_found_when_bids_are_open_and_not_before() -> None:
    """A refusal at the door would tell who bids."""
    story = Tendered().opened()
    employers = [story.a_bidder() for _ in range(3)]
    for employer in employers:
        story.seal(employer)
    worker = a_bidder(story, PartyKind.SOCIAL_WORKER)
    story.changes(worker.party_id, employers=frozenset({employers[0].party_id}))
    story.seal(worker)
    story.at_the_deadline()
    own = next(bid for bid in story.bids if bid.bidder_id == worker.party_id)

    with refused("bidder_unfit", source="第二十二条") as caught:
        story.qualify()
    assert caught.value.details["because"].code == "hidden_employment"
    story.qualify(own.id)
    assert story.phase is Phase.SCORING


def test_a_certificate_that_lapsed_since_is_unfit_whatever_kind_of_party_holds_it() -> None:
    """Door and qualification ask the same of the same party."""
    story = Tendered().opened()
    bidders = [story.a_bidder() for _ in range(4)]
    today = day_of(story.at)
    lapsing = Certificate(level=CertificateLevel.SENIOR, registered_until=today)
    story.changes(bidders[0].party_id, certificate=lapsing)
    for bidder in bidders:
        story.seal(bidder)
    late = an_organization_with_a_certificate(story, today - timedelta(days=1))
    with refused("registration_lapsed", source="登记", status=403):
        story.seal(late)
    story.at_the_deadline()

    with refused("bidder_unfit") as caught:
        story.qualify()
    assert caught.value.details["bidder"] == str(bidders[0].party_id)
    assert caught.value.details["because"].code == "registration_lapsed"


def an_organization_with_a_certificate(story: Tendered, until: date) -> Actor:
    bidder = story.a_bidder()
    certificate = Certificate(level=CertificateLevel.SENIOR, registered_until=until)
    story.changes(bidder.party_id, certificate=certificate)
    return bidder


async def test_a_narrower_circle_and_a_hidden_employment_through_the_doors(running: Running) -> None:
    async with a_market(running) as market:
        await market.propose()
        draft = a_draft().model_dump(mode="json", exclude={"project_id"})
        circle = narrowed(BidderKind.SOCIAL_ORGANIZATION, BidderKind.INDIVIDUAL).model_dump(mode="json")
        bare = await market.post("drafts", draft | {"narrowing": circle | {"basis": ""}}, market.drafter)
        drafted = await market.must("drafts", draft | {"narrowing": circle}, market.drafter)
        seen = (await market.get("/draft", market.approver)).json
        await market.must(f"drafts/{drafted['draft_id']}/approval", {}, market.approver)
        share = FundShare(account_id=FundAccountId(uuid4()), amount=CEILING)
        reserved = BudgetReserved(project_id=market.project, ceiling=CEILING, shares=(share,))
        await market.system.seen(await market.system.teller.tell(reserved, "funds"))
        await market.must("tender", {}, market.drafter)
        organization, worker = await market.bidder(), await market.bidder(PartyKind.SOCIAL_WORKER)
        committee = await market.system.person(PartyKind.COMMUNITY, Role.PROVIDER)
        tie = TieDeclared(party_id=worker.party_id, tied_to=market.drafter.party_id, kind=TieKind.EMPLOYMENT)
        await market.system.seen(await market.system.teller.tell(tie, "registry"))
        await market.system.settled()

        refusals = {}
        for name, person in (("committee", committee), ("worker", worker)):
            door, advice = await market.bid(person, 80_000_00), (await market.get("/eligibility", person)).json
            refusals[name] = (door.status, door.json["title"], advice["missing"])

        assert (bare.status, bare.json["field"]) == (422, "narrowing.basis")
        assert seen["narrowing"] == circle
        assert (await market.get()).json["narrowing"] == circle
        assert refusals == {
            "committee": (403, "outside_the_circle", ["outside_the_circle"]),
            "worker": (403, "hidden_employment", ["hidden_employment"]),
        }
        assert (await market.bid(organization, 80_000_00)).status == 201
        told = [fact["type"] for fact in await market.system.facts("tenders")]
        assert told[told.index("tender.opened") + 1] == "tender.narrowed"
