"""The funder files an independent auditor's report on the project's accounts: its digest, who made it, its opinion.

An auditor of the state is never asked for: payment may not wait for one.
"""

import re
from typing import Annotated

from pydantic import Field

from schemas import uscc
from schemas.deciding import Context, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.judging import AuditOpinion, AuditReported, Digest, FirmName
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from services.contracts.rules.contract import Contract, Dated

NO_STATE_AUDIT = Source(
    "参照《保障中小企业款项支付条例》(国务院令第802号):不得要求以审计机关的审计结果作为结算依据(社会组织不当然适用)",
    Certainty.EXAMPLE,
)
INDEPENDENT = Source("示例:独立审计由协议当事方以外的会计师事务所等机构进行", Certainty.COMMON)
STATE_OFFICE = re.compile("审计(署|厅|局)")
GOVERNMENT_BODY = "11"
"""how the credit code of a government body begins, GB 32100-2015"""


class FileAuditReport(Command):
    project_id: ProjectId
    report_digest: Digest
    auditor_name: FirmName
    auditor_code: Annotated[str, Field(max_length=40)] | None = None
    """统一社会信用代码"""
    opinion: AuditOpinion


def file_report(world: World, command: FileAuditReport, context: Context) -> list[Model]:
    """Another may follow one whose opinion opens nothing; after one that does, none."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id)
    contract.must_be_under_way()
    before = contract.audit_report
    if before is not None and before.opinion.opens:
        raise Refused("audit_reported_already", opinion=before.opinion)
    must_be_public(command.auditor_name, "auditor_name")
    _check_auditor(contract, command)
    reported = AuditReported(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        report_digest=command.report_digest,
        auditor_name=command.auditor_name,
        auditor_code=command.auditor_code,
        opinion=command.opinion,
        reported_by=PartyId(context.by.person_id),
    )
    return [reported, Dated(project_id=contract.project_id, step="audit.reported", at=context.at)]


def _check_auditor(contract: Contract, command: FileAuditReport) -> None:
    code = command.auditor_code
    if code is not None and (fault := uscc.check(code)):
        raise fault.refused("uscc_wrong", "auditor_code")
    if STATE_OFFICE.search(command.auditor_name):
        raise Refused("state_auditor", NO_STATE_AUDIT, status=422, field="auditor_name", auditor=command.auditor_name)
    if code is not None and code.startswith(GOVERNMENT_BODY):
        raise Refused("state_auditor", NO_STATE_AUDIT, status=422, field="auditor_code", auditor=command.auditor_name)
    parties = () if contract.annex is None else contract.annex.parties
    if any(command.auditor_name == party.name or (code is not None and code == party.code) for party in parties):
        raise Refused(
            "auditor_not_independent", INDEPENDENT, status=422, field="auditor_name", auditor=command.auditor_name
        )
