"""What may be asked of an evaluation. Counts are for the parties and auditors; the result is for everyone."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.evaluation import rules, store
from services.evaluation.api.experts import EXPERTS
from services.evaluation.api.finding import found, milestone_in, visible
from services.evaluation.api.followups import FOLLOWUPS
from services.evaluation.api.governance import GOVERNANCE
from services.evaluation.api.grade import GRADE
from services.evaluation.api.record import RECORD
from services.evaluation.api.remarks import REMARKS
from services.evaluation.api.rows import ROWS
from services.evaluation.api.sampling import SAMPLING
from services.evaluation.api.self_evaluation import SELF_EVALUATION
from services.evaluation.api.standings import STANDINGS, TOO_FEW
from services.evaluation.api.street_pair import STREET_PAIR
from services.evaluation.consumer import evaluation_of
from services.evaluation.rules.reissued import reissued_refs
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class Assessed(Answer):
    """Whose ratings count, and how sure they are. With `too_few` the mean is not for comparing; `why_few` says why."""

    population: int
    asked: int
    answered: int
    response_percent: Decimal
    not_asked: int
    set_apart: int
    counted: int
    mean_of_counted: Decimal | None
    satisfied: int
    confidence: str
    satisfied_from_percent: Decimal | None
    satisfied_to_percent: Decimal | None
    too_few: bool
    why_few: str | None


class MilestoneRatings(Answer):
    """How many rated; how, only after the count. `mean` is of all ratings, counted or not."""

    milestone: Milestone
    ratings: int
    entered_by_community: int
    by_level: dict[rules.Level, int] | None
    mean: Decimal | None
    digest: str | None
    assessed: Assessed | None
    """after the grade, under a rulebook with sampling"""


class PartyScore(Answer):
    rater_id: PartyId
    rated_id: PartyId
    score: Decimal


class EvaluationAnswer(Answer):
    """Before the grade: counts and the window. After it: means, scores, the grade and its arithmetic.

    Once a grade is announced its means and counts are shown to the parties too, until the window opens once more. Of
    two scores of a pair the later counts.
    """

    version: int
    tokens: int
    closes_at: datetime | None
    count_awaits: datetime | None
    """the window is over and the count waits until then, exclusive, for answers to follow-ups"""
    extended: bool
    milestones: tuple[MilestoneRatings, ...]
    parties_rated: int
    party_scores: tuple[PartyScore, ...] | None
    score: Decimal | None
    grade: str | None
    factor_percent: int | None
    arithmetic: str | None
    score_of_all: Decimal | None
    grade_of_all: str | None
    """what it would be if the ratings that are set apart, or were not asked, counted too; decides nothing"""


class TokensAnswer(Answer):
    """How many tokens the project has in all."""

    tokens: int


class RatingsAnswer(Answer):
    """How many ratings of the milestone are in, these included."""

    milestone: Milestone
    ratings: int


class CommentAnswer(Answer):
    """`id` is random: whoever handed out the tokens cannot tell by it who wrote."""

    id: UUID
    level: rules.Level
    comment: str


class CommentsAnswer(Answer):
    comments: tuple[CommentAnswer, ...]
    next: UUID | None


def _evaluation_answer(evaluation: rules.Evaluation, version: int) -> EvaluationAnswer:
    grade = evaluation.grade
    scores = tuple(
        PartyScore(rater_id=r.rater_id, rated_id=r.rated_id, score=r.score) for r in evaluation.party_ratings
    )
    return EvaluationAnswer(
        version=version,
        tokens=evaluation.tokens,
        closes_at=evaluation.closes_at,
        count_awaits=None if evaluation.counted else evaluation.count_awaits,
        extended=evaluation.extended,
        milestones=tuple(_milestone_ratings(evaluation, milestone) for milestone in Milestone),
        parties_rated=len(scores),
        party_scores=scores if grade else None,
        score=grade.score if grade else None,
        grade=grade.grade if grade else None,
        factor_percent=grade.factor_percent if grade else None,
        arithmetic=grade.arithmetic if grade else None,
        score_of_all=evaluation.of_all.score if evaluation.of_all else None,
        grade_of_all=evaluation.of_all.grade if evaluation.of_all else None,
    )


def _milestone_ratings(evaluation: rules.Evaluation, milestone: Milestone) -> MilestoneRatings:
    tally = evaluation.tally(milestone)
    counted = evaluation.counted
    return MilestoneRatings(
        milestone=milestone,
        ratings=tally.ratings,
        entered_by_community=tally.entered_by_community,
        by_level={level: tally.counts.get(level, 0) for level in rules.Level} if counted else None,
        mean=tally.mean if counted else None,
        digest=tally.digest if counted else None,
        assessed=_assessed(evaluation.assessments.get(milestone)) if counted else None,
    )


def _assessed(one: rules.Assessment | None) -> Assessed | None:
    if one is None:
        return None
    return Assessed(
        population=one.population,
        asked=one.asked,
        answered=one.answered,
        response_percent=one.response_percent,
        not_asked=one.unasked,
        set_apart=one.set_apart,
        counted=one.counted,
        mean_of_counted=one.mean,
        satisfied=one.satisfied,
        confidence=one.confidence,
        satisfied_from_percent=one.lower_percent,
        satisfied_to_percent=one.upper_percent,
        too_few=one.too_few,
        why_few=TOO_FEW.format(few=one.too_few_below) if one.too_few else None,
    )


async def get_evaluation(tx: Connection, asked: Asked) -> EvaluationAnswer:
    """To a stranger an ungraded one does not exist."""
    return _evaluation_answer(*await visible(tx, asked))


async def get_comments(tx: Connection, asked: Asked) -> CommentsAnswer:
    """For those who answer to the residents, never for the provider, and only after the grade."""
    evaluation, _ = await found(tx, asked)
    _may_read_comments(evaluation, asked.actor)
    milestone, limit = milestone_in(asked), asked.limit
    rows = await store.comments_of(tx, evaluation.id, milestone, asked.cursor, limit)
    comments = tuple(CommentAnswer(id=id, level=rules.Level(level), comment=text) for id, level, text in rows)
    return CommentsAnswer(comments=comments, next=comments[-1].id if len(comments) == limit else None)


def _may_read_comments(evaluation: rules.Evaluation, by: Actor) -> None:
    if by.role is not Role.AUDITOR and by.party_id not in (evaluation.funder_id, evaluation.community_id):
        raise Refused("not_your_party", status=403)
    if evaluation.grade is None:
        raise Refused("comments_before_grade", project=str(evaluation.id))


def _token_refs(command: rules.IssueTokens, cause: UUID) -> list[Ref]:
    project_id = command.project_id
    tokens = [(rules.Token, rules.token_id(project_id, digest)) for digest in command.digests]
    return [(rules.Evaluation, project_id), *tokens, *reissued_refs(project_id, command.digests)]


def _rating_refs(command: rules.RateMilestone, cause: UUID) -> list[Ref]:
    project_id = command.project_id
    digests = [rules.token_digest(given.token) for given in command.ratings]
    tokens = [rules.token_id(project_id, digest) for digest in digests]
    ratings = [(rules.Rating, rules.rating_id(token, command.milestone)) for token in tokens]
    rights: list[Ref] = [*((rules.Token, token) for token in tokens), *ratings]
    return [(rules.Evaluation, project_id), *rights, *reissued_refs(project_id, digests)]


def _subject(command: Any, cause: UUID) -> Ref:
    return rules.Evaluation, command.project_id


def _tokens(world: World, command: rules.IssueTokens, cause: UUID) -> TokensAnswer:
    return TokensAnswer(tokens=world.get(rules.Evaluation, command.project_id).tokens)


def _ratings(world: World, command: rules.RateMilestone, cause: UUID) -> RatingsAnswer:
    evaluation = world.get(rules.Evaluation, command.project_id)
    return RatingsAnswer(milestone=command.milestone, ratings=evaluation.tally(command.milestone).ratings)


def _score(world: World, command: rules.RateParty, cause: UUID) -> PartyScore:
    given = world.get(rules.Evaluation, command.project_id).party_ratings[-1]
    return PartyScore(rater_id=given.rater_id, rated_id=given.rated_id, score=given.score)


ROUTES = (
    *SAMPLING,
    *FOLLOWUPS,
    *GRADE,
    *REMARKS,
    *ROWS,
    *STANDINGS,
    *SELF_EVALUATION,
    *STREET_PAIR,
    *GOVERNANCE,
    *EXPERTS,
    *RECORD,
    Post(
        path="/v1/projects/{project_id}/rating-tokens",
        command=rules.IssueTokens,
        roles=frozenset({Role.COMMUNITY, Role.FUNDER, Role.SUPERVISOR}),
        refs=_token_refs,
        decide=rules.issue,
        subject=_subject,
        answer=_tokens,
        summary="登记评价凭证(只登记摘要) · Register beneficiaries' rating tokens by digest",
        largest_body=1024 * 1024,
    ),
    Post(
        path="/v1/projects/{project_id}/milestones/{milestone}/ratings",
        command=rules.RateMilestone,
        roles=frozenset(),
        refs=_rating_refs,
        decide=rules.rate,
        subject=_subject,
        answer=_ratings,
        summary="居民评价(凭证即凭据,可批量) · Rate a milestone with tokens, one or many",
        largest_body=1024 * 1024,
    ),
    Post(
        path="/v1/projects/{project_id}/party-ratings",
        command=rules.RateParty,
        roles=frozenset({Role.FUNDER, Role.COMMUNITY, Role.PROVIDER}),
        refs=evaluation_of,
        decide=rules.rate_party,
        subject=_subject,
        answer=_score,
        summary="双向评估 · Rate the other party",
    ),
    Get(
        path="/v1/projects/{project_id}/evaluation",
        roles=frozenset(),
        handler=get_evaluation,
        answer=EvaluationAnswer,
        summary="评价结果(评级后公开) · The evaluation, public once graded",
    ),
    Get(
        path="/v1/projects/{project_id}/milestones/{milestone}/comments",
        roles=frozenset({Role.COMMUNITY, Role.FUNDER, Role.AUDITOR}),
        handler=get_comments,
        answer=CommentsAnswer,
        summary="居民留言原文(不公开) · Residents' comments as they came, not public",
    ),
)
