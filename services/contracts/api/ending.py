"""An agreement stands still for a while, or ends before its work is done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.cancelled import Performance
from schemas.deciding import Ref, World, new_id
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.role import Role
from schemas.termination import SettlementLine, TerminationReason
from services.contracts import rules
from services.contracts.api.finding import found
from services.contracts.consumer import contract_of
from services.contracts.rules import suspending, terminating, withdrawing
from services.contracts.rules.life import ContractState, ProceedingStage
from services.kit import reasons
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class StateAnswer(Model):
    """Where an agreement is in its life, and in words."""

    code: ContractState
    zh: str
    en: str


class ContestedAnswer(Answer):
    """A complaint decided after signing would cancel the agreement, by the rule `source`: `state` says whether it did.

    `performed` is why it stands; while neither is so, funds is asked whether a payment was ordered.
    """

    complaint_id: UUID
    performed: Performance | None
    zh: str | None
    en: str | None
    source: str


class StandingAnswer(Answer):
    project_id: UUID
    state: StateAnswer
    suspended_until: datetime | None
    """exclusive"""


class TerminationAnswer(Answer):
    """A proposal or notice to terminate. `due`: what is then due for all accepted work, paid or not.

    A notice is decided after the other party's `answer`, or once `answer_due` has passed.
    """

    project_id: UUID
    termination_id: UUID
    stage: ProceedingStage
    reason: TerminationReason
    text: str
    lines: tuple[SettlementLine, ...]
    due: Money
    proposed_by: PartyId
    signed_by: PartyId
    answer_due: datetime | None
    answer: str | None
    outcome: str | None


class TerminationsAnswer(Answer):
    version: int
    terminations: tuple[TerminationAnswer, ...]


def state_of(contract: rules.Contract) -> StateAnswer:
    zh, en = (reasons.sentence(f"ContractState.{contract.state}", language, {}) for language in reasons.LANGUAGES)
    return StateAnswer(code=contract.state, zh=zh, en=en)


def contested_answer(contract: rules.Contract) -> ContestedAnswer | None:
    contested = contract.contested
    if contested is None:
        return None
    why = contested.performed
    zh, en = (
        None if why is None else reasons.sentence(f"Performance.{why}", language, {}) for language in reasons.LANGUAGES
    )
    return ContestedAnswer(
        complaint_id=contested.complaint_id, performed=why, zh=zh, en=en, source=contested.source.text
    )


def suspended_until(contract: rules.Contract) -> datetime | None:
    return None if contract.suspension is None else contract.suspension.ends_at


def _answer(contract: rules.Contract, proceeding: rules.Proceeding) -> TerminationAnswer:
    return TerminationAnswer(
        project_id=contract.id,
        termination_id=proceeding.id,
        stage=proceeding.stage,
        reason=proceeding.reason,
        text=proceeding.text,
        lines=proceeding.lines,
        due=proceeding.due,
        proposed_by=proceeding.proposed_by,
        signed_by=proceeding.signed_by,
        answer_due=proceeding.answer_due,
        answer=proceeding.answer,
        outcome=proceeding.outcome,
    )


def _after(world: World, command: Any, cause: UUID) -> TerminationAnswer:
    contract = world.get(rules.Contract, command.project_id)
    id = getattr(command, "termination_id", new_id(cause, "termination"))
    return _answer(contract, next(one for one in contract.proceedings if one.id == id))


def _standing(world: World, command: Any, cause: UUID) -> StandingAnswer:
    contract = world.get(rules.Contract, command.project_id)
    return StandingAnswer(project_id=contract.id, state=state_of(contract), suspended_until=suspended_until(contract))


def _subject(command: Any, cause: UUID) -> Ref:
    return rules.Contract, command.project_id


async def get_terminations(tx: Connection, asked: Asked) -> TerminationsAnswer:
    contract, version = await found(tx, asked)
    terminations = tuple(_answer(contract, one) for one in contract.proceedings)
    return TerminationsAnswer(version=version, terminations=terminations)


def _post(path: str, command: Any, decide: Any, roles: set[Role], summary: str, answer: Any = _after) -> Post:
    return Post(
        path=f"/v1/projects/{{project_id}}/contract/{path}",
        command=command,
        roles=frozenset(roles),
        refs=contract_of,
        decide=decide,
        subject=_subject,
        answer=answer,
        summary=summary,
    )


ENDING = (
    _post(
        "suspensions",
        suspending.SuspendContract,
        suspending.suspend,
        {Role.FUNDER},
        "中止协议 · Let the agreement stand still until a day",
        _standing,
    ),
    _post(
        "resumption",
        suspending.ResumeContract,
        suspending.resume,
        {Role.FUNDER},
        "恢复履行 · Let the agreement go on before that day",
        _standing,
    ),
    _post(
        "terminations",
        terminating.ProposeTermination,
        terminating.propose,
        {Role.FUNDER, Role.PROVIDER, Role.COMMUNITY},
        "提议或通知终止协议,并提出结算 · Propose to terminate the agreement, or give notice, with a settlement",
    ),
    _post(
        "terminations/{termination_id}/answers",
        terminating.AnswerTermination,
        terminating.answer,
        {Role.FUNDER, Role.PROVIDER, Role.COMMUNITY},
        "答复终止(同意即按所提结算终止) · Consent to a termination, or answer why not",
    ),
    _post(
        "terminations/{termination_id}/withdrawal",
        terminating.WithdrawTermination,
        terminating.withdraw,
        {Role.FUNDER, Role.PROVIDER, Role.COMMUNITY},
        "撤回终止提议 · Withdraw one's own",
    ),
    _post(
        "terminations/{termination_id}/decision",
        terminating.DecideTermination,
        terminating.decide,
        {Role.FUNDER},
        "决定是否终止及结算(另一经办人) · Decide on a notice, by another person",
    ),
    _post(
        "withdrawal",
        withdrawing.WithdrawContract,
        withdrawing.withdraw,
        {Role.FUNDER, Role.COMMUNITY},
        "双方签署前撤回委托并说明理由 · Take back a commission before both have signed it, with the reason",
        _standing,
    ),
    Get(
        path="/v1/projects/{project_id}/contract/terminations",
        roles=frozenset(),
        handler=get_terminations,
        answer=TerminationsAnswer,
        summary="终止协议的提议与结算 · What was proposed or decided to terminate the agreement",
    ),
)
