"""A project whose agreement is signed, its three parties, and residents with tokens."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.contract import (
    ContractPaperMade,
    ContractSigned,
    Evidence,
    Milestone,
    MilestoneAccepted,
    MilestoneSubmitted,
)
from schemas.deciding import Due
from schemas.evaluation import Grievance, ProjectGraded
from schemas.grade import GradeAnnounced
from schemas.ids import ContractId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.rulebook import Rulebook
from schemas.standing import Party
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
FIRST_BOOK = next(book for book in shipped() if book.version == "2026.1")
"""from before there was sampling"""
SECOND_BOOK = next(book for book in shipped() if book.version == "2026.2")
"""from before a grade was announced"""
THIRD_BOOK = next(book for book in shipped() if book.version == "2026.3")
"""from before the count waited for follow-ups, and factors for the paper"""
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


def a_paper(project_id: ProjectId = PROJECT) -> ContractPaperMade:
    return ContractPaperMade(
        project_id=project_id, contract_id=ContractId(uuid4()), terms_digest="d" * 64, paper_digest="a" * 64
    )


def a_submission(milestone: Milestone, project_id: ProjectId = PROJECT) -> MilestoneSubmitted:
    evidence = (Evidence(digest="e" * 64, description="签到表"),)
    submitted_by = PartyId(uuid4())
    return MilestoneSubmitted(project_id=project_id, milestone=milestone, evidence=evidence, submitted_by=submitted_by)


def an_acceptance(milestone: Milestone, project_id: ProjectId = PROJECT) -> MilestoneAccepted:
    return MilestoneAccepted(project_id=project_id, milestone=milestone, accepted_by=PartyId(uuid4()))


def a_party(who: Actor, division: str) -> Party:
    kind = PartyKind.FUNDER if who.role is Role.FUNDER else PartyKind.COMMUNITY
    return Party(
        id=who.party_id,
        kind=kind,
        name="示例",
        uscc=None,
        division=division,
        certificate=None,
        verified=True,
        suspended=False,
        ties=frozenset(),
    )


class Evaluated(Story):
    """The story of the evaluation service for one project, told by verbs."""

    def __init__(self, book: Rulebook = BOOK) -> None:
        super().__init__(rules.evolve, book)
        self.world.ask([(rules.Evaluation, PROJECT), (rules.RatingBox, PROJECT), (rules.TokenList, PROJECT)])

    @property
    def evaluation(self) -> rules.Evaluation:
        return self.world.get(rules.Evaluation, PROJECT)

    def hear(self, fact: Any) -> list[Model]:
        reaction = HEARS[type(fact)]
        return self.do(reaction.decide, fact, refs=reaction.refs(fact, PROJECT))

    def issue(self, *numbers: int, by: Actor = COMMUNITY, only: Milestone | None = None) -> list[Model]:
        digests = tuple(rules.token_digest(a_token(number)) for number in numbers)
        command = rules.IssueTokens(project_id=PROJECT, milestone=only, digests=digests)
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

    def draw(self, milestone: Milestone = Milestone.FINAL, by: Actor = FUNDER) -> list[Model]:
        """As the store does: the list of tokens lies in the rows."""
        tokens = sorted(self.world.each(rules.Token), key=lambda token: token.digest)
        of_one = {of: tuple(token.digest for token in tokens if token.milestone is of) for of in Milestone}
        digests = tuple(token.digest for token in tokens if token.milestone is None)
        self.world.put(rules.TokenList(id=PROJECT, digests=digests, of_one=of_one))
        return self.do(rules.draw, rules.DrawSample(project_id=PROJECT, milestone=milestone), by)

    def answer(self, grievance: Grievance, done: str = "已上门说明并重新送餐", by: Actor = PROVIDER) -> list[Model]:
        command = rules.AnswerFollowUp(project_id=PROJECT, milestone=Milestone.FINAL, grievance=grievance, done=done)
        return self.do(rules.answer, command, by)

    def close(self, grievance: Grievance, by: Actor = COMMUNITY) -> list[Model]:
        command = rules.CloseFollowUp(project_id=PROJECT, milestone=Milestone.FINAL, grievance=grievance)
        return self.do(rules.close, command, by)

    def ring(self) -> list[Model]:
        """The window's timer: the box is opened, with the rows as the store would load them."""
        box = self.world.find(rules.RatingBox, PROJECT)
        if box is not None:
            self.world.put(replace(box, rows=self._rows()))
        return self.do(rules.grade, Due(ref=(rules.RatingBox, PROJECT), name="grade", at=self.at))

    def graded(self, days: int = 14) -> ProjectGraded:
        """The window is over, and under a rulebook that announces the grade first the provider accepts it."""
        said = self.after(days).ring()[-1]
        if isinstance(said, GradeAnnounced):
            said = self.accept()[-1]
        assert isinstance(said, ProjectGraded)
        return said

    def accept(self, by: Actor = PROVIDER) -> list[Model]:
        return self.do(rules.accept, rules.AcceptGrade(project_id=PROJECT), by)

    def reply(self, text: str = "服务天数请核对", by: Actor = PROVIDER) -> list[Model]:
        return self.do(rules.reply, rules.ReplyToGrade(project_id=PROJECT, reply=text), by)

    def request(self, reasons: str = "评价期正值停水", by: Actor = PROVIDER) -> list[Model]:
        return self.do(rules.request, rules.RequestReevaluation(project_id=PROJECT, reasons=reasons), by)

    def decide(self, granted: bool, by: Actor, reasons: str = "情况属实") -> list[Model]:
        command = rules.DecideReevaluation(project_id=PROJECT, granted=granted, reasons=reasons)
        return self.do(rules.decide, command, by)

    def ring_evaluation(self, name: str) -> list[Model]:
        return self.do(rules.ring, Due(ref=(rules.Evaluation, PROJECT), name=name, at=self.at))

    def _rows(self) -> dict[Milestone, tuple[rules.Row, ...]]:
        asked = {(one.milestone, one.token): one.asked for one in self.world.each(rules.Listed)}
        ratings = sorted(self.world.each(rules.Rating), key=lambda rating: rating.number)
        return {
            milestone: tuple(
                rules.Row(r.number, r.at, r.level, r.entered_by is not Role.RESIDENT, asked.get((milestone, r.token)))
                for r in ratings
                if r.milestone is milestone
            )
            for milestone in Milestone
        }

    def after(self, days: int) -> "Evaluated":
        self.at += timedelta(days=days)
        return self


def signed(book: Rulebook = BOOK, *, on_paper: bool = True) -> Evaluated:
    story = Evaluated(book)
    story.hear(a_signed_contract())
    if on_paper:
        story.hear(a_paper())
    return story


def submitted(tokens: int = 20, book: Rulebook = BOOK) -> Evaluated:
    """Both milestones are in and may be rated by this many token holders, numbered from 1."""
    story = signed(book)
    story.issue(*range(1, tokens + 1))
    for milestone in Milestone:
        story.hear(a_submission(milestone))
    return story


def window_open(tokens: int = 20, book: Rulebook = BOOK) -> Evaluated:
    story = submitted(tokens, book)
    story.hear(an_acceptance(Milestone.FINAL))
    return story
