"""Is a project's story complete: every step after the one it needs, every fen accounted for."""

from collections.abc import Iterable, Iterator, Mapping

from schemas.contract import (
    ContractDrafted,
    ContractEndorsed,
    ContractPaperMade,
    ContractSigned,
    Milestone,
    MilestoneAccepted,
    MilestoneConfirmed,
    MilestoneDeemedAccepted,
    MilestoneReportMade,
    MilestoneReturned,
    MilestoneSubmitted,
    ProjectPublished,
)
from schemas.cost import CostRejected, CostsReported, CostWithdrawn
from schemas.deciding import SYSTEM
from schemas.evaluation import (
    FollowUpOpened,
    MilestoneRated,
    PartyRated,
    ProjectGraded,
    RatingsAssessed,
    SampleDrawn,
)
from schemas.fact import Fact
from schemas.fund import (
    FundAppropriated,
    FundsCommitted,
    PaymentOrdered,
    PaymentRefunded,
    ProjectSettled,
    ReservationReleased,
    TranchePaid,
    TrancheReleased,
)
from schemas.grade import GradeAccepted, GradeAnnounced, GradeReplied, ReevaluationDecided, ReevaluationRequested
from schemas.money import sum_of
from schemas.need import BallotClosed, BallotOpened, NeedChosen, NeedPosted, NeedRouted
from schemas.payment import PaymentReturned
from schemas.project import BudgetRefused, BudgetReserved, ProjectApproved, ProjectDeclined, ProjectProposed
from schemas.refund import RefundCorrected
from schemas.tender import (
    AwardConfirmed,
    AwardProposed,
    BidsOpened,
    BidsQualified,
    BidsRanked,
    RankingRefused,
    ScoresEntered,
    ScoringClosed,
    TenderClosed,
    TenderOpened,
    TenderVoided,
)
from schemas.tranche import Gate
from services.audit.rules.costs import beyond_limits
from services.audit.rules.provenance import sources_of
from services.audit.rules.story import Story

NEEDS: Mapping[type[Fact], tuple[type[Fact], ...]] = {
    NeedRouted: (NeedPosted,),
    BallotClosed: (BallotOpened,),
    NeedChosen: (NeedPosted, BallotClosed),
    ProjectProposed: (NeedRouted, NeedChosen),
    ProjectDeclined: (ProjectProposed,),
    ProjectApproved: (ProjectProposed,),
    BudgetRefused: (ProjectApproved,),
    BudgetReserved: (ProjectApproved, FundAppropriated),
    ReservationReleased: (BudgetReserved,),
    TenderOpened: (BudgetReserved,),
    TenderClosed: (TenderOpened,),
    TenderVoided: (TenderOpened,),
    BidsOpened: (TenderClosed,),
    BidsQualified: (BidsOpened,),
    ScoresEntered: (BidsQualified,),
    ScoringClosed: (ScoresEntered,),
    BidsRanked: (ScoringClosed,),
    RankingRefused: (ScoringClosed,),
    AwardProposed: (BidsRanked,),
    AwardConfirmed: (BidsRanked,),
    ContractDrafted: (AwardConfirmed,),
    ContractEndorsed: (ContractDrafted,),
    ContractSigned: (ContractEndorsed,),
    ContractPaperMade: (ContractSigned,),
    FundsCommitted: (BudgetReserved, ContractSigned),
    TrancheReleased: (FundsCommitted,),
    PaymentReturned: (PaymentOrdered,),
    PaymentOrdered: (TrancheReleased,),
    TranchePaid: (PaymentOrdered,),
    PaymentRefunded: (TranchePaid,),
    RefundCorrected: (PaymentRefunded,),
    CostsReported: (FundsCommitted,),
    CostWithdrawn: (CostsReported,),
    CostRejected: (CostsReported,),
    MilestoneSubmitted: (ContractSigned,),
    MilestoneReturned: (MilestoneSubmitted,),
    MilestoneConfirmed: (MilestoneSubmitted,),
    MilestoneDeemedAccepted: (MilestoneConfirmed,),
    MilestoneAccepted: (MilestoneConfirmed,),
    MilestoneReportMade: (MilestoneAccepted,),
    MilestoneRated: (MilestoneSubmitted,),
    SampleDrawn: (MilestoneSubmitted,),
    RatingsAssessed: (MilestoneSubmitted,),
    FollowUpOpened: (MilestoneSubmitted,),
    PartyRated: (MilestoneAccepted,),
    GradeAnnounced: (MilestoneAccepted,),
    GradeReplied: (GradeAnnounced,),
    GradeAccepted: (GradeAnnounced,),
    ReevaluationRequested: (GradeAnnounced,),
    ReevaluationDecided: (ReevaluationRequested,),
    ProjectGraded: (MilestoneAccepted,),
    ProjectSettled: (FundsCommitted, ProjectGraded),
    ProjectPublished: (AwardProposed, ProjectGraded, ProjectSettled),
}
"""What must stand earlier in the story before a fact can."""

GATES: Mapping[Gate, type[Fact]] = {
    Gate.SIGNED: ContractSigned,
    Gate.MID_TERM_ACCEPTED: MilestoneAccepted,
    Gate.FINAL_GRADED: ProjectGraded,
}


def findings(story: Story) -> list[str]:
    """What is missing or does not add up, one line each; empty when the story is complete so far."""
    found = [*_out_of_turn(story), *_same_person(story)]
    if story.last(ContractSigned) is not None:
        found += [*_gates(story), *_accepted_by_nobody(story), *beyond_limits(story)]
    if story.last(ProjectPublished) is not None:
        found += [*_both_milestones(story), *_instalments(story), *_money(story)]
    elif story.last(BudgetReserved) is not None and _ended_without_agreement(story):
        found += _money(story)
    return list(dict.fromkeys(found))


def _out_of_turn(story: Story) -> Iterator[str]:
    seen: set[type[Fact]] = set()
    for fact in story:
        for needed in NEEDS.get(type(fact), ()):
            if needed not in seen:
                yield f"{fact.type} without {needed.type} before it"
        seen.add(type(fact))


def _same_person(story: Story) -> Iterator[str]:
    for approved in story.all(ProjectApproved):
        if approved.drafted_by == approved.approved_by:
            yield "project.approved by the person who drafted it"


def _gates(story: Story) -> Iterator[str]:
    """No tranche was released before its gate opened."""
    signed = story.last(ContractSigned)
    assert signed is not None
    gates = {tranche.number: tranche.gate for tranche in signed.tranches}
    opened: set[Gate] = set()
    for fact in story.project:
        opened |= {gate for gate, opener in GATES.items() if isinstance(fact, opener)}
        if isinstance(fact, TrancheReleased) and gates.get(fact.number) not in opened:
            yield f"tranche {fact.number} released before its gate opened"


def _accepted_by_nobody(story: Story) -> Iterator[str]:
    """What the program accepted, it had to deem accepted first."""
    deemed: set[Milestone] = set()
    for fact in story.project:
        if isinstance(fact, MilestoneDeemedAccepted):
            deemed.add(fact.milestone)
        elif isinstance(fact, MilestoneAccepted) and fact.accepted_by == SYSTEM and fact.milestone not in deemed:
            yield f"milestone.accepted for {fact.milestone} by nobody, and nothing says why"


def _both_milestones(story: Story) -> Iterator[str]:
    accepted = {fact.milestone for fact in story.all(MilestoneAccepted)}
    for milestone in Milestone:
        if milestone not in accepted:
            yield f"project.published without milestone.accepted for {milestone}"


def _instalments(story: Story) -> Iterator[str]:
    """Every tranche of the agreement came to its end: released and paid, or nothing of it was due."""
    signed = story.last(ContractSigned)
    released = {fact.number: fact for fact in story.all(TrancheReleased)}
    paid = {fact.number: fact.amount for fact in story.all(TranchePaid)}
    for tranche in signed.tranches if signed else ():
        release = released.get(tranche.number)
        if release is None:
            yield f"tranche {tranche.number} was never released"
            continue
        if release.amount + release.withheld != tranche.amount:
            yield f"tranche {tranche.number}: released and withheld are not what was agreed"
        if release.amount and paid.get(tranche.number) != release.amount:
            yield f"tranche {tranche.number}: paid is not what was released"


def _ended_without_agreement(story: Story) -> bool:
    """A voided tender may be followed by a new approval; only the last word counts."""
    words = (ProjectApproved, TenderVoided, ProjectDeclined)
    last = next((fact for fact in reversed(story.project) if isinstance(fact, words)), None)
    return isinstance(last, TenderVoided | ProjectDeclined)


def _money(story: Story) -> Iterable[str]:
    """paid + returned = reserved, for each lot, and the totals told are the sums of what was told."""
    for line in sources_of(story):
        if not line.adds_up:
            yield f"lot {line.lot_id}: {line.reserved} reserved, {line.paid} paid, {line.returned} returned"
    settled, published = story.last(ProjectSettled), story.last(ProjectPublished)
    if settled is None or published is None:
        return
    sent_back = {fact.payment_id for fact in story.all(PaymentReturned)}
    if settled.paid != sum_of(fact.amount for fact in story.all(TranchePaid) if fact.payment_id not in sent_back):
        yield "project.settled names another sum than its tranches were paid"
    if (published.paid, published.returned) != (settled.paid, settled.returned):
        yield "project.published names other sums than project.settled"
