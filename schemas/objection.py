"""An objection (质疑) to a tender and what comes of it. Who objected is in no fact: before the opening bidders must not
learn of each other, and afterwards it is between the objector and the buyer."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.ids import PartyId
from schemas.project import ProjectFact


class ObjectionItem(StrEnum):
    """What is objected to; from it follows when its time begins to run."""

    DOCUMENTS = "documents"
    """采购文件: since they were published or last amended"""
    PROCESS = "process"
    """采购过程: since the evaluation ended; before, the process is going on"""
    RESULT = "result"
    """成交结果: since the period of the notice ended"""


class ObjectionGround(StrEnum):
    UNFAIR_REQUIREMENT = "unfair_requirement"
    """差别待遇或歧视待遇"""
    SCORING_RULES = "scoring_rules"
    """评审标准违法或不明"""
    PROCEDURE = "procedure"
    """程序违法"""
    RECUSAL = "recusal"
    """应当回避而未回避"""
    QUALIFICATION = "qualification"
    """资格审查错误"""
    SCORING = "scoring"
    """评分错误"""
    FALSE_MATERIALS = "false_materials"
    """提供虚假材料"""
    COLLUSION = "collusion"
    """串通"""
    OTHER = "other"


class Remedy(StrEnum):
    """What the buyer does about an objection that it upholds."""

    NONE = "none"
    """the result stays: it could not be changed by it"""
    REEVALUATE = "reevaluate"
    """重新评审"""
    NEXT = "next"
    """另行确定: the award is set aside, the next in rank may be chosen"""
    RERUN = "rerun"
    """重新开展采购活动: the tender is void"""


class ObjectionRaised(ProjectFact):
    """In its time, by somebody who may. `answer_due` is exclusive."""

    type: ClassVar[str] = "objection.raised"

    objection_id: UUID
    item: ObjectionItem
    ground: ObjectionGround
    text: str
    evidence: tuple[str, ...]
    """SHA-256 of each paper, in hex"""
    answer_due: datetime


class ObjectionAssessed(ProjectFact):
    """A person of the buyer states whether the objection may change the result, and why."""

    type: ClassVar[str] = "objection.assessed"

    objection_id: UUID
    may_change: bool
    reason: str
    assessed_by: PartyId


class ObjectionAnswered(ProjectFact):
    type: ClassVar[str] = "objection.answered"

    objection_id: UUID
    upheld: bool
    remedy: Remedy
    text: str
    answered_by: PartyId
    answered_at: datetime


class SigningSuspended(ProjectFact):
    """Objections that may change the result are open: nothing is signed, and what was signed stands still."""

    # without objections: the finance department suspended the purchase because of a complaint

    type: ClassVar[str] = "signing.suspended"

    objections: tuple[UUID, ...]
    rulebook: str
    suspended_at: datetime


class SigningResumed(ProjectFact):
    """None is left that might. The days for the agreement are longer by those it stood still."""

    type: ClassVar[str] = "signing.resumed"

    contract_due: datetime | None
    """exclusive; none where the result was not announced"""
