"""A tender's key in three shares: its keepers hand theirs in after the deadline, and two open the bids."""

from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.envelope import Holder, Key, SealingRule
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.unsealing import EscrowMade, RecoveryUsed, ShareHandedIn, ShareMade
from services.tenders.rules.envelopes.kept import (
    RELEASE_HOURS,
    SEALING,
    Escrow,
    Keeper,
    KeeperKept,
    Locked,
    Sealing,
    Share,
    ShareKept,
)
from services.tenders.rules.envelopes.releasing import not_early
from services.tenders.rules.envelopes.unsealing import go_on, with_escrow
from services.tenders.rules.project import Phase, Project, bids_of

APART = Source("设计约定:决策、执行、监督由不同的人担任", Certainty.FOUNDING)


class KeepShares(Command):
    """The public key to which this party's shares of coming tenders are sealed."""

    party_id: PartyId
    """the caller's own party"""
    public_key: Key
    """X25519, 32 bytes in hex"""


class CheckedKeeper(Command):
    """`KeepShares`, and whether anything can be sealed to the key."""

    party_id: PartyId
    public_key: str
    usable: bool


class HandInShare(Command):
    project_id: ProjectId
    share: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$", repr=False)]
    """64 bytes in hex"""


class HandedInShare(Command):
    """`HandInShare` with what would be kept, wrapped by the vault."""

    project_id: ProjectId
    share: Annotated[str, Field(repr=False)]
    locked: Locked


class UseRecovery(Command):
    project_id: ProjectId
    reason: Annotated[str, Field(min_length=1, max_length=500)]


def keeper_refs(command: CheckedKeeper, cause: UUID) -> tuple[Ref, ...]:
    return ((Keeper, command.party_id),)


def keep_shares(world: World, command: CheckedKeeper, context: Context) -> list[KeeperKept]:
    """Shares that were made before stay sealed to the key of then."""
    context.by.must_be(command.party_id)
    if not command.usable:
        raise Refused("unusable_key", status=422, field="public_key")
    return [
        KeeperKept(
            party_id=command.party_id,
            public_key=command.public_key,
            role=context.by.role,
            person_id=PartyId(context.by.person_id),
        )
    ]


def sealing_of(
    project: Project,
    supervisor_id: PartyId | None,
    keepers: dict[PartyId, Keeper],
    escrow: Escrow | None,
    book: Rulebook,
) -> Sealing | None:
    """By the rule of the rulebook, as the tender opens; editions from before there was a choice have none."""
    if SEALING not in book.rules:
        return None
    rule, hours = SealingRule(book.value(SEALING)), book.integer(RELEASE_HOURS)
    if rule is not SealingRule.ESCROW:
        return Sealing(rule=rule, release_hours=hours)
    _check_keepers(project, supervisor_id, keepers, book)
    assert escrow is not None, f"project {project.id} has keepers and no shares"
    return Sealing(rule=rule, release_hours=hours, escrow=escrow)


def told_of(project: Project, sealing: Sealing | None) -> list[EscrowMade]:
    """Who holds a share, before the first bid."""
    escrow = sealing.escrow if sealing else None
    if escrow is None:
        return []
    made = tuple(ShareMade(holder=s.holder, keeper_id=s.keeper_id, digest=s.digest) for s in escrow.shares)
    return [EscrowMade(project_id=project.project_id, public_key=escrow.public_key, shares=made)]


def _check_keepers(
    project: Project, supervisor_id: PartyId | None, keepers: dict[PartyId, Keeper], book: Rulebook
) -> None:
    source = book.source(SEALING)
    if supervisor_id is None:
        raise Refused("supervisor_missing", source, status=422, field="supervisor_id")
    for party_id, role in ((project.brief.funder_id, Role.FUNDER), (supervisor_id, Role.AUDITOR)):
        keeper = keepers.get(party_id)
        if keeper is None or keeper.role is not role:
            raise Refused("keeper_has_no_key", source, party=str(party_id), role=role)
    if len({keepers[party_id].person_id for party_id in (project.brief.funder_id, supervisor_id)}) < 2:
        raise Refused("keepers_are_one", APART, status=403, field="supervisor_id")


def hand_in_share(world: World, command: HandedInShare, context: Context) -> list[Model]:
    """The second share opens the bids. With too few bids no share is accepted: the tender is void."""
    project = world.get(Project, command.project_id)
    not_early(project, context, "share")
    escrow = _awaited(project)
    share = escrow.kept_by(context.by.party_id)
    if share is None:
        raise Refused("not_your_party", status=403)
    if share.handed_in:
        raise Refused("share_handed_in_already", project=str(project.id))
    if sha256(bytes.fromhex(command.share)).hexdigest() != share.digest:
        raise Refused("wrong_share", status=422, field="share", project=str(project.id))
    return _with_share(world, project, escrow, share, command.locked, context)


def use_recovery(world: World, command: UseRecovery, context: Context) -> list[Model]:
    """In place of a keeper who cannot: by the operator, who holds no share, and everybody learns who and why."""
    project = world.get(Project, command.project_id)
    not_early(project, context, "project_id")
    escrow = _awaited(project)
    must_be_public(command.reason, "reason")
    share = escrow.share(Holder.RECOVERY)
    if share.handed_in:
        raise Refused("share_handed_in_already", project=str(project.id))
    assert share.locked is not None, f"project {project.id} lost its recovery share"
    used = RecoveryUsed(project_id=project.project_id, used_by=PartyId(context.by.person_id), reason=command.reason)
    return [used, *_with_share(world, project, escrow, share, share.locked, context)]


def _awaited(project: Project) -> Escrow:
    if project.sealing is None or project.sealing.escrow is None:
        raise Refused("no_shares", project=str(project.id))
    project.must_be_in(Phase.LOCKED)
    return project.sealing.escrow


def _with_share(
    world: World, project: Project, escrow: Escrow, share: Share, locked: Locked, context: Context
) -> list[Model]:
    said: list[Model] = [
        ShareHandedIn(project_id=project.project_id, holder=share.holder, handed_in_by=PartyId(context.by.person_id)),
        ShareKept(project_id=project.project_id, holder=share.holder, locked=locked),
    ]
    after = with_escrow(project, escrow.with_share(share.holder, locked))
    return [*said, *go_on(after, bids_of(world, project), context)]
