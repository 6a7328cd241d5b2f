"""Elections that cities published, made ready to be counted here."""

from dataclasses import replace

from schemas.need import Tie
from schemas.pabulib import Pabulib, Vote, VoteType
from services.needs.tally.election import Election, approved, ranked


def election_of(published: Pabulib) -> Election:
    """The same election with points on every vote; ordinal votes give `max_length`, `max_length` - 1, …

    Ties in the order that META of a ballot exported here names.
    """
    election = Election.of(
        budget=published.budget,
        unit=published.unit,
        threshold=published.threshold,
        vote_type=published.vote_type,
        costs={project.id: project.cost for project in published.projects},
        votes=(_points(vote, published) for vote in published.votes),
    )
    ties = tuple(Tie(name) for name in published.meta.get("ties", "").split(",") if name in set(Tie))
    return replace(election, ties=ties) if ties else election


def _points(vote: Vote, published: Pabulib) -> dict[str, int]:
    match published.vote_type:
        case VoteType.APPROVAL:
            return approved(vote.projects)
        case VoteType.ORDINAL:
            return ranked(vote.projects, published.max_length)
        case VoteType.CUMULATIVE | VoteType.SCORING:
            return dict(zip(vote.projects, vote.points, strict=True))
