"""What contracts does when others speak, and when its timer rings."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from schemas.arranging import AwardArranged
from schemas.awarding import AwardAnnounced, AwardSetAside
from schemas.cancelled import CommitmentCancelled, CommitmentStands
from schemas.change import ChangeRefused, CommitmentChanged
from schemas.complaint import ComplaintDecided
from schemas.deciding import Decide, Due, Ref, State
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import ProjectSettled, ReservationReleased, TrancheReleased
from schemas.objection import SigningResumed, SigningSuspended
from schemas.standing import Party
from schemas.tender import AwardConfirmed, TenderVoided
from services.contracts import rules
from services.contracts.rules import cancelling, changing, holding
from services.kit.service import Reaction, only_remember


def contract_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    """The one agreement of the project the message is about."""
    return ((rules.Contract, message.project_id),)


def contract_and_parties(fact: AwardConfirmed | AwardArranged, cause: UUID) -> tuple[Ref, ...]:
    return (*contract_of(fact, cause), *((Party, id) for id in rules.parties_of(fact)))


HEARS: Mapping[type[Fact], Reaction] = {
    AwardConfirmed: Reaction(refs=contract_and_parties, decide=rules.draft),
    AwardAnnounced: Reaction(refs=contract_of, decide=only_remember),
    AwardSetAside: Reaction(refs=contract_of, decide=holding.withdraw),
    ComplaintDecided: Reaction(refs=contract_of, decide=cancelling.hear_decision),
    CommitmentCancelled: Reaction(refs=contract_of, decide=cancelling.cancel),
    CommitmentStands: Reaction(refs=contract_of, decide=cancelling.stand),
    SigningSuspended: Reaction(refs=contract_of, decide=holding.hold),
    SigningResumed: Reaction(refs=contract_of, decide=holding.go_on),
    AwardArranged: Reaction(refs=contract_and_parties, decide=rules.draft_arranged),
    ProjectGraded: Reaction(refs=contract_of, decide=rules.publish),
    ProjectSettled: Reaction(refs=contract_of, decide=rules.publish),
    ReservationReleased: Reaction(refs=contract_of, decide=rules.lapse),
    TenderVoided: Reaction(refs=contract_of, decide=rules.lapse),
    TrancheReleased: Reaction(refs=contract_of, decide=only_remember),
    CommitmentChanged: Reaction(refs=contract_of, decide=changing.take_effect),
    ChangeRefused: Reaction(refs=contract_of, decide=only_remember),
}

TIMERS: Mapping[type[State], Decide[Due]] = {rules.Contract: rules.ring}
