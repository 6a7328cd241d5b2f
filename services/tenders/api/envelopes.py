"""The doors of keys: a tender's sealing, keepers and their shares, released keys. No answer holds a secret."""

from datetime import datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.envelope import Holder, SealingRule
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.tenders import store
from services.tenders.api.answers import Step
from services.tenders.api.sealing import check_keeper, lock_key, lock_share
from services.tenders.rules.envelopes import releasing, sharing
from services.tenders.rules.envelopes.kept import Escrow, Keeper
from services.tenders.rules.project import Project, project_of

KEEPERS = frozenset({Role.FUNDER, Role.AUDITOR})


class KeeperAnswer(Answer):
    version: int
    party_id: PartyId
    public_key: str


class ShareLine(Model):
    holder: Holder
    keeper_id: PartyId | None
    digest: str
    handed_in: bool


class SealingAnswer(Answer):
    """What a bidder needs to seal, and anybody to see who can open what."""

    project_id: ProjectId
    rule: SealingRule
    own_keys: bool
    """whether a bidder may use a key of its own; not under editions from before that"""
    public_key: str | None
    """of the tender, in hex, while it is in escrow"""
    shares: tuple[ShareLine, ...]
    closes_at: datetime | None
    release_hours: int | None
    release_until: datetime | None
    """after the deadline: until when keys are waited for"""

    @classmethod
    def of(cls, project: Project) -> "SealingAnswer":
        sealing = project.sealing
        escrow = sealing.escrow if sealing else None
        return cls(
            project_id=project.project_id,
            rule=sealing.rule if sealing else SealingRule.SERVER,
            own_keys=sealing is not None,
            public_key=escrow.public_key if escrow else None,
            shares=_lines(escrow),
            closes_at=project.closes_at,
            release_hours=sealing.release_hours if sealing else None,
            release_until=project.release_until,
        )


def _lines(escrow: Escrow | None) -> tuple[ShareLine, ...]:
    return tuple(
        ShareLine(holder=share.holder, keeper_id=share.keeper_id, digest=share.digest, handed_in=share.handed_in)
        for share in (escrow.shares if escrow else ())
    )


class SealedShare(Model):
    """A share as only its keeper's private key opens it: HPKE in the place `schemas.envelope.keeper_place`."""

    holder: Holder
    keeper_id: PartyId
    digest: str
    """SHA-256 of the opened share"""
    sealed: str
    """in hex"""


class SealedShares(Answer):
    project_id: ProjectId
    shares: tuple[SealedShare, ...]


async def show_sealing(connection: Connection, asked: Asked) -> SealingAnswer:
    return SealingAnswer.of(await _opened(connection, asked))


async def show_shares(connection: Connection, asked: Asked) -> SealedShares:
    """The buyer its own, auditors all; ciphertext to everybody but the keeper."""
    project = await _opened(connection, asked)
    by = asked.actor
    if by.role is not Role.AUDITOR:
        by.must_be(project.brief.funder_id)
    escrow = project.sealing.escrow if project.sealing else None
    kept = [s for s in (escrow.shares if escrow else ()) if by.role is Role.AUDITOR or s.keeper_id == by.party_id]
    shares = tuple(
        SealedShare(holder=s.holder, keeper_id=s.keeper_id, digest=s.digest, sealed=s.sealed.hex())
        for s in kept
        if s.keeper_id is not None and s.sealed is not None
    )
    return SealedShares(project_id=project.project_id, shares=shares)


async def _opened(connection: Connection, asked: Asked) -> Project:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None or found[0].closes_at is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    return found[0]


def _subject(command: Any, cause: UUID) -> Ref:
    return (Project, command.project_id)


def _step(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=project.project_id, phase=project.phase)


def _keeper_ref(command: Any, cause: UUID) -> Ref:
    return (Keeper, command.party_id)


def _keeper(world: World, command: Any, cause: UUID) -> KeeperAnswer:
    keeper = world.get(Keeper, command.party_id)
    version = world.next_version((Keeper, keeper.id))
    return KeeperAnswer(version=version, party_id=keeper.party_id, public_key=keeper.public_key)


ENVELOPES = (
    Post(
        path="/v1/keepers/{party_id}/keys",
        command=sharing.KeepShares,
        roles=KEEPERS,
        refs=sharing.keeper_refs,
        decide=sharing.keep_shares,
        subject=_keeper_ref,
        answer=_keeper,
        summary="登记保管开标密钥份额用的公钥 · Register the public key one keeps shares with",
        prepare=check_keeper,
    ),
    Post(
        path="/v1/projects/{project_id}/bids/{bid_id}/key",
        command=releasing.ReleaseKey,
        roles=frozenset({Role.PROVIDER}),
        refs=project_of,
        decide=releasing.release_key,
        subject=_subject,
        answer=_step,
        summary="截止后公布本方标书的密钥 · Release the key of one's bid after the deadline",
        prepare=lock_key,
    ),
    Post(
        path="/v1/projects/{project_id}/shares",
        command=sharing.HandInShare,
        roles=KEEPERS,
        refs=project_of,
        decide=sharing.hand_in_share,
        subject=_subject,
        answer=_step,
        summary="截止后交出开标密钥份额(两份即开标) · Hand in a share of the tender's key; two open the bids",
        prepare=lock_share,
    ),
    Post(
        path="/v1/projects/{project_id}/recovery",
        command=sharing.UseRecovery,
        roles=frozenset({Role.OPERATOR}),
        refs=project_of,
        decide=sharing.use_recovery,
        subject=_subject,
        answer=_step,
        summary="启用备用份额并说明理由(公开记录) · Use the recovery share, with a reason everybody reads",
    ),
    Get(
        path="/v1/projects/{project_id}/sealing",
        roles=frozenset(),
        handler=show_sealing,
        answer=SealingAnswer,
        summary="标书如何密封、密钥由谁保管 · How bids are sealed, and who keeps which key",
    ),
    Get(
        path="/v1/projects/{project_id}/shares",
        roles=KEEPERS,
        handler=show_shares,
        answer=SealedShares,
        summary="本方保管的份额(密文,只有保管人的私钥能打开) · The shares one keeps, as ciphertext",
    ),
)
