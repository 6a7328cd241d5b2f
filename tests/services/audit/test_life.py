"""Stories of agreements that were changed or terminated: complete without a false finding, and found out otherwise."""

import pytest

from schemas.contract import MilestoneAccepted, ProjectPublished
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import FundsCommitted, ProjectSettled, TranchePaid, TrancheReleased
from schemas.money import Money
from schemas.project import FundShare
from schemas.termination import NO_GRADE, ContractTerminated, TerminationReason
from schemas.tranche import Gate, Tranche
from services.audit.rules import Kind, MovementState, Names, movements_of, sources_of, tell
from services.audit.rules.lots import findings_of, lot_line
from services.audit.rules.uses import use_of
from tests.services.audit.entries import arrival, project
from tests.services.audit.found import findings
from tests.services.audit.lives import agreed, changed, committed, proposed, settlement, terminated, to_end
from tests.services.audit.stories import PRICE, Told
from tests.services.audit.test_story import a_story


def until_first_payment(told: Told) -> list[Fact]:
    end = next(i for i, fact in enumerate(told.facts) if isinstance(fact, TranchePaid))
    return told.facts[: end + 1]


def published(told: Told, settled: ProjectSettled) -> ProjectPublished:
    return ProjectPublished(
        project_id=told.project,
        contract_id=told.contract,
        provider_id=told.provider,
        price=PRICE,
        paid=settled.paid,
        returned=settled.returned,
        grade=NO_GRADE,
    )


def left(told: Told) -> tuple[FundShare, ...]:
    """Of what was committed, what the first tranche did not take."""
    facts = until_first_payment(told)
    (committed_,) = [fact.shares for fact in facts if isinstance(fact, FundsCommitted)]
    (first,) = [fact.shares for fact in facts if isinstance(fact, TrancheReleased)]
    fen = [c.amount.fen - f.amount.fen for c, f in zip(committed_, first, strict=True)]
    return told.shares(fen[0], fen[1])


def ended(told: Told, due_fen: int) -> list[Fact]:
    """Terminated after the first tranche of 45,000; 10,000 of what was left are paid."""
    rest = [share.amount.fen for share in left(told)]
    paid, back = told.shares(6_000, 4_000), told.shares(rest[0] - 6_000, rest[1] - 4_000)
    money = settlement(told, paid, back)
    assert isinstance(money[-1], ProjectSettled)
    return [
        *until_first_payment(told),
        to_end(told, TerminationReason.MUTUAL_CONSENT),
        terminated(told, due_fen),
        *money,
        published(told, money[-1]),
    ]


def test_a_terminated_story_is_complete_at_every_moment() -> None:
    facts = ended(Told(), 55_000)

    for end in range(len(facts) + 1):
        assert findings(a_story(facts[:end])) == []
    assert all(line.adds_up for line in sources_of(a_story(facts)))


@pytest.mark.parametrize("due_fen", [54_999, 55_001, 0])
def test_what_is_paid_after_termination_must_be_what_was_settled(due_fen: int) -> None:
    found = findings(a_story(ended(Told(), due_fen)))

    assert found == ["contract.terminated: what was released to settle it is not what was left to pay"]


def test_a_release_that_was_on_its_way_may_be_told_after_the_end() -> None:
    """Funds answers an acceptance when it hears it; what was paid beyond the settlement is asked back elsewhere."""
    told = Told()
    facts = ended(told, 10_000)
    end = next(i for i, fact in enumerate(facts) if isinstance(fact, ContractTerminated))
    first = next(i for i, fact in enumerate(facts) if isinstance(fact, TrancheReleased))
    settlement_, result = facts[end + 1 : -2], facts[-2:]
    late = [*facts[:first], *facts[first + 1 : end + 1], facts[first]]

    found = findings(
        a_story([*late, *(fact for fact in settlement_ if not isinstance(fact, TrancheReleased)), *result])
    )

    assert not any("left to pay" in line for line in found)
    assert any("left to pay" in line for line in findings(a_story(facts)))


def test_what_neither_was_graded_nor_terminated_is_not_over() -> None:
    facts = [fact for fact in ended(Told(), 55_000) if not isinstance(fact, ContractTerminated)]

    assert "project.settled without project.graded before it" in findings(a_story(facts))


def test_the_whole_story_without_its_grade_is_found_out() -> None:
    facts = [fact for fact in Told().facts if not isinstance(fact, ProjectGraded)]

    assert "project.published without project.graded before it" in findings(a_story(facts))


def test_a_result_without_a_grade_says_that_it_was_terminated() -> None:
    said = tell(ended(Told(), 55_000)[-1], Names({}))

    assert said is not None
    assert "终止" in said.zh
    assert "等级终止" not in said.zh
    assert "no grade" in said.en


def supplemented(told: Told) -> list[Fact]:
    """After the mid-term was accepted, the rest grows by 5,000: 3,000 and 2,000."""
    facts = until_first_payment(told)
    before, added = left(told), told.shares(3_000, 2_000)
    after = told.shares(*(b.amount.fen + a.amount.fen for b, a in zip(before, added, strict=True)))
    plan = (
        Tranche(number=1, amount=Money(45_000), gate=Gate.SIGNED),
        Tranche(number=2, amount=Money(50_000), gate=Gate.MID_TERM_ACCEPTED),
    )
    price = Money(95_000)
    return [
        *facts,
        proposed(told),
        agreed(told, price, plan),
        committed(told, price, plan, before, after, added),
        changed(told, price, plan),
    ]


def test_a_supplement_is_money_set_aside_twice_over_and_committed_once() -> None:
    told = Told()
    facts = supplemented(told)

    assert findings(a_story(facts)) == []
    moved = [m for m in movements_of(project(told, facts).entries) if m.kind is Kind.CHANGED]
    assert [m.state for m in moved] == [*[MovementState.VOIDED] * 2, *[MovementState.PENDING] * 2]
    reserved = {m.transfer_id for m in movements_of(project(told, facts).entries) if m.kind is Kind.RESERVED}
    assert {m.resolves for m in moved[:2]} == reserved
    assert reserved.isdisjoint({m.transfer_id for m in moved[2:]})
    use = use_of(project(told, facts), told.lots[0])
    line = lot_line(told.lots[0], arrival(told, told.lots[0]), [project(told, facts)])
    assert use.columns.committed == Money(left(told)[0].amount.fen + 3_000)
    assert use.set_aside.fen == 60_000 + 3_000
    assert line.adds_up
    assert list(findings_of(line, [project(told, facts)])) == []


def test_a_changed_tranche_waits_for_its_new_gate() -> None:
    told = Told()
    release = TrancheReleased(
        project_id=told.project,
        number=2,
        amount=Money(50_000),
        withheld=Money(0),
        payee_id=told.provider,
        shares=told.shares(30_000, 20_000),
    )
    accepted = next(fact for fact in told.facts if isinstance(fact, MilestoneAccepted))
    early = [*supplemented(told), release]

    assert "tranche 2 released before its gate opened" in findings(a_story(early))
    in_turn = findings(a_story([*supplemented(told), accepted, release]))
    assert "tranche 2 released before its gate opened" not in in_turn
