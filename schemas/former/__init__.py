"""Events as they were told before their newest version: never changed, read from old logs, told no more.

Each is lifted by its fields: what a newer version added has a default that says what held before it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.arranging import AwardArranged
from schemas.change import ChangeProposed
from schemas.contract import ContractDrafted, ContractSigned
from schemas.delivery import OpinionFiled, OpinionOverdue
from schemas.disclosure import DeliveryDisclosed
from schemas.fact import Fact
from schemas.former import (
    contract,
    disclosure,
    lineless,
    need,
    party,
    project,
    round,
    supervised,
    tender,
    termless,
)
from schemas.need import BallotClosed, BallotOpened, NeedChosen
from schemas.party import KeyIssued, PartyRegistered
from schemas.project import ProjectApproved, ProjectProposed
from schemas.round import ApplicationSubmitted
from schemas.tender import AwardConfirmed, TenderOpened


def _lifted(newer: type[Fact]) -> Callable[[Any], Fact]:
    return lambda former: newer.model_validate_json(former.model_dump_json())


UPCASTERS: Mapping[tuple[str, int], Callable[[Any], Fact]] = {
    (former.type, former.version): _lifted(newer)
    for former, newer in (
        (party.PartyRegistered, PartyRegistered),
        (party.KeyIssued, KeyIssued),
        (supervised.PartyRegistered, PartyRegistered),
        (supervised.KeyIssued, KeyIssued),
        (supervised.OpinionFiled, OpinionFiled),
        (supervised.OpinionOverdue, OpinionOverdue),
        (tender.TenderOpened, TenderOpened),
        (tender.AwardConfirmed, AwardConfirmed),
        (contract.ContractDrafted, ContractDrafted),
        (contract.ContractSigned, ContractSigned),
        (project.ProjectProposed, ProjectProposed),
        (lineless.ProjectProposed, ProjectProposed),
        (project.ProjectApproved, ProjectApproved),
        (need.BallotOpened, BallotOpened),
        (need.BallotClosed, BallotClosed),
        (need.NeedChosen, NeedChosen),
        (termless.TenderOpened, TenderOpened),
        (termless.AwardConfirmed, AwardConfirmed),
        (termless.AwardArranged, AwardArranged),
        (termless.ContractDrafted, ContractDrafted),
        (termless.ChangeProposed, ChangeProposed),
        (disclosure.DeliveryDisclosed, DeliveryDisclosed),
        (round.ApplicationSubmitted, ApplicationSubmitted),
    )
}
