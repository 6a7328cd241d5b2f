"""Events as they were told before: read from the log as they lie there, and lifted to what they mean today."""

import json
from typing import Any

import pytest

from events.catalogue import CATALOGUE
from schemas.arranging import AwardArranged
from schemas.canonical import digest_of
from schemas.change import ChangeProposed
from schemas.clauses import NO_CLAUSES, Instrument
from schemas.contract import ContractDrafted, ContractSigned
from schemas.delivery import OpinionFiled
from schemas.fact import Fact
from schemas.former import UPCASTERS
from schemas.party import KeyIssued, PartyKind, PartyRegistered
from schemas.project import ProjectProposed
from schemas.role import Role
from schemas.tender import AwardConfirmed, TenderOpened
from schemas.tranche import Gate

ID = "0190b5a8-6f3e-7c4d-8a11-5a1f6e1c0001"
AT = "2026-03-02T08:00:00Z"
BRIEF = {
    "need_id": ID,
    "ballot_id": ID,
    "community_id": ID,
    "funder_id": ID,
    "title": "为独居老人送餐",
    "category": "health_elderly",
    "division": "320508001001",
    "beneficiaries": 120,
    "cost": {"fen": 5_000_000},
}
TERMS = {
    "price_points": "20",
    "criteria": [{"id": "plan", "name": "服务方案", "points": "80"}],
    "tranche_plan": {
        "tranches": [
            {"share_percent": 50, "gate": "signed"},
            {"share_percent": 40, "gate": "mid_term_accepted"},
            {"share_percent": 10, "gate": "final_graded"},
        ]
    },
    "requirements": "每周五次送餐",
}
TRANCHES = [
    {"number": 1, "amount": {"fen": 600}, "gate": "signed"},
    {"number": 2, "amount": {"fen": 400}, "gate": "final_graded"},
]
AGREEMENT = {
    "contract_id": ID,
    "brief": BRIEF,
    "provider_id": ID,
    "price": {"fen": 1000},
    "tranches": TRANCHES,
    "requirements": "每周五次送餐",
    "proposal_digest": "a" * 64,
    "rulebook": "b" * 64,
}
PARTIES = {"funder_id": ID, "community_id": ID, "provider_id": ID}
FUNDED = {"ceiling": {"fen": 1000}, "shares": [{"account_id": ID, "amount": {"fen": 1000}}]}
CLAUSES = {"indicators": [], "cost_limits": [], "payment": {"days": 20, "late_permyriad": 5}}
SECOND_TRANCHES = [{"number": 1, "amount": {"fen": 1000}, "gate": "signed", "also": ["final_accepted"]}]
WORK = {"items": [{"id": "visit", "name": "入户", "unit": "户", "unit_price": {"fen": 10}, "most_units": 100}]}
SECOND_AGREEMENT = AGREEMENT | {
    "tranches": SECOND_TRANCHES,
    "instrument": "commission",
    "clauses": CLAUSES,
    "work": WORK,
}
TOLD: dict[str, dict[str, Any]] = {
    "project.proposed": {"project_id": ID, "brief": BRIEF},
    "project.approved": {
        "project_id": ID,
        "brief": BRIEF,
        **FUNDED,
        "drafted_by": ID,
        "approved_by": ID,
        "rulebook": "b" * 64,
    },
    "award.arranged": {
        "project_id": ID,
        "brief": BRIEF,
        "instrument": "commission",
        "provider_id": ID,
        "price": {"fen": 1000},
        "tranches": SECOND_TRANCHES,
        "work": WORK,
        "requirements": "逐户核实",
        "clauses": CLAUSES,
        "ground": {"code": "community_assistance", "reason": "须熟悉住户"},
        "drafted_by": ID,
        "approved_by": ID,
        "rulebook": "b" * 64,
    },
    "change.proposed": {
        "project_id": ID,
        "change_id": ID,
        "number": 1,
        "contract_id": ID,
        "reason": "scope",
        "text": "增加回访",
        "agreement": SECOND_AGREEMENT,
        "digest": "d" * 64,
        "proposed_by": ID,
        "signed_by": ID,
    },
    "ballot.opened": {
        "community_id": ID,
        "ballot_id": ID,
        "funder_id": ID,
        "items": [{"need_id": ID, "cost": {"fen": 5_000_000}}],
        "budget": {"fen": 6_000_000},
        "tally_rule": "greedy",
        "vote_type": "approval",
        "min_choices": 1,
        "max_choices": 1,
        "points": None,
        "threshold": 0,
        "closes_at": AT,
        "rulebook": "b" * 64,
    },
    "ballot.closed": {
        "community_id": ID,
        "ballot_id": ID,
        "votes": 3,
        "digest": "a" * 64,
        "chosen": [ID],
        "counted": [{"need_id": ID, "cost": {"fen": 5_000_000}, "votes": 3, "points": 3, "chosen": True}],
        "arithmetic": "3 > 0",
    },
    "need.chosen": {
        "community_id": ID,
        "ballot_id": ID,
        "need_id": ID,
        "project_id": ID,
        "funder_id": ID,
        "title": "为独居老人送餐",
        "category": "health_elderly",
        "division": "320508001001",
        "beneficiaries": 120,
        "cost": {"fen": 5_000_000},
        "votes": 3,
    },
    "party.registered": {
        "party_id": ID,
        "kind": "auditor",
        "name": "审计局",
        "uscc": None,
        "division": "320508",
        "certificate": None,
    },
    "delivery.disclosed": {
        "project_id": ID,
        "bid_id": ID,
        "provider_id": ID,
        "deliverers": [{"name": "示例互助社", "filed_with": "示例街道备案 3 号", "part": "送餐"}],
    },
    "application.submitted": {
        "round_id": ID,
        "application_id": ID,
        "organization_id": ID,
        "division": "320508001001",
        "proposal": {
            "title": "助餐",
            "summary": "每周五次送餐",
            "theme": "elderly",
            "community_id": ID,
            "beneficiaries": 40,
            "asked": {"fen": 1000},
            "group": "示例互助社",
        },
    },
    "key.issued": {
        "party_id": ID,
        "key_id": ID,
        "person_id": ID,
        "role": "auditor",
        "digest": "c" * 64,
        "expires_at": AT,
    },
    "tender.opened": {
        "project_id": ID,
        "brief": BRIEF,
        "ceiling": {"fen": 5_000_000},
        "terms": TERMS,
        "closes_at": AT,
        "rulebook": "b" * 64,
    },
    "award.confirmed": {
        "project_id": ID,
        "brief": BRIEF,
        "bid_id": ID,
        "provider_id": ID,
        "price": {"fen": 1000},
        "proposal_digest": "a" * 64,
        "terms": TERMS,
        "chosen_by": ID,
        "rulebook": "b" * 64,
    },
    "opinion.filed": {
        "project_id": ID,
        "opinion_id": ID,
        "committee_id": ID,
        "filed_by": ID,
        "kind": "concern",
        "milestone": "final",
        "addressed_to": "funder",
        "text_digest": "a" * 64,
        "answer_due": AT,
        "holidays_known": True,
    },
    "opinion.overdue": {"project_id": ID, "opinion_id": ID, "addressed_to": "provider", "answer_due": AT},
    "contract.drafted": {"project_id": ID, "agreement": AGREEMENT, "digest": "d" * 64},
    "contract.signed": {
        "project_id": ID,
        "contract_id": ID,
        **PARTIES,
        "price": {"fen": 1000},
        "tranches": TRANCHES,
        "digest": "d" * 64,
        "rulebook": "b" * 64,
    },
}
SECOND_TERMS = TERMS | {"clauses": CLAUSES}
TOLD_SECOND = {
    "party.registered": TOLD["party.registered"] | {"kind": "supervision_committee"},
    "key.issued": TOLD["key.issued"] | {"role": "supervisor"},
    "tender.opened": TOLD["tender.opened"] | {"terms": SECOND_TERMS},
    "award.confirmed": TOLD["award.confirmed"] | {"terms": SECOND_TERMS},
    "contract.drafted": TOLD["contract.drafted"] | {"agreement": SECOND_AGREEMENT},
    "project.proposed": TOLD["project.proposed"],
}


def told(type: str, version: int = 1) -> dict[str, Any]:
    return TOLD[type] if version == 1 else TOLD_SECOND[type]


def lifted(type: str, version: int = 1) -> Fact:
    return CATALOGUE.fact(type, version, json.dumps(told(type, version)))


@pytest.mark.parametrize(("type", "version"), list(UPCASTERS))
def test_every_former_event_is_read_as_the_newest_with_all_it_said(type: str, version: int) -> None:
    newest = lifted(type, version)

    assert (newest.type, newest.version) == (type, CATALOGUE.newest[type])
    former = CATALOGUE.facts[type, version].model_validate_json(json.dumps(told(type, version)))
    assert json.loads(former.model_dump_json()).keys() <= json.loads(newest.model_dump_json()).keys()


def test_what_they_did_not_say_means_what_held_before() -> None:
    opened, award = lifted("tender.opened"), lifted("award.confirmed")
    signed, party, key = lifted("contract.signed"), lifted("party.registered"), lifted("key.issued")

    assert isinstance(opened, TenderOpened)
    assert isinstance(award, AwardConfirmed)
    assert isinstance(signed, ContractSigned)
    assert (opened.terms.clauses, award.terms.clauses, signed.clauses) == (NO_CLAUSES,) * 3
    assert (signed.instrument, signed.work) == (Instrument.PURCHASE, None)
    assert [tranche.gates for tranche in signed.tranches] == [(Gate.SIGNED,), (Gate.FINAL_GRADED,)]
    assert [t.share_percent for t in opened.terms.tranche_plan.tranches] == [50, 40, 10]
    assert isinstance(party, PartyRegistered)
    assert isinstance(key, KeyIssued)
    assert (party.kind, key.role) == (PartyKind.AUDITOR, Role.AUDITOR)


def test_before_complaints_a_party_a_key_and_an_opinion_said_the_same_without_the_finance_department() -> None:
    party, key, opinion = lifted("party.registered", 2), lifted("key.issued", 2), lifted("opinion.filed")

    assert isinstance(party, PartyRegistered)
    assert isinstance(key, KeyIssued)
    assert isinstance(opinion, OpinionFiled)
    assert (party.kind, key.role) == (PartyKind.SUPERVISION_COMMITTEE, Role.SUPERVISOR)
    assert opinion.addressed_to is Role.FUNDER


def test_terms_that_were_signed_before_keep_their_digest() -> None:
    drafted, arranged, changed = lifted("contract.drafted"), lifted("contract.drafted", 2), lifted("change.proposed")

    assert isinstance(drafted, ContractDrafted)
    assert isinstance(arranged, ContractDrafted)
    assert isinstance(changed, ChangeProposed)
    assert digest_of(drafted.agreement) == digest_of(AGREEMENT)
    assert digest_of(arranged.agreement) == digest_of(SECOND_AGREEMENT)
    assert changed.agreement == arranged.agreement


def test_before_terms_there_was_none_and_every_project_came_of_a_ballot() -> None:
    opened, award, arranged = lifted("tender.opened", 2), lifted("award.confirmed", 2), lifted("award.arranged")
    drafted, proposed = lifted("contract.drafted", 2), lifted("project.proposed")

    assert isinstance(opened, TenderOpened)
    assert isinstance(award, AwardConfirmed)
    assert isinstance(arranged, AwardArranged)
    assert isinstance(drafted, ContractDrafted)
    assert isinstance(proposed, ProjectProposed)
    assert (opened.terms.term, award.terms.term, arranged.term, drafted.agreement.term) == (None,) * 4
    assert not proposed.brief.is_asked_for
    assert award.terms.clauses.payment is not None
