"""What is found out about a project under way: how its mid-term is judged, and what an independent auditor reports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.evaluation import Score
from schemas.ids import ContractId, PartyId
from schemas.project import ProjectFact

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a file's bytes, hexadecimal."""
FirmName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]


class MidTermResult(StrEnum):
    PASSED = "passed"
    RECTIFY = "rectify"
    """something is to be put right, then it is judged again"""
    FAILED = "failed"


class Consequence(StrEnum):
    """What a failed mid-term does, by the rulebook."""

    STOPS = "stops"
    """nothing more is released until a later judgement passes it"""
    ENDS = "ends"
    """the agreement ends; what was never released returns to its sources"""


class MidTermGraded(ProjectFact):
    """The funder judged the mid-term (中期评估)."""

    type: ClassVar[str] = "midterm.graded"

    contract_id: ContractId
    result: MidTermResult
    score: Score
    reasons: str
    consequence: Consequence | None
    """only of a failed one; none as well under an edition of the rulebook that names no consequence"""
    source: str
    """where the rulebook has the consequence from; empty without one"""
    graded_by: PartyId
    rulebook: str


class MidTermAwaited(ProjectFact):
    """The accepted mid-term waits for the funder's judgement until a day; told again when a standstill moved it."""

    type: ClassVar[str] = "midterm.awaited"

    contract_id: ContractId
    judgement_due: datetime
    """exclusive"""
    days: int
    """working days from the acceptance"""
    holidays_known: bool
    """False: counted by Mondays to Fridays, for nobody has published that year's holidays yet"""
    source: str
    """where the rulebook has these days from"""
    rulebook: str


class MidTermDeemedPassed(ProjectFact):
    """The funder let the days to judge the accepted mid-term pass, so it counts as passed (视为通过).

    Nobody judged it: there is neither a score nor a person.
    """

    type: ClassVar[str] = "midterm.deemed_passed"

    contract_id: ContractId
    funder_id: PartyId
    """who did not judge"""
    judgement_due: datetime
    """until when it could have, exclusive"""
    days: int
    """working days from the acceptance; a standstill of the agreement comes on top"""
    source: str
    """where the rulebook has these days from"""
    rulebook: str


class AuditOpinion(StrEnum):
    """中国注册会计师审计准则第1501号、第1502号: unmodified, or modified in one of three ways."""

    UNQUALIFIED = "unqualified"
    QUALIFIED = "qualified"
    ADVERSE = "adverse"
    DISCLAIMER = "disclaimer"

    @property
    def opens(self) -> bool:
        """Whether money may follow it: the accounts are true as a whole, or but for what the report names."""
        return self in (AuditOpinion.UNQUALIFIED, AuditOpinion.QUALIFIED)


class AuditReported(ProjectFact):
    """The funder filed an independent auditor's report on the project's accounts; never the state audit office's."""

    type: ClassVar[str] = "audit.reported"

    contract_id: ContractId
    report_digest: Digest
    auditor_name: FirmName
    auditor_code: str | None
    """统一社会信用代码 of the firm"""
    opinion: AuditOpinion
    reported_by: PartyId
