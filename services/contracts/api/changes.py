"""Changes of an agreement: proposed by one party, signed or declined by the other, each with its paper."""

from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.change import ChangeReason
from schemas.contract import Agreement
from schemas.deciding import Ref, World
from schemas.docx_parts import MEDIA_TYPE
from schemas.ids import PartyId
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from services.contracts import rules, store
from services.contracts.api.finding import found
from services.contracts.consumer import contract_of
from services.contracts.rules import changing
from services.contracts.rules.life import ChangeStage
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get, Post

SIGNERS = frozenset({Role.FUNDER, Role.PROVIDER, Role.COMMUNITY})


class ChangeAnswer(Answer):
    """A change: the whole terms as they would be, and the digest of them for the other party to sign.

    `why` says why it did not come about; `document` is the paper (补充协议) once it is in force.
    """

    project_id: UUID
    change_id: UUID
    number: int
    stage: ChangeStage
    reason: ChangeReason
    text: str
    price_before: Money
    agreement: Agreement
    digest: str
    proposed_by: PartyId
    signed_by: PartyId
    agreed_by: PartyId | None
    why: str | None
    document: str | None
    document_digest: str | None


class ChangesAnswer(Answer):
    version: int
    changes: tuple[ChangeAnswer, ...]


def _answer(contract: rules.Contract, change: rules.Change) -> ChangeAnswer:
    paper = f"/v1/projects/{contract.id}/contract/changes/{change.number}/document"
    return ChangeAnswer(
        project_id=contract.id,
        change_id=change.id,
        number=change.number,
        stage=change.stage,
        reason=change.reason,
        text=change.text,
        price_before=change.before.price,
        agreement=change.agreement,
        digest=change.digest,
        proposed_by=change.proposed_by,
        signed_by=change.signed_by,
        agreed_by=change.agreed_by,
        why=change.why,
        document=None if change.paper_digest is None else paper,
        document_digest=change.paper_digest,
    )


def _after(world: World, command: Any, cause: UUID) -> ChangeAnswer:
    contract = world.get(rules.Contract, command.project_id)
    id = getattr(command, "change_id", changing.change_of(cause))
    return _answer(contract, next(change for change in contract.changes if change.id == id))


def _subject(command: Any, cause: UUID) -> Ref:
    return rules.Contract, command.project_id


async def get_changes(tx: Connection, asked: Asked) -> ChangesAnswer:
    contract, version = await found(tx, asked)
    return ChangesAnswer(version=version, changes=tuple(_answer(contract, change) for change in contract.changes))


async def get_paper(tx: Connection, asked: Asked) -> File:
    """As it was made when the change came into force."""
    contract, _ = await found(tx, asked)
    numbers = {str(change.number): change.number for change in contract.changes}
    number = numbers.get(asked.path["number"])
    paper = None if number is None else await store.paper(tx, rules.change_paper_id(contract.papers_id, number))
    if paper is None:
        raise Refused("not_found", status=404, what="Paper", id=asked.path["number"])
    return File(body=paper.body, name=f"补充协议({number}).docx")


def _post(path: str, command: Any, decide: Any, summary: str) -> Post:
    return Post(
        path=f"/v1/projects/{{project_id}}/contract/changes{path}",
        command=command,
        roles=SIGNERS,
        refs=contract_of,
        decide=decide,
        subject=_subject,
        answer=_after,
        summary=summary,
    )


CHANGES = (
    _post("", changing.ProposeChange, changing.propose, "提出协议变更 · Propose a change of the agreement"),
    _post(
        "/{change_id}/endorsements",
        changing.EndorseChange,
        changing.endorse,
        "签署协议变更(签的是变更后条款的摘要) · Sign the changed terms",
    ),
    _post(
        "/{change_id}/closing",
        changing.CloseChange,
        changing.close,
        "不同意或撤回协议变更 · Decline a change, or withdraw one's own",
    ),
    Get(
        path="/v1/projects/{project_id}/contract/changes",
        roles=frozenset(),
        handler=get_changes,
        answer=ChangesAnswer,
        summary="协议变更记录 · The changes of the agreement",
    ),
    Get(
        path="/v1/projects/{project_id}/contract/changes/{number}/document",
        roles=frozenset(),
        handler=get_paper,
        answer=MEDIA_TYPE,
        summary="补充协议文件(docx) · The paper of a change",
    ),
)
