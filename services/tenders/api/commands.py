"""What people may ask tenders to do."""

import secrets
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.canonical import digest_of
from schemas.deciding import Ref, World, new_id
from schemas.fact import Command
from schemas.ids import ProjectId
from schemas.personal import must_be_public
from schemas.role import Role
from schemas.tender import BidContent
from services.kit.service import Post
from services.kit.vault import Vault
from services.tenders import store
from services.tenders.api.answers import Drafted, Sealed, Step
from services.tenders.api.sealing import at_the_door, hand_in, with_keys
from services.tenders.rules import (
    arranging,
    award,
    correcting,
    disclosure,
    opening,
    proposal,
    qualification,
    scoring,
    sealing,
)
from services.tenders.rules.project import Bid, Project, project_of

SALT_BYTES = 32


async def seal(connection: Connection, command: sealing.SealBid, vault: Vault) -> sealing.SealedBid:
    """Before the transaction begins the content is ciphertext; nothing after this knows a price.

    Without a key the tender is not open, and the decision says why. Opening will tell the proposal to everyone.
    """
    must_be_public(command.proposal, "proposal")
    must_be_public(command.quotation, "quotation")
    found = await store.project(connection, command.project_id)
    content = BidContent(
        project_id=command.project_id,
        bidder_id=command.bidder_id,
        price=command.price,
        proposal=command.proposal,
        salt=secrets.token_hex(SALT_BYTES),
        quotation=command.quotation,
    )
    return sealing.SealedBid(
        project_id=command.project_id,
        bidder_id=command.bidder_id,
        digest=digest_of(content),
        replaces=command.replaces,
        **at_the_door(found[0] if found else None, content, command.key, vault),
    )


async def with_bidders(connection: Connection, command: award.ConfirmAward, vault: Vault) -> award.ConfirmAwardAmong:
    """Bids are fixed at their opening; before it there is nothing to confirm, and the decision says so."""
    return award.ConfirmAwardAmong(**dict(command), bidders=await store.bidders_of(connection, command.project_id))


def _subject(command: Any, cause: UUID) -> Ref:
    return (Project, command.project_id)


def _new_bid(command: Any, cause: UUID) -> Ref:
    return (Bid, new_id(cause, "bid"))


def _step(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=project.project_id, phase=project.phase)


def _drafted(world: World, command: Any, cause: UUID) -> Drafted:
    return Drafted(project_id=ProjectId(command.project_id), draft_id=new_id(cause, "draft"))


def _sealed(world: World, command: Any, cause: UUID) -> Sealed:
    bid = world.get(Bid, new_id(cause, "bid"))
    return Sealed(bid_id=bid.bid_id, digest=bid.digest, sealed_at=bid.sealed_at)


def _by_funder(noun: str, command: type[Command], decide: Any, summary: str, **more: Any) -> Post:
    """A step of the buyer that answers where the project stands then."""
    defaults: dict[str, Any] = {"refs": project_of, "answer": _step}
    return Post(
        path="/v1/projects/{project_id}/" + noun,
        command=command,
        roles=frozenset({Role.FUNDER}),
        decide=decide,
        subject=_subject,
        summary=summary,
        **(defaults | more),
    )


COMMANDS = (
    _by_funder(
        "drafts",
        proposal.DraftTerms,
        proposal.draft_terms,
        "起草采购条款(起草人) · Draft ceiling, shares and terms",
        refs=proposal.of_funder,
        answer=_drafted,
    ),
    _by_funder(
        "arrangements",
        arranging.DraftArrangement,
        arranging.draft_arrangement,
        "起草直接协商的协议(委托、资助、奖补,不经采购) · Draft a direct arrangement",
        refs=arranging.refs,
        answer=_drafted,
    ),
    _by_funder(
        "drafts/{draft_id}/approval",
        proposal.ApproveDraft,
        proposal.approve_draft,
        "批准草案(不得是起草人) · Approve a draft somebody else made",
        refs=proposal.of_funder,
    ),
    _by_funder(
        "declination",
        proposal.DeclineProject,
        proposal.decline_project,
        "不予采纳并说明理由 · Decline a proposal, with the reason",
    ),
    _by_funder(
        "tender",
        opening.OpenTender,
        opening.open_tender,
        "预算预留后发布采购公告 · Open the tender",
        prepare=with_keys,
    ),
    Post(
        path="/v1/projects/{project_id}/bids",
        command=sealing.SealBid,
        roles=frozenset({Role.PROVIDER}),
        refs=sealing.seal_refs,
        decide=sealing.seal_bid,
        subject=_new_bid,
        answer=_sealed,
        summary="递交密封标书(开标前任何人都读不到内容) · Hand in a sealed bid",
        prepare=seal,
    ),
    Post(
        path="/v1/projects/{project_id}/sealed-bids",
        command=sealing.HandInBid,
        roles=frozenset({Role.PROVIDER}),
        refs=sealing.seal_refs,
        decide=sealing.seal_bid,
        subject=_new_bid,
        answer=_sealed,
        summary="递交自行加密的标书(只收密文) · Hand in a bid one sealed oneself",
        prepare=hand_in,
    ),
    Post(
        path="/v1/projects/{project_id}/bids/{bid_id}/withdrawal",
        command=sealing.WithdrawBid,
        roles=frozenset({Role.PROVIDER}),
        refs=project_of,
        decide=sealing.withdraw_bid,
        subject=_subject,
        answer=_step,
        summary="截止前撤回标书 · Withdraw a bid before the deadline",
    ),
    Post(
        path="/v1/projects/{project_id}/bids/{bid_id}/delivery",
        command=disclosure.DiscloseDelivery,
        roles=frozenset({Role.PROVIDER}),
        refs=disclosure.delivery_refs,
        decide=disclosure.disclose_delivery,
        subject=_subject,
        answer=_step,
        summary="说明由谁实施(备案组织由枢纽组织投标并负责) · Say who delivers besides the bidder",
    ),
    Post(
        path="/v1/projects/{project_id}/bids/{bid_id}/correction",
        command=correcting.AnswerCorrection,
        roles=frozenset({Role.PROVIDER}),
        refs=project_of,
        decide=correcting.answer_correction,
        subject=_subject,
        answer=_step,
        summary="投标人确认修正后的报价 · Say whether the bid stands by its corrected price",
    ),
    _by_funder(
        "qualification",
        qualification.QualifyBids,
        qualification.qualify_bids,
        "资格审查并签字 · Sign who is qualified",
        refs=qualification.qualify_refs,
    ),
    Post(
        path="/v1/projects/{project_id}/scores",
        command=scoring.EnterScores,
        roles=frozenset({Role.EVALUATOR}),
        refs=scoring.enter_refs,
        decide=scoring.enter_scores,
        subject=_subject,
        answer=_step,
        summary="评审专家评分 · Enter one evaluator's scores",
    ),
    _by_funder(
        "scores/closing",
        scoring.CloseScoring,
        scoring.close_scoring,
        "结束评分,交由系统排名 · Close scoring",
    ),
    _by_funder(
        "award",
        award.ConfirmAward,
        award.confirm_award,
        "按排名顺序确定成交供应商 · Confirm the award, in rank order",
        refs=award.award_refs,
        prepare=with_bidders,
    ),
)
