"""双向选择: organizations offer posts, social workers seek work; where both choose each other, an employment begins."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, State, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import Certificate, CertificateLevel, PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party
from services.registry.rules.employment import Career, Day, StateEmployment, agreed_at_once
from services.registry.rules.staffing import book_of
from services.registry.rules.worker import LEVELS

DAYS = "worker.vacancy_days"
MOST_OPEN = 50
"""posts of one organization at a time"""
MOST_KEPT = 500
MOST_CHOSEN = 200
"""workers invited to one post, or applying for it"""
Code = Annotated[str, Field(min_length=6, max_length=12, pattern=r"^[0-9]+$")]


class VacancyPhase(StrEnum):
    OFFERED = "offered"
    TAKEN = "taken"
    TAKEN_BACK = "taken_back"


class Vacancy(Model):
    """Public but for whom it was offered and who applied. `until`: the last day on which somebody may take it."""

    vacancy_id: UUID
    employer_id: PartyId
    level: CertificateLevel
    """at least"""
    division: str
    full_time: bool
    first: date
    text: str
    until: date
    phase: VacancyPhase = VacancyPhase.OFFERED
    invited: tuple[PartyId, ...] = ()
    applied: tuple[PartyId, ...] = ()

    def open_on(self, day: date) -> bool:
        return self.phase is VacancyPhase.OFFERED and day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(State):
    """All posts an organization offered; `id` is the organization."""

    posts: tuple[Vacancy, ...] = ()

    def post(self, id: UUID) -> Vacancy:
        found = next((one for one in self.posts if one.vacancy_id == id), None)
        if found is None:
            raise Refused("not_found", status=404, what="Vacancy", id=str(id))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(State):
    """A worker seeks work; `id` is the worker. Shown to organizations by id, as a suggestion for their posts."""

    division: str
    full_time: bool
    until: date
    on: bool = True


class OfferPost(Command):
    party_id: PartyId
    level: CertificateLevel
    division: Code
    full_time: bool
    first: Day
    text: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
    """public"""


class OfPost(Command):
    party_id: PartyId
    """the organization's"""
    vacancy_id: UUID


class TakeBackPost(OfPost):
    pass


class InviteWorker(OfPost):
    worker_id: PartyId


class ApplyForPost(OfPost):
    worker_id: PartyId
    """the caller's own party"""


class SeekWork(Command):
    worker_id: PartyId
    division: Code
    full_time: bool


class StopSeeking(Command):
    worker_id: PartyId


class BoardChanged(Note):
    party_id: PartyId
    post: Vacancy


class SearchChanged(Note):
    worker_id: PartyId
    search: Search


def vacancy_id(cause: UUID) -> UUID:
    return new_id(cause, "vacancy")


def offer_refs(command: OfferPost, cause: UUID) -> tuple[Ref, ...]:
    return ((Board, command.party_id), (Party, command.party_id))


def post_refs(command: OfPost, cause: UUID) -> tuple[Ref, ...]:
    return ((Board, command.party_id),)


def choose_refs(command: InviteWorker | ApplyForPost, cause: UUID) -> tuple[Ref, ...]:
    worker = command.worker_id
    return ((Board, command.party_id), (Career, worker), (Party, command.party_id), (Party, worker))


def search_refs(command: SeekWork | StopSeeking, cause: UUID) -> tuple[Ref, ...]:
    return ((Search, command.worker_id), (Party, command.worker_id))


def offer(world: World, command: OfferPost, context: Context) -> list[Note]:
    context.by.must_be(command.party_id)
    party = world.get(Party, command.party_id)
    if party.kind is not PartyKind.ORGANIZATION:
        raise Refused("employs_nobody", status=403, party=str(party.id), kind=party.kind)
    book = _book(command.division, context)
    must_be_public(command.text, "text")
    board = world.find(Board, command.party_id)
    if board is not None and sum(one.open_on(context.today) for one in board.posts) >= MOST_OPEN:
        raise Refused("too_many_posts", most=MOST_OPEN)
    post = Vacancy(
        vacancy_id=vacancy_id(context.cause),
        employer_id=command.party_id,
        level=command.level,
        division=command.division,
        full_time=command.full_time,
        first=command.first,
        text=command.text.strip(),
        until=context.today + timedelta(days=book.integer(DAYS)),
    )
    return [BoardChanged(party_id=command.party_id, post=post)]


def _book(code: str, context: Context) -> Rulebook:
    if fault := division.check(code):
        raise fault.refused("division_wrong", "division")
    return book_of(code, (DAYS,), context.rulebooks, context.today)


def take_back(world: World, command: TakeBackPost, context: Context) -> list[Note]:
    context.by.must_be(command.party_id)
    return [_now(command, _offered(world, command, context), phase=VacancyPhase.TAKEN_BACK)]


def invite(world: World, command: InviteWorker, context: Context) -> list[Fact | Note]:
    context.by.must_be(command.party_id)
    post = _offered(world, command, context)
    return _chosen(world, command, post, context, "invited", post.invited, post.applied)


def apply(world: World, command: ApplyForPost, context: Context) -> list[Fact | Note]:
    context.by.must_be(command.worker_id)
    post = _offered(world, command, context)
    return _chosen(world, command, post, context, "applied", post.applied, post.invited)


def _chosen(
    world: World,
    command: InviteWorker | ApplyForPost,
    post: Vacancy,
    context: Context,
    side: str,
    own: tuple[PartyId, ...],
    others: tuple[PartyId, ...],
) -> list[Fact | Note]:
    """With the other side's choice of the same worker the employment begins, by the rules of every employment."""
    worker = world.get(Party, command.worker_id)
    if worker.kind is not PartyKind.SOCIAL_WORKER or worker.certificate is None:
        raise Refused("no_social_worker", status=422, field="worker_id", party=str(worker.id), kind=worker.kind)
    if command.worker_id in own:
        raise Refused("chosen_already", worker=str(worker.id))
    if len(own) >= MOST_CHOSEN:
        raise Refused("too_many_chosen", most=MOST_CHOSEN)
    if unmet := [one for one in criteria(post, worker.certificate) if not one.met]:
        first = unmet[0]
        raise Refused("post_asks_more", field="worker_id", required=first.required, actual=first.actual)
    now: dict[str, Any] = {side: (*own, command.worker_id)}
    if command.worker_id not in others:
        return [_now(command, post, **now)]
    stated = StateEmployment(
        worker_id=command.worker_id,
        employer_id=command.party_id,
        full_time=post.full_time,
        first=max(post.first, context.today),
    )
    began = agreed_at_once(world, stated, context)
    return [_now(command, post, phase=VacancyPhase.TAKEN, **now), *began]


def _offered(world: World, command: OfPost, context: Context) -> Vacancy:
    post = world.get(Board, command.party_id).post(command.vacancy_id)
    if not post.open_on(context.today):
        raise Refused("post_not_open", vacancy=str(post.vacancy_id), phase=post.phase, until=post.until)
    return post


def _now(command: OfPost, post: Vacancy, **now: Any) -> BoardChanged:
    return BoardChanged(party_id=command.party_id, post=post.model_copy(update=now))


def seek(world: World, command: SeekWork, context: Context) -> list[Note]:
    """Again: it replaces what was said before, and runs anew."""
    context.by.must_be(command.worker_id)
    worker = world.get(Party, command.worker_id)
    if worker.kind is not PartyKind.SOCIAL_WORKER:
        raise Refused("no_social_worker", status=422, field="worker_id", party=str(worker.id), kind=worker.kind)
    days = _book(command.division, context).integer(DAYS)
    until = context.today + timedelta(days=days)
    search = Search(id=worker.id, division=command.division, full_time=command.full_time, until=until)
    return [SearchChanged(worker_id=command.worker_id, search=search)]


def stop(world: World, command: StopSeeking, context: Context) -> list[Note]:
    context.by.must_be(command.worker_id)
    search = world.get(Search, command.worker_id)
    return [SearchChanged(worker_id=command.worker_id, search=replace(search, on=False))]


class Criterion(Model):
    """One thing compared, and whether it fits."""

    name: str
    """level, registration, place, time, or employed"""
    met: bool
    required: str
    actual: str


def criteria(post: Vacancy, certificate: Certificate) -> Iterator[Criterion]:
    """What a post cannot do without: the level, and a registration that runs when it begins."""
    level = LEVELS.index(certificate.level) >= LEVELS.index(post.level)
    yield Criterion(name="level", met=level, required=post.level, actual=certificate.level)
    runs = certificate.registered_until >= post.first
    until = certificate.registered_until.isoformat()
    yield Criterion(name="registration", met=runs, required=post.first.isoformat(), actual=until)


def fit(post: Vacancy, search: Search, certificate: Certificate, career: Career) -> tuple[Criterion, ...]:
    """How a seeker and a post suit each other: what is a must, and what either may still agree on."""
    near = division.covers(search.division, post.division) or division.covers(post.division, search.division)
    busy = [one for one in career.jobs if one.counts and one.full_time and (one.last is None or one.last >= post.first)]
    ways = {True: "full_time", False: "part_time"}
    return (
        *criteria(post, certificate),
        Criterion(name="place", met=near, required=post.division, actual=search.division),
        Criterion(
            name="time",
            met=post.full_time == search.full_time,
            required=ways[post.full_time],
            actual=ways[search.full_time],
        ),
        Criterion(
            name="employed",
            met=not (busy and post.full_time),
            required=ways[post.full_time],
            actual=ways[True] if busy else "none",
        ),
    )


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case BoardChanged():
            board = world.find(Board, fact.party_id) or Board(id=fact.party_id)
            others = [one for one in board.posts if one.vacancy_id != fact.post.vacancy_id]
            return (replace(board, posts=(*others, fact.post)[-MOST_KEPT:]),)
        case SearchChanged():
            return (fact.search,)
        case _:
            return ()
