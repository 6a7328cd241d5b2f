"""What is allowed with an agreement, and what then happened."""

from services.contracts.rules.contract import Contract, Delivery, Endorsement, Stage
from services.contracts.rules.delivery import (
    AcceptMilestone,
    ConfirmMilestone,
    ReturnMilestone,
    SubmitMilestone,
    accept,
    confirm,
    return_,
    submit,
)
from services.contracts.rules.evolving import evolve
from services.contracts.rules.publishing import publish
from services.contracts.rules.signing import EndorseContract, draft, endorse

__all__ = [
    "AcceptMilestone",
    "ConfirmMilestone",
    "Contract",
    "Delivery",
    "EndorseContract",
    "Endorsement",
    "ReturnMilestone",
    "Stage",
    "SubmitMilestone",
    "accept",
    "confirm",
    "draft",
    "endorse",
    "evolve",
    "publish",
    "return_",
    "submit",
]
