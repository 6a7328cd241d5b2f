"""The first step (书面申请): a department applies in writing; the lists of the day speak at once where they can."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact
from schemas.gate import BasisLevel, Costing, Dimension, ItemApplied, ItemId, ItemRefused, Listed, ListName
from schemas.ids import PartyId
from schemas.negative_list import NEGATIVE_LIST, must_be_off_the_list
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.needs.rules.gate.item import Item
from services.needs.rules.gate.lists import LISTS, found_in, lists_of, must_stand_in

Words = Annotated[str, Field(min_length=1, max_length=5000, pattern=r"\S")]
MOST_DAYS = 366
CATEGORIES = "need.categories"


class ApplyForItem(Command):
    """All of it public: no personal data."""

    registrar_id: PartyId
    """whose gate: the registrar in whose division the communities lie"""
    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    description: Words
    """what a community is to do, how often, and why it cannot be done without it"""
    dimension: Dimension
    category: Annotated[str, Field(min_length=1, max_length=50)]
    """one of the rulebook's `need.categories`"""
    beneficiaries: Annotated[int, Field(ge=1, le=1_000_000)]
    scope: Annotated[str, Field(max_length=20)]
    """on whose communities: the code of a county, street or community"""
    basis_level: BasisLevel
    basis: Annotated[str, Field(max_length=1000)] = ""
    """the statute or document, with article and number"""
    listed: Listed | None = None
    """the entry of the area's lists it rests on"""
    costing: Costing | None = None
    begins_on: date
    ends_on: date


def apply_refs(command: ApplyForItem, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.registrar_id), (Item, new_id(cause, "item")))


def apply_for(world: World, command: ApplyForItem, context: Context) -> list[Fact]:
    gate = party(world, command.registrar_id)
    _check_place(gate, command.scope)
    book = lists_of(gate.division, context)
    _check_application(command, book, context.today)
    applied = ItemApplied(
        registrar_id=command.registrar_id,
        item_id=ItemId(context.new_id("item")),
        applicant_id=context.by.party_id,
        applied_by=PartyId(context.by.person_id),
        title=command.title,
        description=command.description,
        dimension=command.dimension,
        category=command.category,
        beneficiaries=command.beneficiaries,
        scope=command.scope,
        basis_level=command.basis_level,
        basis=command.basis,
        listed=command.listed,
        costing=command.costing,
        begins_on=command.begins_on,
        ends_on=command.ends_on,
        rulebook=book.hash,
    )
    return [applied, *refused_by_a_list(applied, book, context.today)]


def _check_place(gate: Party, scope: str) -> None:
    if gate.kind is not PartyKind.REGISTRAR:
        raise Refused("no_gate", status=422, field="registrar_id", party=str(gate.id))
    gate.must_stand()
    if fault := division.check(scope):
        raise fault.refused("division_wrong", "scope")
    if not division.covers(gate.division, scope):
        raise Refused("scope_elsewhere", status=422, field="scope", division=scope, gate=gate.division)


def _check_application(command: ApplyForItem, book: Rulebook, today: date) -> None:
    for field in ("title", "description", "basis"):
        must_be_public(getattr(command, field), field)
    if command.costing is not None:
        must_be_public(command.costing.budget_line, "costing.budget_line")
    categories = book.value(CATEGORIES)
    if command.category not in categories:
        known = ", ".join(f"{name} {zh}" for name, zh in categories.items())
        raise Refused("unknown_category", book.source(CATEGORIES), status=422, field="category", known=known)
    if command.listed is not None:
        must_stand_in(book, command.listed, "listed")
    if command.basis_level is not BasisLevel.NONE and not command.basis.strip():
        raise Refused("basis_unnamed", book.source("gate.basis_levels"), status=422, field="basis")
    if not today <= command.begins_on <= command.ends_on or (command.ends_on - command.begins_on).days >= MOST_DAYS:
        raise Refused("item_term", status=422, field="ends_on", days=MOST_DAYS)


def refused_by_a_list(applied: ItemApplied, book: Rulebook, today: date) -> list[Fact]:
    """What a list forbids is refused the moment it is applied for, and published like any other refusal."""
    text = f"{applied.title}\n{applied.description}"
    code, matter, path = "on_negative_list", None, NEGATIVE_LIST
    try:
        must_be_off_the_list(text, book, "title")
    except Refused as refused:
        matter = f"{refused.details['matter']}({refused.details['word']})"
    if matter is None and applied.dimension is Dimension.STAMPS:
        code, path = "barred_proof", LISTS[ListName.BARRED_PROOFS]
        barred = found_in(book, ListName.BARRED_PROOFS, text)
        matter = None if barred is None else book.value(path)[barred]
    if matter is None:
        return []
    refusal = ItemRefused(
        registrar_id=applied.registrar_id,
        item_id=applied.item_id,
        on=today,
        title=applied.title,
        dimension=applied.dimension,
        scope=applied.scope,
        code=code,
        matter=matter,
        source=book.source(path).text,
        rulebook=book.hash,
        confirmed_by=None,
    )
    return [refusal]
