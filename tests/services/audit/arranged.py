"""The story of a commission: no tender, performed by the community itself, paid by the unit."""

from schemas.arranging import AwardArranged, Basis, Ground
from schemas.clauses import Instrument, Work, WorkItem
from schemas.commission import (
    CommissionAccepted,
    CommissionDeclined,
    CommissionRequested,
    CommissionWithdrawn,
    ContractRetracted,
)
from schemas.contract import (
    Agreement,
    ContractDrafted,
    ContractSigned,
    Milestone,
    ProjectPublished,
)
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import FundsCommitted, ProjectSettled
from schemas.money import ZERO, Money
from schemas.need import BallotClosed, BallotOpened, NeedChosen, NeedPosted, NeedRouted
from schemas.project import Brief, BudgetReserved, ProjectApproved, ProjectProposed
from schemas.tranche import Gate, Tranche
from schemas.work import UnitsDone, WorkAccepted, WorkReported
from tests.services.audit.stories import BOOK, CEILING, DIGEST, Told

WORK = Work(items=(WorkItem(id="visit", name="入户", unit="户", unit_price=Money(1_000), most_units=100),))
TRANCHES = (
    Tranche(number=1, amount=Money(40_000), gate=Gate.SIGNED),
    Tranche(number=2, amount=Money(60_000), gate=Gate.FINAL_ACCEPTED),
)


def units(count: int) -> tuple[UnitsDone, ...]:
    return (UnitsDone(item="visit", units=count),)


def of_an_arrangement(told: Told) -> list[Fact]:
    """The facts that no tender has."""
    return [*asked_for(told), declined(told), *withdrawn(told), arranged(told), reported(told), accepted(told)]


def asked_for(told: Told) -> list[Fact]:
    """In the place of need and ballot."""
    return [
        CommissionRequested(
            project_id=told.project, brief=_unvoted(told), request="逐户登记独居老人", requested_by=told.person
        ),
        CommissionAccepted(project_id=told.project, accepted_by=told.other),
    ]


def declined(told: Told) -> CommissionDeclined:
    return CommissionDeclined(project_id=told.project, declined_by=told.other, reason="人手不足")


def withdrawn(told: Told) -> list[Fact]:
    """Before the community answered, and before both had signed."""
    return [
        CommissionWithdrawn(project_id=told.project, withdrawn_by=told.person, reason="另行安排"),
        ContractRetracted(
            project_id=told.project,
            contract_id=told.contract,
            party_id=told.community,
            withdrawn_by=told.other,
            reason="人手不足",
        ),
    ]


def _unvoted(told: Told) -> Brief:
    return told.brief.model_copy(update={"need_id": None, "ballot_id": None})


def arranged(told: Told) -> AwardArranged:
    return AwardArranged(
        project_id=told.project,
        brief=told.brief,
        instrument=Instrument.COMMISSION,
        provider_id=told.community,
        price=CEILING,
        tranches=TRANCHES,
        work=WORK,
        requirements="逐户登记",
        ground=Ground(code=Basis.COMMUNITY_ASSISTANCE, reason="须熟悉住户"),
        drafted_by=told.person,
        approved_by=told.other,
        rulebook=BOOK,
    )


def reported(told: Told, count: int = 75) -> WorkReported:
    return WorkReported(
        project_id=told.project, contract_id=told.contract, units=units(count), reported_by=told.provider
    )


def accepted(told: Told, count: int = 70, fee: Money | None = None) -> WorkAccepted:
    return WorkAccepted(
        project_id=told.project,
        contract_id=told.contract,
        units=units(count),
        fee=fee or Money(count * 1_000),
        arithmetic="…",
        accepted_by=told.person,
    )


def a_commission(told: Told) -> list[Fact]:
    """70 of 75 units at 10 元: 40,000 fen in advance, 30,000 behind the acceptance, 30,000 back."""
    p = told.project
    signed = ContractSigned(
        project_id=p,
        contract_id=told.contract,
        funder_id=told.funder,
        community_id=told.community,
        provider_id=told.community,
        price=CEILING,
        tranches=TRANCHES,
        digest=DIGEST,
        rulebook=BOOK,
        instrument=Instrument.COMMISSION,
        work=WORK,
    )
    agreement = Agreement(
        contract_id=told.contract,
        brief=told.brief,
        provider_id=told.community,
        price=CEILING,
        tranches=TRANCHES,
        requirements="逐户登记",
        proposal_digest=DIGEST,
        rulebook=BOOK,
        instrument=Instrument.COMMISSION,
        work=WORK,
    )
    begun = (ProjectProposed, ProjectApproved, BudgetReserved)
    endorsed = [fact for fact in told.facts if fact.type == "contract.endorsed"]
    submitted, _, taken = [
        fact for fact in told.facts if getattr(fact, "milestone", None) is Milestone.FINAL and "milestone." in fact.type
    ][:3]
    first, second = _paid(told, 1, 24_000, 16_000), _paid(told, 2, 18_000, 12_000, Money(30_000))
    return [
        *(fact for fact in told.facts if fact.stream != "sanshe.projects" or isinstance(fact, begun)),
        arranged(told),
        ContractDrafted(project_id=p, agreement=agreement, digest=DIGEST),
        *endorsed,
        signed,
        FundsCommitted(project_id=p, price=CEILING, shares=told.shares(60_000, 40_000), released=()),
        *first,
        reported(told),
        submitted,
        accepted(told),
        taken,
        *second,
        *(fact for fact in told.facts if isinstance(fact, ProjectGraded)),
        ProjectSettled(
            project_id=p, paid=Money(70_000), returned=Money(30_000), shares_returned=told.shares(18_000, 12_000)
        ),
        ProjectPublished(
            project_id=p,
            contract_id=told.contract,
            provider_id=told.community,
            price=CEILING,
            paid=Money(70_000),
            returned=Money(30_000),
            grade="合格",
        ),
    ]


def asked_of_the_community(told: Told) -> list[Fact]:
    """The same without a ballot."""
    voted = (NeedPosted, NeedRouted, NeedChosen, BallotOpened, BallotClosed)
    begun = [fact for fact in a_commission(told) if not isinstance(fact, voted)]
    place = next(i for i, fact in enumerate(begun) if isinstance(fact, ProjectProposed))
    proposed = ProjectProposed(project_id=told.project, brief=_unvoted(told))
    return [*begun[:place], *asked_for(told), proposed, *begun[place + 1 :]]


def _paid(told: Told, number: int, first: int, second: int, withheld: Money = ZERO) -> list[Fact]:
    return [fact for _, fact in told._paid(number, first, second, withheld)]
