"""The evaluation after each fact and note. Never fails: what meets no evaluation changes nothing."""

from dataclasses import replace

from schemas.cancelled import ContractCancelled
from schemas.contract import ContractPaperMade, ContractSigned, MilestoneSubmitted
from schemas.deciding import State, World
from schemas.evaluation import (
    FollowUpClosed,
    FollowUpOpened,
    FollowUpOverdue,
    MilestoneRated,
    PartyRated,
    ProjectGraded,
    RatingsAssessed,
    SampleDrawn,
)
from schemas.grade import GradeAnnounced, ReevaluationDecided, ReevaluationRequested
from schemas.model import Model
from schemas.role import Role
from schemas.standing import Party
from schemas.termination import ContractTerminated
from services.evaluation.rules.box import RatingBox
from services.evaluation.rules.evaluation import (
    Assessment,
    Evaluation,
    FollowUp,
    Listed,
    PartyRating,
    Rating,
    Sample,
    Tally,
    Token,
    chained,
    listed_id,
    rating_id,
    token_id,
)
from services.evaluation.rules.evolving_grade import after_announcement, announced_in, grade_in
from services.evaluation.rules.followups import CountAwaits, FollowUpKept
from services.evaluation.rules.grade import OfAll
from services.evaluation.rules.grading import GradeCompared, WindowSet
from services.evaluation.rules.party_rating import RaterNoted
from services.evaluation.rules.rating import RatingsCast
from services.evaluation.rules.remark import RemarkModerated, moderated
from services.evaluation.rules.replying import WordsKept
from services.evaluation.rules.sampling import SampleListed
from services.evaluation.rules.tokens import TokensIssued


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    """The changed evaluation and the new rows, or nothing."""
    if isinstance(fact, ContractSigned):
        known = world.find(Evaluation, fact.project_id)
        return (_begun(world, fact),) if known is None or known.terminated else ()
    if not isinstance(fact, _OF_A_PROJECT):
        return ()
    evaluation = world.find(Evaluation, fact.project_id)
    if evaluation is None:
        return ()
    match fact:
        case TokensIssued() | RatingsCast():
            return _with_rows(evaluation, fact)
        case SampleListed():
            return _listed(fact)
        case RemarkModerated():
            return (moderated(fact),)
        case WindowSet():
            after = replace(evaluation, closes_at=fact.closes_at, extended=fact.extended, boxed=True, count_awaits=None)
            return after, RatingBox(id=evaluation.id, closes_at=fact.closes_at)
        case CountAwaits():
            return replace(evaluation, count_awaits=fact.until), RatingBox(id=evaluation.id, closes_at=fact.until)
        case ContractPaperMade():
            return (replace(evaluation, paper_digest=fact.paper_digest),)
        case ProjectGraded() | GradeAnnounced():
            after = _after(evaluation, fact)
            closed = evaluation.closes_at
            return (after,) if closed is None else (after, RatingBox(id=after.id, closes_at=closed, counted=True))
        case ReevaluationRequested() | ReevaluationDecided() | WordsKept():
            announced = after_announcement(evaluation.announcement, fact)
            of_all = None if isinstance(fact, ReevaluationDecided) and fact.granted else evaluation.of_all
            return (replace(evaluation, announcement=announced, of_all=of_all),)
        case ContractTerminated() | ContractCancelled():
            return (replace(evaluation, terminated=True),)
        case FollowUpKept() | FollowUpClosed() | FollowUpOverdue():
            return (_followed_up(evaluation, fact),)
        case _:
            return (_after(evaluation, fact),)


_OF_A_PROJECT = (
    TokensIssued,
    RatingsCast,
    SampleDrawn,
    SampleListed,
    RemarkModerated,
    MilestoneSubmitted,
    WindowSet,
    CountAwaits,
    ContractPaperMade,
    PartyRated,
    RaterNoted,
    MilestoneRated,
    RatingsAssessed,
    GradeCompared,
    GradeAnnounced,
    ReevaluationRequested,
    ReevaluationDecided,
    WordsKept,
    ProjectGraded,
    ContractTerminated,
    ContractCancelled,
    FollowUpOpened,
    FollowUpKept,
    FollowUpClosed,
    FollowUpOverdue,
)


def _begun(world: World, fact: ContractSigned) -> Evaluation:
    funder, community = world.find(Party, fact.funder_id), world.find(Party, fact.community_id)
    return Evaluation(
        id=fact.project_id,
        funder_id=fact.funder_id,
        community_id=fact.community_id,
        provider_id=fact.provider_id,
        rulebook=fact.rulebook,
        funder_division=None if funder is None else funder.division,
        community_division=None if community is None else community.division,
    )


def _after(evaluation: Evaluation, fact: Model) -> Evaluation:
    match fact:
        case MilestoneSubmitted():
            return replace(evaluation, submitted=evaluation.submitted | {fact.milestone})
        case SampleDrawn():
            return replace(evaluation, samples={**evaluation.samples, fact.milestone: _sample(fact)})
        case PartyRated():
            rating = PartyRating(
                rater_id=fact.rater_id, rated_id=fact.rated_id, score=fact.score, again=evaluation.reopened
            )
            return replace(evaluation, party_ratings=(*evaluation.party_ratings, rating))
        case RaterNoted():
            ratings = evaluation.party_ratings
            return replace(
                evaluation, party_ratings=(*ratings[:-1], *(replace(one, by=fact.person_id) for one in ratings[-1:]))
            )
        case MilestoneRated():
            tally = replace(evaluation.tally(fact.milestone), mean=fact.mean)
            return replace(evaluation, tallies={**evaluation.tallies, fact.milestone: tally})
        case RatingsAssessed():
            return replace(evaluation, assessments={**evaluation.assessments, fact.milestone: _assessment(fact)})
        case GradeCompared():
            return replace(evaluation, of_all=OfAll(score=fact.score, grade=fact.grade))
        case FollowUpOpened():
            return replace(evaluation, followups=_opened(evaluation, fact))
        case ProjectGraded():
            return replace(evaluation, grade=grade_in(fact))
        case GradeAnnounced():
            return replace(evaluation, announcement=announced_in(fact))
        case _:
            return evaluation


def _sample(fact: SampleDrawn) -> Sample:
    return Sample(
        population=fact.population,
        size=fact.size,
        list_digest=fact.list_digest,
        drawn_in=fact.drawn_in,
        seed=fact.seed,
        confidence=fact.confidence,
        margin=fact.margin,
    )


def _assessment(fact: RatingsAssessed) -> Assessment:
    return Assessment(
        population=fact.population,
        asked=fact.asked,
        answered=fact.answered,
        response_percent=fact.response_percent,
        unasked=fact.unasked,
        set_apart=sum(group.ratings for group in fact.set_apart),
        counted=fact.counted,
        mean=fact.mean,
        mean_of_all=fact.mean_of_all,
        satisfied=fact.satisfied,
        lower_percent=fact.lower_percent,
        upper_percent=fact.upper_percent,
        confidence=fact.confidence,
        z=fact.z,
        too_few=fact.too_few,
        too_few_below=fact.too_few_below,
    )


def _opened(evaluation: Evaluation, fact: FollowUpOpened) -> tuple[FollowUp, ...]:
    if evaluation.followup(fact.milestone, fact.grievance) is not None:
        return evaluation.followups
    opened = FollowUp(
        milestone=fact.milestone,
        grievance=fact.grievance,
        ratings=fact.ratings,
        due_at=fact.due_at,
        holidays_known=fact.holidays_known,
    )
    return (*evaluation.followups, opened)


def _followed_up(evaluation: Evaluation, fact: FollowUpKept | FollowUpClosed | FollowUpOverdue) -> Evaluation:
    """The one follow-up changes. `followup.answered` itself changes nothing: the words come in the note beside it."""
    before = evaluation.followup(fact.milestone, fact.grievance)
    after = tuple(_step(one, fact) if one is before else one for one in evaluation.followups)
    return replace(evaluation, followups=after)


def _step(one: FollowUp, fact: FollowUpKept | FollowUpClosed | FollowUpOverdue) -> FollowUp:
    match fact:
        case FollowUpKept():
            return replace(one, answer=fact.answer)
        case FollowUpClosed():
            return replace(one, closed=True)
        case FollowUpOverdue():
            return replace(one, overdue=True)


def _listed(note: SampleListed) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            id=listed_id(token_id(note.project_id, token), note.milestone),
            project_id=note.project_id,
            milestone=note.milestone,
            token=token,
            place=place,
            asked=place <= note.size,
        )
        for place, token in enumerate(note.tokens, start=1)
    )


def _with_rows(evaluation: Evaluation, note: TokensIssued | RatingsCast) -> tuple[State, ...]:
    project_id = evaluation.project_id
    if isinstance(note, TokensIssued):
        of, count = note.milestone, len(note.digests)
        tokens = (
            Token(id=token_id(project_id, d), project_id=project_id, digest=d, milestone=of) for d in note.digests
        )
        own = {} if of is None else {of: evaluation.tokens_of.get(of, 0) + count}
        tokens_of = {**evaluation.tokens_of, **own}
        return (replace(evaluation, tokens=evaluation.tokens + count, tokens_of=tokens_of), *tokens)
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
