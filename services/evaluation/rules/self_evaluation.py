"""What is remembered for a project's fiscal self-evaluation (绩效自评), beside the residents' evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from pydantic import ConfigDict

from schemas.deciding import Context, State, World
from schemas.fact import Note
from schemas.ids import PartyId, ProjectId
from schemas.money import ZERO, Money
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.self_evaluation import PlannedIndicator, ScoredIndicator

SCHEME = "evaluation.self_evaluation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """How much was reached, who says so, and by which paper."""

    value: int
    evidence_digest: str
    party_id: PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfGrade:
    lines: tuple[ScoredIndicator, ...]
    total: Decimal
    score: Decimal
    grade: str
    file_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfEvaluation(State):
    """Its id is the project's. Known from the draft of the agreement on."""

    funder_id: PartyId
    community_id: PartyId
    provider_id: PartyId
    title: str | None
    price: Money
    rulebook: str
    submitted: bool = False
    """a milestone was, so the plan stands"""
    indicators: tuple[PlannedIndicator, ...] = ()
    actuals: Mapping[str, Actual] = field(default_factory=dict)
    received: Money = ZERO
    """what was paid to the provider"""
    given_back: Money = ZERO
    """what of that the provider paid back"""
    settled: bool = False
    grade: SelfGrade | None = None

    @property
    def project_id(self) -> ProjectId:
        return ProjectId(self.id)

    @property
    def parties(self) -> frozenset[PartyId]:
        return frozenset({self.funder_id, self.community_id, self.provider_id})

    @property
    def spent(self) -> Money:
        """What of the price was spent: paid, less what came back."""
        return Money(max(0, self.received.fen - self.given_back.fen))

    def must_be_open(self) -> None:
        if self.grade is not None:
            raise Refused("self_evaluation_drawn_up", project=str(self.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfEvaluationTable(State):
    """The file (xlsx) as it was told; its id is the project's. What draws it up may change, it may not."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    body: bytes


class TableKept(Note):
    project_id: ProjectId
    body: bytes


def for_scheme(world: World, project_id: ProjectId, context: Context) -> tuple[SelfEvaluation, Rulebook]:
    """The project's self-evaluation and its rulebook; refused under a rulebook without this scheme."""
    found = world.get(SelfEvaluation, project_id)
    rulebook = context.rulebooks.by_hash(found.rulebook)
    if SCHEME not in rulebook.rules:
        raise Refused("self_evaluation_not_in_rulebook", rulebook=f"{rulebook.id} {rulebook.version}")
    return found, rulebook
