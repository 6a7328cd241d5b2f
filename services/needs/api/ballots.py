"""Doors of the roll, of paper votes, and of what a ballot publishes."""

from collections.abc import Mapping
from uuid import UUID

from events.database import Connection
from schemas.deciding import World
from schemas.ids import BallotId, NeedId
from schemas.model import Model
from schemas.need import VoterGround
from schemas.outcome import PublishedOutcome
from schemas.pabulib import written
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get, Post
from services.needs import store
from services.needs.rules import ballot, outcome, paper, voter
from services.needs.store import ballots

COMMUNITY = frozenset({Role.COMMUNITY})
PUBLIC: frozenset[Role] = frozenset()
LARGEST_ROLL = 1024 * 1024
PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}


class RollAnswer(Answer):
    ballot_id: BallotId
    listed: Mapping[VoterGround, int]
    """on the roll by ground, as it is public with the ballot"""
    total: int


class PapersTaken(Answer):
    """Of this request."""

    ballot_id: BallotId
    counted: int
    waiting: int
    """for a second person, who enters them without seeing the first entry"""
    disputed: tuple[str, ...]
    """tokens of papers that were read differently: a third person enters them"""


class Reading(Model):
    person_id: UUID
    choices: tuple[NeedId, ...]
    points: tuple[int, ...]


class PaperAnswer(Answer):
    token: str
    state: paper.Looked
    entered_by: tuple[UUID, ...]
    readings: tuple[Reading, ...]
    """of a disputed paper; a waiting one shows none, so that the second person reads the paper and not the screen"""


class PapersPage(Answer):
    papers: tuple[PaperAnswer, ...]
    next: UUID | None


class OutcomeAnswer(PublishedOutcome, Answer):
    """What `sanshe tally FILE` counts again. Public; an auditor's has every group of ballots."""


def _listed(world: World, command: voter.ListVoters, cause: UUID) -> RollAnswer:
    listed = world.get(ballot.Ballot, command.ballot_id).listed
    return RollAnswer(ballot_id=command.ballot_id, listed=listed, total=sum(listed.values()))


def _entered(world: World, command: paper.EnterPapers, cause: UUID) -> PapersTaken:
    papers = [world.get(paper.PaperVote, paper.paper_id(command.ballot_id, vote.token)) for vote in command.votes]
    how_far = [one.how_far for one in papers]
    return PapersTaken(
        ballot_id=command.ballot_id,
        counted=how_far.count(paper.Looked.COUNTED),
        waiting=how_far.count(paper.Looked.WAITING),
        disputed=tuple(one.token for one in papers if one.how_far is paper.Looked.DISPUTED),
    )


async def _known(connection: Connection, asked: Asked) -> ballot.Ballot:
    id = asked.id("ballot_id")
    found = await store.ballot(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Ballot", id=str(id))
    return found[0]


async def _papers(connection: Connection, asked: Asked) -> PapersPage:
    state = await _known(connection, asked)
    asked.actor.must_be(state.community_id)
    found = await ballots.papers_of(connection, state.id, asked.cursor, asked.limit)
    return PapersPage(
        papers=tuple(_paper(one, state) for one in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


def _paper(one: paper.PaperVote, of: ballot.Ballot) -> PaperAnswer:
    needs = [item.need_id for item in of.items]
    shown = one.looks if one.how_far is paper.Looked.DISPUTED else ()
    return PaperAnswer(
        token=one.token,
        state=one.how_far,
        entered_by=tuple(look.person_id for look in one.looks),
        readings=tuple(
            Reading(person_id=look.person_id, choices=tuple(needs[p] for p in look.places), points=look.points)
            for look in shown
        ),
    )


def _sees_all(asked: Asked) -> bool:
    return asked.by is not None and asked.by.role is Role.AUDITOR


async def _outcome(connection: Connection, asked: Asked) -> OutcomeAnswer:
    state = await _known(connection, asked)
    outcome.counted(state)
    cells = await ballots.cells_of(connection, state.id)
    published = outcome.outcome_of(state, cells, whole=_sees_all(asked))
    return OutcomeAnswer.model_validate(published, from_attributes=True)


async def _pabulib(connection: Connection, asked: Asked) -> File:
    state = await _known(connection, asked)
    outcome.counted(state)
    cells = await ballots.cells_of(connection, state.id)
    titles = await ballots.titles_of(connection, [item.need_id for item in state.items])
    election = outcome.exported(state, titles, cells, whole=_sees_all(asked))
    return File(body=written(election).encode(), name=f"{state.id}.pb")


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/ballots/{ballot_id}/roll",
        command=voter.ListVoters,
        roles=COMMUNITY,
        refs=voter.list_refs,
        decide=voter.list_voters,
        subject=lambda command, cause: (ballot.Ballot, command.ballot_id),
        answer=_listed,
        summary="登记选民凭证(至多 5000 个,只公布人数) · List voters' tokens; their count is public",
        largest_body=LARGEST_ROLL,
    ),
    Post(
        path="/v1/ballots/{ballot_id}/papers",
        command=paper.EnterPapers,
        roles=COMMUNITY,
        refs=paper.enter_refs,
        decide=paper.enter_papers,
        subject=lambda command, cause: (ballot.Ballot, command.ballot_id),
        answer=_entered,
        summary="录入纸质选票,两人录入一致方计票 · Enter paper votes; one counts once two persons entered it alike",
        largest_body=LARGEST_ROLL,
    ),
    Get(
        path="/v1/ballots/{ballot_id}/papers",
        roles=COMMUNITY,
        handler=_papers,
        answer=PapersPage,
        summary="未计入的纸质选票:待第二人录入,或两人不一致 · Paper votes that do not count yet",
        query=PAGES,
    ),
    Get(
        path="/v1/ballots/{ballot_id}/outcome",
        roles=PUBLIC,
        handler=_outcome,
        answer=OutcomeAnswer,
        summary="公布的结果,任何人可重新计票 · The outcome, for anyone to count again",
    ),
    Get(
        path="/v1/ballots/{ballot_id}/pabulib",
        roles=PUBLIC,
        handler=_pabulib,
        answer="text/plain",
        summary="以 Pabulib 格式导出 · The election in Pabulib's format",
    ),
)
