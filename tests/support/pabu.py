"""The same election for pabutools, which counts by equal shares too: somebody else's outcome, and time."""

from pabutools.election import (
    Additive_Cardinal_Sat,
    ApprovalBallot,
    ApprovalProfile,
    CardinalBallot,
    CardinalProfile,
    Cost_Sat,
    Instance,
    Project,
)
from pabutools.rules import method_of_equal_shares

from schemas.pabulib import VoteType
from services.needs.tally import Election


class Elsewhere:
    """Instance and profile, one ballot a voter; ordinal votes with our points, so that both count the same."""

    def __init__(self, election: Election) -> None:
        projects = [Project(project.id, project.cost) for project in election.projects]
        self.instance = Instance(projects, budget_limit=election.budget)
        ballots = [ballot for ballot, voters in election.ballots for _ in range(voters)]
        if election.vote_type is VoteType.APPROVAL:
            self.satisfaction = Cost_Sat
            votes = (ApprovalBallot(projects[place] for place, _ in ballot) for ballot in ballots)
            self.profile = ApprovalProfile(votes, instance=self.instance)
        else:
            self.satisfaction = Additive_Cardinal_Sat
            points = (CardinalBallot({projects[place]: points for place, points in ballot}) for ballot in ballots)
            self.profile = CardinalProfile(points, instance=self.instance)

    def equal_shares(self, add: int | None = None) -> list[str]:
        """Project ids in the order they were bought; `add`: how much more each voter has from step to step."""
        bought = method_of_equal_shares(
            self.instance, self.profile, sat_class=self.satisfaction, voter_budget_increment=add
        )
        return [project.name for project in bought]
