"""化整为零: what is bought in pieces is counted together, at the draft and, with the last word, at the approval."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from schemas.project import FundShare
from services.kit.rulebooks import shipped
from services.tenders.rules.splitting import LIMIT, SPLITTING, Purchase
from tests.services.tenders.market import Market, a_market
from tests.services.tenders.stories import PROJECT, Tendered, a_draft
from tests.support.fixtures import Running
from tests.support.pure import refused

ACCOUNT = FundAccountId(uuid4())
MOST = Money(shipped().named("example/below-limit").integer(LIMIT))
MINE = Money(400_000_00)


def a_purchase(fen: int, account: FundAccountId = ACCOUNT, year: int = 2026) -> Purchase:
    return Purchase(project_id=ProjectId(uuid4()), account_id=account, amount=Money(fen), year=year)


def drafting(story: Tendered, **changes: object) -> None:
    share = FundShare(account_id=ACCOUNT, amount=MINE)
    story.draft(a_draft(ceiling=MINE, shares=(share,), **changes))


def test_three_purchases_of_one_kind_from_one_line_that_reach_the_limit_together_are_refused_with_the_article() -> None:
    story = Tendered().proposed()
    others = (a_purchase(300_000_00), a_purchase(300_000_00))
    story.bought(*others)

    with refused("purchase_split", source="第二十八条", status=422) as caught:
        drafting(story)

    assert caught.value.details["purchases"] == 3
    assert caught.value.details["total"] == MOST
    assert all(str(other.project_id) in caught.value.details["others"] for other in others)
    assert story.project.draft is None


@pytest.mark.parametrize(
    "others",
    [
        (),
        (a_purchase(300_000_00), a_purchase(299_999_99)),
        (a_purchase(900_000_00, FundAccountId(uuid4())),),
        (a_purchase(900_000_00, year=2025),),
    ],
)
def test_below_the_limit_from_another_line_or_of_another_year_is_no_splitting(others: tuple[Purchase, ...]) -> None:
    story = Tendered().proposed()
    story.bought(*others)
    drafting(story)
    assert story.approve()


def test_the_fiscal_year_is_that_of_beijing() -> None:
    story = Tendered().proposed()
    story.bought(a_purchase(900_000_00, year=2026))
    story.at = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    drafting(story)
    story.at = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    with refused("purchase_split"):
        drafting(story)


def test_what_was_approved_meanwhile_counts_at_the_approval_and_a_document_lets_it_pass() -> None:
    story = Tendered().proposed()
    drafting(story)
    story.bought(a_purchase(600_000_00))
    with refused("purchase_split"):
        story.approve()
    drafting(story, split_approval="示例府办〔2026〕1号 预算调剂")
    assert story.approve()


def test_an_edition_without_the_rule_counts_nothing() -> None:
    story = Tendered()
    story.rulebook = next(book for book in shipped() if book.version == "2026.3")
    assert SPLITTING not in story.rulebook.rules
    story.proposed().bought(a_purchase(900_000_00))
    drafting(story)
    assert story.approve()


async def drafted(market: Market, fen: int) -> str:
    await market.propose()
    draft = a_draft(ceiling=Money(fen), shares=(FundShare(account_id=ACCOUNT, amount=Money(fen)),))
    answer = await market.must("drafts", draft.model_dump(mode="json", exclude={"project_id"}), market.drafter)
    return str(answer["draft_id"])


async def test_of_two_approvals_at_the_same_moment_that_reach_the_limit_together_one_is_refused(
    running: Running,
) -> None:
    async with a_market(running) as market:
        first, one = market.project, await drafted(market, 600_000_00)
        market.project = ProjectId(uuid4())
        second, other = market.project, await drafted(market, 600_000_00)
        paths = [f"/v1/projects/{id}/drafts/{draft}/approval" for id, draft in ((first, one), (second, other))]

        replies = await asyncio.gather(*(market.system.post(path, {}, market.approver) for path in paths))

        assert sorted(reply.status for reply in replies) == [201, 422]
        (no,) = (reply for reply in replies if reply.status == 422)
        assert (no.json["title"], no.json["rule"]["certainty"]) == ("purchase_split", "L")
        assert "化整为零" in no.json["detail"]
        assert PROJECT not in (first, second)
        facts = [fact["type"] for fact in await market.system.facts("tenders")]
        assert facts.count("project.approved") == 1


@pytest.mark.parametrize("name", ["below-limit", "consultation", "framework", "single-source"])
def test_every_example_but_open_bidding_counts_the_year_together(name: str) -> None:
    assert {SPLITTING, LIMIT} <= shipped().named(f"example/{name}").rules.keys()
    assert SPLITTING not in shipped().named("example/open-bidding").rules
