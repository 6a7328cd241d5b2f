"""The rules of the archive: is a story complete, whose money was it, and what does each fact say."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from events.catalogue import CATALOGUE
from schemas.contract import ContractEndorsed, Milestone, MilestoneReturned, ProjectPublished
from schemas.cost import CostWithdrawalReason
from schemas.deciding import SYSTEM
from schemas.delivery import (
    OpinionAnswered,
    OpinionFiled,
    OpinionKind,
    OpinionOverdue,
    OpinionSigned,
    UsersConsulted,
    VisitsRecorded,
    VisitsVoided,
    VoidReason,
)
from schemas.evaluation import (
    FollowUpAnswered,
    FollowUpClosed,
    FollowUpOpened,
    FollowUpOverdue,
    Grievance,
    RatingsAssessed,
    SampleDrawn,
    SetApart,
)
from schemas.fact import NEEDS, PARTIES, PROJECTS, RULEBOOKS, Fact
from schemas.framework import FrameworkConcluded
from schemas.fund import (
    CorrectionReason,
    FundCorrected,
    HoldLifted,
    HoldPlaced,
    PaymentRefunded,
    ProjectSettled,
    RefundReason,
    ReservationReleased,
    TranchePaid,
    TrancheRefused,
    TrancheReleased,
)
from schemas.gate import ItemAdmitted, ItemApplied, ItemAssessed, ItemConverted, ItemHandedOver
from schemas.grade import GradeAccepted, GradeAnnounced, GradeReplied, ReevaluationDecided, ReevaluationRequested
from schemas.handling import HandoverAccepted, NeedAnswered, NeedClosed, NeedHandedOver
from schemas.ids import BidId, HoldId, PaymentId
from schemas.judging import MidTermResult
from schemas.merging import NeedMerged
from schemas.money import Money, sum_of
from schemas.need import NeedChosen, NeedPosted, NeedRouted
from schemas.payment import PaymentReturned
from schemas.period import PeriodFact
from schemas.project import BudgetRefused, BudgetReserved, ProjectApproved, ProjectDeclined, ProjectProposed
from schemas.refund import RefundCorrected
from schemas.responsibility import ResidentUnitRated, UnitRatingClosed
from schemas.role import Role
from schemas.sharing import ResidentUnitRegistered, ResourceBooked, ResourceShared
from schemas.tender import BidSealed, BidWithdrawn, RankingRefused, TenderVoided
from schemas.volunteering import ServiceRecorded, TaskOffered, VolunteerAccepted, VolunteerAssigned, VolunteerRegistered
from services.audit.rules import Names, Story, actors_of, moved, sources_of, tell
from services.audit.rules.needed import NEEDS as NEEDED
from tests.services.audit.after_award import after_award
from tests.services.audit.approved import second_person
from tests.services.audit.arranged import asked_for, of_an_arrangement
from tests.services.audit.banked import by_a_bank
from tests.services.audit.bidders import of_bidders
from tests.services.audit.cancelled import of_a_decision
from tests.services.audit.clarified import clarified
from tests.services.audit.conducted import conducted
from tests.services.audit.dated import dated, recorded
from tests.services.audit.deliberated import deliberated
from tests.services.audit.found import findings
from tests.services.audit.framed import of_a_framework
from tests.services.audit.gated import at_the_gate, converted, to_the_gate
from tests.services.audit.handled import at_departments, found_to_be_one
from tests.services.audit.judged import a_judgement, a_report, unjudged
from tests.services.audit.lives import whole_life
from tests.services.audit.prepared import prepared
from tests.services.audit.receipted import a_line, shown_by
from tests.services.audit.rounds import of_a_round
from tests.services.audit.self_evaluated import self_evaluated
from tests.services.audit.stories import CEILING, Told
from tests.services.audit.test_costs import costs, withdrawn
from tests.services.audit.test_delivery import announced, deemed, paper_of, report_of
from tests.services.audit.unsealed import unsealed
from tests.services.audit.volunteered import by_volunteers, shared_by_units
from tests.services.audit.windowed import at_the_window

OF_OTHER_STORIES = {FrameworkConcluded, ItemApplied, ItemAssessed, ItemConverted, ItemAdmitted}
OF_OTHER_STORIES |= {NeedHandedOver, HandoverAccepted, NeedAnswered, NeedClosed, NeedMerged}
OF_OTHER_STORIES |= {
    ResidentUnitRegistered,
    ResidentUnitRated,
    UnitRatingClosed,
    ResourceShared,
    ResourceBooked,
    VolunteerRegistered,
}
OF_OTHER_STORIES |= {TaskOffered, VolunteerAssigned, VolunteerAccepted, ServiceRecorded}
KINDS_NEEDED = list(dict.fromkeys(kind for needs in NEEDED.values() for kind in needs if kind not in OF_OTHER_STORIES))


def a_story(facts: list[Fact]) -> Story:
    def chapter(*streams: str) -> tuple[Fact, ...]:
        return tuple(fact for fact in facts if fact.stream in streams)

    others = {fact.stream for fact in facts} - {NEEDS, PROJECTS}
    return Story(needs=chapter(NEEDS), funds=chapter(*others), project=chapter(PROJECTS))


def without(kind: type[Fact], facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if not isinstance(fact, kind)]


def changed(kind: type[Fact], facts: list[Fact], change: Callable[[Fact], Fact]) -> list[Fact]:
    return [change(fact) if isinstance(fact, kind) else fact for fact in facts]


def test_a_whole_story_has_no_findings_and_none_at_any_moment_before_its_end() -> None:
    told = Told()
    facts = told.facts

    for end in range(len(facts) + 1):
        assert findings(a_story(facts[:end])) == []
    assert findings(a_story([*facts, a_refund(told), an_unrefund(told), *costs(told)])) == []


def a_refund(told: Told, reason: RefundReason = RefundReason.OVERPAID) -> PaymentRefunded:
    return PaymentRefunded(
        project_id=told.project,
        refund_id=told.project,
        amount=Money(10),
        payee_id=told.provider,
        shares=told.shares(6, 4),
        reason=reason,
        basis="审计报告",
        received_on=date(2026, 3, 2),
        line_reference="R-1",
        recorded_by=told.person,
    )


def an_unrefund(told: Told, reason: CorrectionReason = CorrectionReason.ENTERED_TWICE) -> RefundCorrected:
    return RefundCorrected(
        project_id=told.project,
        refund_id=told.project,
        amount=Money(5),
        payee_id=told.provider,
        shares=told.shares(3, 2),
        reason=reason,
        basis="更正单",
        effective_date=date(2026, 3, 2),
        booked_on=date(2026, 4, 1),
        corrected_by=told.person,
    )


def a_correction(told: Told, reason: CorrectionReason) -> FundCorrected:
    return FundCorrected(
        account_id=told.accounts[0],
        lot_id=told.lots[0],
        funder_id=told.funder,
        transfer_id=told.project,
        corrects=told.project,
        amount=Money(10),
        reason=reason,
        basis="更正单",
        effective_date=date(2026, 3, 2),
        booked_on=date(2026, 4, 1),
        corrected_by=told.person,
    )


def contested(told: Told) -> list[Fact]:
    """A grade that is replied to, accepted, and contested in every way."""
    p, at = told.project, datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
    announced = GradeAnnounced(
        project_id=p,
        score=Decimal("71.00"),
        grade="合格",
        factor_percent=90,
        arithmetic="…",
        rulebook="b" * 64,
        working_days=5,
        reply_until=at,
        holidays_known=True,
    )
    requested = ReevaluationRequested(
        project_id=p, requested_by=told.person, digest="d" * 64, working_days=5, decide_until=at, holidays_known=True
    )
    decided = [
        ReevaluationDecided(project_id=p, granted=until is not None, decided_by=by, digest=digest, closes_at=until)
        for by, digest, until in ((told.person, "d" * 64, None), (told.person, "d" * 64, at), (SYSTEM, None, at))
    ]
    replied = GradeReplied(project_id=p, replied_by=told.person, digest="d" * 64)
    return [announced, replied, requested, *decided, GradeAccepted(project_id=p, accepted_by=told.person)]


@pytest.mark.parametrize("kind", KINDS_NEEDED)
def test_a_story_that_lacks_a_step_says_which(kind: type[Fact]) -> None:
    told = Told()
    stories = (
        *contested(told),
        *costs(told),
        *unjudged(told),
        *whole_life(told),
        *asked_for(told),
        *clarified(told),
        *after_award(told),
        *of_a_decision(told),
        *conducted(told),
        *unsealed(told),
        *prepared(told),
        recorded(told),
        *deliberated(told),
    )
    added = (a_refund(told), an_unrefund(told), *stories, *_witnessed(told))
    found = findings(a_story(without(kind, [*told.facts, *added])))

    assert any(f"without {kind.type} before it" in line for line in found)


def test_a_framework_needs_its_conclusion_and_no_reserved_money() -> None:
    told = Told()
    approved, *later = of_a_framework(told)
    facts = without(BudgetReserved, told.facts)
    proposed = next(at for at, fact in enumerate(facts) if isinstance(fact, ProjectProposed))
    facts = [*facts[: proposed + 1], approved, *facts[proposed + 1 :], *later]

    assert not [line for line in findings(a_story(facts)) if "tender.opened" in line]
    (line,) = [line for line in findings(a_story(without(FrameworkConcluded, facts))) if "framework.users" in line]
    assert "without framework.concluded before it" in line


def test_what_the_gate_handed_over_needs_neither_need_nor_ballot_and_all_its_steps() -> None:
    told = Told()
    before = to_the_gate(told)
    facts = [*before, *converted(told, before)]
    facts += without(NeedPosted, without(NeedRouted, without(NeedChosen, told.facts)))

    assert not [line for line in findings(a_story(facts)) if "project.proposed" in line or "item." in line]
    for kind in (ItemApplied, ItemAssessed, ItemConverted):
        assert any(f"without {kind.type} before it" in line for line in findings(a_story(without(kind, facts))))
    assert any(
        "without item.handed_over before it" in line or "need.routed" in line
        for line in findings(a_story(without(ItemHandedOver, facts)))
    )


def test_every_fen_reserved_was_paid_or_went_back_lot_by_lot() -> None:
    lines = sources_of(a_story(Told().facts))

    assert [(line.reserved.fen, line.paid.fen, line.returned.fen) for line in lines] == [
        (60_000, 53_460, 6_540),
        (40_000, 35_640, 4_360),
    ]
    assert all(line.adds_up for line in lines)
    assert moved(lines).reserved == CEILING
    assert sum_of([moved(lines).paid, moved(lines).returned]) == CEILING


def test_a_fen_that_went_nowhere_is_found_in_its_lot() -> None:
    told = Told()
    facts = changed(
        ProjectSettled, told.facts, lambda f: f.model_copy(update={"shares_returned": told.shares(540, 359)})
    )

    assert any(f"lot {told.lots[1]}" in line for line in findings(a_story(facts)))


def test_a_published_sum_that_is_not_what_was_paid_is_found() -> None:
    facts = changed(ProjectPublished, Told().facts, lambda f: f.model_copy(update={"paid": Money(89_101)}))

    assert findings(a_story(facts)) == ["project.published names other sums than project.settled"]


def test_a_tranche_released_before_its_gate_or_never_paid_is_found() -> None:
    facts = Told().facts
    third = next(fact for fact in facts if isinstance(fact, TrancheReleased) and fact.number == 3)
    early = [fact for fact in facts if fact is not third]
    early.insert(next(i for i, fact in enumerate(early) if isinstance(fact, TranchePaid)) + 1, third)
    unpaid = [fact for fact in facts if not (isinstance(fact, TranchePaid) and fact.number == 2)]

    assert "tranche 3 released before its gate opened" in findings(a_story(early))
    assert "tranche 2: paid is not what was released" in findings(a_story(unpaid))


def test_who_drafted_and_approved_at_once_is_found() -> None:
    told = Told()
    facts = changed(ProjectApproved, told.facts, lambda f: f.model_copy(update={"approved_by": told.person}))

    assert findings(a_story(facts)) == ["project.approved by the person who drafted it"]


def test_a_voided_tender_is_complete_only_when_the_reservation_went_back() -> None:
    told = Told()
    opened = next(i for i, fact in enumerate(told.facts) if isinstance(fact, BidSealed))
    voided = [*told.facts[:opened], TenderVoided(project_id=told.project, code="too_few_bids", source="示例")]
    back = ReservationReleased(project_id=told.project, shares=told.shares(60_000, 40_000))

    assert len(findings(a_story(voided))) == 2  # one for each lot
    assert findings(a_story([*voided, back])) == []


def _followed_up(told: Told) -> list[Fact]:
    place = {"project_id": told.project, "milestone": Milestone.FINAL, "grievance": Grievance.DISSATISFIED}
    return [
        FollowUpOpened.model_validate(
            place
            | {"ratings": 5, "working_days": 15, "due_at": datetime(2026, 3, 3, tzinfo=UTC), "holidays_known": True}
        ),
        FollowUpAnswered.model_validate(place | {"answered_by": told.person, "digest": "d" * 64}),
        FollowUpClosed.model_validate(place | {"closed_by": told.other}),
        FollowUpOverdue.model_validate(place),
    ]


def _witnessed(told: Told) -> list[Fact]:
    at = {"project_id": told.project, "milestone": Milestone.FINAL}
    batch = at | {"batch_id": told.contract, "visits": 3, "minutes": 125}
    opinion = {"project_id": told.project, "opinion_id": told.contract}
    due = datetime(2026, 3, 3, tzinfo=UTC)
    filed = [
        OpinionFiled.model_validate(
            opinion
            | {"committee_id": told.other, "filed_by": told.person, "kind": kind, "milestone": about}
            | {"addressed_to": to, "text_digest": "d" * 64, "answer_due": due, "holidays_known": True}
        )
        for kind, about, to in (
            (OpinionKind.PRAISE, None, Role.FUNDER),
            (OpinionKind.CONCERN, Milestone.MID_TERM, Role.COMMUNITY),
            (OpinionKind.OBJECTION, Milestone.FINAL, Role.PROVIDER),
        )
    ]
    return [
        VisitsRecorded.model_validate(batch | {"tokens": 2, "digest": "d" * 64, "recorded_by": told.person}),
        *(VisitsVoided.model_validate(batch | {"reason": why, "voided_by": told.person}) for why in VoidReason),
        *filed,
        OpinionSigned.model_validate(opinion | {"signed": 2, "listed": 3, "roll_digest": "d" * 64}),
        OpinionAnswered.model_validate(opinion | {"answered_by": told.person, "text_digest": "d" * 64}),
        OpinionOverdue.model_validate(opinion | {"addressed_to": Role.FUNDER, "answer_due": due}),
        UsersConsulted.model_validate(
            at | {"invited": 6, "commented": 2, "digest": "d" * 64, "recorded_by": told.person}
        ),
    ]


def test_the_trace_says_how_many_visits_and_hours_a_batch_brought_and_which_did_not_count() -> None:
    recorded, voided, *_ = (tell(fact, Names({})) for fact in _witnessed(Told()))

    assert recorded is not None
    assert voided is not None
    assert recorded.zh == "录入末期走访 3 次,2:05(时:分),服务对象 2 个凭证"
    assert recorded.en == "3 visits towards the final were recorded, 2:05 hours, 2 people served (by token)"
    assert voided.zh == "作废末期走访一批:3 次,2:05(时:分),原因:录入有误"


def _assessed(told: Told) -> list[Fact]:
    drawn = SampleDrawn(
        project_id=told.project,
        milestone=Milestone.FINAL,
        population=300,
        size=169,
        list_digest="d" * 64,
        drawn_in="示例",
        seed="5" * 64,
        confidence="95%",
        margin="5%",
    )
    assessed = RatingsAssessed(
        project_id=told.project,
        milestone=Milestone.FINAL,
        population=300,
        asked=169,
        answered=20,
        response_percent=Decimal("11.83"),
        unasked=1,
        set_apart=(SetApart(by_community=True, first=1, last=20, ratings=20, level="satisfied", of_level=20),),
        counted=0,
        mean=None,
        mean_of_all=Decimal(80),
        satisfied=0,
        lower_percent=None,
        upper_percent=None,
        confidence="95%",
        z="1.96",
        too_few=True,
        too_few_below=30,
    )
    return [drawn, assessed]


def test_every_fact_of_a_story_says_what_happened_in_both_languages() -> None:
    told = Told()
    p = told.project
    refusals = (BudgetRefused, RankingRefused, TrancheRefused)
    rest: list[Fact] = [
        BidWithdrawn(project_id=p, bid_id=BidId(told.bid)),
        ProjectDeclined(project_id=p, reason="预算不足"),
        TenderVoided(project_id=p, code="too_few_bids", source="示例"),
        ReservationReleased(project_id=p, shares=told.shares(1, 2)),
        MilestoneReturned(project_id=p, milestone=Milestone.FINAL, returned_by=told.person, reason="补照片"),
        *deemed(told),
        paper_of(told),
        announced(told),
        report_of(told),
        a_judgement(told, MidTermResult.PASSED),
        a_report(told),
        *unjudged(told),
        *second_person(told),
        HoldPlaced(
            project_id=p,
            hold_id=HoldId(p),
            amount=Money(5),
            basis="审计报告",
            until=date(2026, 3, 2),
            placed_by=told.person,
        ),
        PaymentReturned(
            project_id=p,
            payment_id=PaymentId(told.contract),
            number=1,
            amount=Money(5),
            reason="户名不符",
            line_digest="0" * 64,
        ),
        HoldLifted(project_id=p, hold_id=HoldId(p), reason="已整改", lifted_by=told.person),
        *by_a_bank(told),
        shown_by(told, a_line("L1", 5, 2, "1")),
        *dated(told),
        *(a_refund(told, reason) for reason in RefundReason),
        *(a_correction(told, reason) for reason in CorrectionReason),
        *(an_unrefund(told, reason) for reason in CorrectionReason),
        *costs(told),
        *(withdrawn(told, reason) for reason in CostWithdrawalReason),
        *_followed_up(told),
        *_assessed(told),
        *self_evaluated(told),
        *contested(told),
        *_witnessed(told),
        *of_an_arrangement(told),
        *of_a_round(told),
        *of_a_framework(told),
        *at_the_gate(told),
        *at_the_window(told),
        *at_departments(told),
        *found_to_be_one(told),
        *shared_by_units(told),
        *by_volunteers(told),
        *whole_life(told),
        *after_award(told),
        *of_a_decision(told),
        *(kind(project_id=p, code="x", source="s", reason_zh="不行", reason_en="no") for kind in refusals),
    ]
    facts = [
        *told.facts,
        *rest,
        *clarified(told),
        *of_bidders(told),
        *conducted(told),
        *prepared(told),
        *unsealed(told),
        *deliberated(told),
    ]

    newest = {CATALOGUE.facts[name, version] for name, version in CATALOGUE.newest.items()}
    of_no_project = {kind for kind in newest if kind.stream in (PARTIES, RULEBOOKS) or issubclass(kind, PeriodFact)}
    assert {type(fact) for fact in facts} == newest - of_no_project
    for fact in facts:
        said = tell(fact, Names({}))
        assert said is not None
        assert said.zh
        assert said.en


def test_actors_are_named_by_the_part_they_had() -> None:
    told = Told()
    endorsed = next(fact for fact in told.facts if isinstance(fact, ContractEndorsed))
    approved = next(fact for fact in told.facts if isinstance(fact, ProjectApproved))

    assert actors_of(endorsed) == {"party_id": told.provider, "signed_by": told.person}
    assert actors_of(approved).keys() == {"community_id", "funder_id", "drafted_by", "approved_by"}
