"""A complaint decided after signing, as facts: the agreement is cancelled, or it stands."""

from typing import Any
from uuid import uuid5

from schemas.cancelled import (
    CancellationAsked,
    CommitmentCancelled,
    CommitmentStands,
    ContractCancelled,
    ContractStands,
    Performance,
)
from schemas.fact import Fact
from schemas.fund import FundsCommitted, TrancheReleased
from schemas.objection import Remedy
from tests.services.audit.stories import BOOK, Told


def asked(told: Told) -> CancellationAsked:
    return CancellationAsked(**about(told), remedy=Remedy.NEXT, source="示例", rulebook=BOOK)


def about(told: Told) -> dict[str, Any]:
    complaint = uuid5(told.project, "complaint")
    return {"project_id": told.project, "contract_id": told.contract, "complaint_id": complaint}


def undone(told: Told) -> CommitmentCancelled:
    """Of the told story up to its first release: what is committed, and the first tranche of it released."""
    committed = next(fact for fact in told.facts if isinstance(fact, FundsCommitted))
    first = next(fact for fact in told.facts if isinstance(fact, TrancheReleased))
    left = tuple(
        share.model_copy(
            update={
                "amount": share.amount - gone.amount,
                "lots": tuple(
                    lot.model_copy(update={"amount": lot.amount - less.amount})
                    for lot, less in zip(share.lots, gone.lots, strict=True)
                ),
            }
        )
        for share, gone in zip(committed.shares, first.shares, strict=True)
    )
    return CommitmentCancelled(**about(told), freed=left, taken_back=first.shares, set_aside=(), reserved=False)


def cancelled(told: Told) -> ContractCancelled:
    return ContractCancelled(
        **about(told), provider_id=told.provider, remedy=Remedy.NEXT, reserved=True, source="示例", rulebook=BOOK
    )


def of_a_decision(told: Told) -> list[Fact]:
    """Each fact of it, in each of its kinds."""
    return [
        asked(told),
        undone(told),
        cancelled(told),
        CommitmentStands(**about(told)),
        *(ContractStands(**about(told), performed=one, source="示例", rulebook=BOOK) for one in Performance),
    ]
