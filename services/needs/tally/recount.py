"""Counting again what a ballot published."""

from schemas.outcome import PublishedOutcome
from schemas.pabulib import VoteType
from services.needs.tally import Election, Outcome, Project, tally
from services.needs.tally.election import Ballot

FROM_TOTALS = frozenset({"greedy", "greedy-no-skip"})
"""rules that ask how many points and voters an item has, and never which ballot gave them"""


class NotEnough(ValueError):
    """So few voted alike that their ballots were withheld; an auditor's file holds them."""


def recount(published: PublishedOutcome) -> Outcome:
    """By the published rule; NotEnough where ballots it needs were withheld, ValueError where the file has no sense."""
    if published.withheld:
        raise NotEnough(f"{published.withheld} ballots are withheld")
    ballots = _of_totals(published) if published.tally_rule in FROM_TOTALS else _of_ballots(published)
    return tally(_election(published, ballots), published.tally_rule)


def _election(published: PublishedOutcome, ballots: tuple[tuple[Ballot, int], ...]) -> Election:
    election = Election(
        budget=published.budget.fen,
        unit=published.step.fen,
        threshold=published.threshold,
        vote_type=VoteType.SCORING if published.tally_rule in FROM_TOTALS else published.vote_type,
        projects=tuple(Project(id=str(item.need_id), cost=item.cost.fen) for item in published.items),
        ballots=ballots,
        ties=published.ties,
    )
    told = [(item.votes or 0, item.points or 0) for item in published.items]
    if list(zip(election.supporters(), election.scores(), strict=True)) != told:
        raise ValueError("the ballots do not add up to the totals")
    return election


def _of_ballots(published: PublishedOutcome) -> tuple[tuple[Ballot, int], ...]:
    if sum(group.voters for group in published.ballots) != published.voters:
        raise ValueError("the groups do not add up to the voters")
    return tuple((tuple(zip(one.places, one.points, strict=True)), one.voters) for one in published.ballots)


def _of_totals(published: PublishedOutcome) -> tuple[tuple[Ballot, int], ...]:
    """Made-up ballots with the same totals: for each item one voter who gives all but one point of each other."""
    ballots: list[tuple[Ballot, int]] = []
    for place, item in enumerate(published.items):
        voters, points = item.votes or 0, item.points or 0
        if points < voters or bool(points) != bool(voters):
            raise ValueError("an item has fewer points than voters")
        if voters > 1:
            ballots.append((((place, 1),), voters - 1))
        if voters:
            ballots.append((((place, points - voters + 1),), 1))
    return tuple(ballots)
