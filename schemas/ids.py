"""Identifiers. UUIDs all; the types keep a bid from being taken for a bidder."""

from typing import NewType
from uuid import UUID, uuid5

PartyId = NewType("PartyId", UUID)
KeyId = NewType("KeyId", UUID)
NeedId = NewType("NeedId", UUID)
BallotId = NewType("BallotId", UUID)
ProjectId = NewType("ProjectId", UUID)
BidId = NewType("BidId", UUID)
ContractId = NewType("ContractId", UUID)
FundAccountId = NewType("FundAccountId", UUID)
LotId = NewType("LotId", UUID)
PaymentId = NewType("PaymentId", UUID)
HoldId = NewType("HoldId", UUID)
EventId = NewType("EventId", UUID)

_PROJECTS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000001")


def project_of(ballot_id: BallotId, need_id: NeedId) -> ProjectId:
    """One need chosen in one ballot is one project, however often the choice is heard."""
    return ProjectId(uuid5(_PROJECTS, f"{ballot_id}/{need_id}"))


RoundId = NewType("RoundId", UUID)
ApplicationId = NewType("ApplicationId", UUID)
PairId = NewType("PairId", UUID)


def project_of_application(round_id: RoundId, application_id: ApplicationId) -> ProjectId:
    """One application chosen in one round is one project, however often the choice is heard."""
    return ProjectId(uuid5(_PROJECTS, f"{round_id}/{application_id}"))
