"""The tender opens after money is reserved, and closes by its timer: bids are opened then, or never."""

from datetime import timedelta

from schemas.canonical import digest_of
from schemas.deciding import Context, Due, World
from schemas.fact import Command, Fact, Note
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.tender import BidContent, BidsOpened, OpenedBid, TenderClosed, TenderOpened, TenderVoided
from services.tenders.rules import narrowing
from services.tenders.rules.before_opening import must_be_prepared
from services.tenders.rules.fewer import bids_least
from services.tenders.rules.framework.concluding import is_framework
from services.tenders.rules.project import Bid, Phase, Project, bids_of, place

PER_FACT = 20
"""Opened bids per fact: the longest proposals of so many still fit through the broker."""


class OpenTender(Command):
    project_id: ProjectId


class OpenTenderWithKey(Command):
    """`OpenTender` with a fresh sealing key from outside, wrapped by the vault."""

    project_id: ProjectId
    key: bytes


class KeyKept(Note):
    project_id: ProjectId
    key: bytes


def open_tender(world: World, command: OpenTenderWithKey, context: Context) -> list[Model]:
    """Nothing opens before the budget is reserved: 政府采购法 第六条, purchases follow the approved budget.

    A framework commits no money: its call-offs do.
    """
    project = world.get(Project, command.project_id)
    by_framework = project.draft is not None and is_framework(context.rulebooks.by_hash(project.draft.rulebook))
    project.for_funder(context.by, Phase.APPROVED if by_framework else Phase.RESERVED)
    draft = project.agreed
    closes_at = context.at + timedelta(days=draft.bid_days)
    must_be_prepared(project.preparation, context.rulebooks.by_hash(draft.rulebook), closes_at, context)
    opened = TenderOpened(
        project_id=project.project_id,
        brief=project.brief,
        ceiling=draft.ceiling,
        terms=draft.terms,
        closes_at=closes_at,
        rulebook=draft.rulebook,
    )
    return [KeyKept(project_id=project.project_id, key=command.key), opened, *narrowing.told(project)]


def close(world: World, due: Due, context: Context) -> list[Fact]:
    """At the deadline: too few bids void the tender and none is decrypted; enough are opened."""
    project = world.get(Project, due.ref[1])
    if project.phase is not Phase.OPEN or project.closes_at is None or context.at < project.closes_at:
        return []
    bids = bids_of(world, project)
    closed = TenderClosed(project_id=project.project_id, bids=len(bids))
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if len(bids) < bids_least(rulebook):
        source = rulebook.source("tender.bids_least").text
        return [closed, TenderVoided(project_id=project.project_id, code="too_few_bids", source=source)]
    opened = tuple(_opened(project, bid, context) for bid in bids)
    parts = (opened[start : start + PER_FACT] for start in range(0, len(opened), PER_FACT))
    return [closed, *(BidsOpened(project_id=project.project_id, bids=part) for part in parts)]


def _opened(project: Project, bid: Bid, context: Context) -> OpenedBid:
    assert project.key is not None, f"project {project.id} has no key"
    assert bid.sealed is not None, f"bid {bid.id} has nothing to open"
    content = BidContent.model_validate_json(
        context.vault.open(project.key, bid.sealed, place(bid.project_id, bid.bidder_id))
    )
    assert digest_of(content) == bid.digest, f"bid {bid.id} is not what was sealed"
    return OpenedBid(
        bid_id=bid.bid_id,
        bidder_id=bid.bidder_id,
        price=content.price,
        proposal=content.proposal,
        salt=content.salt,
        digest=bid.digest,
    )
