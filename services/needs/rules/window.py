"""One window (一口受理): a need is taken in by a channel; who asked is kept apart from it, sealed, and can be erased.

A person is known by a random number. Name, telephone and words are ciphertext under a key of that person's own when
they reach a decision; erasing forgets the key and the ciphertext. A need never points to a person.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Fact, Note
from schemas.ids import NeedId, PartyId
from schemas.intake import ApplicantErased, Channel, NeedTakenIn
from schemas.model import Model
from schemas.need import NeedPosted, Origin
from schemas.refused import Refused
from services.needs.rules.intake import PostNeed, post_need, post_refs

MOST_NEEDS = 200
"""of one applicant"""


class Person(Model):
    """Whom to call back. Never told to anybody but the community that wrote it down."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S", repr=False)]
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 \-]{4,19}$", repr=False)]


class TakeInNeed(PostNeed):
    """What staff write down at the window. `applicant` is somebody new, `applicant_id` one who asked before."""

    origin: Literal[Origin.RESIDENT] = Origin.RESIDENT
    channel: Channel
    applicant: Person | None = None
    applicant_id: UUID | None = None
    words: Annotated[str | None, Field(min_length=1, max_length=2000, pattern=r"\S", repr=False)] = None
    """as the applicant said it; title and description are public, this is not"""


class SealedIntake(PostNeed):
    """`TakeInNeed` as it reaches the transaction: ciphertext, in hexadecimal."""

    channel: Channel
    applicant_id: UUID | None
    key: str
    """a new applicant's, wrapped by the vault; empty for one who asked before"""
    sealed: str
    """name and telephone of a new applicant"""
    words: str
    """empty when there are none, or no key to seal them with: the applicant is unknown or erased"""


class EraseApplicant(Command):
    community_id: PartyId
    applicant_id: UUID


class ApplicantKept(Note):
    """Rows of needs, never a fact."""

    community_id: PartyId
    applicant_id: UUID
    key: str
    sealed: str
    need_id: NeedId
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One need of an applicant, with the sealed words."""

    need_id: NeedId
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant(State):
    """Once erased there is neither key nor ciphertext, only how many needs there were, and which."""

    community_id: PartyId
    key: str
    sealed: str
    asked: tuple[Asking, ...]
    erased_on: date | None = None


def person_place(applicant_id: UUID) -> bytes:
    """The place the envelope with name and telephone belongs to."""
    return b"applicant\0" + applicant_id.bytes


def words_place(applicant_id: UUID) -> bytes:
    return b"words\0" + applicant_id.bytes


def take_in_refs(command: SealedIntake, cause: UUID) -> tuple[Ref, ...]:
    applicant: tuple[Ref, ...] = ((Applicant, command.applicant_id),) if command.applicant_id is not None else ()
    return (*post_refs(command, cause), *applicant)


def take_in(world: World, command: SealedIntake, context: Context) -> list[Model]:
    """Posted and routed as every need, with its channel; what is known of the person goes into a row of its own."""
    posted, *routed = post_need(world, command, context)
    assert isinstance(posted, NeedPosted)
    taken_in = NeedTakenIn(
        community_id=command.community_id,
        need_id=posted.need_id,
        channel=command.channel,
        on=context.today,
        applicant_id=command.applicant_id,
    )
    said: list[Model] = [posted, taken_in, *routed]
    if command.applicant_id is not None:
        if not command.key:
            _must_be_known(world, command)
        kept = ApplicantKept(need_id=posted.need_id, **command.model_dump(include=_KEPT))
        said.append(kept)
    return said


_KEPT = {"community_id", "applicant_id", "key", "sealed", "words"}


def _must_be_known(world: World, command: SealedIntake) -> None:
    assert command.applicant_id is not None  # asked by the caller
    applicant = _own(world, command.community_id, command.applicant_id)
    if len(applicant.asked) >= MOST_NEEDS:
        raise Refused("too_many_of_one", status=422, field="applicant_id", most=MOST_NEEDS)


def _own(world: World, community_id: PartyId, id: UUID) -> Applicant:
    """Another community's is unknown here: whether somebody asked elsewhere is nobody's business."""
    applicant = world.find(Applicant, id)
    if applicant is None or applicant.community_id != community_id:
        raise Refused("applicant_unknown", status=404, applicant=str(id))
    if applicant.erased_on is not None:
        raise Refused("applicant_erased", applicant=str(id), on=str(applicant.erased_on))
    return applicant


def erase(world: World, command: EraseApplicant, context: Context) -> list[Fact]:
    context.by.must_be(command.community_id)
    _own(world, command.community_id, command.applicant_id)
    return [ApplicantErased(community_id=command.community_id, applicant_id=command.applicant_id, on=context.today)]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case ApplicantKept(key=""):
            applicant = world.get(Applicant, fact.applicant_id)
            return (replace(applicant, asked=(*applicant.asked, _asking(fact))),)
        case ApplicantKept():
            kept = Applicant(
                id=fact.applicant_id,
                community_id=fact.community_id,
                key=fact.key,
                sealed=fact.sealed,
                asked=(_asking(fact),),
            )
            return (kept,)
        case ApplicantErased():
            applicant = world.get(Applicant, fact.applicant_id)
            bare = tuple(replace(one, words="") for one in applicant.asked)
            return (replace(applicant, key="", sealed="", asked=bare, erased_on=fact.on),)
        case _:
            return ()


def _asking(fact: ApplicantKept) -> Asking:
    return Asking(need_id=fact.need_id, words=fact.words)
