"""What may be asked of an agreement. The parties and auditors see it; everyone, once published."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.canonical import digest_of
from schemas.contract import Agreement, Evidence, Milestone
from schemas.days import day_of
from schemas.deciding import Ref, Refs, Vault, World
from schemas.docx_parts import MEDIA_TYPE
from schemas.ids import PartyId
from schemas.judging import AuditReported, MidTermGraded
from schemas.refused import Refused
from schemas.role import Role
from services.contracts import rules, store
from services.contracts.api.acceptances import ACCEPTANCES
from services.contracts.api.changes import CHANGES
from services.contracts.api.consultations import CONSULTATIONS, ConsultationAnswer, consultation_answer
from services.contracts.api.ending import (
    ENDING,
    ContestedAnswer,
    StateAnswer,
    contested_answer,
    state_of,
    suspended_until,
)
from services.contracts.api.finding import found
from services.contracts.api.mid_term import JudgementAnswer, judgement_answer
from services.contracts.api.opinions import OPINIONS
from services.contracts.api.publicity import ROUTES as PUBLICITY
from services.contracts.api.term import TermAnswer, term_answer
from services.contracts.api.visits import VISITS, TotalsAnswer, totals_answer
from services.contracts.api.worker_hours import ROUTES as WORKER_HOURS
from services.contracts.api.workload import WORKLOAD
from services.contracts.consumer import contract_of
from services.contracts.rules.life import ChangeStage
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get, Post


class EndorsementAnswer(Answer):
    """`digest` is what was signed: the terms as first agreed, or as the change of this number left them."""

    party_id: PartyId
    signed_by: PartyId
    digest: str
    change: int | None = None


class ContractAnswer(Answer):
    """The terms and the digest to sign: SHA-256 of the canonical JSON (RFC 8785) of `agreement`.

    `document` is the paper (docx); `document_digest` its SHA-256 as it was signed.
    """

    version: int
    agreement: Agreement
    digest: str
    endorsements: tuple[EndorsementAnswer, ...]
    """of the agreement, each over its digest at the time; then of the changes in force, by their number"""
    signed_at: datetime | None
    document: str
    document_digest: str | None
    mid_term: MidTermGraded | None
    """the last judgement of it"""
    mid_term_judgement: JudgementAnswer | None
    """until when it is to be judged, or that it passed because nobody did"""
    audit_report: AuditReported | None
    grade: str | None
    published: bool
    state: StateAnswer
    changes: int
    """how many are in force; `agreement` is the terms with them"""
    suspended_until: datetime | None
    """exclusive; nothing is delivered or accepted before"""
    contested: ContestedAnswer | None = None
    """by a complaint that was decided after signing"""
    term: TermAnswer | None
    """none under an edition of the rulebook that knows of no terms"""


class MilestoneAnswer(Answer):
    """One milestone: its stage, evidence digests, the date of each step, and why it last came back.

    What is not answered until `acceptance_due` counts as accepted; then it says `deemed`. None on a confirmed one: the
    provider owes the supervision committee an answer first. `report_digest` is the SHA-256 of the acceptance report
    (验收书). `visits` are counted at the submission.
    """

    milestone: Milestone
    stage: rules.Stage
    evidence: tuple[Evidence, ...]
    submitted_at: datetime | None
    confirmed_at: datetime | None
    acceptance_due: datetime | None
    accepted_at: datetime | None
    deemed: bool
    report_digest: str | None
    returned: str | None
    visits: TotalsAnswer | None
    consultation: ConsultationAnswer | None


class MilestonesAnswer(Answer):
    version: int
    milestones: tuple[MilestoneAnswer, ...]


def _endorsements(contract: rules.Contract) -> Iterator[EndorsementAnswer]:
    changes = [change for change in contract.changes if change.stage is ChangeStage.EFFECTIVE]
    first = digest_of(changes[0].before) if changes else contract.digest
    for one in contract.endorsements:
        yield EndorsementAnswer(party_id=one.party_id, signed_by=one.signed_by, digest=first)
    for change in changes:
        other = contract.other_than(change.proposed_by)
        for party_id, person in ((change.proposed_by, change.signed_by), (other, change.agreed_by)):
            if person is not None:
                yield EndorsementAnswer(party_id=party_id, signed_by=person, digest=change.digest, change=change.number)


def _contract_answer(contract: rules.Contract, version: int, today: date | None = None) -> ContractAnswer:
    return ContractAnswer(
        version=version,
        agreement=contract.agreement,
        digest=contract.digest,
        endorsements=tuple(_endorsements(contract)),
        signed_at=contract.dates.get("signed"),
        document=f"/v1/projects/{contract.project_id}/contract/document",
        document_digest=contract.paper_digest,
        mid_term=contract.judgement,
        mid_term_judgement=judgement_answer(contract),
        audit_report=contract.audit_report,
        grade=contract.grade,
        published=contract.published,
        state=state_of(contract),
        changes=sum(change.stage is ChangeStage.EFFECTIVE for change in contract.changes),
        suspended_until=suspended_until(contract),
        contested=contested_answer(contract),
        term=term_answer(contract, today),
    )


def _milestone_answer(contract: rules.Contract, milestone: Milestone) -> MilestoneAnswer:
    delivery = contract.deliveries[milestone]
    confirmed = delivery.stage is rules.Stage.CONFIRMED
    totals = contract.visits.get(milestone)
    return MilestoneAnswer(
        milestone=milestone,
        stage=delivery.stage,
        evidence=delivery.evidence,
        submitted_at=contract.dates.get(f"{milestone}.submitted"),
        confirmed_at=contract.dates.get(f"{milestone}.confirmed"),
        acceptance_due=contract.window_ends(milestone) if confirmed else delivery.acceptance_due,
        accepted_at=contract.dates.get(f"{milestone}.accepted"),
        deemed=delivery.deemed,
        report_digest=delivery.report_digest,
        returned=delivery.returned,
        visits=None if totals is None else totals_answer(totals),
        consultation=consultation_answer(contract, milestone),
    )


async def get_contract(tx: Connection, asked: Asked) -> ContractAnswer:
    return _contract_answer(*await found(tx, asked), day_of(asked.at))


async def get_document(tx: Connection, asked: Asked) -> File:
    """The file that was signed; before that, a draft of it."""
    contract, _ = await found(tx, asked)
    signed = await store.paper(tx, contract.papers_id)
    return File(
        body=rules.agreement_paper(contract) if signed is None else signed.body,
        name=_file_name(f"项目协议书{'' if contract.signed else '(草案)'}", contract),
    )


async def get_report(tx: Connection, asked: Asked) -> File:
    """As it was made when the milestone was accepted."""
    contract, _ = await found(tx, asked)
    report = None
    if asked.path["milestone"] in set(Milestone):
        report = await store.paper(tx, rules.report_id(contract.papers_id, Milestone(asked.path["milestone"])))
    if report is None:
        raise Refused("not_found", status=404, what="Paper", id=asked.path["milestone"])
    return File(body=report.body, name=_file_name("验收书", contract))


def _file_name(kind: str, contract: rules.Contract) -> str:
    title = re.sub(r'[\\/:*?"<>|\s]+', " ", contract.agreement.brief.title[:60]).strip()
    return f"{kind} {title}.docx"


async def get_milestones(tx: Connection, asked: Asked) -> MilestonesAnswer:
    contract, version = await found(tx, asked)
    return MilestonesAnswer(
        version=version, milestones=tuple(_milestone_answer(contract, m) for m in contract.milestones)
    )


def _subject(command: Any, cause: UUID) -> Ref:
    return rules.Contract, command.project_id


def _contract_after(world: World, command: Any, cause: UUID) -> ContractAnswer:
    contract = world.get(rules.Contract, command.project_id)
    return _contract_answer(contract, world.next_version((rules.Contract, contract.id)))


def _after_a_step(world: World, command: Any, cause: UUID) -> MilestoneAnswer:
    return _milestone_answer(world.get(rules.Contract, command.project_id), command.milestone)


def _step(noun: str, command: Any, decide: Any, roles: set[Role], summary: str, refs: Refs[Any] = contract_of) -> Post:
    return Post(
        path=f"/v1/projects/{{project_id}}/milestones/{{milestone}}/{noun}",
        command=command,
        roles=frozenset(roles),
        refs=refs,
        decide=decide,
        subject=_subject,
        answer=_after_a_step,
        summary=summary,
    )


async def _with_provider(connection: Connection, command: rules.EndorseContract, vault: Vault) -> rules.EndorseContract:
    found = await store.contract_of(connection, command.project_id)
    return command if found is None else rules.EndorseOf(**dict(command), provider_id=found[0].provider_id)


ROUTES = (
    *WORKER_HOURS,
    Post(
        path="/v1/projects/{project_id}/contract/endorsements",
        command=rules.EndorseContract,
        roles=frozenset({Role.FUNDER, Role.PROVIDER, Role.COMMUNITY}),
        refs=rules.endorse_refs,
        decide=rules.endorse,
        subject=_subject,
        answer=_contract_after,
        prepare=_with_provider,
        summary="签署协议(双方各签一次,签的是同一份条款的摘要) · Sign the agreement",
    ),
    _step(
        "submissions",
        rules.SubmitMilestone,
        rules.submit,
        {Role.PROVIDER, Role.COMMUNITY},
        "提交节点成果 · Submit a milestone",
        rules.submit_refs,
    ),
    _step(
        "confirmations",
        rules.ConfirmMilestone,
        rules.confirm,
        {Role.COMMUNITY},
        "社区确认 · Confirm delivery",
    ),
    _step("acceptances", rules.AcceptMilestone, rules.accept, {Role.FUNDER}, "购买方验收 · Accept a milestone"),
    _step(
        "returns",
        rules.ReturnMilestone,
        rules.return_,
        {Role.COMMUNITY, Role.FUNDER},
        "退回整改 · Return a milestone to be mended",
    ),
    Post(
        path="/v1/projects/{project_id}/midterm/judgements",
        command=rules.JudgeMidTerm,
        roles=frozenset({Role.FUNDER}),
        refs=contract_of,
        decide=rules.judge,
        subject=_subject,
        answer=_contract_after,
        summary="中期评估(合格、限期整改、不合格) · Judge the mid-term",
    ),
    Post(
        path="/v1/projects/{project_id}/audit-reports",
        command=rules.FileAuditReport,
        roles=frozenset({Role.FUNDER}),
        refs=contract_of,
        decide=rules.file_report,
        subject=_subject,
        answer=_contract_after,
        summary="提交独立审计报告(会计师事务所出具) · File the report of an independent auditor",
    ),
    *WORKLOAD,
    Get(
        path="/v1/projects/{project_id}/contract",
        roles=frozenset(),
        handler=get_contract,
        answer=ContractAnswer,
        summary="协议(公开前仅限当事方与审计) · The agreement",
    ),
    Get(
        path="/v1/projects/{project_id}/contract/document",
        roles=frozenset(),
        handler=get_document,
        answer=MEDIA_TYPE,
        summary="协议书文件(docx;签署前为草案) · The agreement as a document",
    ),
    Get(
        path="/v1/projects/{project_id}/milestones/{milestone}/report",
        roles=frozenset(),
        handler=get_report,
        answer=MEDIA_TYPE,
        summary="验收书文件(docx) · The acceptance report as a document",
    ),
    Get(
        path="/v1/projects/{project_id}/milestones",
        roles=frozenset(),
        handler=get_milestones,
        answer=MilestonesAnswer,
        summary="履约节点 · The milestones",
    ),
    ACCEPTANCES,
    *PUBLICITY,
    *VISITS,
    *OPINIONS,
    *CONSULTATIONS,
    *CHANGES,
    *ENDING,
)
