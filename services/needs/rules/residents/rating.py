"""Tokens to rate a project, for residents who live there; evaluation keeps the roll, by the digest of each."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.contract import Milestone
from schemas.days import end_of
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused
from services.needs.rules.ballot import LONGEST_DAYS
from services.needs.rules.intake import RULEBOOK
from services.needs.rules.residents.issuing import PERSONS, living_fault, refuse_faults
from services.needs.rules.residents.register import Resident, own
from services.needs.rules.residents.token import TokenKey, TokensIssued, mark_of, rating_purpose
from services.needs.rules.voter import MOST_VOTERS


class IssueRatingTokens(Command):
    """One for each resident, all of them or none. Who holds one already keeps it."""

    community_id: PartyId
    project_id: ProjectId
    milestone: Milestone | None = None
    """none: for every milestone"""
    residents: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_VOTERS)]
    until: date
    """the last day they can be looked up; the first issue says it for all"""

    @property
    def purpose_id(self) -> UUID:
        return rating_purpose(self.community_id, self.project_id, self.milestone)


class IssueRatingWithKey(IssueRatingTokens):
    key: str
    """a fresh one, wrapped: the purpose's if it has none yet"""


def issue_refs(command: IssueRatingWithKey, cause: UUID) -> tuple[Ref, ...]:
    return ((TokenKey, command.purpose_id), *((Resident, id) for id in command.residents))


def issue(world: World, command: IssueRatingWithKey, context: Context) -> list[Note]:
    """Two who are first at once make one key: the later decides again on what the earlier left."""
    context.by.must_be(command.community_id)
    key = world.find(TokenKey, command.purpose_id) or _new_key(command, context)
    if not key.key or context.at >= key.ends_at:
        raise Refused("tokens_over", ended=key.ends_at)
    rulebook = context.rulebooks.named(RULEBOOK, on=context.today)
    holders: dict[UUID, Resident] = {}
    faults: list[dict[str, Any]] = []
    for index, id in enumerate(command.residents):
        resident = own(world, command.community_id, id, f"residents.{index}")
        if resident.number_of(key.id):
            continue
        fault = living_fault(resident, context.today, rulebook)
        if fault is None and mark_of(context.vault, key, resident) in key.erased:
            fault = {"problem": "resident_has_a_token"}
        if fault is not None:
            faults.append({"field": f"residents.{index}"} | fault)
        holders[id] = resident.holding(key.id, 1)
    refuse_faults(faults, rulebook.source(PERSONS) if PERSONS in rulebook.rules else None)
    return [TokensIssued(key=key, residents=tuple(holders.values()), voters=())] if holders else []


def _new_key(command: IssueRatingWithKey, context: Context) -> TokenKey:
    if not context.today < command.until <= context.today + timedelta(days=LONGEST_DAYS):
        raise Refused("tokens_until", status=422, field="until", days=LONGEST_DAYS)
    return TokenKey(
        id=command.purpose_id, community_id=command.community_id, key=command.key, ends_at=end_of(command.until)
    )
