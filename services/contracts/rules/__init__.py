"""What is allowed with an agreement, and what then happened."""

from services.contracts.rules.acceptance_report import report_id
from services.contracts.rules.agreement_paper import agreement_paper
from services.contracts.rules.annex import parties_of
from services.contracts.rules.contract import Contract, Delivery, Endorsement, Stage
from services.contracts.rules.deeming import deem_accepted
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
from services.contracts.rules.paper import Paper
from services.contracts.rules.publishing import publish
from services.contracts.rules.signing import EndorseContract, draft, endorse

__all__ = [
    "AcceptMilestone",
    "ConfirmMilestone",
    "Contract",
    "Delivery",
    "EndorseContract",
    "Endorsement",
    "Paper",
    "ReturnMilestone",
    "Stage",
    "SubmitMilestone",
    "accept",
    "agreement_paper",
    "confirm",
    "deem_accepted",
    "draft",
    "endorse",
    "evolve",
    "parties_of",
    "publish",
    "report_id",
    "return_",
    "submit",
]
