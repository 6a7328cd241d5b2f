"""The agreement after what happens to it between signing and its end. Never fails."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from schemas.awarding import AwardAnnounced, ContractWithdrawn
from schemas.cancelled import CancellationAsked, ContractCancelled, ContractStands
from schemas.change import (
    ChangeAgreed,
    ChangeDeclined,
    ChangeProposed,
    ChangeRefused,
    ChangeWithdrawn,
    ContractChanged,
)
from schemas.commission import ContractRetracted
from schemas.contract import ContractOverdue, Milestone
from schemas.fund import TrancheReleased
from schemas.model import Model
from schemas.objection import Remedy, SigningResumed
from schemas.rulebook import Source
from schemas.suspension import ContractResumed
from schemas.termination import (
    ClosedAs,
    ContractLapsed,
    ContractTerminated,
    TerminationAnswered,
    TerminationClosed,
    TerminationProposed,
)
from services.contracts.rules.contract import Contract, StoodStill
from services.contracts.rules.held import SigningHeld
from services.contracts.rules.life import Change, ChangeStage, Contested, Proceeding, ProceedingStage
from services.contracts.rules.publicity import PublicityAwaited, PublicityKept, with_announcement
from services.contracts.rules.step import Stage


def lived(contract: Contract, fact: Model) -> Contract:
    """Unchanged by what is nothing of this."""
    change = _CHANGES.get(type(fact))
    return contract if change is None else change(contract, fact)


def _proposed(contract: Contract, fact: ChangeProposed) -> Contract:
    change = Change(
        id=fact.change_id,
        number=fact.number,
        reason=fact.reason,
        text=fact.text,
        before=contract.agreement,
        agreement=fact.agreement,
        digest=fact.digest,
        proposed_by=fact.proposed_by,
        signed_by=fact.signed_by,
    )
    return replace(contract, changes=(*contract.changes, change))


def _with_change(contract: Contract, id: Any, **new: Any) -> Contract:
    changes = tuple(replace(one, **new) if one.id == id else one for one in contract.changes)
    return replace(contract, changes=changes)


def _refused(contract: Contract, fact: ChangeRefused) -> Contract:
    """The one whose money was being set aside: there is at most one."""
    change = contract.change
    if change is None or change.stage is not ChangeStage.AGREED:
        return contract
    return _with_change(contract, change.id, stage=ChangeStage.REFUSED, why=fact.reason_zh)


def _changed(contract: Contract, fact: ContractChanged) -> Contract:
    change = next((one for one in contract.changes if one.id == fact.change_id), None)
    if change is None:
        return contract
    if change.agreement.work != change.before.work and contract.deliveries[Milestone.FINAL].stage is not Stage.ACCEPTED:
        # what the buyer counted before was counted at the former unit prices
        contract = replace(contract, work=replace(contract.work, accepted=(), fee=None, arithmetic=""))
    contract = replace(contract, agreement=change.agreement, digest=change.digest)
    return _with_change(contract, change.id, stage=ChangeStage.EFFECTIVE, paper_digest=fact.paper_digest)


def _to_end(contract: Contract, fact: TerminationProposed) -> Contract:
    proceeding = Proceeding(
        id=fact.termination_id,
        reason=fact.reason,
        text=fact.text,
        lines=fact.lines,
        proposed_by=fact.proposed_by,
        signed_by=fact.signed_by,
        answer_due=fact.answer_due,
    )
    return replace(contract, proceedings=(*contract.proceedings, proceeding))


def _with_proceeding(contract: Contract, id: Any, **new: Any) -> Contract:
    proceedings = tuple(replace(one, **new) if one.id == id else one for one in contract.proceedings)
    return replace(contract, proceedings=proceedings)


_CLOSED = {
    ClosedAs.DECLINED: ProceedingStage.DECLINED,
    ClosedAs.WITHDRAWN: ProceedingStage.WITHDRAWN,
    ClosedAs.DISMISSED: ProceedingStage.DISMISSED,
}


def _terminated(contract: Contract, fact: ContractTerminated) -> Contract:
    """A change that was still being talked about is dropped with it."""
    change = contract.change
    if change is not None:
        contract = _with_change(contract, change.id, stage=ChangeStage.DROPPED)
    contract = _with_proceeding(
        contract, fact.termination_id, stage=ProceedingStage.TERMINATED, outcome=fact.text, lines=fact.lines
    )
    return replace(contract, terminated=True, suspension=None)


def _asked(contract: Contract, fact: CancellationAsked) -> Contract:
    source = Source(fact.source)
    contested = Contested(complaint_id=fact.complaint_id, remedy=fact.remedy, source=source)
    return replace(contract, contested=contested)


def _cancelled(contract: Contract, fact: ContractCancelled) -> Contract:
    change = contract.change
    if change is not None:
        contract = _with_change(contract, change.id, stage=ChangeStage.DROPPED)
    return replace(contract, cancelled=True, suspension=None)


def _stands(contract: Contract, fact: ContractStands) -> Contract:
    remedy = Remedy.NONE if contract.contested is None else contract.contested.remedy
    contested = Contested(
        complaint_id=fact.complaint_id, remedy=remedy, source=Source(fact.source), performed=fact.performed
    )
    return replace(contract, contested=contested)


_CHANGES: Mapping[type[Model], Callable[[Contract, Any], Contract]] = {
    ChangeProposed: _proposed,
    ChangeAgreed: lambda contract, fact: _with_change(
        contract, fact.change_id, stage=ChangeStage.AGREED, agreed_by=fact.signed_by
    ),
    ChangeDeclined: lambda contract, fact: _with_change(
        contract, fact.change_id, stage=ChangeStage.DECLINED, why=fact.text
    ),
    ChangeWithdrawn: lambda contract, fact: _with_change(
        contract, fact.change_id, stage=ChangeStage.WITHDRAWN, why=fact.text
    ),
    ChangeRefused: _refused,
    ContractChanged: _changed,
    TrancheReleased: lambda contract, fact: replace(contract, released=contract.released | {fact.number}),
    StoodStill: lambda contract, note: replace(contract, suspension=note.suspension),
    ContractResumed: lambda contract, fact: replace(contract, suspension=None),
    TerminationProposed: _to_end,
    TerminationAnswered: lambda contract, fact: _with_proceeding(
        contract,
        fact.termination_id,
        stage=ProceedingStage.ANSWERED,
        answer=fact.text,
        answered_by=fact.signed_by,
    ),
    TerminationClosed: lambda contract, fact: _with_proceeding(
        contract, fact.termination_id, stage=_CLOSED[fact.closed_as], outcome=fact.text
    ),
    ContractTerminated: _terminated,
    ContractLapsed: lambda contract, fact: replace(contract, lapsed=True),
    CancellationAsked: _asked,
    ContractCancelled: _cancelled,
    ContractStands: _stands,
    ContractWithdrawn: lambda contract, fact: replace(contract, withdrawn=True),
    ContractRetracted: lambda contract, fact: replace(contract, withdrawn=True),
    AwardAnnounced: lambda contract, fact: replace(contract, contract_due=fact.contract_due),
    SigningHeld: lambda contract, note: replace(contract, held=note.held),
    SigningResumed: lambda contract, fact: replace(contract, contract_due=fact.contract_due),
    PublicityAwaited: with_announcement,
    PublicityKept: with_announcement,
    ContractOverdue: lambda contract, fact: replace(contract, overdue_since=fact.last_day),
}
LIVED = tuple(_CHANGES)
