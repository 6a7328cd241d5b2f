"""An agreement is changed by its two parties: whole new terms, signed by digest; where money moves, money first.

Proposing signs for the one, endorsing for the other. A change of price or tranches waits for funds, which sets the
money aside or refuses; only then it takes effect, with a paper (补充协议).
"""

from datetime import date
from functools import reduce
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.canonical import digest_of
from schemas.change import (
    ChangeAgreed,
    ChangeDeclined,
    ChangeProposed,
    ChangeReason,
    ChangeWithdrawn,
    CommitmentChanged,
    ContractChanged,
)
from schemas.clauses import Code, Work
from schemas.contract import Agreement
from schemas.deciding import Context, World, new_id
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Positive, sum_of
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.term import Grounds, Term
from schemas.tranche import Gated, Tranche
from services.contracts.rules.change_paper import change_paper, change_paper_id
from services.contracts.rules.change_terms import check
from services.contracts.rules.contract import Contract, Dated, separate
from services.contracts.rules.evolving import after
from services.contracts.rules.life import Change, ChangeStage
from services.contracts.rules.paper import PaperKept
from services.contracts.rules.signing import SAME_TERMS
from services.contracts.rules.unjudged import awaited_since_change

CONSENT = Source("民法典 第五百四十三条:当事人协商一致,可以变更合同", Certainty.COMMON)
MOST_CHANGES = 30
MOST_TRANCHES = 12
MOST_ITEMS = 50

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class ChangedTranche(Gated):
    """One instalment as it shall be."""

    number: Annotated[int, Field(ge=1, le=MOST_TRANCHES)]
    amount: Positive


class ChangedWork(Model):
    """A kind of work of the agreement, as it shall be paid."""

    id: Code
    unit_price: Positive
    most_units: Annotated[int, Field(ge=1, le=10**6)]


class ProposeChange(Command):
    """What is not named stays as it is. `tranches`: all that were not released yet; together they make the price."""

    project_id: ProjectId
    reason: ChangeReason
    text: Words
    price: Positive | None = None
    tranches: Annotated[tuple[ChangedTranche, ...], Field(min_length=1, max_length=MOST_TRANCHES)] | None = None
    requirements: Annotated[str, Field(min_length=1, max_length=5000)] | None = None
    work: Annotated[tuple[ChangedWork, ...], Field(min_length=1, max_length=MOST_ITEMS)] | None = None
    """of an agreement that is paid by the unit: what changes of its unit prices and quantities. The price stays the
    most there can be, unless it is named too; above all units together it cannot be."""
    ends_on: date | None = None
    """the last day, in China"""
    grounds: Grounds | None = None
    """for a term longer than the rulebook's usual one"""


class EndorseChange(Command):
    """Sign the changed terms for the other party."""

    project_id: ProjectId
    change_id: UUID
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the canonical JSON of the changed terms the signer read"""


class CloseChange(Command):
    """The other party declines it, or the one that proposed it withdraws it."""

    project_id: ProjectId
    change_id: UUID
    text: Words


def change_of(cause: UUID) -> UUID:
    return new_id(cause, "change")


def propose(world: World, command: ProposeChange, context: Context) -> list[Model]:
    """One at a time."""
    contract = world.get(Contract, command.project_id)
    contract.must_be_signer(context.by)
    contract.must_be_in_force()
    must_be_public(command.text, "text")
    must_be_public(command.requirements, "requirements")
    if contract.change is not None:
        raise Refused("change_under_way", CONSENT, number=contract.change.number)
    if len(contract.changes) >= MOST_CHANGES:
        raise Refused("too_many_changes", most=MOST_CHANGES)
    terms = _derived(contract, command, context.today)
    check(contract, terms, context)
    proposed = ChangeProposed(
        project_id=contract.project_id,
        change_id=change_of(context.cause),
        number=len(contract.changes) + 1,
        contract_id=terms.contract_id,
        reason=command.reason,
        text=command.text,
        agreement=terms,
        digest=digest_of(terms),
        proposed_by=context.by.party_id,
        signed_by=PartyId(context.by.person_id),
    )
    return [proposed, _dated(contract, proposed.number, "proposed", context)]


def _derived(contract: Contract, command: ProposeChange, today: date) -> Agreement:
    """The whole terms as they would be; tranches that were released stay as they are."""
    terms = contract.agreement
    tranches = terms.tranches if command.tranches is None else _replanned(contract, command.tranches)
    price = command.price or terms.price
    total = sum_of(tranche.amount for tranche in tranches)
    if total != price:
        raise Refused("tranches_miss_price", status=422, field="tranches", total=total, price=price)
    changes = {
        "price": price,
        "tranches": tranches,
        "requirements": command.requirements or terms.requirements,
        "term": _moved(terms.term, command, today),
        "work": terms.work if command.work is None else _repriced(contract, command.work),
    }
    derived = terms.model_copy(update=changes)
    if derived == terms:
        raise Refused("change_says_nothing", status=422)
    return derived


def _moved(term: Term | None, command: ProposeChange, today: date) -> Term | None:
    """The first day stays."""
    if command.ends_on is None and command.grounds is None:
        return term
    if term is None:
        raise Refused("no_term_agreed", status=422, field="ends_on")
    if command.ends_on is not None and command.ends_on < today:
        raise Refused("term_ends_in_the_past", status=422, field="ends_on", today=today)
    return Term(
        first_day=term.first_day,
        last_day=command.ends_on or term.last_day,
        grounds=term.grounds if command.grounds is None else command.grounds,
    )


def _repriced(contract: Contract, wanted: tuple[ChangedWork, ...]) -> Work:
    """The kinds of work stay: what was reported of them goes on counting."""
    work = contract.agreement.work
    if work is None:
        raise Refused("not_paid_by_the_unit", contract=str(contract.agreement.contract_id))
    changed = {one.id: one for one in wanted}
    items = [item.id for item in work.items]
    if len(changed) < len(wanted) or not changed.keys() <= set(items):
        raise Refused("work_not_agreed", status=422, field="work", items=", ".join(items))
    return Work(
        items=tuple(
            item
            if (new := changed.get(item.id)) is None
            else item.model_copy(update={"unit_price": new.unit_price, "most_units": new.most_units})
            for item in work.items
        )
    )


def _replanned(contract: Contract, wanted: tuple[ChangedTranche, ...]) -> tuple[Tranche, ...]:
    kept = [tranche for tranche in contract.agreement.tranches if tranche.number in contract.released]
    new = [
        Tranche(number=t.number, amount=t.amount, gate=t.gate, also=t.also, grade_at_least=t.grade_at_least)
        for t in wanted
    ]
    if again := {t.number for t in new} & contract.released:
        raise Refused("tranche_released_already", status=422, field="tranches", number=min(again))
    tranches = sorted([*kept, *new], key=lambda tranche: tranche.number)
    if [tranche.number for tranche in tranches] != list(range(1, len(tranches) + 1)):
        raise Refused("tranches_not_numbered", status=422, field="tranches", released=tuple(sorted(contract.released)))
    return tuple(tranches)


def endorse(world: World, command: EndorseChange, context: Context) -> list[Model]:
    """The other party signs the same digest. What was released meanwhile may stand against it."""
    contract = world.get(Contract, command.project_id)
    contract.must_be_signer(context.by)
    change = _proposed(contract, command.change_id)
    if context.by.party_id == change.proposed_by:
        raise Refused("already_endorsed", SAME_TERMS, contract=str(contract.agreement.contract_id))
    if command.digest != change.digest:
        raise Refused("digest_differs", SAME_TERMS, field="digest", signed=command.digest, current=change.digest)
    check(contract, change.agreement, context)
    person = separate(context.by, change.signed_by)
    dated = _dated(contract, change.number, "agreed", context)
    agreed = ChangeAgreed(
        project_id=contract.project_id,
        change_id=change.id,
        number=change.number,
        contract_id=contract.agreement.contract_id,
        agreed_by=context.by.party_id,
        signed_by=person,
        digest=change.digest,
        price_before=contract.agreement.price,
        price=change.agreement.price,
        tranches=change.agreement.tranches,
        rulebook=contract.agreement.rulebook,
    )
    said: list[Model] = [agreed, dated]
    return said if change.moves_money else said + _in_force(reduce(after, said, contract), context)


def close(world: World, command: CloseChange, context: Context) -> list[Model]:
    contract = world.get(Contract, command.project_id)
    contract.must_be_signer(context.by)
    change = _proposed(contract, command.change_id)
    must_be_public(command.text, "text")
    by = context.by.party_id
    if by == change.proposed_by:
        withdrawn = ChangeWithdrawn(
            project_id=contract.project_id,
            change_id=change.id,
            number=change.number,
            withdrawn_by=by,
            text=command.text,
        )
        return [withdrawn]
    declined = ChangeDeclined(
        project_id=contract.project_id, change_id=change.id, number=change.number, declined_by=by, text=command.text
    )
    return [declined]


def take_effect(world: World, fact: CommitmentChanged, context: Context) -> list[Model]:
    """Its money is set aside."""
    contract = world.find(Contract, fact.project_id)
    change = None if contract is None else contract.change
    if contract is None or change is None or change.id != fact.change_id or change.stage is not ChangeStage.AGREED:
        return []
    return _in_force(contract, context)


def _in_force(contract: Contract, context: Context) -> list[Model]:
    change = contract.change
    assert change is not None  # it was agreed
    body = change_paper(contract, change)
    changed = ContractChanged(
        project_id=contract.project_id,
        change_id=change.id,
        number=change.number,
        contract_id=contract.agreement.contract_id,
        reason=change.reason,
        price_before=contract.agreement.price,
        price=change.agreement.price,
        tranches=change.agreement.tranches,
        digest=change.digest,
        paper_digest=sha256(body).hexdigest(),
        rulebook=contract.agreement.rulebook,
    )
    id = change_paper_id(contract.papers_id, change.number)
    kept = PaperKept(project_id=contract.project_id, paper_id=id, body=body)
    return [changed, kept, *awaited_since_change(after(contract, changed), context)]


def _proposed(contract: Contract, id: UUID) -> Change:
    """The one that is named, which must wait for the other party."""
    change = next((one for one in contract.changes if one.id == id), None)
    if change is None:
        raise Refused("not_found", status=404, what="Change", id=str(id))
    if change.stage is not ChangeStage.PROPOSED:
        raise Refused("change_not_open", number=change.number, stage=change.stage)
    contract.must_be_in_force()
    return change


def _dated(contract: Contract, number: int, step: str, context: Context) -> Dated:
    return Dated(project_id=contract.project_id, step=f"change.{number}.{step}", at=context.at)
