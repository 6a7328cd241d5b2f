"""What people do with a need at a department: hand it over, take it, give it back, answer, close, reopen it once."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.handling import (
    STREET,
    Closing,
    HandoverAccepted,
    HandoverReturned,
    NeedAnswered,
    NeedAssisted,
    NeedClosed,
    NeedHandedOver,
    NeedReopened,
)
from schemas.ids import NeedId, PartyId
from schemas.need import Route
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from services.needs.rules import departments
from services.needs.rules.departments import MATRIX, Kind, Offices, offices_over
from services.needs.rules.gate.lists import lists_of
from services.needs.rules.handling import OPEN, Handling, HandlingPhase, period_of
from services.needs.rules.need import MOST_STEPS, Need, Text

MOST_ASSISTING = 5

Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]


class OfNeed(Command):
    need_id: NeedId


class HandOver(OfNeed):
    """`lead` none: as the matrix says of its words."""

    lead: Kind | None = None
    assisting: Annotated[tuple[Kind, ...], Field(max_length=MOST_ASSISTING)] = ()
    reason: Text | None = None
    """public; needed where `lead` is not whom the matrix names"""


class AcceptHandover(OfNeed):
    pass


class ReturnHandover(OfNeed):
    right: Kind | None = None
    """the entry of the matrix it belongs to, if the department knows"""
    reason: Text
    """public"""


class AnswerNeed(OfNeed):
    text: Words
    """public; of an assisting department: its opinion, for the one that leads"""


class CloseNeed(OfNeed):
    outcome: Closing
    text: Words
    """public: what the resident said of the answer, without a name"""


class ReopenNeed(OfNeed):
    reason: Text
    """public"""


def refs(command: OfNeed, cause: UUID) -> tuple[Ref, ...]:
    """A handling brings its need, and the offices over the place of it."""
    return ((Handling, command.need_id),)


def hand_over(world: World, command: HandOver, context: Context) -> list[Fact]:
    need = _own_need(world, command, context)
    need.must_be_free()
    if need.route is not Route.ADMINISTRATIVE:
        raise Refused("need_not_administrative", need=need.tracking_number, route=need.route)
    before = world.find(Handling, need.id)
    if before is not None:
        before.must_be_in(HandlingPhase.RETURNED)
    book = lists_of(need.division, context)
    kind, reason = _lead(book, need, command)
    offices = _offices(world, need)
    lead = _party(offices, book, kind, "lead")
    assisting = tuple(_assisting(offices, book, command, lead))
    days = departments.days_of(book, kind)
    until, escalates_on, known = period_of(context.today, days)
    handed = NeedHandedOver(
        community_id=need.community_id,
        need_id=command.need_id,
        tracking_number=need.tracking_number,
        kind=kind,
        lead_id=lead,
        assisting=assisting,
        on=context.today,
        workdays=days,
        until=until,
        escalates_on=escalates_on,
        holidays_known=known,
        overseer_id=departments.party_for(offices, STREET) or offices[0].registrar_id,
        reason=reason,
        rulebook=book.hash,
    )
    return [handed]


def _lead(book: Rulebook, need: Need, command: HandOver) -> tuple[str, str]:
    """The entry, and why it is that one."""
    if command.reason is not None:
        must_be_public(command.reason, "reason")
    if command.lead is None:
        kind, words = departments.entry_for(book, f"{need.title}\n{need.description}")
        quoted = "、".join(f"“{word}”" for word in words)
        return kind, f"权责清单:{departments.name_of(book, kind)}(涉及{quoted})"
    departments.must_be_entry(book, command.lead, "lead")
    if command.reason is None:
        raise Refused("overruled_without_reason", book.source(MATRIX), status=422, field="reason")
    return command.lead, f"{departments.name_of(book, command.lead)}:{command.reason}"


def _party(offices: list[Offices], book: Rulebook, kind: str, field: str) -> PartyId:
    found = departments.party_for(offices, kind)
    if found is None:
        raise Refused("nobody_assigned", status=409, field=field, kind=departments.name_of(book, kind))
    return found


def _assisting(offices: list[Offices], book: Rulebook, command: HandOver, lead: PartyId) -> list[PartyId]:
    """Each once, and none that leads: two entries of the matrix may be one party."""
    found: list[PartyId] = []
    for place, kind in enumerate(command.assisting):
        field = f"assisting.{place}"
        departments.must_be_entry(book, kind, field)
        party = _party(offices, book, kind, field)
        if party == lead or party in found:
            raise Refused("department_twice", status=422, field=field, kind=departments.name_of(book, kind))
        found.append(party)
    return found


def _offices(world: World, need: Need) -> list[Offices]:
    return [one for id in offices_over(need.division) if (one := world.find(Offices, id)) is not None]


def accept(world: World, command: AcceptHandover, context: Context) -> list[Fact]:
    handling = _led_by(world, command, context)
    handling.must_be_in(HandlingPhase.HANDED_OVER)
    told = handling.told
    by = told.lead_id
    accepted = HandoverAccepted(
        community_id=told.community_id, need_id=told.need_id, department_id=by, on=context.today
    )
    return [accepted]


def give_back(world: World, command: ReturnHandover, context: Context) -> list[Fact]:
    """Before it was accepted: whoever accepts answers."""
    handling = _led_by(world, command, context)
    handling.must_be_in(HandlingPhase.HANDED_OVER)
    must_be_public(command.reason, "reason")
    book = context.rulebooks.by_hash(handling.told.rulebook)
    if command.right is not None:
        departments.must_be_entry(book, command.right, "right")
        if command.right == handling.told.kind:
            name = departments.name_of(book, command.right)
            raise Refused("department_twice", status=422, field="right", kind=name)
    right = "" if command.right is None else f"(应由{departments.name_of(book, command.right)}办理)"
    returned = HandoverReturned(
        community_id=handling.told.community_id,
        need_id=handling.told.need_id,
        department_id=handling.told.lead_id,
        on=context.today,
        right=command.right,
        reason=f"{command.reason}{right}",
    )
    return [returned]


def answer(world: World, command: AnswerNeed, context: Context) -> list[Fact]:
    handling = world.get(Handling, command.need_id)
    told, by = handling.told, context.by.party_id
    if by not in told.assisting:
        context.by.must_be(told.lead_id)
    must_be_public(command.text, "text")
    said: dict[str, Any] = {"community_id": told.community_id, "need_id": told.need_id, "department_id": by}
    said |= {"on": context.today, "text": command.text}
    if by in told.assisting:
        handling.must_be_in(*OPEN)
        if len(world.get(Need, told.need_id).steps) >= MOST_STEPS:
            raise Refused("too_many_steps", need=told.tracking_number, most=MOST_STEPS)
        return [NeedAssisted(**said)]
    handling.must_be_in(HandlingPhase.ACCEPTED)
    return [NeedAnswered(late=context.at >= handling.until, **said)]


def close(world: World, command: CloseNeed, context: Context) -> list[Fact]:
    need = _own_need(world, command, context)
    handling = world.get(Handling, command.need_id)
    handling.must_be_in(HandlingPhase.ANSWERED)
    must_be_public(command.text, "text")
    closed = NeedClosed(
        community_id=need.community_id,
        need_id=command.need_id,
        outcome=command.outcome,
        on=context.today,
        text=command.text,
    )
    return [closed]


def reopen(world: World, command: ReopenNeed, context: Context) -> list[Fact]:
    need = _own_need(world, command, context)
    handling = world.get(Handling, command.need_id)
    handling.must_be_in(HandlingPhase.CLOSED)
    if handling.reopened:
        raise Refused("reopened_before", need=need.tracking_number)
    need.must_be_free()
    must_be_public(command.reason, "reason")
    until, escalates_on, known = period_of(context.today, handling.told.workdays)
    reopened = NeedReopened(
        community_id=need.community_id,
        need_id=command.need_id,
        lead_id=handling.told.lead_id,
        on=context.today,
        until=until,
        escalates_on=escalates_on,
        holidays_known=known,
        reason=command.reason,
    )
    return [reopened]


def _own_need(world: World, command: OfNeed, context: Context) -> Need:
    need = world.get(Need, command.need_id)
    context.by.must_be(need.community_id)
    return need


def _led_by(world: World, command: OfNeed, context: Context) -> Handling:
    handling = world.get(Handling, command.need_id)
    context.by.must_be(handling.told.lead_id)
    return handling
