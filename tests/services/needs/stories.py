"""A community that posts needs and votes on them, told by verbs, without a shell."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from schemas.deciding import Due
from schemas.ids import NeedId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.need import BallotItem, NeedChosen, NeedPosted, Route
from schemas.pabulib import VoteType
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.standing import Party
from services.kit.rulebooks import shipped
from services.needs.rules import evolve
from services.needs.rules.ballot import Ballot, OpenBallot, open_ballot
from services.needs.rules.count import BallotBox, close_ballot
from services.needs.rules.intake import PostNeed, post_need
from services.needs.rules.need import Need, RouteNeed, route_need
from services.needs.rules.vote import CastVotes, Vote, VoteCast, VotesCast, cast_votes
from tests.support.pure import NOON, Story, an_actor

DIVISION = "320508001001"
STAFF = an_actor(Role.COMMUNITY)
FUNDER = an_actor(Role.FUNDER)
CLOSES_AT = NOON + timedelta(days=7)


def a_need(**changes: Any) -> PostNeed:
    fields: dict[str, Any] = {
        "community_id": STAFF.party_id,
        "origin": "resident",
        "category": "health_elderly",
        "division": DIVISION,
        "beneficiaries": 60,
        "title": "独居老人助餐",
        "description": "社区独居老人较多,希望每周送餐五次。",
    }
    return PostNeed(**fields | changes)


def token(name: str) -> str:
    return sha256(name.encode()).hexdigest()


class Asked(Story):
    """The story of the needs service for one community."""

    def __init__(self) -> None:
        super().__init__(evolve, shipped().named("example/below-limit"))
        self.knows(STAFF.party_id, PartyKind.COMMUNITY)
        self.knows(FUNDER.party_id, PartyKind.FUNDER)

    def knows(self, id: PartyId, kind: PartyKind, *, verified: bool = True) -> None:
        party = Party(
            id=id,
            kind=kind,
            name="示例",
            uscc=None,
            division=DIVISION,
            certificate=None,
            verified=verified,
            suspended=False,
            ties=frozenset(),
        )
        self.world.put(party)

    def post(self, by: Actor = STAFF, **changes: Any) -> Need:
        said = self.do(post_need, a_need(**changes), by)
        posted = next(one for one in said if isinstance(one, NeedPosted))
        return self.world.get(Need, posted.need_id)

    def route(self, need: Need, route: Route, by: Actor = STAFF, reason: str = "改由志愿者承担") -> Need:
        self.do(route_need, RouteNeed(need_id=NeedId(need.id), route=route, reason=reason), by)
        return self.world.get(Need, need.id)

    def open(self, costs: Mapping[NeedId, int] | Sequence[BallotItem], by: Actor = STAFF, **changes: Any) -> Ballot:
        items = (
            tuple(BallotItem(need_id=id, cost=Money(fen)) for id, fen in costs.items())
            if isinstance(costs, Mapping)
            else costs
        )
        fields: dict[str, Any] = {
            "community_id": by.party_id,
            "funder_id": FUNDER.party_id,
            "items": items,
            "budget": Money(100_000_00),
            "vote_type": VoteType.APPROVAL,
            "tally_rule": "greedy",
            "max_choices": len(items),
            "closes_at": CLOSES_AT,
        }
        self.world.ask((Need, item.need_id) for item in items)
        self.world.ask([(Party, changes.get("funder_id", FUNDER.party_id))])
        said = self.do(open_ballot, OpenBallot(**fields | changes), by)
        return self.world.get(Ballot, said[0].ballot_id)  # type: ignore[attr-defined]  # a BallotOpened

    def a_ballot(self, *costs: int, **changes: Any) -> Ballot:
        """Over new needs, one for each cost in fen."""
        return self.open({NeedId(self.post(title=f"需求 {n}").id): fen for n, fen in enumerate(costs)}, **changes)

    def cast(self, ballot: Ballot, votes: Mapping[str, Any], by: Actor = STAFF) -> tuple[Vote, ...]:
        """`votes`: voter → places chosen, or places with points."""
        said = self.do(cast_votes, CastVotes(ballot_id=ballot.id, votes=some_votes(ballot, votes)), by)  # type: ignore[arg-type]  # a NewType
        assert isinstance(said[0], VotesCast)
        return said[0].votes

    def close(self, ballot: Ballot, votes: Sequence[Vote] = ()) -> list[Model]:
        """The timer rings: the shell would load the box with the last vote of every token."""
        last = {vote.token: vote for vote in votes}
        rows = tuple((t, last[t].places, last[t].points) for t in sorted(last))
        before = self.world.find(BallotBox, ballot.id)
        assert before is not None
        box = BallotBox(id=ballot.id, closes_at=ballot.closes_at, closed=before.closed, rows=rows)
        self.world.put(box)
        self.at = CLOSES_AT
        return self.do(close_ballot, Due(ref=(BallotBox, ballot.id), name="close", at=ballot.closes_at))

    def chosen(self, said: Sequence[Model], ballot: Ballot) -> list[int]:
        """Places of the needs that were chosen, in order."""
        places = [item.need_id for item in ballot.items]
        return [places.index(fact.need_id) for fact in said if isinstance(fact, NeedChosen)]


def some_votes(ballot: Ballot, votes: Mapping[str, Any]) -> tuple[VoteCast, ...]:
    cast = []
    for voter, choice in votes.items():
        places = list(choice)
        points = tuple(choice.values()) if isinstance(choice, Mapping) else None
        choices = tuple(ballot.items[place].need_id for place in places)
        cast.append(VoteCast(token=token(voter), choices=choices, points=points))
    return tuple(cast)


def unknown() -> NeedId:
    return NeedId(uuid4())
