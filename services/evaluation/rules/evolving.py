"""The evaluation after each fact and note. Never fails: what meets no evaluation changes nothing."""

from dataclasses import replace

from schemas.contract import ContractSigned, MilestoneSubmitted
from schemas.deciding import State, World
from schemas.evaluation import MilestoneRated, PartyRated, ProjectGraded
from schemas.model import Model
from schemas.role import Role
from services.evaluation.rules.evaluation import (
    Evaluation,
    Grade,
    PartyRating,
    Rating,
    Tally,
    Token,
    chained,
    rating_id,
    token_id,
)
from services.evaluation.rules.grading import WindowSet
from services.evaluation.rules.rating import RatingsCast
from services.evaluation.rules.tokens import TokensIssued


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    """The changed evaluation and the new rows, or nothing."""
    match fact:
        case ContractSigned():
            return (_begun(fact),) if world.find(Evaluation, fact.project_id) is None else ()
        case TokensIssued() | RatingsCast():
            evaluation = world.find(Evaluation, fact.project_id)
            return () if evaluation is None else _with_rows(evaluation, fact)
        case MilestoneSubmitted() | WindowSet() | PartyRated() | MilestoneRated() | ProjectGraded():
            evaluation = world.find(Evaluation, fact.project_id)
            return () if evaluation is None else (_after(evaluation, fact),)
        case _:
            return ()


def _begun(fact: ContractSigned) -> Evaluation:
    return Evaluation(
        id=fact.project_id,
        funder_id=fact.funder_id,
        community_id=fact.community_id,
        provider_id=fact.provider_id,
        rulebook=fact.rulebook,
    )


def _after(evaluation: Evaluation, fact: Model) -> Evaluation:
    match fact:
        case MilestoneSubmitted():
            return replace(evaluation, submitted=evaluation.submitted | {fact.milestone})
        case WindowSet():
            return replace(evaluation, closes_at=fact.closes_at, extended=fact.extended)
        case PartyRated():
            rating = PartyRating(rater_id=fact.rater_id, rated_id=fact.rated_id, score=fact.score)
            return replace(evaluation, party_ratings=(*evaluation.party_ratings, rating))
        case MilestoneRated():
            tally = replace(evaluation.tally(fact.milestone), mean=fact.mean)
            return replace(evaluation, tallies={**evaluation.tallies, fact.milestone: tally})
        case ProjectGraded():
            grade = Grade(
                score=fact.score,
                grade=fact.grade,
                factor_percent=fact.factor_percent,
                arithmetic=fact.arithmetic,
            )
            return replace(evaluation, grade=grade)
        case _:
            return evaluation


def _with_rows(evaluation: Evaluation, note: TokensIssued | RatingsCast) -> tuple[State, ...]:
    project_id = evaluation.project_id
    if isinstance(note, TokensIssued):
        tokens = (Token(id=token_id(project_id, d), project_id=project_id, digest=d) for d in note.digests)
        return (replace(evaluation, tokens=evaluation.tokens + len(note.digests)), *tokens)
    tally = evaluation.tally(note.milestone)
    ratings = tuple(
        Rating(
            id=rating_id(token_id(project_id, row.token), note.milestone),
            project_id=project_id,
            milestone=note.milestone,
            number=number,
            token=row.token,
            level=row.level,
            salt=row.salt,
            comment=row.comment,
            entered_by=note.entered_by,
            at=note.at,
        )
        for number, row in enumerate(note.rows, start=tally.ratings + 1)
    )
    tallies = {**evaluation.tallies, note.milestone: _counted(tally, ratings)}
    return (replace(evaluation, tallies=tallies), *ratings)


def _counted(tally: Tally, ratings: tuple[Rating, ...]) -> Tally:
    counts = dict(tally.counts)
    digest = tally.digest
    for rating in ratings:
        counts[rating.level] = counts.get(rating.level, 0) + 1
        digest = chained(digest, rating)
    by_community = sum(1 for rating in ratings if rating.entered_by is Role.COMMUNITY)
    return replace(tally, counts=counts, digest=digest, entered_by_community=tally.entered_by_community + by_community)
