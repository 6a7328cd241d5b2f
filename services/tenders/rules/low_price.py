"""Abnormally low prices (异常低价审查): found at qualification, explained by the bidder, decided by a person.

财库〔2026〕2号, as public pages have it: below a share of the mean of all qualified prices, of the second-lowest, or of
the ceiling, or by the committee's judgement. All comparisons are exact: price × n < share × sum.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from schemas.deciding import Context, Due, World
from schemas.fact import Command, Fact
from schemas.ids import BidId, PartyId, ProjectId
from schemas.low_price import (
    LowPriceDecided,
    LowPriceExplained,
    LowPriceInquired,
    LowPriceTest,
    LowPriceUnexplained,
    Trigger,
)
from schemas.money import Money, sum_of
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.tender import TenderVoided
from services.tenders.rules.fewer import continued, least_qualified
from services.tenders.rules.inquired import EXPLAIN_MINUTES, Inquiry
from services.tenders.rules.project import Bid, Phase, Project, bids_of, qualified

MEAN_SHARE = "low_price.mean_share"
SECOND_SHARE = "low_price.second_share"
CEILING_SHARE = "low_price.ceiling_share"
MOST_MINUTES = 7 * 24 * 60
NOT_SHOWN = Source(
    "政府采购货物和服务招标投标管理办法(财政部令第87号)第六十条:投标人不能证明其报价合理性的,作为无效投标处理",
    Certainty.SECONDARY,
)


class OpenInquiry(Command):
    """The committee finds a price low that no share found, and the buyer asks."""

    project_id: ProjectId
    bid_id: BidId
    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)]
    """to explain"""
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ExplainPrice(Command):
    project_id: ProjectId
    bid_id: BidId
    bidder_id: PartyId
    """the caller's own party"""
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class DecidePrice(Command):
    project_id: ProjectId
    bid_id: BidId
    accepted: bool
    """false: the bid is invalid"""
    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    continue_reason: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """why it goes on with fewer bids than usual without this one; kept only where that is so"""


def triggers(price: Money, prices: Sequence[Money], ceiling: Money, rulebook: Rulebook) -> tuple[Trigger, ...]:
    """`prices`: all qualified ones, this one among them. The second-lowest needs two."""
    found: list[Trigger] = []
    total = sum_of(prices)
    if _below(price, Fraction(total.fen, len(prices)), MEAN_SHARE, rulebook):
        basis = f"合格报价平均值 · mean of qualified prices: {total} ÷ {len(prices)}"
        found.append(_trigger(LowPriceTest.MEAN, basis, MEAN_SHARE, price, rulebook))
    if len(prices) > 1:
        second = sorted(prices, key=lambda one: one.fen)[1]
        if _below(price, Fraction(second.fen), SECOND_SHARE, rulebook):
            basis = f"次低合格报价 · second-lowest qualified price: {second}"
            found.append(_trigger(LowPriceTest.SECOND, basis, SECOND_SHARE, price, rulebook))
    if _below(price, Fraction(ceiling.fen), CEILING_SHARE, rulebook):
        basis = f"最高限价 · ceiling: {ceiling}"
        found.append(_trigger(LowPriceTest.CEILING, basis, CEILING_SHARE, price, rulebook))
    return tuple(found)


def _below(price: Money, basis: Fraction, path: str, rulebook: Rulebook) -> bool:
    return path in rulebook.rules and price.fen < rulebook.share(path) * basis


def _trigger(test: LowPriceTest, basis: str, path: str, price: Money, rulebook: Rulebook) -> Trigger:
    return Trigger(test=test, arithmetic=f"{basis} × {rulebook.value(path)} > {price}")


def inquiries(
    project: Project, taking_part: Sequence[Bid], rulebook: Rulebook, context: Context
) -> list[LowPriceInquired]:
    """`taking_part`: what was just qualified. None where the rulebook's edition has no such inquiry."""
    if EXPLAIN_MINUTES not in rulebook.rules:
        return []
    until = context.at + timedelta(minutes=rulebook.integer(EXPLAIN_MINUTES))
    prices = [bid.opened.price for bid in taking_part]
    found = ((bid, triggers(bid.opened.price, prices, project.agreed.ceiling, rulebook)) for bid in taking_part)
    return [
        LowPriceInquired(
            project_id=project.project_id,
            bid_id=bid.bid_id,
            bidder_id=bid.bidder_id,
            price=bid.opened.price,
            triggers=why,
            explain_until=until,
        )
        for bid, why in found
        if why
    ]


def open_inquiry(world: World, command: OpenInquiry, context: Context) -> list[LowPriceInquired]:
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.SCORING)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if EXPLAIN_MINUTES not in rulebook.rules:
        raise Refused("no_price_inquiries", rulebook=rulebook.name)
    bid = next((one for one in qualified(bids_of(world, project)) if one.bid_id == command.bid_id), None)
    if bid is None:
        raise Refused("no_such_bid", status=404, bid=str(command.bid_id))
    if any(one.bid_id == command.bid_id for one in project.inquiries):
        raise Refused("price_inquired_already", bid=str(command.bid_id))
    least = rulebook.integer(EXPLAIN_MINUTES)
    if command.minutes < least:
        source = rulebook.source(EXPLAIN_MINUTES)
        raise Refused("too_short_to_explain", source, status=422, field="minutes", least=least)
    must_be_public(command.reason, "reason")
    return [
        LowPriceInquired(
            project_id=project.project_id,
            bid_id=bid.bid_id,
            bidder_id=bid.bidder_id,
            price=bid.opened.price,
            triggers=(Trigger(test=LowPriceTest.JUDGEMENT, arithmetic=command.reason),),
            explain_until=context.at + timedelta(minutes=command.minutes),
        )
    ]


def explain(world: World, command: ExplainPrice, context: Context) -> list[LowPriceExplained]:
    """Once, before the time is over."""
    project = world.get(Project, command.project_id)
    context.by.must_be(command.bidder_id)
    inquiry = _inquiry(project, command.bid_id)
    if inquiry.bidder_id != command.bidder_id:
        raise Refused("bid_of_another", status=403, bid=str(command.bid_id))
    project.must_be_in(Phase.SCORING)
    if inquiry.explanation is not None:
        raise Refused("price_explained_already", bid=str(command.bid_id))
    if not inquiry.waiting or context.at >= inquiry.explain_until:
        source = context.rulebooks.by_hash(project.agreed.rulebook).source(EXPLAIN_MINUTES)
        raise Refused("explanation_late", source, until=inquiry.explain_until)
    must_be_public(command.text, "text")
    said = LowPriceExplained(
        project_id=project.project_id, bid_id=command.bid_id, text=command.text, explained_at=context.at
    )
    return [said]


def _inquiry(project: Project, bid_id: BidId) -> Inquiry:
    for inquiry in project.inquiries:
        if inquiry.bid_id == bid_id:
            return inquiry
    raise Refused("no_price_inquiry", status=404, bid=str(bid_id))


def decide_price(world: World, command: DecidePrice, context: Context) -> list[Fact]:
    """After the bidder spoke, or its time is over; what was not explained cannot be found reasonable."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.SCORING)
    inquiry = _inquiry(project, command.bid_id)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if inquiry.accepted is not None:
        raise Refused("price_decided_already", bid=str(command.bid_id))
    if inquiry.waiting and context.at < inquiry.explain_until:
        raise Refused("explanation_running", rulebook.source(EXPLAIN_MINUTES), until=inquiry.explain_until)
    if command.accepted and inquiry.explanation is None:
        raise Refused("price_unexplained", NOT_SHOWN, field="accepted", bid=str(command.bid_id))
    must_be_public(command.reason, "reason")
    must_be_public(command.continue_reason, "continue_reason")
    signed_by = PartyId(context.by.person_id)
    decided = LowPriceDecided(
        project_id=project.project_id,
        bid_id=command.bid_id,
        accepted=command.accepted,
        reason=command.reason,
        decided_by=signed_by,
    )
    if command.accepted:
        return [decided]
    left = sum(bid.bid_id != command.bid_id for bid in qualified(bids_of(world, project)))
    least = least_qualified(rulebook)
    if left < rulebook.integer(least):
        source = rulebook.source(least).text
        return [decided, TenderVoided(project_id=project.project_id, code="too_few_qualified", source=source)]
    return [decided, *continued(project, left, command.continue_reason, signed_by, rulebook)]


def lapse(world: World, due: Due, context: Context) -> Iterable[LowPriceUnexplained]:
    """The time to explain is over: whoever said nothing has not explained."""
    project = world.get(Project, due.ref[1])
    if project.phase is not Phase.SCORING:
        return []
    late = (one for one in project.inquiries if one.waiting and context.at >= one.explain_until)
    return [LowPriceUnexplained(project_id=project.project_id, bid_id=one.bid_id) for one in late]


def must_be_decided(project: Project, rulebook: Rulebook) -> None:
    """Neither scored nor ranked while a price is inquired into."""
    for inquiry in project.inquiries:
        if inquiry.accepted is None:
            source = rulebook.source(EXPLAIN_MINUTES)
            raise Refused("price_undecided", source, bid=str(inquiry.bid_id), until=inquiry.explain_until)
