"""What each fact leaves behind. Never refuses and never fails; what does not fit the state changes nothing."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.arranging import AwardArranged
from schemas.clarification import QuestionAnswered, TenderAmended
from schemas.commission import CommissionDeclined, CommissionRequested, CommissionWithdrawn, ContractRetracted
from schemas.deciding import State, World
from schemas.framework import FrameworkApproved, FrameworkConcluded, SuppliersChosen, UsersListed
from schemas.fund import ReservationReleased
from schemas.model import Model
from schemas.preparing import (
    ApprovalGiven,
    ConsultationPublished,
    IntentPublished,
    SingleSourceAnswered,
    SingleSourceNoticed,
    SingleSourceObjected,
)
from schemas.project import (
    BudgetRefused,
    BudgetReserved,
    ProjectApproved,
    ProjectDeclined,
    ProjectFact,
    ProjectProposed,
)
from schemas.quotation import CorrectionAnswered, PriceCorrected, QuotationOpened
from schemas.round import RoundFact
from schemas.tender import (
    AwardConfirmed,
    BidsOpened,
    BidsQualified,
    BidsRanked,
    BidWithdrawn,
    ScoresEntered,
    ScoringClosed,
    TenderClosed,
    TenderOpened,
    TenderVoided,
)
from schemas.unsealing import BidSpoiled, BidUnreleased, OpeningAwaited
from services.tenders.rules.amendment import AmendmentDrafted
from services.tenders.rules.arranging import ArrangementDrafted
from services.tenders.rules.clarification import QuestionKept
from services.tenders.rules.clarified import Amendment, Reply
from services.tenders.rules.complaints.evolve import COMPLAINED, evolve_complaint
from services.tenders.rules.conducting import Conducted, evolve_conduct
from services.tenders.rules.correcting import evolve_corrected
from services.tenders.rules.disclosure import DeliveryKept
from services.tenders.rules.envelopes.evolve import closed_for_ever, evolve_envelopes, keys_gone
from services.tenders.rules.envelopes.kept import (
    KeeperKept,
    KeyKeptBack,
    ReleasesEnded,
    ShareKept,
)
from services.tenders.rules.evolve_prepared import prepared
from services.tenders.rules.evolving_aftermath import HEARD, awarded, ended, evolve_aftermath
from services.tenders.rules.framework.calling import CallOffDrafted
from services.tenders.rules.framework.choosing import ChoiceKept, UsersKept
from services.tenders.rules.framework.evolve import evolve_framework
from services.tenders.rules.opening import KeyKept
from services.tenders.rules.project import Bid, Content, Entry, Phase, Project
from services.tenders.rules.proposal import TermsDrafted
from services.tenders.rules.rounds.calling import CallDrafted
from services.tenders.rules.rounds.drawing import RoundDrawKept
from services.tenders.rules.rounds.evolve import evolve_round
from services.tenders.rules.rounds.grades import GradeKept, evolve_grade
from services.tenders.rules.sealing import BidKept

LAPSED = "预留资金到期退回,须重新批准 · The reserved money went back; the terms have to be approved again"


def evolve(world: World, fact: Model) -> Iterable[State]:
    if isinstance(fact, Conducted):
        return evolve_conduct(world, fact)
    match fact:
        case CommissionRequested():
            return _begun(world, fact, Phase.REQUESTED, fact.request)
        case ProjectProposed():
            return _of_project(world, fact) or _begun(world, fact, Phase.PROPOSED)
        case BidKept():
            return (_kept(world, fact),)
        case BidWithdrawn():
            return _of_bid(world, fact)
        case DeliveryKept():
            return tuple(replace(bid, deliverers=fact.deliverers) for bid in world.each(Bid) if bid.id == fact.bid_id)
        case BidsOpened():
            return (*_of_project(world, fact), *_opened(world, fact))
        case BidsQualified():
            return (*_of_project(world, fact), *_qualified(world, fact))
        case AwardConfirmed():
            return (*_of_project(world, fact), *awarded(world, fact))
        case TenderVoided():
            return (*_of_project(world, fact), *keys_gone(world, fact), *ended(world, fact))
        case _ if isinstance(fact, COMPLAINED):
            return evolve_complaint(world, fact)
        case _ if isinstance(fact, HEARD):
            return evolve_aftermath(world, fact)
        case QuestionKept() | QuestionAnswered() | AmendmentDrafted() | TenderAmended():
            project = world.find(Project, fact.project_id)
            return () if project is None else (_clarified(project, fact),)
        case (
            IntentPublished()
            | ConsultationPublished()
            | ApprovalGiven()
            | SingleSourceNoticed()
            | SingleSourceObjected()
            | SingleSourceAnswered()
        ):
            project = world.find(Project, fact.project_id)
            return () if project is None else (replace(project, preparation=prepared(project.preparation, fact)),)
        case (
            KeeperKept()
            | KeyKeptBack()
            | ShareKept()
            | ReleasesEnded()
            | OpeningAwaited()
            | BidUnreleased()
            | BidSpoiled()
        ):
            return evolve_envelopes(world, fact)
        case FrameworkConcluded():
            return (*_of_project(world, fact), *evolve_framework(world, fact))
        case UsersKept() | ChoiceKept() | UsersListed() | SuppliersChosen():
            return evolve_framework(world, fact)
        case QuotationOpened() | PriceCorrected() | CorrectionAnswered():
            return evolve_corrected(world, fact)
        case ProjectFact() | CallOffDrafted() | TermsDrafted() | ArrangementDrafted() | KeyKept():
            return _of_project(world, fact)
        case GradeKept():
            return (evolve_grade(fact),)
        case RoundFact() | CallDrafted() | RoundDrawKept():
            return evolve_round(world, fact)
        case _:
            return ()


def _begun(
    world: World, fact: ProjectProposed | CommissionRequested, phase: Phase, request: str | None = None
) -> tuple[Project, ...]:
    """Once, however often it is heard."""
    known = world.find(Project, fact.project_id)
    if known:
        return ()
    line = fact.fund_line if isinstance(fact, ProjectProposed) else None
    return (Project(id=fact.project_id, brief=fact.brief, phase=phase, request=request, fund_line=line),)


def _of_project(
    world: World, fact: ProjectFact | CallOffDrafted | TermsDrafted | ArrangementDrafted | KeyKept
) -> tuple[Project, ...]:
    project = world.find(Project, fact.project_id)
    if project is None:
        return ()
    changed = _next(project, fact)
    return () if changed is project else (changed,)


def _next(
    project: Project, fact: ProjectFact | CallOffDrafted | TermsDrafted | ArrangementDrafted | KeyKept
) -> Project:
    match fact:
        case TermsDrafted():
            anew = project.preparation.redrafted()
            return replace(project, phase=Phase.DRAFTED, draft=fact.draft, arrangement=None, preparation=anew)
        case ArrangementDrafted():
            anew = project.preparation.redrafted()
            return replace(project, phase=Phase.DRAFTED, draft=None, arrangement=fact.arrangement, preparation=anew)
        case CallOffDrafted():
            anew = project.preparation.redrafted()
            return replace(project, phase=Phase.DRAFTED, draft=fact.draft, call_off=fact.call_off, preparation=anew)
        case FrameworkApproved():
            return replace(project, phase=Phase.APPROVED, approved_by=fact.approved_by)
        case FrameworkConcluded():
            chosen = project.aftermath.model_copy(update={"choose_due": None})
            return replace(project, phase=Phase.FRAMED, aftermath=chosen)
        case ProjectProposed() if project.phase is Phase.REQUESTED:
            return replace(project, phase=Phase.PROPOSED)
        case ProjectDeclined() | CommissionDeclined():
            return replace(project, phase=Phase.DECLINED, setback=fact.reason)
        case ProjectApproved():
            return replace(project, phase=Phase.APPROVED, approved_by=fact.approved_by, setback=None)
        case BudgetReserved() if project.phase is Phase.APPROVED:
            return replace(project, phase=Phase.RESERVED)
        case BudgetRefused() if project.phase is Phase.APPROVED:
            return _unapproved(project, fact.reason_zh)
        case ReservationReleased() if project.phase is Phase.RESERVED:
            return _unapproved(project, LAPSED)
        case KeyKept():
            return replace(project, key=fact.key, sealing=fact.sealing)
        case TenderOpened():
            return replace(project, phase=Phase.OPEN, closes_at=fact.closes_at)
        case TenderClosed():
            return replace(project, phase=Phase.LOCKED, bids=fact.bids)
        case TenderVoided():
            return replace(project, phase=Phase.VOIDED, setback=fact.code, key=None, sealing=closed_for_ever(project))
        case BidsOpened():
            return replace(project, phase=Phase.OPENED, key=None, sealing=closed_for_ever(project))
        case BidsQualified():
            return replace(project, phase=Phase.SCORING, signed_by=fact.signed_by)
        case ScoresEntered():
            entry = Entry(evaluator_id=fact.evaluator_id, scores=fact.scores)
            return replace(project, entries=(*project.entries, entry))
        case ScoringClosed():
            return replace(project, phase=Phase.SCORED)
        case BidsRanked() if project.phase is Phase.SCORED:
            return replace(project, phase=Phase.RANKED, ranking=fact.ranking)
        case AwardConfirmed():
            return replace(project, phase=Phase.AWARDED, award=fact.bid_id)
        case AwardArranged():
            return replace(project, phase=Phase.AWARDED)
        case CommissionWithdrawn() | ContractRetracted():
            return replace(project, phase=Phase.WITHDRAWN, setback=fact.reason)
        case _:
            return project


def _unapproved(project: Project, setback: str) -> Project:
    again = project.preparation.unapproved()
    return replace(project, phase=Phase.DRAFTED, approved_by=None, setback=setback, preparation=again)


def _clarified(project: Project, fact: QuestionKept | QuestionAnswered | AmendmentDrafted | TenderAmended) -> Project:
    match fact:
        case QuestionKept():
            return replace(project, questions=(*project.questions, fact.question))
        case QuestionAnswered():
            reply = Reply(text=fact.text, amendment=fact.amendment, answered_at=fact.answered_at)
            answered = (
                q.model_copy(update={"reply": reply}) if q.id == fact.question_id else q for q in project.questions
            )
            return replace(project, questions=tuple(answered))
        case AmendmentDrafted():
            return replace(project, amendment=fact.draft)
        case TenderAmended():
            return _amended(project, fact)


def _amended(project: Project, fact: TenderAmended) -> Project:
    """All that comes after, to the award, goes by the terms of the draft."""
    amendment = Amendment(
        number=fact.number,
        reason=fact.reason,
        amended_at=fact.amended_at,
        closes_at=fact.closes_at,
        closed_at_before=fact.closed_at_before,
        holidays_known=fact.holidays_known,
        drafted_by=fact.drafted_by,
        approved_by=fact.approved_by,
    )
    return replace(
        project,
        draft=project.agreed.model_copy(update={"terms": fact.terms}),
        closes_at=fact.closes_at,
        amendment=None,
        amendments=(*project.amendments, amendment),
    )


def _kept(world: World, note: BidKept) -> Bid:
    project = world.find(Project, note.project_id)
    return Bid(
        id=note.bid_id,
        project_id=note.project_id,
        bidder_id=note.bidder_id,
        digest=note.digest,
        sealed_at=note.sealed_at,
        sealed=note.sealed,
        run=1 if project is None else project.run,
        envelope=note.envelope,
        sealed_digest=note.sealed_digest,
        public_key=note.public_key,
    )


def _of_bid(world: World, fact: BidWithdrawn) -> tuple[Bid, ...]:
    return tuple(replace(bid, withdrawn=True, sealed=None) for bid in world.each(Bid) if bid.id == fact.bid_id)


def _opened(world: World, fact: BidsOpened) -> tuple[Bid, ...]:
    contents = {bid.bid_id: Content(price=bid.price, proposal=bid.proposal, salt=bid.salt) for bid in fact.bids}
    return tuple(
        replace(bid, sealed=None, released=None, content=contents[bid.bid_id])
        for bid in world.each(Bid)
        if bid.bid_id in contents
    )


def _qualified(world: World, fact: BidsQualified) -> tuple[Bid, ...]:
    verdicts = {verdict.bid_id: verdict for verdict in fact.verdicts}
    return tuple(replace(bid, verdict=verdicts[bid.bid_id]) for bid in world.each(Bid) if bid.bid_id in verdicts)
