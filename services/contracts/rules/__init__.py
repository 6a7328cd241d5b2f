"""What is allowed with an agreement, and what then happened."""

from services.contracts.rules.acceptance_report import report_id
from services.contracts.rules.agreement_paper import agreement_paper
from services.contracts.rules.annex import parties_of
from services.contracts.rules.arranging import draft_arranged
from services.contracts.rules.audit_report import FileAuditReport, file_report
from services.contracts.rules.change_paper import change_paper_id
from services.contracts.rules.consultation import ConsultUsers, consult
from services.contracts.rules.contract import Contract
from services.contracts.rules.delivery import (
    AcceptMilestone,
    ConfirmMilestone,
    ReturnMilestone,
    SubmitMilestone,
    accept,
    confirm,
    return_,
    submit,
    submit_refs,
)
from services.contracts.rules.evolving import evolve
from services.contracts.rules.lapsing import lapse
from services.contracts.rules.life import Change, ContractState, Proceeding
from services.contracts.rules.mid_term import JudgeMidTerm, judge
from services.contracts.rules.opining import AnswerOpinion, FileOpinion, answer_opinion, file_opinion, opinion_refs
from services.contracts.rules.opinion import Opinion
from services.contracts.rules.paper import Paper
from services.contracts.rules.publishing import publish
from services.contracts.rules.ringing import ring
from services.contracts.rules.roll import CommitteeRoll, ListCommittee, Seats, list_committee, roll_refs
from services.contracts.rules.signing import EndorseContract, EndorseOf, draft, endorse, endorse_refs
from services.contracts.rules.step import Consultation, Delivery, Endorsement, Stage
from services.contracts.rules.visit import Diary, Engagement, Visit, VisitBatch, VisitKind, VisitSums, VisitTotals
from services.contracts.rules.visiting import RecordVisits, VoidVisits, batch_of, record, record_refs, void, void_refs
from services.contracts.rules.workload import AcceptWork, ReportWork, accept_work, report_work

__all__ = [
    "AcceptMilestone",
    "AcceptWork",
    "AnswerOpinion",
    "Change",
    "CommitteeRoll",
    "ConfirmMilestone",
    "ConsultUsers",
    "Consultation",
    "Contract",
    "ContractState",
    "Delivery",
    "Diary",
    "EndorseContract",
    "EndorseOf",
    "Endorsement",
    "Engagement",
    "FileAuditReport",
    "FileOpinion",
    "JudgeMidTerm",
    "ListCommittee",
    "Opinion",
    "Paper",
    "Proceeding",
    "RecordVisits",
    "ReportWork",
    "ReturnMilestone",
    "Seats",
    "Stage",
    "SubmitMilestone",
    "Visit",
    "VisitBatch",
    "VisitKind",
    "VisitSums",
    "VisitTotals",
    "VoidVisits",
    "accept",
    "accept_work",
    "agreement_paper",
    "answer_opinion",
    "batch_of",
    "change_paper_id",
    "confirm",
    "consult",
    "draft",
    "draft_arranged",
    "endorse",
    "endorse_refs",
    "evolve",
    "file_opinion",
    "file_report",
    "judge",
    "lapse",
    "list_committee",
    "opinion_refs",
    "parties_of",
    "publish",
    "record",
    "record_refs",
    "report_id",
    "report_work",
    "return_",
    "ring",
    "roll_refs",
    "submit",
    "submit_refs",
    "void",
    "void_refs",
]
