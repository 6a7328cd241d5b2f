"""What is remembered of an evaluation: the parties, the counts, the scores, the window, the grade."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from schemas.canonical import canonical
from schemas.contract import Milestone
from schemas.deciding import State, new_id
from schemas.evaluation import Grievance
from schemas.ids import PartyId, ProjectId
from schemas.obligation import Duty, Obligation
from schemas.refused import Refused
from schemas.role import Role
from services.evaluation.rules.grade import Announcement, Grade, OfAll

NO_ROWS = "0" * 64
"""The digest chain before its first row."""


class Level(StrEnum):
    """The five levels of 好差评, in words: as numbers, half the world takes 1 for the best."""

    VERY_SATISFIED = "very_satisfied"
    """非常满意"""
    SATISFIED = "satisfied"
    """满意"""
    BASICALLY_SATISFIED = "basically_satisfied"
    """基本满意"""
    DISSATISFIED = "dissatisfied"
    """不满意"""
    VERY_DISSATISFIED = "very_dissatisfied"
    """非常不满意"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The ratings of one milestone, counted as they came. `mean` is there once the project is graded."""

    counts: Mapping[Level, int] = field(default_factory=dict)
    entered_by_community: int = 0
    digest: str = NO_ROWS
    """`chained` over all rows in order of their number"""
    mean: Decimal | None = None

    @property
    def ratings(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRating:
    rater_id: PartyId
    rated_id: PartyId
    score: Decimal
    again: bool = False
    """given in the re-evaluation, in place of what was given before"""
    by: UUID | None = None
    """the person; none for what was given before persons were noted"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Whom the lot of one milestone asked: `size` of the `population` on a list with this digest."""

    population: int
    size: int
    list_digest: str
    drawn_in: str
    seed: str
    confidence: str
    margin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What the provider has to put right (整改) after bad ratings. `due_at` is exclusive."""

    milestone: Milestone
    grievance: Grievance
    ratings: int
    due_at: datetime
    holidays_known: bool
    answer: str | None = None
    closed: bool = False
    overdue: bool = False

    @property
    def name(self) -> str:
        return f"{self.milestone} {self.grievance}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Whose ratings of a milestone count and how sure they are; as `ratings.assessed` says it."""

    population: int
    asked: int
    answered: int
    response_percent: Decimal
    unasked: int
    set_apart: int
    counted: int
    mean: Decimal | None
    mean_of_all: Decimal
    satisfied: int
    lower_percent: Decimal | None
    upper_percent: Decimal | None
    confidence: str
    z: str
    too_few: bool
    too_few_below: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(State):
    """One project has one evaluation, so its id is the project's. `closes_at` is exclusive."""

    funder_id: PartyId
    community_id: PartyId
    provider_id: PartyId
    rulebook: str
    tokens: int = 0
    """how many beneficiaries hold a rating token"""
    tokens_of: Mapping[Milestone, int] = field(default_factory=dict)
    """of these, how many may rate only this milestone"""
    submitted: frozenset[Milestone] = frozenset()
    tallies: Mapping[Milestone, Tally] = field(default_factory=dict)
    party_ratings: tuple[PartyRating, ...] = ()
    expert_scores: Mapping[PartyId, Decimal] = field(default_factory=dict)
    closes_at: datetime | None = None
    extended: bool = False
    grade: Grade | None = None
    samples: Mapping[Milestone, Sample] = field(default_factory=dict)
    followups: tuple[FollowUp, ...] = ()
    assessments: Mapping[Milestone, Assessment] = field(default_factory=dict)
    of_all: OfAll | None = None
    """only where some ratings do not count"""
    announcement: Announcement | None = None
    """only under a rulebook that lets the provider answer first"""
    boxed: bool = False
    """the window's end is the rating box's to ring; rows written before there were boxes ring it themselves"""
    terminated: bool = False
    """the agreement ended before its work was done: no grade will come"""
    funder_division: str | None = None
    community_division: str | None = None
    """as the parties stood when the agreement was signed; none for evaluations from before they were noted"""
    paper_digest: str | None = None
    """SHA-256 of the signed agreement's paper, which prints the grade's factors where its rulebook has them"""
    count_awaits: datetime | None = None
    """the window is over and the count waits until then, exclusive, for answers to follow-ups"""

    def due(self) -> Mapping[str, datetime]:
        if self.terminated:
            return {}
        deadlines = {f.name: f.due_at for f in self.followups if f.answer is None and not f.overdue}
        if self.announcement is not None and self.grade is None and (due := self.announcement.due) is not None:
            deadlines[due[0]] = due[1]
        if self.closes_at is None or self.grade is not None or self.boxed:
            return deadlines
        return {"grade": self.closes_at, **deadlines}

    def owed(self) -> tuple[Obligation, ...]:
        """The provider puts right what was rated badly, also late, and may answer an announced grade in time; the
        funder decides on its request."""
        return () if self.terminated else (*self._to_rectify(), *self._about_the_grade())

    def _to_rectify(self) -> Iterator[Obligation]:
        for one in self.followups:
            if one.answer is None and not one.closed:
                yield self._owed(Duty.RECTIFY, one.name, self.provider_id, one.due_at, "evaluation.followups")

    def _about_the_grade(self) -> Iterator[Obligation]:
        if self.announcement is None or self.grade is not None or (due := self.announcement.due) is None:
            return
        if self.announcement.decide_until is None:
            yield self._owed(Duty.REPLY_TO_GRADE, due[0], self.provider_id, due[1], "evaluation.reply_days")
        else:
            yield self._owed(Duty.DECIDE_REEVALUATION, due[0], self.funder_id, due[1], "evaluation.reevaluation")

    def _owed(self, duty: Duty, name: str, party_id: PartyId, until: datetime, rule: str) -> Obligation:
        return Obligation(
            duty=duty,
            name=name,
            party_id=party_id,
            until=until,
            project_id=self.project_id,
            rulebook=self.rulebook,
            rule=rule,
        )

    @property
    def reopened(self) -> bool:
        """Whether the window was opened once more, for the re-evaluation."""
        return self.announcement is not None and self.announcement.granted is True

    @property
    def counted(self) -> bool:
        """Whether the ratings were counted and no more can come."""
        return self.grade is not None or (self.announcement is not None and not self.reopened)

    @property
    def project_id(self) -> ProjectId:
        return ProjectId(self.id)

    @property
    def parties(self) -> frozenset[PartyId]:
        return frozenset({self.funder_id, self.community_id, self.provider_id})

    def party_in(self, role: Role) -> PartyId | None:
        """Which party of the project acts in this role; None when the role has no part in it."""
        return {
            Role.FUNDER: self.funder_id,
            Role.COMMUNITY: self.community_id,
            Role.PROVIDER: self.provider_id,
        }.get(role)

    def tokens_for(self, milestone: Milestone) -> int:
        """How many tokens may rate the milestone: those for all, and its own."""
        return self.tokens - sum(count for other, count in self.tokens_of.items() if other is not milestone)

    @property
    def by_community(self) -> bool:
        """The community performs itself: it rates nothing of its own, and what it puts right the funder confirms."""
        return self.provider_id == self.community_id

    def tally(self, milestone: Milestone) -> Tally:
        return self.tallies.get(milestone, Tally())

    def followup(self, milestone: Milestone, grievance: Grievance) -> FollowUp | None:
        found = (f for f in self.followups if (f.milestone, f.grievance) == (milestone, grievance))
        return next(found, None)

    def score_by(self, rater_id: PartyId) -> Decimal | None:
        """What this party gave the provider, last."""
        ratings = reversed(self.party_ratings)
        given = (r.score for r in ratings if (r.rater_id, r.rated_id) == (rater_id, self.provider_id))
        return next(given, None)

    def must_be_open(self, at: datetime) -> None:
        """Nothing is rated after the grade, nor after the window although its timer has yet to ring."""
        if self.terminated:
            raise Refused("evaluation_without_grade", project=str(self.id))
        if self.grade is not None or (self.closes_at is not None and at >= self.closes_at):
            raise Refused("evaluation_closed", project=str(self.id), closes_at=self.closes_at)

    def must_not_be_reevaluated(self) -> None:
        """Who may be asked is settled with the first count: nobody is added or drawn in view of a grade."""
        if self.reopened:
            raise Refused("list_settled", project=str(self.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(State):
    """A verified beneficiary's right to rate each milestone once, or one only: the SHA-256 of a secret, no identity."""

    project_id: ProjectId
    digest: str
    milestone: Milestone | None = None
    """none: all"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating(State):
    """One row: what one token said of one milestone. Rows are numbered from 1 per milestone.

    `salt` is never shown: it keeps who knows the tokens from guessing single ratings out of the published digest.
    """

    project_id: ProjectId
    milestone: Milestone
    number: int
    token: str
    level: Level
    salt: UUID
    comment: str | None
    entered_by: Role
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenList(State):
    """All tokens of a project by digest; its id is the project's. It stands for no row of its own."""

    digests: tuple[str, ...]
    """for all milestones"""
    of_one: Mapping[Milestone, tuple[str, ...]] = field(default_factory=dict)

    def of(self, milestone: Milestone) -> tuple[str, ...]:
        """Who may rate the milestone."""
        return *self.digests, *self.of_one.get(milestone, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(State):
    """One row: a token on the list that a milestone's sample was drawn from; `place` from 1, as the lot fell."""

    project_id: ProjectId
    milestone: Milestone
    token: str
    place: int
    asked: bool


def chained(digest: str, rating: Rating) -> str:
    """The digest after one more row: SHA-256(digest so far ‖ canonical row).

    Not over the comment: its writer may have it erased.
    """
    row = {
        "level": rating.level,
        "milestone": rating.milestone,
        "number": rating.number,
        "salt": str(rating.salt),
        "token": rating.token,
    }
    return sha256(digest.encode() + canonical(row)).hexdigest()


def token_digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def token_id(project_id: UUID, digest: str) -> UUID:
    return new_id(project_id, digest)


def rating_id(token: UUID, milestone: Milestone) -> UUID:
    """One id per token and milestone, so that a second rating meets the first."""
    return new_id(token, milestone)


def listed_id(token: UUID, milestone: Milestone) -> UUID:
    return new_id(token, f"listed {milestone}")
