"""A project whose agreement is signed, its three parties, and residents with tokens."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.contract import (
    ContractSigned,
    Evidence,
    Milestone,
    MilestoneAccepted,
    MilestoneSubmitted,
)
from schemas.deciding import Due
from schemas.ids import ContractId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.role import Actor, Role
from schemas.tranche import Gate, Tranche
from services.evaluation import rules
from services.evaluation.api import ROUTES
from services.evaluation.consumer import HEARS
from services.kit.rulebooks import shipped
from services.kit.service import Post
from tests.support.pure import Story, an_actor

PROJECT = ProjectId(uuid4())
FUNDER = an_actor(Role.FUNDER)
COMMUNITY = an_actor(Role.COMMUNITY)
PROVIDER = an_actor(Role.PROVIDER)
RESIDENT = an_actor(Role.RESIDENT)
BOOK = shipped().named("example/below-limit")
_REFS = {route.command: route.refs for route in ROUTES if isinstance(route, Post)}


def a_token(number: int) -> str:
    return f"resident-{number:08d}"


def a_signed_contract(
    project_id: ProjectId = PROJECT,
    *,
    funder_id: UUID = FUNDER.party_id,
    community_id: UUID = COMMUNITY.party_id,
    provider_id: UUID = PROVIDER.party_id,
) -> ContractSigned:
    return ContractSigned(
        project_id=project_id,
        contract_id=ContractId(uuid4()),
        funder_id=PartyId(funder_id),
        community_id=PartyId(community_id),
        provider_id=PartyId(provider_id),
        price=Money(100),
        tranches=(Tranche(number=1, amount=Money(100), gate=Gate.FINAL_GRADED),),
        digest="d" * 64,
        rulebook=BOOK.hash,
    )


def a_submission(milestone: Milestone, project_id: ProjectId = PROJECT) -> MilestoneSubmitted:
    evidence = (Evidence(digest="e" * 64, description="签到表"),)
    submitted_by = PartyId(uuid4())
    return MilestoneSubmitted(project_id=project_id, milestone=milestone, evidence=evidence, submitted_by=submitted_by)


def an_acceptance(milestone: Milestone, project_id: ProjectId = PROJECT) -> MilestoneAccepted:
    return MilestoneAccepted(project_id=project_id, milestone=milestone, accepted_by=PartyId(uuid4()))


class Evaluated(Story):
    """The story of the evaluation service for one project, told by verbs."""

    def __init__(self) -> None:
        super().__init__(rules.evolve, BOOK)
        self.world.ask([(rules.Evaluation, PROJECT)])

    @property
    def evaluation(self) -> rules.Evaluation:
        return self.world.get(rules.Evaluation, PROJECT)

    def hear(self, fact: Any) -> list[Model]:
        reaction = HEARS[type(fact)]
        return self.do(reaction.decide, fact, refs=reaction.refs(fact, PROJECT))

    def issue(self, *numbers: int, by: Actor = COMMUNITY) -> list[Model]:
        digests = tuple(rules.token_digest(a_token(number)) for number in numbers)
        command = rules.IssueTokens(project_id=PROJECT, digests=digests)
        return self.do(rules.issue, command, by, _REFS[rules.IssueTokens](command, PROJECT))

    def rate(
        self, given: list[tuple[int, rules.Level]], milestone: Milestone = Milestone.FINAL, by: Actor = RESIDENT
    ) -> list[Model]:
        ratings = tuple(rules.GivenRating(token=a_token(number), level=level) for number, level in given)
        command = rules.RateMilestone(project_id=PROJECT, milestone=milestone, ratings=ratings)
        return self.do(rules.rate, command, by, _REFS[rules.RateMilestone](command, PROJECT))

    def score(self, by: Actor, rated: Actor, score: str) -> list[Model]:
        command = rules.RateParty(project_id=PROJECT, rated_id=rated.party_id, score=Decimal(score))
        return self.do(rules.rate_party, command, by)

    def ring(self) -> list[Model]:
        return self.do(rules.grade, Due(ref=(rules.Evaluation, PROJECT), name="grade", at=self.at))

    def after(self, days: int) -> "Evaluated":
        self.at += timedelta(days=days)
        return self


def signed() -> Evaluated:
    story = Evaluated()
    story.hear(a_signed_contract())
    return story


def submitted(tokens: int = 20) -> Evaluated:
    """Both milestones are in and may be rated by this many token holders, numbered from 1."""
    story = signed()
    story.issue(*range(1, tokens + 1))
    for milestone in Milestone:
        story.hear(a_submission(milestone))
    return story


def window_open(tokens: int = 20) -> Evaluated:
    story = submitted(tokens)
    story.hear(an_acceptance(Milestone.FINAL))
    return story
