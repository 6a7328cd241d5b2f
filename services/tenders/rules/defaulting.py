"""The winner gives up or does not sign: the next in rank may be chosen, or the tender run again."""

from typing import Annotated

from pydantic import Field

from schemas.awarding import DefaultGround, WinnerDefaulted
from schemas.deciding import Context, World
from schemas.fact import Command
from schemas.ids import BidId, PartyId, ProjectId
from schemas.judging import Digest
from schemas.legal_term import must_know
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from services.tenders.rules.aftermath import CONTRACT
from services.tenders.rules.project import Phase, Project
from services.tenders.rules.setting_aside import DEFAULT, DEFAULTED, pass_on


class RecordDefault(Command):
    project_id: ProjectId
    bid_id: BidId
    """the bid that was chosen"""
    ground: DefaultGround
    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    evidence: Digest | None = None
    """SHA-256 of what the winner wrote; needed when it gave up"""


def record_default(world: World, command: RecordDefault, context: Context) -> list[Model]:
    """Before the agreement is concluded. Without what the winner wrote only a term that passed shows it."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.AWARDED)
    if project.draft is None or project.award != command.bid_id:
        raise Refused("no_such_bid", status=404, bid=str(command.bid_id))
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    source = must_know(rulebook, DEFAULT)
    if project.aftermath.signed:
        raise Refused("agreement_signed", source, project=str(project.id))
    if command.ground is DefaultGround.GAVE_UP and command.evidence is None:
        raise Refused("giving_up_needs_evidence", source, status=422, field="evidence")
    if command.ground is DefaultGround.NOT_SIGNED:
        _must_be_late(project, rulebook, context)
    must_be_public(command.reason, "reason")
    chosen = next(ranked for ranked in project.ranking if ranked.bid_id == project.award)
    told = WinnerDefaulted(
        project_id=project.project_id,
        bid_id=chosen.bid_id,
        provider_id=chosen.bidder_id,
        ground=command.ground,
        reason=command.reason,
        evidence=command.evidence,
        recorded_by=PartyId(context.by.person_id),
    )
    return [told, *pass_on(project, DEFAULTED, context)]


def _must_be_late(project: Project, rulebook: Rulebook, context: Context) -> None:
    """The days run from the notice, and not while signing stands still."""
    notice, source = project.aftermath.notice, rulebook.source(CONTRACT)
    if notice is None:
        raise Refused("result_not_announced", source, project=str(project.id))
    if project.aftermath.winner_signed:
        raise Refused("winner_has_signed", source, field="ground")
    if project.aftermath.suspended_at is not None or context.at < notice.contract_due:
        raise Refused("signing_still_due", source, field="ground", until=notice.contract_due)
