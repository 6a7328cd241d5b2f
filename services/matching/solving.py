"""Comparing and solving a round: long work, done when the timer of its slate rings, beside the event loop.

Both are remembered, so that what was tried without a lock is not worked out again under it; a crash in between
leaves the timer standing, and it is done again with the same result.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from schemas.canonical import digest_of
from schemas.deciding import Context, Due, World
from schemas.fact import Fact
from schemas.ids import ApplicationId, PairId, PartyId, ProjectId, RoundId, project_of_application
from schemas.money import Money, sum_of
from schemas.round import AlternativesWeighed, Likeness, PairsFound, RoundSolved
from schemas.similar import Alike, Text, alike
from schemas.solution import Alternative, Because, Certificate, Chosen, Floor, Price, Proof
from services.matching.rules.venture import Candidate, PaidWork, PairVerdict, Slate, Venture, VentureStage
from services.matching.solver.amounts import RULE_ZH, amounts
from services.matching.solver.problem import Item, Prices, Problem
from services.matching.solver.search import Choice, Status, search
from services.matching.solver.weighing import Weighed, weigh

AT_ONCE = 500
"""pairs or alternatives in one fact, so that none is too large for the broker"""
MOST_PAIRS = 20_000
"""that people are asked to decide on, the most alike first; how many more there are is said"""
SIMILAR = "venture.similar_permille"
UNSOLVED = (Status.INFEASIBLE, Status.UNKNOWN)
SOLVER = "OR-Tools CP-SAT + GLOP, Lagrange bound"
RULE = (
    "在预算、主题与区域下限、每家上限、社工工时、重复资助限制内总分最高;总分相同的,按抽签序逐一比较,先出现差异处选入"
    f"序号靠前者的方案;抽签序为 SHA-256(轮次/申报编号) 由小到大。{RULE_ZH}"
)

PREFERRED = "。规则集给予优先的申报,抽签序均在其他申报之前"


def work(world: World, due: Due, context: Context) -> list[Fact]:
    """What the stage asks for; a ring for another stage changes nothing."""
    slate = world.find(Slate, due.ref[1])
    if slate is None or due.name != slate.stage:
        return []
    venture = world.get(Venture, slate.id)
    candidates = [one for one in world.each(Candidate) if one.round_id == venture.id and not one.withdrawn]
    if slate.stage is VentureStage.COMPARING:
        return _compared(world, venture, candidates, context)
    return _solved(world, venture, candidates)


def _compared(world: World, venture: Venture, candidates: list[Candidate], context: Context) -> list[Fact]:
    least = context.rulebooks.by_hash(venture.rulebook).integer(SIMILAR)
    others = [one for one in world.each(Candidate) if one.round_id != venture.id and not one.withdrawn]
    drawn = {project_of_application(one.round_id, ApplicationId(one.id)) for one in (*candidates, *others)}
    paid = [one for one in world.each(PaidWork) if one.stands and one.id not in drawn]
    known: list[Candidate | PaidWork] = [*candidates, *others, *paid]
    pairs = _alike(tuple(_text(one) for one in known), len(candidates), least)
    listed = pairs[:MOST_PAIRS]
    found = [_likeness(venture.round_id, known[pair.one], known[pair.other], pair.permille) for pair in listed]
    parts = [tuple(found[start : start + AT_ONCE]) for start in range(0, len(found), AT_ONCE)] or [()]
    return [
        PairsFound(
            round_id=venture.round_id,
            pairs=part,
            last=place == len(parts),
            least_permille=least,
            unlisted=len(pairs) - len(listed),
        )
        for place, part in enumerate(parts, start=1)
    ]


@lru_cache(maxsize=1)
def _alike(texts: tuple[Text, ...], asking: int, least: int) -> list[Alike]:
    return alike(texts, asking, least)


def _text(one: Candidate | PaidWork) -> Text:
    if isinstance(one, PaidWork):
        return Text(str(one.id), one.title, one.text)
    return Text(str(one.id), one.proposal.title, one.proposal.summary)


def _likeness(round_id: RoundId, one: Candidate | PaidWork, other: Candidate | PaidWork, share: int) -> Likeness:
    application = other if isinstance(other, Candidate) else None
    return Likeness(
        pair_id=PairId(uuid5(round_id, f"{one.id}/{other.id}")),
        application_id=ApplicationId(one.id),
        other_application_id=ApplicationId(other.id) if application else None,
        other_project_id=None if application else ProjectId(other.id),
        other_round_id=application.round_id if application else None,
        permille=share,
        title=_text(one).title,
        other_title=_text(other).title,
    )


def draw_of(round_id: RoundId, application_id: ApplicationId) -> str:
    """Its place in the draw, the smaller first; anyone can compute it."""
    return sha256(f"{round_id}/{application_id}".encode()).hexdigest()


def problem_of(venture: Venture, candidates: list[Candidate], verdicts: list[PairVerdict]) -> Problem:
    """The candidates that count, those with priority first, in the order of the draw.

    What a person found to be paid elsewhere does not count.
    """
    same = [verdict for verdict in verdicts if verdict.same]
    elsewhere = {verdict.application_id for verdict in same if verdict.other_application_id is None}
    counted = [one for one in candidates if one.complete and one.total is not None and one.id not in elsewhere]
    counted.sort(key=lambda one: (not one.preferred, draw_of(venture.round_id, ApplicationId(one.id))))
    place = {one.id: number for number, one in enumerate(counted)}
    pairs = {
        (min(place[a], place[b]), max(place[a], place[b]))
        for a, b in ((verdict.application_id, verdict.other_application_id) for verdict in same)
        if b is not None and a in place and b in place
    }
    call = venture.call
    floors = [(f"theme/{theme.id}", theme.least.fen) for theme in call.themes if theme.least]
    floors += [(f"area/{area.division}", area.least.fen) for area in call.areas if area.least]
    return Problem(
        items=tuple(_item(one, venture) for one in counted),
        budget=call.budget.fen,
        per_owner=call.per_organization,
        floors=tuple(floors),
        hours_most=call.worker_hours,
        pairs=tuple(sorted(pairs)),
    )


def _item(one: Candidate, venture: Venture) -> Item:
    area = venture.call.area_of(one.division)
    assert one.total is not None, f"candidate {one.id} counts without a total"
    return Item(
        id=str(one.id),
        score=one.total,
        least=one.proposal.needed.fen,
        most=one.proposal.asked.fen,
        owner=str(one.organization_id),
        groups=(f"theme/{one.proposal.theme}", *((f"area/{area.division}",) if area else ())),
        hours=tuple((str(worker.worker_id), worker.hours) for worker in one.proposal.workers),
    )


@lru_cache(maxsize=1)
def _answered(problem: Problem, limit: int) -> tuple[Choice, dict[int, int], dict[int, Weighed]]:
    choice = search(problem, float(limit))
    if choice.status in UNSOLVED:
        return choice, {}, {}
    return choice, amounts(problem, choice.chosen), weigh(problem, choice, limit)


def _solved(world: World, venture: Venture, candidates: list[Candidate]) -> list[Fact]:
    verdicts = [verdict for verdict in world.each(PairVerdict) if verdict.round_id == venture.id]
    problem = problem_of(venture, candidates, verdicts)
    choice, given, weighed = _answered(problem, venture.limit)
    pairs = {pair: verdict for verdict in verdicts if verdict.same for pair in _sides(verdict)}
    rejected = [_alternative(problem, place, found, choice, pairs) for place, found in sorted(weighed.items())]
    counted = {item.id for item in problem.items}
    out = [one for one in candidates if one.complete and one.total is not None and str(one.id) not in counted]
    rejected += [_paid_elsewhere(one, pairs) for one in out] if choice.status not in UNSOLVED else []
    parts = [tuple(rejected[start : start + AT_ONCE]) for start in range(0, len(rejected), AT_ONCE)]
    chosen = tuple(
        Chosen(
            application_id=_id(problem, place),
            organization_id=PartyId(UUID(problem.items[place].owner)),
            amount=Money(given[place]),
            total=problem.items[place].score,
        )
        for place in sorted(choice.chosen, key=lambda place: (-problem.items[place].score, place))
    )
    return [
        *(AlternativesWeighed(round_id=venture.round_id, alternatives=part) for part in parts),
        RoundSolved(
            round_id=venture.round_id,
            chosen=chosen,
            certificate=certificate(
                problem, choice, given, venture.limit, PREFERRED if any(one.preferred for one in candidates) else ""
            ),
        ),
    ]


def certificate(problem: Problem, choice: Choice, given: dict[int, int], limit: int, more: str = "") -> Certificate:
    """`more`: what the rule says beside what it always does."""
    objective = problem.score(choice.chosen)
    return Certificate(
        proof=Proof(choice.status.value),
        objective=objective,
        bound=choice.bound,
        gap=choice.bound - objective,
        relaxed_bound=choice.relaxed.score,
        spent=sum_of(Money(amount) for amount in given.values()),
        floors=tuple(_floor(problem, group, least, given) for group, least in problem.floors),
        prices=tuple(price for price in _prices(problem, choice.prices) if price.price),
        candidates=len(problem.items),
        input_digest=digest_of(_plain(problem)),
        rule=f"{RULE}{more}",
        solver=SOLVER,
        limit=limit,
    )


def _plain(problem: Problem) -> dict[str, Any]:
    """The problem as anyone can write it down: items in the order of the draw, amounts in fen, scores in hundredths."""
    return {
        "items": [
            [item.id, item.score, item.least, item.most, item.owner, list(item.groups), [list(h) for h in item.hours]]
            for item in problem.items
        ],
        "budget": problem.budget,
        "per_owner": problem.per_owner,
        "floors": [list(floor) for floor in problem.floors],
        "hours_most": problem.hours_most,
        "pairs": [list(pair) for pair in problem.pairs],
    }


def _floor(problem: Problem, group: str, least: int, given: dict[int, int]) -> Floor:
    kind, _, id = group.partition("/")
    members = problem.of_group[group]
    return Floor(
        kind=kind,
        id=id,
        least=Money(least),
        reached=Money(sum(given.get(place, 0) for place in members)),
        at_most=Money(sum(problem.items[place].most for place in members)),
    )


def _prices(problem: Problem, prices: Prices) -> list[Price]:
    floors = [
        Price(kind=group.partition("/")[0], id=group.partition("/")[2], price=p) for group, p in prices.floors.items()
    ]
    hours = [Price(kind="worker", id=worker, price=price) for worker, price in prices.hours.items()]
    pairs = [
        Price(kind="pair", id=f"{problem.items[a].id}/{problem.items[b].id}", price=price)
        for (a, b), price in prices.pairs.items()
    ]
    return [Price(kind="budget", id="", price=prices.budget), *floors, *hours, *pairs]


def _sides(verdict: PairVerdict) -> list[ApplicationId]:
    other = verdict.other_application_id
    return [verdict.application_id] if other is None else [verdict.application_id, other]


def _alternative(
    problem: Problem, place: int, found: Weighed, choice: Choice, pairs: dict[ApplicationId, PairVerdict]
) -> Alternative:
    id = _id(problem, place)
    verdict = pairs.get(id) if found.because is Because.OTHER_HALF else None
    return Alternative(
        application_id=id,
        total=problem.items[place].score,
        because=found.because,
        best_with_it=found.best_with_it,
        most_with_it=found.most_with_it,
        points_short=found.points_short(problem.score(choice.chosen)),
        instead_of=None if found.instead_of is None else _id(problem, found.instead_of),
        score_lost=found.score_lost,
        pair_id=PairId(verdict.id) if verdict else None,
    )


def _paid_elsewhere(one: Candidate, pairs: dict[ApplicationId, PairVerdict]) -> Alternative:
    assert one.total is not None, f"candidate {one.id} counts without a total"
    return Alternative(
        application_id=ApplicationId(one.id),
        total=one.total,
        because=Because.PAIRED,
        best_with_it=None,
        most_with_it=None,
        points_short=None,
        instead_of=None,
        score_lost=None,
        pair_id=PairId(pairs[ApplicationId(one.id)].id),
    )


def _id(problem: Problem, place: int) -> ApplicationId:
    return ApplicationId(UUID(problem.items[place].id))
