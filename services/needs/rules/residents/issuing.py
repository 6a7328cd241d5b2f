"""Tokens straight onto a ballot's roll: once for each person the rulebook admits, anew when one is lost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.days import day_of, last_day
from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.ids import BallotId, PartyId
from schemas.legal_term import must_know
from schemas.model import Model
from schemas.need import RollListed
from schemas.refused import Refused
from schemas.rulebook import Rulebook, Source
from services.needs.rules.ballot import GROUNDS, Ballot
from services.needs.rules.paper import PaperVote, paper_id
from services.needs.rules.residents.person import ResidentDraft, age_on
from services.needs.rules.residents.register import Resident, own, place
from services.needs.rules.residents.token import TokenKey, TokensIssued, digest_of, mark_of, token_of
from services.needs.rules.vote import Vote
from services.needs.rules.voter import MOST_VOTERS, Voter, vote_id

TERMS = "ballot.voter_terms"
PERSONS = "ballot.register_persons"
MOST_FAULTS = 20
"""named in one refusal"""


class IssueTokens(Command):
    """One for each resident, all of them or none. Who holds one already keeps it."""

    ballot_id: BallotId
    residents: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_VOTERS)]


class IssueWithKey(IssueTokens):
    key: str
    """a fresh one, wrapped: the ballot's if it has none yet"""


class ReissueToken(Command):
    """The resident's token was lost: it is void from now on, and another stands in its place."""

    ballot_id: BallotId
    resident_id: UUID


class ReissueSeen(ReissueToken):
    lost: str
    """digest of the token before; empty when none was found"""


def issue_refs(command: IssueWithKey, cause: UUID) -> tuple[Ref, ...]:
    of = ((Ballot, command.ballot_id), (TokenKey, command.ballot_id))
    return (*of, *((Resident, id) for id in command.residents))


def issue(world: World, command: IssueWithKey, context: Context) -> list[Model]:
    """Whoever comes second waits for the ballot's row, finds the first one's key, and hands out the same tokens."""
    ballot = _taking(world, command.ballot_id, context)
    key = world.find(TokenKey, ballot.id) or TokenKey(
        id=ballot.id, community_id=ballot.community_id, key=command.key, ends_at=ballot.closes_at
    )
    new = {}
    faults: list[dict[str, Any]] = []
    for index, id in enumerate(command.residents):
        resident = own(world, ballot.community_id, id, f"residents.{index}")
        if resident.number_of(ballot.id):
            continue
        person = opened(context, resident)
        problem = _fault(ballot, key, resident, person, context)
        if problem is not None:
            faults.append({"field": f"residents.{index}"} | problem)
        new[id] = (resident, person)
    refuse_faults(faults, context.rulebooks.by_hash(ballot.rulebook).source(TERMS))
    return _issued(ballot, key, list(new.values()), context) if new else []


def _taking(world: World, ballot_id: UUID, context: Context) -> Ballot:
    ballot = world.get(Ballot, ballot_id)
    context.by.must_be(ballot.community_id)
    ballot.must_take_votes(context.at)
    if not ballot.by_roll:
        raise Refused("no_roll", ballot=str(ballot.id))
    must_know(context.rulebooks.by_hash(ballot.rulebook), TERMS)
    return ballot


def opened(context: Context, resident: Resident) -> ResidentDraft:
    plain = context.vault.open(bytes.fromhex(resident.key), bytes.fromhex(resident.sealed), place(resident.id))
    return ResidentDraft.model_validate_json(plain)


def _fault(
    ballot: Ballot, key: TokenKey, resident: Resident, person: ResidentDraft, context: Context
) -> dict[str, Any] | None:
    """What the rulebook says against one resident on the day of the vote, which is the day the ballot closes."""
    rulebook, day = context.rulebooks.by_hash(ballot.rulebook), day_of(ballot.closes_at)
    terms = rulebook.value(TERMS).get(person.ground)
    if person.ground not in rulebook.value(GROUNDS) or terms is None:
        return {"problem": "ground_not_admitted"}
    if fault := living_fault(resident, day, rulebook):
        return fault
    if age_on(person.born_on, day) < terms["age"]:
        return {"problem": "resident_too_young", "age": terms["age"]}
    if not _lived(person.since, terms["months"], day):
        return {"problem": "resident_too_new", "months": terms["months"]}
    if mark_of(context.vault, key, resident) in key.erased:
        return {"problem": "resident_has_a_token"}
    return None


def living_fault(resident: Resident, day: date, rulebook: Rulebook) -> dict[str, Any] | None:
    """Somebody who is not living there that day, or was not seen by as many persons as the rulebook says."""
    if resident.left_on is not None and resident.left_on <= day:
        return {"problem": "resident_left"}
    if PERSONS in rulebook.rules and rulebook.integer(PERSONS) > 1 and resident.confirmed_by is None:
        return {"problem": "resident_unconfirmed"}
    return None


def _lived(since: date, months: int, day: date) -> bool:
    return since <= day if months == 0 else day > last_day(since, months)


def refuse_faults(faults: list[dict[str, Any]], source: Source | None) -> None:
    if faults:
        raise Refused(
            "not_eligible",
            source,
            status=422,
            errors=faults[:MOST_FAULTS],
            **(faults[0] | {"count": len(faults)}),
        )


def _issued(
    ballot: Ballot, key: TokenKey, residents: list[tuple[Resident, ResidentDraft]], context: Context
) -> list[Model]:
    voters = tuple(
        Voter(id=_vote_id(context, ballot, key, resident, 1), ballot_id=ballot.id, ground=person.ground)
        for resident, person in residents
    )
    added = Counter(voter.ground for voter in voters)
    told = RollListed(
        community_id=ballot.community_id,
        ballot_id=BallotId(ballot.id),
        added=dict(sorted(added.items())),
        listed=dict(sorted((added + Counter(ballot.listed)).items())),
        listed_by=PartyId(context.by.person_id),
    )
    holders = tuple(resident.holding(ballot.id, 1) for resident, _ in residents)
    return [TokensIssued(key=key, residents=holders, voters=voters), told]


def _vote_id(context: Context, ballot: Ballot, key: TokenKey, resident: Resident, number: int) -> UUID:
    return vote_id(ballot.id, digest_of(token_of(context.vault, key, resident, number)))


def reissue_refs(command: ReissueSeen, cause: UUID) -> Iterator[Ref]:
    yield from ((Ballot, command.ballot_id), (TokenKey, command.ballot_id), (Resident, command.resident_id))
    if command.lost:
        before = vote_id(command.ballot_id, command.lost)
        yield from ((Voter, before), (Vote, before), (PaperVote, paper_id(command.ballot_id, command.lost)))


def reissue(world: World, command: ReissueSeen, context: Context) -> list[Model]:
    """A token that voted, or whose paper was entered, stays used. The roll's figures stay as they are."""
    ballot = _taking(world, command.ballot_id, context)
    resident = own(world, ballot.community_id, command.resident_id, "resident_id")
    key, number = world.find(TokenKey, ballot.id), resident.number_of(ballot.id)
    if key is None or not number:
        raise Refused("no_token_held", field="resident_id", resident=str(resident.id))
    if digest_of(token_of(context.vault, key, resident, number)) != command.lost:
        raise Refused("token_reissued_meanwhile", resident=str(resident.id))
    before = vote_id(ballot.id, command.lost)
    if world.find(Vote, before) or world.find(PaperVote, paper_id(ballot.id, command.lost)):
        raise Refused("token_used", field="resident_id", resident=str(resident.id))
    lost = world.get(Voter, before)
    after = replace(lost, id=_vote_id(context, ballot, key, resident, number + 1))
    holder = resident.holding(ballot.id, number + 1)
    return [TokensIssued(key=key, residents=(holder,), voters=(replace(lost, void=True), after))]
