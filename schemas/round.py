"""A charity-venture round (公益创投): called, applied to, checked, scored, solved, publicised, confirmed.

A grant and no purchase: a notice and opinions, but no statutory objection. Every fact is keyed by its round.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.clauses import NO_CLAUSES, Clauses, Code, Name
from schemas.fact import ROUNDS, Fact
from schemas.ids import ApplicationId, PairId, PartyId, ProjectId, RoundId
from schemas.model import Model, up_to
from schemas.money import ZERO, Money, Positive
from schemas.party import DivisionCode
from schemas.project import FundShare
from schemas.solution import Alternative, Certificate, Chosen
from schemas.tender import Criterion
from schemas.tranche import TranchePlan

FullMarks = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2), up_to(100)]


class RoundFact(Fact):
    stream: ClassVar[str] = ROUNDS
    key_field: ClassVar[str] = "round_id"

    round_id: RoundId


class Theme(Model):
    """What applications may be about, and the least amount of the budget that goes there."""

    id: Code
    name: Name
    least: Money = ZERO


class Area(Model):
    """The least amount of the budget that goes to communities whose code begins with `division`."""

    division: DivisionCode
    least: Money


def _distinct(names: Iterable[str]) -> bool:
    counts = Counter(names)
    return counts.total() == len(counts)


class Call(Model):
    """The published rules of one round, within the bounds of its rulebook."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    funder_id: PartyId
    budget: Positive
    shares: Annotated[tuple[FundShare, ...], Field(min_length=1, max_length=20)]
    """amounts by fund account, adding up to the budget"""
    themes: Annotated[tuple[Theme, ...], Field(min_length=1, max_length=20)]
    areas: Annotated[tuple[Area, ...], Field(max_length=50)] = ()
    """none lies within another"""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=20)]
    """of the experts, a pitch (路演) among them where there is one; they make 100"""
    public_percent: Annotated[int, Field(ge=0, le=100)] = 0
    """what the public's score weighs in the total"""
    per_organization: Annotated[int, Field(ge=1, le=20)] = 1
    """chosen applications of one organization at most"""
    amount_most: Positive
    """what one application may ask for"""
    cofunding_percent: Annotated[int, Field(ge=0, le=99)] = 0
    """the least share of a project's cost that does not come from the round"""
    partial: bool = False
    """whether less may be granted than was asked"""
    worker_hours: Annotated[int, Field(ge=1, le=10_000)]
    """what one named social worker may give to all that is chosen"""
    closes_at: AwareDatetime
    """exclusive"""
    pitch_on: date | None = None
    tranche_plan: TranchePlan
    clauses: Clauses = NO_CLAUSES
    requirements: Annotated[str, Field(min_length=1, max_length=5000)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if not (_distinct(theme.id for theme in self.themes) and _distinct(one.id for one in self.criteria)):
            raise PydanticCustomError("named_twice", "one of its entries stands twice")
        codes = sorted(area.division for area in self.areas)
        if any(after.startswith(before) for before, after in pairwise(codes)):
            raise PydanticCustomError("named_twice", "one of its entries stands twice")
        return self

    def area_of(self, division: str) -> Area | None:
        return next((area for area in self.areas if division.startswith(area.division)), None)


class WorkerHours(Model):
    worker_id: PartyId
    hours: Annotated[int, Field(ge=1, le=10_000)]


class Proposal(Model):
    """What an organization would do, and with how much. Public once the round is closed."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    summary: Annotated[str, Field(min_length=1, max_length=2000)]
    theme: Code
    community_id: PartyId
    """where it is to work"""
    beneficiaries: Annotated[int, Field(ge=1, le=1_000_000)]
    asked: Positive
    least: Positive | None = None
    """with less than this it cannot be done; absent: with less than was asked"""
    own_funds: Money = ZERO
    """what does not come from the round"""
    workers: Annotated[tuple[WorkerHours, ...], Field(max_length=20)] = ()
    group: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """a group on record (备案) that delivers; the organization is its hub, the applicant, and liable"""
    group_id: PartyId | None = None
    """as it is registered under the applicant; none: it is only named"""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if not _distinct(str(one.worker_id) for one in self.workers):
            raise PydanticCustomError("named_twice", "one of its entries stands twice")
        return self

    @property
    def needed(self) -> Money:
        return self.asked if self.least is None else self.least


class RoundCalled(RoundFact):
    """Two persons of the funder have called it; it is open until `closes_at`."""

    type: ClassVar[str] = "round.called"

    call: Call
    drafted_by: PartyId
    approved_by: PartyId
    rulebook: str
    """of the venture"""
    agreement_rulebook: str
    """of the agreements that come of it"""


class ApplicationSubmitted(RoundFact):
    type: ClassVar[str] = "application.submitted"
    version: ClassVar[int] = 2

    application_id: ApplicationId
    organization_id: PartyId
    division: DivisionCode
    """of its community"""
    proposal: Proposal


class ApplicationWithdrawn(RoundFact):
    type: ClassVar[str] = "application.withdrawn"

    application_id: ApplicationId
    organization_id: PartyId


class RoundClosed(RoundFact):
    type: ClassVar[str] = "round.closed"

    applications: int


class Check(Model):
    """One application looked through. `organization_id` stands beside it so that its standing is looked at too."""

    application_id: ApplicationId
    organization_id: PartyId
    complete: bool
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class ApplicationsChecked(RoundFact):
    type: ClassVar[str] = "applications.checked"

    checks: tuple[Check, ...]
    checked_by: PartyId


class Likeness(Model):
    """Two texts that are like each other; the other may be of another round, or a project paid otherwise."""

    pair_id: PairId
    application_id: ApplicationId
    other_application_id: ApplicationId | None
    other_project_id: ProjectId | None
    other_round_id: RoundId | None
    permille: int
    """cosine of the two texts in thousandths"""
    title: str
    other_title: str


class PairsFound(RoundFact):
    """Similar applications, for a person to decide on."""

    type: ClassVar[str] = "pairs.found"

    pairs: tuple[Likeness, ...]
    last: bool
    """no more will follow"""
    least_permille: int
    unlisted: int
    """less alike pairs beyond the most that are listed"""


class PairDecided(RoundFact):
    """A person says whether it is the same work; then at most one of the two is paid."""

    type: ClassVar[str] = "pair.decided"

    pair_id: PairId
    application_id: ApplicationId
    other_application_id: ApplicationId | None
    """one of the same round; none: the other is paid already, or stands elsewhere"""
    same: bool
    reason: str
    decided_by: PartyId


class ApplicationScore(Model):
    application_id: ApplicationId
    points: Annotated[dict[Code, FullMarks], Field(min_length=1, max_length=20)]
    """by criterion"""


class ApplicationsScored(RoundFact):
    type: ClassVar[str] = "applications.scored"

    evaluator_id: PartyId
    scores: tuple[ApplicationScore, ...]


class PublicScore(Model):
    application_id: ApplicationId
    points: FullMarks


class PublicScored(RoundFact):
    """What the public jury or vote gave, with the digest of its record."""

    type: ClassVar[str] = "public.scored"

    scores: tuple[PublicScore, ...]
    record_digest: str
    entered_by: PartyId


class Total(Model):
    application_id: ApplicationId
    expert: Decimal
    """the mean of the experts' sums, two decimals"""
    public: Decimal | None
    total: int
    """hundredths of a point: (expert × (100 - w) + public × w) ÷ 100 with the exact mean, rounded half up"""


class ApplicationsTotalled(RoundFact):
    """Some of the totals; `round.scored` follows the last of them."""

    type: ClassVar[str] = "applications.totalled"

    totals: tuple[Total, ...]


class RoundScored(RoundFact):
    type: ClassVar[str] = "round.scored"

    applications: int
    """with a total"""
    evaluators: int
    closed_by: PartyId
    limit: int
    """of the solver, in its own deterministic seconds"""


class AlternativesWeighed(RoundFact):
    """Why some were not chosen; `round.solved` follows the last of them."""

    type: ClassVar[str] = "alternatives.weighed"

    alternatives: tuple[Alternative, ...]


class RoundSolved(RoundFact):
    """What matching advises: the choice with the highest total score within the rules, and its proof."""

    type: ClassVar[str] = "round.solved"

    chosen: tuple[Chosen, ...]
    certificate: Certificate


class RoundPublicised(RoundFact):
    """公示: the choice stands in public until `ends_at`, exclusive; then another person may confirm it."""

    type: ClassVar[str] = "round.publicised"

    chosen: tuple[Chosen, ...]
    ends_at: datetime
    publicised_by: PartyId


class LeftOut(Model):
    """Chosen, but not to be granted for what the notice brought up. Nobody takes its place."""

    application_id: ApplicationId
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class Grant(Model):
    application_id: ApplicationId
    organization_id: PartyId
    project_id: ProjectId
    amount: Money


class RoundConfirmed(RoundFact):
    """Each grant is a project from here on: reserved, agreed and paid like any other."""

    type: ClassVar[str] = "round.confirmed"

    grants: tuple[Grant, ...]
    left_out: tuple[LeftOut, ...]
    confirmed_by: PartyId
    """another person than the one who publicised"""


class RoundVoided(RoundFact):
    type: ClassVar[str] = "round.voided"

    reason: str
    voided_by: PartyId
