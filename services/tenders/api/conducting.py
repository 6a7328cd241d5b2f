"""The committee, the inquiry into low prices, and how far evaluators stand from each other."""

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.committee import Member
from schemas.deciding import Ref, World
from schemas.ids import BidId, PartyId, ProjectId
from schemas.low_price import Trigger
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.tenders import store
from services.tenders.api.answers import Step
from services.tenders.rules import low_price
from services.tenders.rules.committee import drawing, importing
from services.tenders.rules.committee.lot import commitment_of
from services.tenders.rules.deviation import Deviation, deviations, rounded
from services.tenders.rules.inquired import Inquiry
from services.tenders.rules.project import Phase, Project, project_of
from services.tenders.rules.scoring import total_of

SECRET_BYTES = 32
AFTER_SCORING = frozenset({Phase.SCORED, Phase.RANKED, Phase.AWARDED, Phase.VOIDED})


async def add_secret(connection: Connection, command: drawing.CommitDraw, vault: Vault) -> drawing.CommitDrawWithSecret:
    """Randomness comes from outside the decision; from here on only its commitment is read before the draw."""
    secret, key = secrets.token_hex(SECRET_BYTES), vault.new_key()
    return drawing.CommitDrawWithSecret(
        project_id=command.project_id,
        pool=command.pool,
        seats=command.seats,
        representative=command.representative,
        commitment=commitment_of(command.project_id, secret),
        key=key,
        sealed=vault.seal(key, secret.encode(), drawing.draw_place(command.project_id)),
    )


async def add_pool(connection: Connection, command: drawing.DrawExperts, vault: Vault) -> drawing.DrawExpertsOf:
    return drawing.DrawExpertsOf(project_id=command.project_id, evaluators=await _committed(connection, command))


async def add_pool_beside(
    connection: Connection, command: importing.ImportCommittee, vault: Vault
) -> importing.ImportCommitteeBeside:
    pooled = await _committed(connection, command)
    return importing.ImportCommitteeBeside(**dict(command), pooled=pooled)


async def _committed(
    connection: Connection, command: drawing.DrawExperts | importing.ImportCommittee
) -> tuple[PartyId, ...]:
    """The committed pool never changes, and none is committed after the opening: it may be read before the lock."""
    found = await store.project(connection, command.project_id)
    draw = None if found is None else found[0].draw
    own = () if draw is None or draw.representative is None else (draw.representative,)
    return () if draw is None else (*draw.pool, *own)


class DrawAnswer(Answer):
    """Public from the commitment on: who can be drawn, and the digest of the secret that is told at the draw."""

    pool: tuple[PartyId, ...]
    seats: int
    commitment: str


class CommitteeAnswer(Answer):
    """`members` for the buyer, auditors and the members themselves; for everybody once scoring is closed."""

    record_number: str | None
    size: int | None
    """none: no committee yet"""
    members: tuple[Member, ...] | None
    draw: DrawAnswer | None


class InquiryAnswer(Answer):
    """`explanation` may hold business secrets: for the buyer, evaluators, auditors and who gave it."""

    bid_id: BidId
    bidder_id: PartyId
    price: Money
    triggers: tuple[Trigger, ...]
    explain_until: datetime
    explained: bool
    unexplained: bool
    accepted: bool | None
    reason: str | None
    explanation: str | None

    @classmethod
    def of(cls, inquiry: Inquiry, whole: bool) -> "InquiryAnswer":
        return cls(
            bid_id=inquiry.bid_id,
            bidder_id=inquiry.bidder_id,
            price=inquiry.price,
            triggers=inquiry.triggers,
            explain_until=inquiry.explain_until,
            explained=inquiry.explanation is not None,
            unexplained=inquiry.lapsed,
            accepted=inquiry.accepted,
            reason=inquiry.reason,
            explanation=inquiry.explanation if whole else None,
        )


class InquiriesAnswer(Answer):
    inquiries: tuple[InquiryAnswer, ...]


class DeviationFigures(Answer):
    """Rounded to two decimals. `z` is none where the others agree exactly; see the rules for the formula."""

    evaluator_id: PartyId
    total: Decimal
    others_median: Decimal
    distance: Decimal
    spread: Decimal
    z: Decimal | None
    of_note: bool


def figures_of(one: Deviation) -> dict[str, Any]:
    """The fields of `DeviationFigures`."""
    return {
        "evaluator_id": one.evaluator_id,
        "total": one.total,
        "others_median": rounded(one.median),
        "distance": rounded(one.distance),
        "spread": rounded(one.spread),
        "z": None if one.z is None else rounded(one.z),
        "of_note": one.of_note,
    }


class DeviationAnswer(DeviationFigures):
    bid_id: BidId

    @classmethod
    def of(cls, one: Deviation) -> "DeviationAnswer":
        return cls(bid_id=BidId(one.scored_id), **figures_of(one))


class DeviationsAnswer(Answer):
    """Shown to whoever answers for the scoring. No score is removed because of it."""

    formula: str
    deviations: tuple[DeviationAnswer, ...]


FORMULA = (
    "z = 0.6745 × (评分 − 其他评委评分的中位数) ÷ 其他评委评分的绝对中位差;|z| > 3.5 提示核对,不剔除任何评分 · "
    "z = 0.6745 × (total − median of the others) ÷ their median absolute deviation; |z| > 3.5 is worth a look, "
    "no score is removed (Iglewicz and Hoaglin 1993)"
)


async def show_committee(connection: Connection, asked: Asked) -> CommitteeAnswer:
    project = await _project(connection, asked)
    committee, draw, by = project.committee, project.draw, asked.by
    inside = by is not None and (
        by.role is Role.AUDITOR
        or by.party_id == project.brief.funder_id
        or (committee is not None and by.party_id in committee.ids)
    )
    told = committee is not None and (inside or project.phase in AFTER_SCORING)
    return CommitteeAnswer(
        record_number=committee.record_number if committee else None,
        size=len(committee.members) if committee else None,
        members=committee.members if committee and told else None,
        draw=DrawAnswer(pool=draw.pool, seats=draw.seats, commitment=draw.commitment) if draw else None,
    )


async def list_inquiries(connection: Connection, asked: Asked) -> InquiriesAnswer:
    project, by = await _project(connection, asked), asked.by
    readers = {Role.EVALUATOR, Role.AUDITOR}
    whole = by is not None and (by.role in readers or by.party_id == project.brief.funder_id)
    return InquiriesAnswer(
        inquiries=tuple(
            InquiryAnswer.of(one, whole or (by is not None and by.party_id == one.bidder_id))
            for one in project.inquiries
        )
    )


async def list_deviations(connection: Connection, asked: Asked) -> DeviationsAnswer:
    """Not while scores are entered: nobody is led by the others' points."""
    project = await _project(connection, asked)
    if asked.actor.role is not Role.AUDITOR:
        asked.actor.must_be(project.brief.funder_id)
    project.must_be_in(*(phase for phase in Phase if phase in AFTER_SCORING))
    totals: dict[UUID, dict[PartyId, Decimal]] = {}
    for entry in project.entries:
        for score in entry.scores:
            totals.setdefault(score.bid_id, {})[entry.evaluator_id] = total_of(score)
    return DeviationsAnswer(formula=FORMULA, deviations=tuple(DeviationAnswer.of(one) for one in deviations(totals)))


async def _project(connection: Connection, asked: Asked) -> Project:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    return found[0]


def _subject(command: Any, cause: UUID) -> Ref:
    return (Project, command.project_id)


def _step(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=ProjectId(project.id), phase=project.phase)


def _post(noun: str, command: Any, role: Role, decide: Any, summary: str, **more: Any) -> Post:
    defaults: dict[str, Any] = {"refs": project_of}
    return Post(
        path="/v1/projects/{project_id}/" + noun,
        command=command,
        roles=frozenset({role}),
        decide=decide,
        subject=_subject,
        answer=_step,
        summary=summary,
        **(defaults | more),
    )


CONDUCTING = (
    _post(
        "committee/import",
        importing.ImportCommittee,
        Role.FUNDER,
        importing.import_committee,
        "录入省级评审专家库的抽取记录 · Enter the record of the provincial library's draw",
        refs=importing.import_refs,
        prepare=add_pool_beside,
    ),
    _post(
        "committee/commitment",
        drawing.CommitDraw,
        Role.FUNDER,
        drawing.commit_draw,
        "投标截止前公布抽取名单和承诺值 · Publish the pool and the commitment, before the deadline",
        refs=drawing.commit_refs,
        prepare=add_secret,
    ),
    _post(
        "committee/drawing",
        drawing.DrawExperts,
        Role.FUNDER,
        drawing.draw_experts,
        "开标后抽取评审专家(任何人可复算) · Draw the experts, after the opening; anyone can draw again",
        refs=drawing.draw_refs,
        prepare=add_pool,
    ),
    _post(
        "committee/recusals",
        drawing.Recuse,
        Role.EVALUATOR,
        drawing.recuse,
        "评审专家申请回避 · An evaluator recuses",
    ),
    _post(
        "low-price/inquiries",
        low_price.OpenInquiry,
        Role.FUNDER,
        low_price.open_inquiry,
        "评审认为报价异常低,要求说明 · Ask a bidder to explain a price the committee finds low",
    ),
    _post(
        "low-price/{bid_id}/explanation",
        low_price.ExplainPrice,
        Role.PROVIDER,
        low_price.explain,
        "供应商说明报价合理性 · The bidder explains its price",
    ),
    _post(
        "low-price/{bid_id}/decision",
        low_price.DecidePrice,
        Role.FUNDER,
        low_price.decide_price,
        "认定报价合理或作为无效投标,说明理由 · Decide on a low price, with the reason",
    ),
    Get(
        path="/v1/projects/{project_id}/committee",
        roles=frozenset(),
        handler=show_committee,
        answer=CommitteeAnswer,
        summary="评审小组:抽取名单、承诺值、成员 · The committee and the draw it comes from",
    ),
    Get(
        path="/v1/projects/{project_id}/low-price",
        roles=frozenset(),
        handler=list_inquiries,
        answer=InquiriesAnswer,
        summary="异常低价审查:算式、期限、认定 · Inquiries into low prices",
    ),
    Get(
        path="/v1/projects/{project_id}/scores",
        roles=frozenset({Role.FUNDER, Role.AUDITOR}),
        handler=list_deviations,
        answer=DeviationsAnswer,
        summary="各评委评分与其他评委的偏离(不剔除任何评分) · How far each evaluator's scores lie from the others'",
    ),
)
