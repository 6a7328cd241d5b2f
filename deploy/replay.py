"""Any award derived once more, from its project's facts and the rulebook they name, and compared with what was said.

Seven steps, each from the log alone: what was opened is what was sealed; the committee is whom the lot gives; low
prices were inquired into; what matching was handed is what was opened, qualified and scored; the ranking follows from
it; the buyer chose a first; a framework's suppliers are its first. A tender run again is looked at in its last run.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from deploy.difference import Difference
from deploy.replay_conduct import drawn, inquired, turned_down
from deploy.replay_framework import suppliers
from deploy.replay_prices import corrected, priced, quotations
from events.database import Connection
from schemas.awarding import AwardSetAside, BidderBarred, EvaluationReopened, TenderRerun
from schemas.canonical import digest_of
from schemas.clarification import TenderAmended
from schemas.deciding import Context, Rulebooks, World
from schemas.fact import PROJECTS, Fact
from schemas.ids import BidId, ProjectId
from schemas.refused import Refused
from schemas.tender import (
    AwardConfirmed,
    AwardProposed,
    BidContent,
    BidSealed,
    BidsOpened,
    BidsQualified,
    BidsRanked,
    BidWithdrawn,
    OpenedBid,
    RankableBid,
    RankedBid,
    RankingRefused,
    ScoresEntered,
    ScoringClosed,
    TenderOpened,
)
from schemas.unsealing import BidSpoiled, BidUnreleased
from services.audit.store.rows import COLUMNS, archived
from services.kit import reasons
from services.kit.apply import PROGRAM
from services.matching.rules.ranking import rank
from services.tenders.rules.setting_aside import REOPENED

F = TypeVar("F", bound=Fact)
AT_ONCE = 100
"""projects read at a time"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One project's award. `bids`: how many were ranked; 0 when the ranking was refused, and that follows as well."""

    project_id: ProjectId
    rulebook: str
    bids: int
    differences: tuple[Difference, ...]


class _Locked:
    """A ranking opens no envelope."""

    def open(self, wrapped_key: bytes, sealed: bytes, aad: bytes) -> bytes:
        raise AssertionError("nothing sealed is read in a replay")

    def derive(self, wrapped_key: bytes, content: bytes) -> bytes:
        raise AssertionError("nothing is derived in a replay")


async def replay_all(tx: Connection, rulebooks: Rulebooks) -> AsyncIterator[Replayed]:
    """Every project whose scoring was closed, in the order of its id."""
    after = ""
    while keys := await _scored(tx, after):
        for key in keys:
            replayed = await replay(tx, UUID(key), rulebooks)
            if replayed is not None:
                yield replayed
        after = keys[-1]


async def replay(tx: Connection, project_id: UUID, rulebooks: Rulebooks) -> Replayed | None:
    """None for a project nobody scored, or nobody told of."""
    rows = await tx.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM audit.events WHERE stream = $1 AND key = $2 ORDER BY position",
        PROJECTS,
        str(project_id),
    )
    entries = [archived(row).entry() for row in rows]
    facts = last_run([entry.fact for entry in entries])
    scored = _all(facts, ScoringClosed)
    closed = next((entry for entry in entries if scored and entry.fact is scored[0]), None)
    if closed is None:
        return None
    context = Context(at=closed.at, by=PROGRAM, cause=closed.event_id, rulebooks=rulebooks, vault=_Locked())
    return derived(facts, context)


def last_run(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Of a tender run again only the last run; of bids scored again only the last scores, and what followed."""
    begins = max((i for i, fact in enumerate(facts) if isinstance(fact, TenderRerun)), default=-1)
    run = facts[begins + 1 :]
    again = max((i for i, fact in enumerate(run) if isinstance(fact, EvaluationReopened)), default=-1)
    scored = (ScoresEntered, ScoringClosed, BidsRanked, AwardProposed, RankingRefused, AwardConfirmed)
    return tuple(fact for i, fact in enumerate(run) if i > again or not isinstance(fact, scored))


async def _scored(tx: Connection, after: str) -> list[str]:
    rows = await tx.fetch(
        """
        SELECT DISTINCT key FROM audit.events WHERE stream = $1 AND type = $2 AND key > $3 ORDER BY key LIMIT $4
        """,
        PROJECTS,
        ScoringClosed.type,
        after,
        AT_ONCE,
    )
    return [row["key"] for row in rows]


def derived(facts: Sequence[Fact], context: Context) -> Replayed:
    """`facts`: of one project, in their order."""
    closed = _one(facts, ScoringClosed)
    opened = {bid.bid_id: bid for fact in _all(facts, BidsOpened) for bid in fact.bids}
    stood_by = priced(facts, opened)
    differences = (
        *_opened_as_sealed(facts, closed.project_id, opened.values()),
        *corrected(facts, closed, opened, context),
        *_left_out(facts, opened.keys()),
        *drawn(facts, closed.project_id),
        *inquired(facts, closed, stood_by, context),
        *_handed_over(facts, closed, stood_by),
        *_ranked(facts, closed, context),
        *_chosen(facts),
        *(Difference(zh, en) for zh, en in suppliers(facts, context.rulebooks)),
    )
    bids = sum(len(fact.ranking) for fact in _all(facts, BidsRanked))
    return Replayed(project_id=closed.project_id, rulebook=closed.rulebook, bids=bids, differences=differences)


def _all(facts: Iterable[Fact], kind: type[F]) -> list[F]:
    return [fact for fact in facts if isinstance(fact, kind)]


def _one(facts: Iterable[Fact], kind: type[F]) -> F:
    return _all(facts, kind)[0]


def _opened_as_sealed(
    facts: Sequence[Fact], project_id: ProjectId, opened: Iterable[OpenedBid]
) -> Iterator[Difference]:
    sealed, lists = {fact.bid_id: fact.digest for fact in _all(facts, BidSealed)}, quotations(facts)
    for bid in opened:
        content = BidContent(
            project_id=project_id,
            bidder_id=bid.bidder_id,
            price=bid.price,
            proposal=bid.proposal,
            salt=bid.salt,
            quotation=lists.get(bid.bid_id),
        )
        if not digest_of(content) == bid.digest == sealed.get(bid.bid_id):
            yield Difference(
                f"投标 {bid.bid_id} 开启的内容与密封时的摘要不符", f"bid {bid.bid_id} is not what was sealed"
            )


def _left_out(facts: Sequence[Fact], opened: Collection[BidId]) -> Iterator[Difference]:
    """A bid that was handed in and not opened says why: withdrawn, its key not released, or spoiled."""
    explained = {fact.bid_id for fact in facts if isinstance(fact, BidWithdrawn | BidUnreleased | BidSpoiled)}
    for fact in _all(facts, BidSealed):
        if fact.bid_id not in explained and fact.bid_id not in opened:
            yield Difference(
                f"投标 {fact.bid_id} 已密封递交,既没有开启,也没有说明原因",
                f"bid {fact.bid_id} was sealed, and neither opened nor said to be out",
            )


def _handed_over(facts: Sequence[Fact], closed: ScoringClosed, opened: dict[BidId, OpenedBid]) -> Iterator[Difference]:
    """What scoring said to matching follows from the opening, the qualification and each evaluator's points."""
    terms = [fact.terms for fact in facts if isinstance(fact, TenderOpened | TenderAmended)][-1]
    if closed.price_points != terms.price_points:
        yield Difference(
            f"价格分应为 {terms.price_points},记录为 {closed.price_points}",
            f"price points are {terms.price_points} by the terms, {closed.price_points} were handed over",
        )
    qualified = {v.bid_id for fact in _all(facts, BidsQualified) for v in fact.verdicts if v.qualified}
    qualified -= turned_down(facts)
    said = {bid.bid_id: bid for bid in closed.bids}
    for bid_id in sorted(qualified | said.keys(), key=str):
        bid = opened.get(bid_id)
        follows = _rankable(facts, bid) if bid is not None and bid_id in qualified else None
        if said.get(bid_id) != follows:
            yield Difference(
                f"投标 {bid_id} 交付排名的价格或评分与开标、资格、评分记录不符",
                f"bid {bid_id} was handed over to be ranked with another price or scores than opening, qualification "
                f"and scoring say",
            )


def _rankable(facts: Sequence[Fact], bid: OpenedBid) -> RankableBid:
    quality = tuple(
        sum(score.points.values(), Decimal("0.00"))
        for entry in _all(facts, ScoresEntered)
        for score in entry.scores
        if score.bid_id == bid.bid_id
    )
    return RankableBid(bid_id=bid.bid_id, bidder_id=bid.bidder_id, price=bid.price, quality=quality)


def _ranked(facts: Sequence[Fact], closed: ScoringClosed, context: Context) -> Iterator[Difference]:
    said = [fact for fact in facts if isinstance(fact, BidsRanked | AwardProposed | RankingRefused)]
    try:
        follows = list(rank(World(), closed, context))
    except Refused as refused:
        if [fact.code for fact in said if isinstance(fact, RankingRefused)] != [refused.code]:
            zh, en = (reasons.explain(refused, language) for language in reasons.LANGUAGES)
            yield Difference(
                f"按记录的规则集不能排名({zh}),记录却不同", f"no ranking follows ({en}), the record differs"
            )
        return
    if said != follows:
        yield from _places(said, follows)


def _places(said: Sequence[Fact], follows: Sequence[Fact]) -> Iterator[Difference]:
    """Each place that differs, with its arithmetic; what differs elsewhere in one sentence."""
    old = {bid.bid_id: bid for fact in _all(said, BidsRanked) for bid in fact.ranking}
    new = {bid.bid_id: bid for fact in _all(follows, BidsRanked) for bid in fact.ranking}
    before = len(old.keys() | new.keys())
    for bid_id in sorted(old.keys() | new.keys(), key=str):
        was, now = old.get(bid_id), new.get(bid_id)
        if was != now:
            before = 0
            shown = [("—" if bid is None else f"第 {bid.rank} 名 {bid.total}({bid.arithmetic})") for bid in (was, now)]
            yield Difference(
                f"投标 {bid_id}:记录为 {shown[0]},重算为 {shown[1]}",
                f"bid {bid_id}: said {shown[0]}, follows {shown[1]}",
            )
    if before or not new:
        yield Difference("排名的基准价、次序或推荐与重算不符", "base price, order or proposal differ from what follows")


def _chosen(facts: Sequence[Fact]) -> Iterator[Difference]:
    """Each time the first of those that nothing was recorded against."""
    left: list[RankedBid] = [bid for fact in _all(facts, BidsRanked) for bid in fact.ranking]
    for fact in facts:
        if isinstance(fact, BidderBarred) or (isinstance(fact, AwardSetAside) and fact.code != REOPENED):
            left = [bid for bid in left if bid.bid_id != fact.bid_id]
        if not isinstance(fact, AwardConfirmed):
            continue
        best = min((bid.rank for bid in left), default=None)
        if (fact.bid_id, fact.price) not in {(bid.bid_id, bid.price) for bid in left if bid.rank == best}:
            yield Difference(
                f"成交的投标 {fact.bid_id}({fact.price})不是排名第一的",
                f"the award went to bid {fact.bid_id} ({fact.price}), which is no first of the ranking",
            )
