"""What is left behind by each fact from the ranking on; never fails, and what does not fit changes nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from schemas.awarding import (
    AwardAnnounced,
    AwardSetAside,
    BidderBarred,
    EvaluationReopened,
    TenderCancelled,
    TenderRerun,
)
from schemas.contract import ContractEndorsed, ContractSigned
from schemas.deciding import State, World
from schemas.model import Model
from schemas.objection import ObjectionAnswered, ObjectionAssessed, SigningResumed, SigningSuspended
from schemas.tender import AwardConfirmed, TenderVoided
from services.tenders.rules.aftermath import Aftermath, Notice, SetAside
from services.tenders.rules.awaiting import AnnouncementAwaited, ChoiceAwaited
from services.tenders.rules.cancelling import CancellationDrafted
from services.tenders.rules.objecting import ObjectionKept
from services.tenders.rules.project import Bid, Phase, Project
from services.tenders.rules.setting_aside import LISTED, REOPENED

HEARD = (
    AwardAnnounced,
    BidderBarred,
    AwardSetAside,
    EvaluationReopened,
    TenderCancelled,
    TenderRerun,
    ContractSigned,
    ContractEndorsed,
    ObjectionKept,
    ObjectionAssessed,
    ObjectionAnswered,
    SigningSuspended,
    SigningResumed,
    ChoiceAwaited,
    AnnouncementAwaited,
    CancellationDrafted,
)
"""All that changes nothing but this."""
_OF_THE_AWARD = {"notice": None, "announce_due": None, "suspended_at": None, "winner_signed": False, "contested": None}
"""what ends with an award that is set aside"""


def evolve_aftermath(world: World, fact: Any) -> Iterable[State]:
    project = world.find(Project, fact.project_id)
    if project is None:
        return ()
    match fact:
        case AwardSetAside():
            return (_without_award(project, fact), *_awarded(world, project, stands=False))
        case BidderBarred():
            aside = (*project.aftermath.set_aside, SetAside(bid_id=fact.bid_id, code=LISTED))
            return (replace(project, aftermath=project.aftermath.model_copy(update={"set_aside": aside})),)
        case EvaluationReopened():
            return (_reopened(project),)
        case TenderRerun():
            return (_again(project, fact),)
        case ContractEndorsed():
            return _endorsed(project, fact)
        case _:
            return (replace(project, aftermath=_after(project.aftermath, fact)),)


def awarded(world: World, fact: AwardConfirmed) -> Iterable[State]:
    """The one bid of the project whose award stands: the database has no room for another."""
    return (replace(bid, awarded=True) for bid in world.each(Bid) if bid.id == fact.bid_id)


def ended(world: World, fact: TenderVoided) -> Iterable[State]:
    """Also of an award whose reservation lapsed."""
    project = world.find(Project, fact.project_id)
    return () if project is None else _awarded(world, project, stands=False)


def _awarded(world: World, project: Project, stands: bool) -> Iterable[State]:
    return [replace(bid, awarded=stands) for bid in world.each(Bid) if bid.project_id == project.id and bid.awarded]


def _without_award(project: Project, fact: AwardSetAside) -> Project:
    before = project.aftermath
    aside = before.set_aside
    if fact.code != REOPENED:
        aside = (*aside, SetAside(bid_id=fact.bid_id, code=fact.code))
    after = before.model_copy(update={"set_aside": aside, **_OF_THE_AWARD})
    return replace(project, phase=Phase.RANKED, award=None, aftermath=after)


def _endorsed(project: Project, fact: ContractEndorsed) -> Iterable[State]:
    """By the winner; what the buyer signed says nothing about who is late."""
    winner = next((ranked.bidder_id for ranked in project.ranking if ranked.bid_id == project.award), None)
    if fact.party_id != winner:
        return ()
    return (replace(project, aftermath=project.aftermath.model_copy(update={"winner_signed": True})),)


def _reopened(project: Project) -> Project:
    """The qualified bids stay qualified; who defaulted stays out."""
    after = project.aftermath.model_copy(update={"ranked_on": None, "choose_due": None})
    return replace(project, phase=Phase.SCORING, entries=(), ranking=(), aftermath=after)


def _again(project: Project, fact: TenderRerun) -> Project:
    """As it was proposed: nothing of the earlier run is left in the way of the next."""
    return Project(id=project.id, brief=project.brief, phase=Phase.PROPOSED, request=project.request, run=fact.run)


def _after(before: Aftermath, fact: Model) -> Aftermath:
    match fact:
        case ChoiceAwaited():
            return before.model_copy(update={"ranked_on": fact.ranked_on, "choose_due": fact.until})
        case AnnouncementAwaited():
            return before.model_copy(update={"choose_due": None, "announce_due": fact.until})
        case AwardAnnounced():
            return before.model_copy(update={"announce_due": None, "notice": _notice(fact)})
        case ContractSigned():
            return before.model_copy(update={"signed": True})
        case CancellationDrafted():
            return before.model_copy(update={"cancellation": fact.cancellation})
        case TenderCancelled():
            return before.model_copy(update={"cancellation": None})
        case SigningSuspended():
            return before.model_copy(update={"suspended_at": fact.suspended_at})
        case SigningResumed():
            return _resumed(before, fact.contract_due)
        case _:
            return _objected(before, fact)


def _notice(fact: AwardAnnounced) -> Notice:
    return Notice(
        bid_id=fact.bid_id,
        announced_at=fact.announced_at,
        last_day=fact.last_day,
        objections_until=fact.objections_until,
        contract_due=fact.contract_due,
        holidays_known=fact.holidays_known,
    )


def _resumed(before: Aftermath, contract_due: datetime | None) -> Aftermath:
    notice = before.notice
    if notice is not None and contract_due is not None:
        notice = notice.model_copy(update={"contract_due": contract_due})
    return before.model_copy(update={"suspended_at": None, "notice": notice})


def _objected(before: Aftermath, fact: Model) -> Aftermath:
    match fact:
        case ObjectionKept():
            return before.with_objection(fact.objection)
        case ObjectionAssessed() if (found := before.objection(fact.objection_id)) is not None:
            stated = {"may_change": fact.may_change, "may_change_reason": fact.reason}
            return before.with_objection(found.model_copy(update=stated))
        case ObjectionAnswered() if (found := before.objection(fact.objection_id)) is not None:
            given = {"upheld": fact.upheld, "remedy": fact.remedy, "answer": fact.text}
            return before.with_objection(found.model_copy(update=given | {"answered_at": fact.answered_at}))
        case _:
            return before
