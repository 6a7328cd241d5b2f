"""The lot: drawn by the funder over the community's list; after the grade anyone can draw it again."""

from uuid import UUID

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import Ref, World
from schemas.refused import Refused
from schemas.role import Role
from services.evaluation import rules, store
from services.evaluation.api.finding import found, milestone_in, unknown
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class SampleAnswer(Answer):
    """How the lot was drawn."""

    milestone: Milestone
    population: int
    size: int
    list_digest: str
    drawn_in: str
    seed: str
    confidence: str
    margin: str


class ListedToken(Answer):
    """One token of the list by its digest: no name, and no secret. `id` is for the next page."""

    id: UUID
    place: int
    token: str
    asked: bool


class ListedAnswer(SampleAnswer):
    """With the list in the order of the lot, page by page."""

    tokens: tuple[ListedToken, ...]
    next: UUID | None


def _sample(milestone: Milestone, sample: rules.Sample) -> SampleAnswer:
    return SampleAnswer(
        milestone=milestone,
        population=sample.population,
        size=sample.size,
        list_digest=sample.list_digest,
        drawn_in=sample.drawn_in,
        seed=sample.seed,
        confidence=sample.confidence,
        margin=sample.margin,
    )


def _drawn(world: World, command: rules.DrawSample, cause: UUID) -> SampleAnswer:
    evaluation = world.get(rules.Evaluation, command.project_id)
    return _sample(command.milestone, evaluation.samples[command.milestone])


def _refs(command: rules.DrawSample, cause: UUID) -> list[Ref]:
    return [(rules.Evaluation, command.project_id), (rules.TokenList, command.project_id)]


def _subject(command: rules.DrawSample, cause: UUID) -> Ref:
    return rules.Evaluation, command.project_id


async def get_sample(tx: Connection, asked: Asked) -> ListedAnswer:
    """Before the grade for those who ask the residents, and auditors; the provider is not told whom they ask."""
    evaluation, _ = await found(tx, asked)
    by, milestone = asked.by, milestone_in(asked)
    asking = by is not None and (
        by.role is Role.AUDITOR or by.party_id in (evaluation.funder_id, evaluation.community_id)
    )
    if evaluation.grade is None and not asking:
        raise unknown(evaluation.id)
    sample = evaluation.samples.get(milestone)
    if sample is None:
        raise Refused("not_found", status=404, what="Sample", id=f"{evaluation.id}/{milestone}")
    rows = await store.listed_of(tx, evaluation.id, milestone, asked.cursor, asked.limit)
    return ListedAnswer(
        **_sample(milestone, sample).model_dump(),
        tokens=tuple(ListedToken(id=row.id, place=row.place, token=row.token, asked=row.asked) for row in rows),
        next=rows[-1].id if len(rows) == asked.limit else None,
    )


PATH = "/v1/projects/{project_id}/milestones/{milestone}/sample"
SAMPLING = (
    Post(
        path=PATH,
        command=rules.DrawSample,
        roles=frozenset({Role.FUNDER}),
        refs=_refs,
        decide=rules.draw,
        subject=_subject,
        answer=_drawn,
        summary="抽签确定询问哪些受益人(凭证) · Draw by lot whom a rating is asked of",
    ),
    Get(
        path=PATH,
        roles=frozenset(),
        handler=get_sample,
        answer=ListedAnswer,
        summary="抽签名单(凭证摘要,可复核;评级后公开) · The list of the lot, to be drawn again by anyone",
    ),
)
