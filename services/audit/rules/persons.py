"""Who let a payment leave: above the limit two persons, and the log names both.

Up to the limit, and in logs from before this was told, no person is named, which is no finding.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.fact import Fact
from schemas.finding import Finding
from schemas.fund import PaymentOrdered
from schemas.ids import PartyId, PaymentId
from schemas.payment import ApplicationDrawnUp, PaymentApproved


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    drawn_up_by: PartyId | None = None
    approved_by: PartyId | None = None


def persons_of(facts: Iterable[Fact]) -> dict[PaymentId, Persons]:
    """By payment; of those that needed two."""
    found: dict[PaymentId, Persons] = {}
    for fact in facts:
        match fact:
            case ApplicationDrawnUp():
                found[fact.payment_id] = Persons(drawn_up_by=fact.drawn_up_by)
            case PaymentApproved():
                found[fact.payment_id] = Persons(drawn_up_by=fact.drawn_up_by, approved_by=fact.approved_by)
    return found


def one_person_paid(facts: Iterable[Fact]) -> Iterator[Finding]:
    """Findings: what needed a second person and left without, or was approved by who drew it up."""
    waits: dict[PaymentId, PartyId] = {}
    for fact in facts:
        match fact:
            case ApplicationDrawnUp():
                waits[fact.payment_id] = fact.drawn_up_by
            case PaymentApproved():
                if fact.approved_by in (fact.drawn_up_by, waits.pop(fact.payment_id, fact.drawn_up_by)):
                    yield Finding(
                        zh=f"第 {fact.number} 期的 payment.approved 由起草支付申请的同一人作出",
                        en=f"payment.approved for tranche {fact.number} by the person who drew it up",
                    )
            case PaymentOrdered() if fact.payment_id in waits:
                yield Finding(
                    zh=f"第 {fact.number} 期的 payment.ordered 之前没有 payment.approved",
                    en=f"payment.ordered for tranche {fact.number} without payment.approved before it",
                )
