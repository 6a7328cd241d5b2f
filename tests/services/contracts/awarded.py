"""A project that was awarded, and the people of its three parties."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.contract import Milestone
from schemas.deciding import Due
from schemas.ids import BallotId, BidId, NeedId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.party import PartyKind, committee_of
from schemas.project import Brief
from schemas.role import Actor, Role
from schemas.standing import Party
from schemas.tender import AwardConfirmed, Criterion, Terms
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.contracts import rules
from services.contracts.consumer import HEARS
from services.contracts.rules.contract import TERM
from services.kit.rulebooks import shipped
from tests.services.contracts.seated import ROLL, SIGNED
from tests.support.pure import Story, an_actor

PROJECT = ProjectId(uuid4())
BOOK = shipped().named("example/below-limit")
PRICE = Money(98_765_43)
FUNDER = an_actor(Role.FUNDER)
COMMUNITY = an_actor(Role.COMMUNITY)
PROVIDER = an_actor(Role.PROVIDER)
PAPERS = (PROJECT, *(rules.report_id(PROJECT, milestone) for milestone in Milestone))
COMMITTEE = an_actor(Role.SUPERVISOR, committee_of("320508001001"))
CONSULTED = {"invitation": "张贴通知", "invited": 6, "commented": 2, "comments": ["饭菜按时送到", "希望多些软食"]}
EVIDENCE = [{"digest": "e" * 64, "description": "签到表与现场照片"}]

FIFTY_FORTY_TEN = TranchePlan(
    tranches=(
        PlannedTranche(share_percent=Decimal(50), gate=Gate.SIGNED),
        PlannedTranche(share_percent=Decimal(40), gate=Gate.MID_TERM_ACCEPTED),
        PlannedTranche(share_percent=Decimal(10), gate=Gate.FINAL_GRADED),
    )
)


def a_party(kind: PartyKind, id: UUID, name: str | None, uscc: str | None) -> Party:
    return Party(
        id=id,
        kind=kind,
        name=name,
        uscc=uscc,
        division="320508001001",
        certificate=None,
        verified=True,
        suspended=False,
        ties=frozenset(),
    )


PARTIES = (
    a_party(PartyKind.FUNDER, FUNDER.party_id, "示例街道办事处", None),
    a_party(PartyKind.ORGANIZATION, PROVIDER.party_id, "示例社会工作服务中心 & 伙伴", "51320508XXXX000192"),
    a_party(PartyKind.COMMUNITY, COMMUNITY.party_id, "示例社区居民委员会", "55411502XXXX00043E"),
)


def an_award(
    price: Money = PRICE,
    *,
    project_id: ProjectId = PROJECT,
    funder_id: UUID = FUNDER.party_id,
    community_id: UUID = COMMUNITY.party_id,
    provider_id: UUID = PROVIDER.party_id,
) -> AwardConfirmed:
    brief = Brief(
        need_id=NeedId(uuid4()),
        ballot_id=BallotId(uuid4()),
        community_id=PartyId(community_id),
        funder_id=PartyId(funder_id),
        title="独居老人助餐",
        category="健康养老",
        division="320508001001",
        beneficiaries=60,
        cost=Money(120_000_00),
    )
    terms = Terms(
        price_points="20",  # type: ignore[arg-type]  # a decimal as it is written on the wire
        criteria=(Criterion(id="plan", name="服务方案", points="80"),),  # type: ignore[arg-type]  # likewise
        tranche_plan=FIFTY_FORTY_TEN,
        requirements="每周五次送餐,六个月",
    )
    return AwardConfirmed(
        project_id=project_id,
        brief=brief,
        bid_id=BidId(uuid4()),
        provider_id=PartyId(provider_id),
        price=price,
        proposal_digest="b" * 64,
        terms=terms,
        chosen_by=PartyId(funder_id),
        rulebook=BOOK.hash,
    )


class Awarded(Story):
    """The story of the contract service for one project, told by verbs."""

    def __init__(self, parties: tuple[Party, ...] = PARTIES) -> None:
        super().__init__(rules.evolve, BOOK)
        self.world.ask([(rules.Contract, PROJECT), *((rules.Paper, id) for id in PAPERS)])
        self.world.ask([(rules.VisitSums, PROJECT), (rules.Seats, PROJECT)])
        self.world.put(rules.Seats(id=PROJECT, members=frozenset(ROLL)))
        for party in parties:
            self.world.put(party)

    @property
    def contract(self) -> rules.Contract:
        return self.world.get(rules.Contract, PROJECT)

    @property
    def timers(self) -> dict[str, datetime]:
        """What rings before the term is over, and after."""
        return {name: at for name, at in self.contract.due().items() if name != TERM}

    def hear(self, fact: Any) -> list[Model]:
        return self.do(HEARS[type(fact)].decide, fact, refs=HEARS[type(fact)].refs(fact, PROJECT))

    def endorse(self, by: Actor, digest: str | None = None) -> list[Model]:
        command = rules.EndorseContract(project_id=PROJECT, digest=digest or self.contract.digest)
        return self.do(rules.endorse, command, by)

    def submit(self, milestone: Milestone, by: Actor = PROVIDER) -> list[Model]:
        command = rules.SubmitMilestone.model_validate(
            {"project_id": PROJECT, "milestone": milestone, "evidence": EVIDENCE}
        )
        return self.do(rules.submit, command, by)

    def confirm(self, milestone: Milestone, by: Actor = COMMUNITY) -> list[Model]:
        return self.do(rules.confirm, rules.ConfirmMilestone(project_id=PROJECT, milestone=milestone), by)

    def opine(self, by: Actor = COMMITTEE, **changes: Any) -> list[Model]:
        said: dict[str, Any] = {
            "kind": "concern",
            "milestone": "mid_term",
            "addressed_to": "provider",
            "text": "签到表不全",
        }
        said |= {"tokens": SIGNED}
        return self.do(
            rules.file_opinion, rules.FileOpinion.model_validate({"project_id": PROJECT} | said | changes), by
        )

    def answer(self, opinion_id: UUID, by: Actor = PROVIDER, text: str = "已补齐") -> list[Model]:
        command = rules.AnswerOpinion(project_id=PROJECT, opinion_id=opinion_id, text=text)
        return self.do(rules.answer_opinion, command, by)

    def consult(self, milestone: Milestone, by: Actor = COMMUNITY, **changes: Any) -> list[Model]:
        body = {"project_id": PROJECT, "milestone": milestone} | CONSULTED | changes
        return self.do(rules.consult, rules.ConsultUsers.model_validate(body), by)

    def accept(self, milestone: Milestone, by: Actor = FUNDER) -> list[Model]:
        return self.do(rules.accept, rules.AcceptMilestone(project_id=PROJECT, milestone=milestone), by)

    def send_back(self, milestone: Milestone, by: Actor, reason: str = "缺三月签到表") -> list[Model]:
        command = rules.ReturnMilestone(project_id=PROJECT, milestone=milestone, reason=reason)
        return self.do(rules.return_, command, by)

    def ring(self, after: timedelta) -> list[Model]:
        """The timer of the contract rings, so much later."""
        self.at += after
        return self.do(rules.ring, Due(ref=(rules.Contract, PROJECT), name="accept", at=self.at))


def drafted() -> Awarded:
    story = Awarded()
    story.hear(an_award())
    return story


def signed() -> Awarded:
    story = drafted()
    story.endorse(PROVIDER)
    story.endorse(FUNDER)
    return story


def accepted(*milestones: Milestone) -> Awarded:
    story = signed()
    for milestone in milestones:
        story.submit(milestone)
        story.confirm(milestone)
        if milestone is Milestone.FINAL:
            story.consult(milestone)
        story.accept(milestone)
    return story
