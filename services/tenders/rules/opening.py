"""The tender opens after money is reserved, and closes by its timer: bids are opened then, or never."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.deciding import Context, Due, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.tender import TenderClosed, TenderOpened, TenderVoided
from services.tenders.rules import narrowing
from services.tenders.rules.before_opening import must_be_intended, must_be_prepared
from services.tenders.rules.envelopes.kept import Escrow, Keeper, Sealing
from services.tenders.rules.envelopes.sharing import sealing_of, told_of
from services.tenders.rules.envelopes.waiting import await_or_open
from services.tenders.rules.fewer import least_bids
from services.tenders.rules.framework.concluding import is_framework
from services.tenders.rules.project import Phase, Project, bids_of


class OpenTender(Command):
    project_id: ProjectId
    supervisor_id: PartyId | None = None
    """who keeps the second share, where the rulebook puts the tender's key in escrow"""


class OpenTenderWithKey(Command):
    """`OpenTender` with a fresh sealing key from outside, wrapped by the vault; and shares, if there are keepers."""

    project_id: ProjectId
    key: bytes
    supervisor_id: PartyId | None = None
    keepers: tuple[Keeper, ...] = ()
    escrow: Escrow | None = None


class KeyKept(Note):
    project_id: ProjectId
    key: bytes
    sealing: Sealing | None


def open_tender(world: World, command: OpenTenderWithKey, context: Context) -> list[Model]:
    """Nothing opens before the budget is reserved: 政府采购法 第六条, purchases follow the approved budget.

    A framework commits no money: its call-offs do.
    """
    project = world.get(Project, command.project_id)
    by_framework = project.draft is not None and is_framework(context.rulebooks.by_hash(project.draft.rulebook))
    project.for_funder(context.by, Phase.APPROVED if by_framework else Phase.RESERVED)
    draft = project.agreed
    closes_at = context.at + timedelta(days=draft.bid_days)
    rulebook = context.rulebooks.by_hash(draft.rulebook)
    must_be_intended(project.preparation, rulebook, draft.ceiling)
    must_be_prepared(project.preparation, rulebook, closes_at, context)
    opened = TenderOpened(
        project_id=project.project_id,
        brief=project.brief,
        ceiling=draft.ceiling,
        terms=draft.terms,
        closes_at=closes_at,
        rulebook=draft.rulebook,
    )
    keepers = {keeper.party_id: keeper for keeper in command.keepers}
    rulebook = context.rulebooks.by_hash(draft.rulebook)
    sealing = sealing_of(project, command.supervisor_id, keepers, command.escrow, rulebook)
    kept = KeyKept(project_id=project.project_id, key=command.key, sealing=sealing)
    return [kept, *told_of(project, sealing), opened, *narrowing.told(project)]


def close(world: World, due: Due, context: Context) -> Iterable[Model]:
    """At the deadline: too few bids void the tender and none is decrypted; enough are opened."""
    project = world.get(Project, due.ref[1])
    if project.phase is not Phase.OPEN or project.closes_at is None or context.at < project.closes_at:
        return []
    bids = bids_of(world, project)
    closed = TenderClosed(project_id=project.project_id, bids=len(bids))
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    least = least_bids(rulebook)
    if len(bids) < rulebook.integer(least):
        source = rulebook.source(least).text
        return [closed, TenderVoided(project_id=project.project_id, code="too_few_bids", source=source)]
    return [closed, *await_or_open(project, bids, context)]
