"""A venture round solved once more, from its facts alone, and compared with what was said.

Five steps: the drawn experts follow from the published commitment and the applications; the totals follow from what
experts and the public gave; the choice, its certificate and why the others were not chosen follow from totals, checks
and what people decided on pairs; what was publicised is the choice; what was granted is what was publicised, less what
was left out. Whom the rulebook puts first of equals is taken as it was told, and so is whom a draw passed over.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from deploy.difference import Difference
from events.database import Connection
from schemas.deciding import Context, Due, Rulebooks, World
from schemas.fact import ROUNDS, Fact
from schemas.ids import ApplicationId, RoundId
from schemas.round import (
    AlternativesWeighed,
    ApplicationsScored,
    ApplicationsTotalled,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    PairDecided,
    PublicScored,
    RoundCalled,
    RoundConfirmed,
    RoundPublicised,
    RoundSolved,
    Total,
)
from schemas.round_committee import RoundDrawCommitted, RoundExpertsDrawn
from services.audit.store.rows import COLUMNS, archived
from services.kit.apply import PROGRAM
from services.matching.rules.venture import Candidate, PairVerdict, Slate, Venture, VentureStage, evolve_venture
from services.matching.solving import work
from services.tenders.rules.committee.lot import commitment_of, order_of, picked, seed_of
from services.tenders.rules.rounds.drawing import digest_of_application
from services.tenders.rules.rounds.round import Application, Entry
from services.tenders.rules.rounds.scoring import total_of

F = TypeVar("F", bound=Fact)
AT_ONCE = 100
"""rounds named at a time"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedRound:
    """`applications`: with a total; `chosen`: as it follows."""

    round_id: RoundId
    rulebook: str
    applications: int
    chosen: int
    differences: tuple[Difference, ...]


class _Locked:
    """A round opens no envelope."""

    def open(self, wrapped_key: bytes, sealed: bytes, aad: bytes) -> bytes:
        raise AssertionError("nothing sealed is read in a replay")

    def derive(self, wrapped_key: bytes, content: bytes) -> bytes:
        raise AssertionError("nothing is derived in a replay")


async def replay_rounds(tx: Connection, rulebooks: Rulebooks) -> AsyncIterator[ReplayedRound]:
    """Every round that was solved, in the order of its id."""
    after = ""
    while keys := await _solved_rounds(tx, after):
        for key in keys:
            replayed = await replay_round(tx, UUID(key), rulebooks)
            if replayed is not None:
                yield replayed
        after = keys[-1]


async def replay_round(tx: Connection, round_id: UUID, rulebooks: Rulebooks) -> ReplayedRound | None:
    """None for a round that was not solved, or nobody told of."""
    rows = await tx.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM audit.events WHERE stream = $1 AND key = $2 ORDER BY position",
        ROUNDS,
        str(round_id),
    )
    entries = [archived(row).entry() for row in rows]
    solved = next((entry for entry in entries if isinstance(entry.fact, RoundSolved)), None)
    if solved is None:
        return None
    context = Context(at=solved.at, by=PROGRAM, cause=solved.event_id, rulebooks=rulebooks, vault=_Locked())
    return await asyncio.to_thread(derived, tuple(entry.fact for entry in entries), context)


async def _solved_rounds(tx: Connection, after: str) -> list[str]:
    rows = await tx.fetch(
        """
        SELECT DISTINCT key FROM audit.events WHERE stream = $1 AND type = $2 AND key > $3 ORDER BY key LIMIT $4
        """,
        ROUNDS,
        RoundSolved.type,
        after,
        AT_ONCE,
    )
    return [row["key"] for row in rows]


def derived(facts: Sequence[Fact], context: Context) -> ReplayedRound:
    """`facts`: of one solved round, in their order."""
    called, totals = _all(facts, RoundCalled)[0], _totals(facts)
    follows = _solved(facts, called.round_id, context)
    differences = (
        *_drawn(facts, called.round_id),
        *_scored(facts, called, totals),
        *_chosen(facts, follows),
        *_granted(facts),
    )
    chosen = [one for fact in _all(follows, RoundSolved) for one in fact.chosen]
    return ReplayedRound(
        round_id=called.round_id,
        rulebook=called.rulebook,
        applications=len(totals),
        chosen=len(chosen),
        differences=differences,
    )


def _all(facts: Iterable[Fact], kind: type[F]) -> list[F]:
    return [fact for fact in facts if isinstance(fact, kind)]


def _totals(facts: Sequence[Fact]) -> dict[ApplicationId, Total]:
    return {total.application_id: total for fact in _all(facts, ApplicationsTotalled) for total in fact.totals}


def _drawn(facts: Sequence[Fact], round_id: RoundId) -> Iterator[Difference]:
    """The secret is the committed one; seed and order follow from it and the applications, and so do the drawn."""
    committed = next(iter(_all(facts, RoundDrawCommitted)), None)
    out = {fact.application_id for fact in _all(facts, ApplicationWithdrawn)}
    stood = [fact for fact in _all(facts, ApplicationSubmitted) if fact.application_id not in out]
    digests = [digest_of_application(one.application_id, one.organization_id, one.proposal) for one in stood]
    for fact in _all(facts, RoundExpertsDrawn):
        seed = seed_of(round_id, fact.secret, digests)
        if (
            committed is None
            or commitment_of(round_id, fact.secret) != committed.commitment
            or (fact.seed, fact.order) != (seed, order_of(seed, committed.pool))
            or fact.members != picked(fact.order, (one.evaluator_id for one in fact.passed), committed.seats)
        ):
            yield Difference(
                f"评审专家的抽取(种子 {fact.seed})与承诺值、名单和申报重算的不符",
                f"the draw of experts (seed {fact.seed}) is not what commitment, pool and applications give",
            )


def _scored(facts: Sequence[Fact], called: RoundCalled, totals: dict[ApplicationId, Total]) -> Iterator[Difference]:
    """Each total by the published rule."""
    public = {score.application_id: score.points for fact in _all(facts, PublicScored) for score in fact.scores}
    entries: dict[ApplicationId, list[Entry]] = {}
    for fact in _all(facts, ApplicationsScored):
        for score in fact.scores:
            points = sum(score.points.values(), Decimal(0))
            entries.setdefault(score.application_id, []).append(Entry(evaluator_id=fact.evaluator_id, points=points))
    for one in _all(facts, ApplicationSubmitted):
        said = totals.get(one.application_id)
        if said is None:
            continue
        application = Application(
            id=one.application_id,
            round_id=one.round_id,
            organization_id=one.organization_id,
            division=one.division,
            proposal=one.proposal,
            entries=tuple(entries.get(one.application_id, ())),
            public=public.get(one.application_id),
        )
        if not application.entries or total_of(application, called.call) != said:
            yield Difference(
                f"申报 {one.application_id} 的总分与评审记录不符",
                f"the total of application {one.application_id} is not what experts and public gave",
            )


def _solved(facts: Sequence[Fact], round_id: RoundId, context: Context) -> list[Fact]:
    """What matching says when it solves what the facts before left it."""
    world = World([(Venture, round_id), (Slate, round_id)])
    world.ask((Candidate, fact.application_id) for fact in _all(facts, ApplicationSubmitted))
    world.ask((PairVerdict, fact.pair_id) for fact in _all(facts, PairDecided))
    for fact in facts:
        if isinstance(fact, AlternativesWeighed | RoundSolved):
            break
        for state in evolve_venture(world, fact):
            world.put(state)
    return list(work(world, Due(ref=(Slate, round_id), name=VentureStage.SOLVING, at=context.at), context))


def _chosen(facts: Sequence[Fact], follows: Sequence[Fact]) -> Iterator[Difference]:
    """Amount by amount; what differs elsewhere in one sentence."""
    said, new = _all(facts, RoundSolved)[0], _all(follows, RoundSolved)
    if not new:
        yield Difference("按记录的事实,本轮还不能择优", "by its facts the round was not to be solved yet")
        return
    was = {one.application_id: one.amount for one in said.chosen}
    now = {one.application_id: one.amount for one in new[0].chosen}
    for id in sorted(was.keys() | now.keys(), key=str):
        if was.get(id) != now.get(id):
            shown = ["未入选" if amounts.get(id) is None else str(amounts[id]) for amounts in (was, now)]
            english = ["not chosen" if amounts.get(id) is None else str(amounts[id].fen) for amounts in (was, now)]
            yield Difference(
                f"申报 {id}:记录为{shown[0]},重算为{shown[1]}",
                f"application {id}: said {english[0]}, follows {english[1]} (fen)",
            )
    if was == now and said != new[0]:
        yield Difference("证书或入选次序与重算不符", "the certificate, or the order of the choice, differs")
    weighed = [one for fact in _all(facts, AlternativesWeighed) for one in fact.alternatives]
    if weighed != [one for fact in _all(follows, AlternativesWeighed) for one in fact.alternatives]:
        yield Difference("未入选的理由与重算不符", "why others were not chosen differs from what follows")


def _granted(facts: Sequence[Fact]) -> Iterator[Difference]:
    solved = _all(facts, RoundSolved)[0]
    for publicised in _all(facts, RoundPublicised):
        if publicised.chosen != solved.chosen:
            yield Difference("公示的名单不是择优的结果", "what was publicised is not the choice")
        for confirmed in _all(facts, RoundConfirmed):
            out = {one.application_id for one in confirmed.left_out}
            left = {(one.application_id, one.amount) for one in publicised.chosen if one.application_id not in out}
            if {(grant.application_id, grant.amount) for grant in confirmed.grants} != left:
                yield Difference(
                    "确认的资助不是公示名单减去剔除项",
                    "what was granted is not what was publicised, less what was left out",
                )
