"""Elections that cities published, made ready to be counted here."""

from schemas.pabulib import Pabulib, Vote, VoteType
from services.needs.tally.election import Election, approved, ranked


def election_of(published: Pabulib) -> Election:
    """The same election with points on every vote; ordinal votes give `max_length`, `max_length` - 1, …"""
    return Election.of(
        budget=published.budget,
        unit=published.unit,
        threshold=published.threshold,
        vote_type=published.vote_type,
        costs={project.id: project.cost for project in published.projects},
        votes=(_points(vote, published) for vote in published.votes),
    )


def _points(vote: Vote, published: Pabulib) -> dict[str, int]:
    match published.vote_type:
        case VoteType.APPROVAL:
            return approved(vote.projects)
        case VoteType.ORDINAL:
            return ranked(vote.projects, published.max_length)
        case VoteType.CUMULATIVE | VoteType.SCORING:
            return dict(zip(vote.projects, vote.points, strict=True))
