"""A grid patrol reports what it found: it becomes a need, or joins one that is known."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World, new_id
from schemas.ids import NeedId, PartyId
from schemas.intake import Channel, NeedTakenIn
from schemas.merging import GridReported, ReportId, Sha256
from schemas.model import Model
from schemas.need import Origin
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from services.needs.rules.intake import NeedDraft, PostNeed, posted
from services.needs.rules.merging import joinable
from services.needs.rules.need import Need

MOST_PHOTOS = 9
MOST_DAYS = 30
"""after a patrol in which it is reported"""


class ReportPatrol(PostNeed):
    """Title and description are what was found (情况报告), and public like a need's."""

    origin: Literal[Origin.RESIDENT] = Origin.RESIDENT
    grid: Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[0-9A-Za-z一-鿿-]+$")]
    patrolled_on: date
    photos: Annotated[tuple[Sha256, ...], Field(max_length=MOST_PHOTOS)] = ()
    """SHA-256 of each"""
    joins: NeedId | None = None
    """a need of this community that it is about; none: it is a new one"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridReport(State):
    told: GridReported


def report_refs(command: ReportPatrol, cause: UUID) -> tuple[Ref, ...]:
    need = command.joins or NeedId(new_id(cause, "need"))
    return ((Party, command.community_id), (Need, need), (GridReport, new_id(cause, "report")))


def report(world: World, command: ReportPatrol, context: Context) -> list[Model]:
    context.by.must_be(command.community_id)
    age = (context.today - command.patrolled_on).days
    if not 0 <= age <= MOST_DAYS:
        raise Refused("patrol_day", status=422, field="patrolled_on", days=MOST_DAYS)
    if len(set(command.photos)) != len(command.photos):
        raise Refused("photo_twice", status=422, field="photos")
    id = command.joins or NeedId(context.new_id("need"))
    if command.joins is not None:
        joinable(world, command.community_id, command.joins, "joins")
    draft = NeedDraft.model_validate({name: getattr(command, name) for name in NeedDraft.model_fields})
    said = posted(world.get(Party, command.community_id), draft, id, context, "")
    told = said[0]
    must_be_public(command.grid, "grid")
    reported = GridReported(
        community_id=command.community_id,
        report_id=ReportId(context.new_id("report")),
        grid=command.grid,
        division=command.division,
        patrolled_on=command.patrolled_on,
        reported_by=PartyId(context.by.person_id),
        finding=f"{told.title}:{told.description}",  # type: ignore[attr-defined]  # a NeedPosted, its numbers taken out
        photos=command.photos,
        need_id=id,
        joined=command.joins is not None,
    )
    if command.joins is not None:
        return [reported]
    taken_in = NeedTakenIn(
        community_id=command.community_id,
        need_id=id,
        channel=Channel.GRID_PATROL,
        on=context.today,
        applicant_id=None,
    )
    return [told, taken_in, *said[1:], reported]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return (GridReport(id=fact.report_id, told=fact),) if isinstance(fact, GridReported) else ()
