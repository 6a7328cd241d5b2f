"""The roll of a supervision committee: by the token of each member, never by name. Enough of them sign an opinion.

A token is a secret the member keeps; here is only its SHA-256. Who files an opinion hands in the members' tokens with
it, and they are not kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import PartyId
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.contracts.rules.opinion import SUPERVISION

QUORUM = "contracts.opinion_quorum_percent"
LEAST_MEMBERS = 3
MOST_MEMBERS = 50
"""platform limits"""

Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
TokenDigest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeRoll(State):
    """Its id is the committee's. `members`: SHA-256 of each one's token, lower-case hex, sorted."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats(State):
    """The roll of the committee of a project's community, as it is read for an opinion; its id is the project's."""

    members: frozenset[str] = frozenset()


class ListCommittee(Command):
    """Takes the place of the roll before."""

    committee_id: PartyId
    members: Annotated[tuple[TokenDigest, ...], Field(min_length=LEAST_MEMBERS, max_length=MOST_MEMBERS)]


class RollKept(Note):
    committee_id: PartyId
    members: tuple[str, ...]


def roll_refs(command: ListCommittee, cause: UUID) -> tuple[Ref, ...]:
    return (CommitteeRoll, command.committee_id), (Party, command.committee_id)


def list_committee(world: World, command: ListCommittee, context: Context) -> list[Note]:
    """By a registrar, from the filed result of the members' election: the committee does not make its own roll."""
    committee = party(world, command.committee_id)
    if committee.kind is not PartyKind.SUPERVISION_COMMITTEE:
        raise Refused("no_committee", status=422, field="committee_id", party=str(committee.id))
    committee.must_stand()
    if len(set(command.members)) < len(command.members):
        raise Refused("member_listed_twice", status=422, field="members")
    return [RollKept(committee_id=command.committee_id, members=tuple(sorted(command.members)))]


def roll_digest(members: Collection[str]) -> str:
    """SHA-256 over the sorted digests, each followed by a line feed."""
    return sha256("".join(f"{one}\n" for one in sorted(members)).encode()).hexdigest()


def must_be_signed_by_enough(seats: Seats, tokens: Collection[str], rulebook: Rulebook) -> int | None:
    """How many on the roll signed; none under an edition that asks for no quorum, where nobody is counted."""
    rule = rulebook.rules.get(QUORUM)
    if rule is None:
        return None
    if not seats.members:
        raise Refused("committee_not_listed", rule.source)
    signed = {sha256(token.encode()).hexdigest() for token in tokens}
    if unknown := len(signed - seats.members):
        raise Refused("token_not_on_roll", SUPERVISION, status=422, field="tokens", unknown=unknown)
    listed, percent = len(seats.members), int(rule.value)
    if len(signed) * 100 < listed * percent:
        least = -(-listed * percent // 100)
        raise Refused(
            "opinion_below_quorum",
            rule.source,
            status=422,
            field="tokens",
            signed=len(signed),
            listed=listed,
            least=least,
        )
    return len(signed)
