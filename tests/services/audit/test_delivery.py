"""The signed paper and the acceptance that nobody gave: what the archive says of them, and what it finds missing."""

from datetime import UTC, datetime

from schemas.announced import ContractAnnounced
from schemas.contract import (
    ContractPaperMade,
    ContractSigned,
    Milestone,
    MilestoneAccepted,
    MilestoneDeemedAccepted,
    MilestoneReportMade,
)
from schemas.deciding import SYSTEM
from schemas.fact import NEEDS, PROJECTS, Fact
from schemas.money import Money
from services.audit.rules import Names, Story, tell
from tests.services.audit.found import findings
from tests.services.audit.stories import Told

DUE = datetime(2026, 5, 20, 1, 30, tzinfo=UTC)


def announced(told: Told) -> ContractAnnounced:
    return ContractAnnounced(
        project_id=told.project,
        contract_id=told.contract,
        funder_id=told.person,
        provider_id=told.provider,
        price=Money(90_000),
        digest="d" * 64,
        announced_by=told.person,
    )


def paper_of(told: Told) -> ContractPaperMade:
    return ContractPaperMade(
        project_id=told.project, contract_id=told.contract, terms_digest="a" * 64, paper_digest="b" * 64
    )


def report_of(told: Told) -> MilestoneReportMade:
    return MilestoneReportMade(project_id=told.project, milestone=Milestone.MID_TERM, report_digest="d" * 64)


def deemed(told: Told) -> tuple[MilestoneDeemedAccepted, MilestoneAccepted]:
    why = MilestoneDeemedAccepted(
        project_id=told.project,
        milestone=Milestone.MID_TERM,
        acceptance_due=DUE,
        days=15,
        source="示例:约定",
        rulebook="c" * 64,
    )
    return why, MilestoneAccepted(project_id=told.project, milestone=Milestone.MID_TERM, accepted_by=SYSTEM)


def findings_with(told: Told, *instead: Fact) -> list[str]:
    """In a whole story whose mid-term was accepted by `instead`."""
    at = next(i for i, fact in enumerate(told.facts) if isinstance(fact, MilestoneAccepted))
    facts = [*told.facts[:at], *instead, *told.facts[at + 1 :]]
    others = tuple(fact for fact in facts if fact.stream not in (NEEDS, PROJECTS))
    needs = tuple(fact for fact in facts if fact.stream == NEEDS)
    return findings(Story(needs=needs, funds=others, project=tuple(f for f in facts if f.stream == PROJECTS)))


def test_an_acceptance_that_nobody_gave_is_complete_only_with_its_reason() -> None:
    told = Told()
    why, accepted = deemed(told)

    assert findings_with(told, why, accepted) == []
    assert findings_with(told, accepted) == ["milestone.accepted for mid_term by nobody, and nothing says why"]


def test_a_paper_before_what_it_is_of_is_out_of_turn() -> None:
    told = Told()
    signed = next(fact for fact in told.facts if isinstance(fact, ContractSigned))
    before = [*told.facts[: told.facts.index(signed)], paper_of(told), report_of(told)]
    projects = tuple(fact for fact in before if fact.stream == PROJECTS)

    found = findings(Story(needs=(), funds=(), project=projects))

    assert "contract.paper_made without contract.signed before it" in found
    assert "milestone.report_made without milestone.accepted before it" in found


def test_nobody_reads_that_the_buyer_accepted_what_it_left_unanswered() -> None:
    why, accepted = deemed(Told())

    first, second = tell(why, Names({})), tell(accepted, Names({}))

    assert first is not None
    assert "购买方在 2026-05-20 09:30 前未答复中期成果(约定 15 日),按约定视为验收" in first.zh
    assert second is not None
    assert (second.zh, second.en) == (
        "中期成果视为验收,由系统记录",
        "The mid-term counts as accepted, recorded by the program",
    )
