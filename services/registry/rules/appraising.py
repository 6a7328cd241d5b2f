"""A community worker's yearly appraisal: entered by one registrar, replied to, corrected or confirmed by another."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from schemas import division
from schemas.appraisal import AppraisalConfirmed, AppraisalEntered, AppraisalRejected, Year
from schemas.canonical import digest_of
from schemas.community import PostRecord
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.organization import Digest, Words
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from services.registry.rules.appraisal import (
    Appraisal,
    AppraisalHandedIn,
    AppraisalPhase,
    AppraisalReplied,
    AppraisalSettled,
)
from services.registry.rules.appraisal_score import APPRAISAL, REPLY_DAYS, Figures, result
from services.registry.rules.record import Record
from services.registry.rules.staffing import book_of
from services.registry.rules.standing import SEPARATION


class EnterAppraisal(Command):
    """The figures of a worker's year, with the paper they stand in."""

    community_id: PartyId
    registrar_id: PartyId
    """the caller's own party: the registrar in whose division the community lies"""
    worker_id: PartyId
    year: Year
    figures: Figures
    ground: Words
    """public: the decision or paper it stands in, with its number"""
    document: Digest


class ReadAppraisal(EnterAppraisal):
    """With the worker's last post there in the year; none: there was none."""

    post_id: UUID | None


class ReplyToAppraisal(Command):
    """What the worker says of it, handed in by the community."""

    community_id: PartyId
    appraisal_id: UUID
    words: Words


class Correction(Model):
    """All figures as they should be."""

    figures: Figures
    reason: Words
    """public"""


class ConfirmAppraisal(Command):
    """Another registrar compared the papers and read the reply: it is final, corrected or as it was entered."""

    community_id: PartyId
    appraisal_id: UUID
    registrar_id: PartyId
    correction: Correction | None = None


class RejectAppraisal(Command):
    """Another registrar does not agree; it may be entered anew."""

    community_id: PartyId
    appraisal_id: UUID
    registrar_id: PartyId
    reason: Words
    """public"""


def appraisal_id(command: EnterAppraisal) -> UUID:
    return new_id(command.community_id, f"appraisal/{command.worker_id}/{command.year}")


def enter_refs(command: ReadAppraisal, cause: UUID) -> tuple[Ref, ...]:
    refs: tuple[Ref, ...] = (
        (Appraisal, appraisal_id(command)),
        (Party, command.community_id),
        (Party, command.registrar_id),
    )
    return refs if command.post_id is None else (*refs, (Record, command.post_id))


def settle_refs(command: ConfirmAppraisal | RejectAppraisal, cause: UUID) -> tuple[Ref, ...]:
    return (
        (Appraisal, command.appraisal_id),
        (Party, command.community_id),
        (Party, command.registrar_id),
    )


def reply_refs(command: ReplyToAppraisal, cause: UUID) -> tuple[Ref, ...]:
    return ((Appraisal, command.appraisal_id),)


def enter_appraisal(world: World, command: ReadAppraisal, context: Context) -> list[Fact | Note]:
    party = _community(world, command, context)
    _must_fit(command, context)
    _must_have_worked(world, command, context)
    earlier = world.find(Appraisal, appraisal_id(command))
    if earlier is not None and earlier.phase is not AppraisalPhase.REJECTED:
        raise Refused("appraised_already", worker=str(command.worker_id), year=command.year, phase=earlier.phase)
    book = book_of(party.division, APPRAISAL, context.rulebooks, context.today, field="year")
    reckoned = result(command.community_id, command.worker_id, command.year, command.figures, book)
    by, ground = context.by.person_id, command.ground.strip()
    note = AppraisalHandedIn(
        appraisal_id=appraisal_id(command),
        result=reckoned,
        rulebook=book.hash,
        ground=ground,
        document=command.document,
        by=by,
        on=context.today,
        reply_until=context.today + timedelta(days=book.integer(REPLY_DAYS)),
    )
    told = AppraisalEntered(
        party_id=command.community_id,
        appraisal_id=note.appraisal_id,
        worker_id=command.worker_id,
        year=command.year,
        entered_by=PartyId(by),
        rulebook=book.hash,
        digest=digest_of(reckoned),
        ground=ground,
        document=command.document,
    )
    return [note, told]


def _community(world: World, command: EnterAppraisal | ConfirmAppraisal | RejectAppraisal, context: Context) -> Party:
    """Registrars appraise for their own division and those in it."""
    context.by.must_be(command.registrar_id)
    party, own = world.get(Party, command.community_id), world.get(Party, command.registrar_id).division
    if party.kind is not PartyKind.COMMUNITY:
        raise Refused("no_community", status=422, field="community_id", party=str(party.id), kind=party.kind)
    if not division.covers(own, party.division):
        raise Refused("community_of_another_place", status=403, place=party.division, own=own)
    return party


def _must_fit(command: EnterAppraisal, context: Context) -> None:
    if command.year > context.today.year:
        raise Refused("year_wrong", status=422, field="year", this=context.today.year)
    _must_not_be_of(command.worker_id, context)
    must_be_public(command.ground, "ground")


def _must_not_be_of(worker_id: UUID, context: Context) -> None:
    if worker_id == context.by.person_id:
        raise Refused("own_appraisal", SEPARATION, status=403)


def _must_have_worked(world: World, command: ReadAppraisal, context: Context) -> None:
    post = None if command.post_id is None else world.find(Record, command.post_id)
    if post is None or not isinstance(post.content, PostRecord) or not held_in(post, None, command.year, context.today):
        worker, year = str(command.worker_id), command.year
        raise Refused("no_post_in_year", status=422, field="worker_id", worker=worker, year=year)


def held_in(post: Record, replaced_on: date | None, year: int, today: date) -> bool:
    """Was it held on a day of the year that has come? `replaced_on`: the day a newer post of the worker began."""
    ends = [date(year, 12, 31), today]
    if post.valid_until is not None:
        ends.append(post.valid_until)
    if post.ended and post.ending is not None:
        ends.append(post.ending.on - timedelta(days=1))
    if replaced_on is not None:
        ends.append(replaced_on - timedelta(days=1))
    return max(post.valid_from, date(year, 1, 1)) <= min(ends)


def last_held(posts: Sequence[Record], year: int) -> UUID | None:
    """`posts`: a worker's in one community, in their order; a newer one takes the older one's place."""
    last = date(year, 12, 31)
    begins: list[date | None] = [one.valid_from for one in posts]
    by = zip(posts, [*begins[1:], None], strict=False)
    return next(reversed([post.id for post, replaced_on in by if held_in(post, replaced_on, year, last)]), None)


def reply_to_appraisal(world: World, command: ReplyToAppraisal, context: Context) -> list[Note]:
    """Once, while it waits; the second person reads it before deciding."""
    context.by.must_be(command.community_id)
    appraisal = _waiting(world, command)
    must_be_public(command.words, "words")
    if appraisal.reply is not None:
        raise Refused("replied_already", appraisal=str(appraisal.id))
    return [AppraisalReplied(appraisal_id=appraisal.id, words=command.words.strip())]


def _waiting(world: World, command: ReplyToAppraisal | ConfirmAppraisal | RejectAppraisal) -> Appraisal:
    appraisal = world.get(Appraisal, command.appraisal_id)
    if appraisal.party_id != command.community_id:
        raise Refused("not_found", status=404, what="Appraisal", id=str(command.appraisal_id))
    if appraisal.phase is not AppraisalPhase.WAITING:
        raise Refused("appraisal_settled", appraisal=str(appraisal.id), phase=appraisal.phase)
    return appraisal


def _second(world: World, command: ConfirmAppraisal | RejectAppraisal, context: Context) -> Appraisal:
    """What waits, for a registrar of the place who did not enter it and is not the worker."""
    _community(world, command, context)
    appraisal = _waiting(world, command)
    _must_not_be_of(appraisal.worker_id, context)
    if appraisal.entered_by == context.by.person_id:
        raise Refused("own_record", SEPARATION, status=403, record=str(appraisal.id))
    return appraisal


def confirm_appraisal(world: World, command: ConfirmAppraisal, context: Context) -> list[Fact | Note]:
    appraisal, correction = _second(world, command, context), command.correction
    book = context.rulebooks.by_hash(appraisal.rulebook)
    if appraisal.reply is None and context.today <= appraisal.reply_until:
        raise Refused("reply_awaited", book.source(REPLY_DAYS), until=appraisal.reply_until)
    reckoned, why = appraisal.result, None
    if correction is not None:
        must_be_public(correction.reason, "correction.reason")
        why = correction.reason.strip()
        reckoned = result(appraisal.party_id, appraisal.worker_id, appraisal.year, correction.figures, book)
    by = context.by.person_id
    note = AppraisalSettled(
        appraisal_id=appraisal.id,
        phase=AppraisalPhase.CONFIRMED,
        result=reckoned,
        correction=why,
        by=by,
        on=context.today,
    )
    told = AppraisalConfirmed(
        party_id=appraisal.party_id,
        appraisal_id=appraisal.id,
        worker_id=appraisal.worker_id,
        year=appraisal.year,
        entered_by=PartyId(appraisal.entered_by),
        digest=digest_of(reckoned),
        correction=why,
        replied=appraisal.reply is not None,
        confirmed_by=PartyId(by),
    )
    return [note, told]


def reject_appraisal(world: World, command: RejectAppraisal, context: Context) -> list[Fact | Note]:
    appraisal = _second(world, command, context)
    must_be_public(command.reason, "reason")
    by, reason = context.by.person_id, command.reason.strip()
    note = AppraisalSettled(
        appraisal_id=appraisal.id,
        phase=AppraisalPhase.REJECTED,
        result=appraisal.result,
        reason=reason,
        by=by,
        on=context.today,
    )
    told = AppraisalRejected(
        party_id=appraisal.party_id,
        appraisal_id=appraisal.id,
        worker_id=appraisal.worker_id,
        year=appraisal.year,
        entered_by=PartyId(appraisal.entered_by),
        reason=reason,
        rejected_by=PartyId(by),
    )
    return [note, told]
