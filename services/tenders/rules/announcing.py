"""The notice of the result (成交公告 and 通知书), from which the times to object and to sign are counted."""

from datetime import timedelta

from schemas.awarding import AwardAnnounced
from schemas.days import day_of
from schemas.deciding import Context, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.legal_term import must_know, term_ends
from schemas.refused import Refused
from schemas.workdays import Deadline
from services.tenders.rules.aftermath import CONTRACT, NOTICE, OBJECT
from services.tenders.rules.project import Phase, Project

INSTANT = timedelta(microseconds=1)


class AnnounceAward(Command):
    project_id: ProjectId


def announce_award(world: World, command: AnnounceAward, context: Context) -> list[AwardAnnounced]:
    """Once for each choice, also late."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.AWARDED)
    if project.draft is None or project.award is None or project.call_off is not None:
        raise Refused("nothing_to_announce", project=str(project.id))
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    must_know(rulebook, NOTICE)
    if project.aftermath.notice is not None:
        raise Refused("already_announced", at=project.aftermath.notice.announced_at)
    chosen = next(ranked for ranked in project.ranking if ranked.bid_id == project.award)
    notice = term_ends(rulebook, NOTICE, context.today)
    last_day = day_of(notice.at - INSTANT)
    objections, contract = term_ends(rulebook, OBJECT, last_day), term_ends(rulebook, CONTRACT, context.today)
    counted: tuple[Deadline, ...] = (notice, objections, contract)
    return [
        AwardAnnounced(
            project_id=project.project_id,
            bid_id=chosen.bid_id,
            provider_id=chosen.bidder_id,
            price=chosen.price,
            announced_at=context.at,
            last_day=last_day,
            objections_until=objections.at,
            contract_due=contract.at,
            holidays_known=all(one.holidays_known for one in counted),
            rulebook=project.agreed.rulebook,
            announced_by=PartyId(context.by.person_id),
        )
    ]
