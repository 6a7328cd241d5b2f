"""Paper votes, entered twice: one counts once two persons of the community have entered it alike.

The second person enters without seeing the first entry. Where two differ, both are shown, and the entry of a third
person settles which of them is right. A paper that counts is the token's vote like one cast electronically: until the
close the last of either kind replaces the one before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import BallotId
from schemas.model import Model
from schemas.pabulib import VoteType
from services.needs.rules.ballot import Ballot
from services.needs.rules.vote import BadVote, Vote, VoteCast, refuse_bad, voter_refs, votes_of

MOST_LOOKS = 9
"""different persons who enter one paper"""
MOST_PAPERS = 500


class Looked(StrEnum):
    """How far a paper is."""

    WAITING = "waiting"
    """for a second person"""
    DISPUTED = "disputed"
    """two differ: a third person enters it"""
    COUNTED = "counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one person read."""

    person_id: UUID
    places: tuple[int, ...]
    points: tuple[int, ...]

    def same(self, other: "Look", vote_type: VoteType) -> bool:
        """Approvals, and points by item, say the same in any order; a ranking does not."""
        if vote_type is VoteType.ORDINAL:
            return self.places == other.places
        return sorted(zip(self.places, self.points or self.places, strict=True)) == sorted(
            zip(other.places, other.points or other.places, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperVote(State):
    ballot_id: UUID
    token: str
    looks: tuple[Look, ...]
    counted: bool = False

    @property
    def how_far(self) -> Looked:
        if self.counted:
            return Looked.COUNTED
        return Looked.WAITING if len(self.looks) == 1 else Looked.DISPUTED


class EnterPapers(Command):
    """What one person reads from paper votes: all of them or none."""

    ballot_id: BallotId
    votes: Annotated[tuple[VoteCast, ...], Field(min_length=1, max_length=MOST_PAPERS)]


class PapersEntered(Note):
    """Rows of needs, never told before the close, and then only how many were left."""

    papers: tuple[PaperVote, ...]
    votes: tuple[Vote, ...]


def paper_id(ballot_id: UUID, token: str) -> UUID:
    return uuid5(ballot_id, f"paper/{token}")


def enter_refs(command: EnterPapers, cause: UUID) -> tuple[Ref, ...]:
    papers = ((PaperVote, paper_id(command.ballot_id, vote.token)) for vote in command.votes)
    return ((Ballot, command.ballot_id), *voter_refs(command.ballot_id, command.votes), *papers)


def enter_papers(world: World, command: EnterPapers, context: Context) -> list[Note]:
    ballot = world.get(Ballot, command.ballot_id)
    context.by.must_be(ballot.community_id)
    ballot.must_take_votes(context.at)
    votes = votes_of(world, ballot, command.votes)
    before = {vote.id: world.find(PaperVote, paper_id(ballot.id, vote.token)) for vote in votes}
    refuse_bad(_settled(votes, before, context.by.person_id))
    papers = [_looked_at(before[vote.id], vote, context.by.person_id, ballot.vote_type) for vote in votes]
    counted = tuple(vote for vote, paper in zip(votes, papers, strict=True) if paper.counted)
    return [PapersEntered(papers=tuple(papers), votes=counted)]


def _settled(votes: tuple[Vote, ...], before: Mapping[UUID, PaperVote | None], person_id: UUID) -> Iterator[BadVote]:
    """Papers that are counted, or that wait for somebody else's eyes."""
    for index, vote in enumerate(votes):
        paper = before[vote.id]
        if paper is None or paper.how_far is Looked.WAITING:
            continue
        field = f"votes.{index}.token"
        if paper.counted:
            yield {"field": field, "problem": "paper_counted"}
        elif person_id in {look.person_id for look in paper.looks}:
            yield {"field": field, "problem": "paper_seen"}
        elif len(paper.looks) >= MOST_LOOKS:
            yield {"field": field, "problem": "paper_unreadable", "most": MOST_LOOKS}


def _looked_at(paper: PaperVote | None, vote: Vote, person_id: UUID, vote_type: VoteType) -> PaperVote:
    """The first person may correct the own entry until a second one looks."""
    look = Look(person_id=person_id, places=vote.places, points=vote.points)
    if paper is None or (len(paper.looks) == 1 and paper.looks[0].person_id == person_id):
        id = paper_id(vote.ballot_id, vote.token)
        return PaperVote(id=id, ballot_id=vote.ballot_id, token=vote.token, looks=(look,))
    alike = any(look.same(other, vote_type) for other in paper.looks)
    return replace(paper, looks=(*paper.looks, look), counted=alike)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return (*fact.papers, *fact.votes) if isinstance(fact, PapersEntered) else ()
