"""The roll of a ballot: tokens issued to verified voters, each on a ground of the rulebook. Their number is public."""

from collections import Counter
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import BallotId, PartyId
from schemas.model import Model
from schemas.need import RollListed, VoterGround
from schemas.refused import Refused
from services.needs.rules.ballot import GROUNDS, Ballot

MOST_VOTERS = 5000
"""listed at once"""

Token = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, lower-case hex, of the token a verified voter was given. Which voters: the ballot's roll, or where it has
none the community's."""


def vote_id(ballot_id: UUID, token: str) -> UUID:
    """One for each token and ballot, so that a later vote replaces an earlier."""
    return uuid5(ballot_id, token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voter(State):
    """That a token was issued. Its id is that of the token's vote; the token itself is not kept here."""

    ballot_id: UUID
    ground: VoterGround
    void: bool = False
    """lost, and another was issued in its place: it votes no more"""


class VoterDraft(Model):
    token: Token
    ground: VoterGround


class ListVoters(Command):
    """Tokens the community issued, all of them or none. One that stands on the roll already stays as it is."""

    ballot_id: BallotId
    voters: Annotated[tuple[VoterDraft, ...], Field(min_length=1, max_length=MOST_VOTERS)]


class VotersKept(Note):
    """Rows of needs, never told."""

    voters: tuple[Voter, ...]


def list_refs(command: ListVoters, cause: UUID) -> tuple[Ref, ...]:
    ids = (vote_id(command.ballot_id, voter.token) for voter in command.voters)
    return ((Ballot, command.ballot_id), *((Voter, id) for id in ids))


def list_voters(world: World, command: ListVoters, context: Context) -> list[Model]:
    ballot = world.get(Ballot, command.ballot_id)
    context.by.must_be(ballot.community_id)
    ballot.must_take_votes(context.at)
    if not ballot.by_roll:
        raise Refused("no_roll", ballot=str(ballot.id))
    _check_grounds(command, ballot, context)
    new = {
        voter.token: Voter(id=id, ballot_id=ballot.id, ground=voter.ground)
        for voter in reversed(command.voters)
        if world.find(Voter, id := vote_id(ballot.id, voter.token)) is None
    }
    if not new:
        return []
    added = Counter(voter.ground for voter in new.values())
    told = RollListed(
        community_id=ballot.community_id,
        ballot_id=command.ballot_id,
        added=dict(sorted(added.items())),
        listed=dict(sorted((added + Counter(ballot.listed)).items())),
        listed_by=PartyId(context.by.person_id),
    )
    return [VotersKept(voters=tuple(new.values())), told]


def _check_grounds(command: ListVoters, ballot: Ballot, context: Context) -> None:
    """The grounds on which the ballot's rulebook lets somebody vote; newcomers are among them where it says so."""
    rulebook = context.rulebooks.by_hash(ballot.rulebook)
    known = rulebook.value(GROUNDS)
    for index, voter in enumerate(command.voters):
        if voter.ground not in known:
            words = ", ".join(known)
            field = f"voters.{index}.ground"
            raise Refused("voter_ground_unknown", rulebook.source(GROUNDS), status=422, field=field, known=words)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return fact.voters if isinstance(fact, VotersKept) else ()
