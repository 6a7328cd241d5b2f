"""Who stands on a credit list on the day neither bids, nor qualifies, nor is chosen, where the rulebook says so."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from deploy.replay import _chosen  # the replay of a choice, without its database
from deploy.replay_framework import suppliers
from schemas.awarding import AwardPassedOn, BidderBarred, DefaultGround
from schemas.eligible import BARRED
from schemas.fact import Fact
from schemas.framework import FrameworkConcluded
from schemas.ids import BidId, PartyId
from schemas.model import Model
from schemas.organization import CreditList, EndCause, Listing, PartyDelisted, PartyListed
from schemas.standing import evolve_standing
from schemas.tender import AwardConfirmed, BidsQualified, BidsRanked
from services.kit.rulebooks import shipped
from services.tenders.rules import defaulting
from services.tenders.rules.award import ConfirmAwardAmong, award_refs
from services.tenders.rules.framework import concluding
from services.tenders.rules.project import Phase
from tests.services.tenders.aftermost import LETTER, Aftermost
from tests.services.tenders.rounds import Venture, a_venture
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, Tendered
from tests.services.tenders.test_framework import Framed
from tests.support.fixtures import Running
from tests.support.pure import OneBook, refused

RULE = "民政部令第60号"
BEFORE = next(book for book in shipped() if book.name == "example/below-limit@2026.4")


def hear(story: Tendered, told: Fact) -> None:
    """Standing is kept by the shell, in every service."""
    for state in evolve_standing(story.world, told):
        story.world.put(state)


def listed(story: Tendered, party_id: UUID, on: CreditList = CreditList.SERIOUS) -> UUID:
    listing = Listing(record_id=uuid4(), list=on, since=date(2026, 3, 2))
    told = PartyListed(
        party_id=PartyId(party_id),
        listing=listing,
        ground="示例决定 1 号",
        document="d" * 64,
        removable_from=date(2028, 3, 2),
        entered_by=DRAFTER.party_id,
        confirmed_by=APPROVER.party_id,
    )
    hear(story, told)
    return listing.record_id


def delisted(story: Tendered, party_id: UUID, record_id: UUID) -> None:
    told = PartyDelisted(
        party_id=PartyId(party_id),
        record_id=record_id,
        list=CreditList.SERIOUS,
        on=date(2026, 3, 3),
        cause=EndCause.MISTAKEN,
        reason="示例决定 2 号",
        entered_by=DRAFTER.party_id,
        confirmed_by=APPROVER.party_id,
    )
    hear(story, told)


def test_who_stands_on_the_list_may_not_bid_and_reads_rule_and_source() -> None:
    story = Tendered().opened()
    bidder = story.a_bidder()
    record = listed(story, bidder.party_id)

    with refused("bidder_listed", source=RULE, status=403) as caught:
        story.seal(bidder)

    assert (caught.value.details["lists"], caught.value.details["rule"]) == ((CreditList.SERIOUS,), BARRED)
    delisted(story, bidder.party_id, record)
    story.seal(bidder)


def test_the_other_list_bars_nobody_where_the_rulebook_does_not_name_it() -> None:
    story = Tendered().opened()
    bidder = story.a_bidder()
    listed(story, bidder.party_id, CreditList.ABNORMAL)

    story.seal(bidder)

    assert len(story.bids) == 1


def test_under_an_edition_that_names_no_lists_things_go_on_as_before() -> None:
    story = Tendered()
    story.rulebook = BEFORE
    story.with_bids(88_000_00, 95_000_00, 82_000_00)
    listed(story, story.bids[0].bidder_id)

    [signed] = story.qualify()

    assert isinstance(signed, BidsQualified)
    assert all(verdict.qualified for verdict in signed.verdicts)


def test_who_came_onto_the_list_since_bidding_can_only_be_disqualified() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00, 83_000_00)
    bid = story.bids[0]
    listed(story, bid.bidder_id)

    with refused("bidder_unfit") as caught:
        story.qualify()
    because = caught.value.details["because"]
    assert (because.code, RULE in because.source.text) == ("bidder_listed", True)
    story.qualify(bid.id)
    assert story.phase is Phase.SCORING


def ranked() -> Aftermost:
    return Aftermost().in_order(1, 2, 3)


def of(story: Aftermost, place: int) -> tuple[BidId, PartyId]:
    bid = story.project.ranking[place]
    return bid.bid_id, bid.bidder_id


def test_an_award_to_who_came_onto_the_list_since_bidding_is_refused_with_its_reason() -> None:
    story = ranked()
    bid_id, bidder_id = of(story, 0)
    listed(story, bidder_id)

    with refused("bidder_listed", source=RULE, status=403):
        story.choose(0)
    with refused("bidder_listed"):
        story.choose(0, "仍然选择第一名")

    assert (story.phase, story.project.award) == (Phase.RANKED, None)
    assert bid_id in [one.bid_id for one in story.project.ranking]


def test_the_next_in_rank_may_be_chosen_then_with_a_reason_and_it_is_told_why() -> None:
    story = ranked()
    (first, bidder), (second, _) = of(story, 0), of(story, 1)
    listed(story, bidder)
    with refused("choice_needs_reason", status=422):
        story.choose(1)
    with refused("not_first_in_rank"):
        story.choose(2, "第三名")

    barred, award, *rest = story.choose(1, "服务不能中断")

    assert isinstance(barred, BidderBarred)
    assert (barred.bid_id, barred.lists, barred.reason) == (first, (CreditList.SERIOUS,), "服务不能中断")
    assert RULE in barred.source
    assert isinstance(award, AwardConfirmed)
    assert award.bid_id == second
    assert not [one for one in rest if isinstance(one, AwardPassedOn)]
    assert [(one.bid_id, one.code) for one in story.after.set_aside] == [(first, "bidder_listed")]


def test_a_choice_past_a_barred_bidder_follows_again_from_its_facts() -> None:
    story = ranked()
    listed(story, of(story, 0)[1])
    ranking = BidsRanked(project_id=PROJECT, base_price=story.project.ranking[0].price, ranking=story.project.ranking)
    said: list[Model] = [ranking, *story.choose(1, "服务不能中断")]
    facts = [one for one in said if isinstance(one, Fact)]

    assert list(_chosen(facts)) == []
    assert len(list(_chosen([one for one in facts if not isinstance(one, BidderBarred)]))) == 1


def test_when_the_second_defaults_the_barred_first_stays_out() -> None:
    story = ranked()
    record = listed(story, of(story, 0)[1])
    story.choose(1, "服务不能中断")
    delisted(story, of(story, 0)[1], record)
    gave_up = defaulting.RecordDefault(
        project_id=PROJECT,
        bid_id=of(story, 1)[0],
        ground=DefaultGround.GAVE_UP,
        reason="书面放弃",
        evidence=LETTER,
    )
    story.do(defaulting.record_default, gave_up, APPROVER)

    with refused("no_such_bid"):
        story.choose(0, "第一名已移出名单")
    story.choose(2, "服务不能中断")


def test_a_list_that_bars_nobody_here_hinders_no_award() -> None:
    story = ranked()
    listed(story, of(story, 0)[1], CreditList.ABNORMAL)

    assert isinstance(story.choose(0)[0], AwardConfirmed)


@pytest.mark.parametrize("name", ["national/purchased-service@2026.2", "example/below-limit@2026.6"])
def test_the_rulebooks_that_say_so_name_the_list_and_its_source(name: str) -> None:
    book = next(one for one in shipped() if one.name == name)

    assert book.value(BARRED) == ["serious_breach"]
    assert RULE in book.source(BARRED).text


def test_the_choice_looks_at_every_bidder() -> None:
    bidder = PartyId(uuid4())
    command = ConfirmAwardAmong(project_id=PROJECT, bid_id=BidId(uuid4()), bidders=(bidder,))

    assert bidder in [id for _, id in award_refs(command, uuid4())]


def test_who_came_onto_the_list_is_no_supplier_of_a_framework_and_the_replay_says_the_same() -> None:
    story = Framed()
    story.ranked(1, 2, 3, 4, 5)
    first = next(one for one in story.project.ranking if one.rank == 1)
    listed(story, first.bidder_id)

    *barred, concluded = story.do(concluding.conclude, concluding.ConcludeFramework(project_id=PROJECT), APPROVER)

    assert isinstance(concluded, FrameworkConcluded)
    assert [(type(one), one.bid_id, one.lists) for one in barred if isinstance(one, BidderBarred)] == [
        (BidderBarred, first.bid_id, (CreditList.SERIOUS,))
    ]
    assert [one.rank for one in concluded.suppliers] == [2, 3, 4]
    assert concluded.eliminated == 2
    price = story.project.ranking[0].price
    ranked = BidsRanked(project_id=PROJECT, base_price=price, ranking=story.project.ranking)
    facts: list[Fact] = [ranked, *(one for one in barred if isinstance(one, Fact)), concluded]
    assert list(suppliers(facts, OneBook(story.rulebook))) == []
    assert len(list(suppliers([ranked, concluded], OneBook(story.rulebook)))) == 1


def test_a_framework_that_is_left_with_too_few_suppliers_is_not_concluded() -> None:
    story = Framed()
    story.ranked(1, 2, 3)
    listed(story, next(one for one in story.project.ranking if one.rank == 1).bidder_id)

    with refused("too_few_suppliers", source="第110号"):
        story.conclude()


async def test_in_a_venture_round_the_listed_neither_apply_nor_pass_the_check(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        before, later, clean = [await venture.organization() for _ in range(3)]
        await tell_listed(venture, before.party_id)
        body = {"organization_id": str(before.party_id), "proposal": venture.a_proposal()}
        no = await venture.post("applications", body, before)
        await venture.apply(clean, 1)
        await venture.apply(later, 2)
        await tell_listed(venture, later.party_id)
        await venture.close()
        checks = [
            {"application_id": id, "organization_id": str(by.party_id), "complete": True, "reason": "材料齐全"}
            for id, by in venture.owners.items()
        ]
        whole = await venture.post("checks", {"checks": checks}, venture.drafter)
        checks[1] |= {"complete": False, "reason": "列入严重违法失信名单"}
        left_out = await venture.post("checks", {"checks": checks}, venture.drafter)

        assert (no.status, no.json["title"]) == (403, "bidder_listed")
        assert RULE in no.json["rule"]["source"]
        assert (whole.status, whole.json["title"]) == (403, "bidder_listed")
        assert left_out.status == 201


async def test_who_came_onto_a_list_during_the_notice_is_granted_nothing_and_must_be_left_out(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        ids = [await venture.apply(number=number, asked=100_000) for number in (0, 1)]
        await venture.close()
        await venture.check()
        await venture.score(dict.fromkeys(ids, 80))
        await venture.solve()
        await venture.must("notice", None, venture.drafter)
        await venture.system.advance(timedelta(days=8))
        await tell_listed(venture, venture.owners[ids[0]].party_id)

        whole = await venture.post("confirmation", {}, venture.approver)
        out = {"left_out": [{"application_id": ids[0], "reason": "公示期间列入严重违法失信名单"}]}
        await venture.must("confirmation", out, venture.approver)

        assert (whole.status, whole.json["title"]) == (403, "bidder_listed")
        assert RULE in whole.json["rule"]["source"]
        (confirmed,) = await venture.system.facts("tenders", "round.confirmed")
        assert [one["application_id"] for one in confirmed["data"]["grants"]] == ids[1:]


async def tell_listed(venture: Venture, party_id: PartyId) -> None:
    told = PartyListed(
        party_id=party_id,
        listing=Listing(record_id=uuid4(), list=CreditList.SERIOUS, since=date(2026, 3, 2)),
        ground="示例决定 1 号",
        document="d" * 64,
        removable_from=date(2028, 3, 2),
        entered_by=DRAFTER.party_id,
        confirmed_by=APPROVER.party_id,
    )
    await venture.system.seen(await venture.system.teller.tell(told, "registry"))
