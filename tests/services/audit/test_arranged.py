"""A story without a tender is complete without one, and its work by the unit is counted again."""

from collections.abc import Callable

import pytest

from schemas.arranging import AwardArranged
from schemas.clauses import Work
from schemas.commission import CommissionAccepted, CommissionRequested
from schemas.contract import ContractDrafted, ContractSigned, MilestoneSubmitted
from schemas.fact import Fact
from schemas.fund import TrancheReleased
from schemas.money import Money
from schemas.work import WorkAccepted, WorkReported
from services.audit.rules import Names, sources_of, tell
from tests.services.audit import lives
from tests.services.audit.arranged import a_commission, accepted, asked_of_the_community
from tests.services.audit.found import findings
from tests.services.audit.stories import Told
from tests.services.audit.test_story import a_story, changed, without


def test_a_commission_has_no_findings_and_none_at_any_moment_before_its_end() -> None:
    facts = a_commission(Told())

    for end in range(len(facts) + 1):
        assert findings(a_story(facts[:end])) == []
    assert all(line.adds_up for line in sources_of(a_story(facts)))


def test_a_commission_that_no_ballot_chose_has_no_findings_either() -> None:
    facts = asked_of_the_community(Told())

    for end in range(len(facts) + 1):
        assert findings(a_story(facts[:end])) == []


@pytest.mark.parametrize("kind", [CommissionRequested, CommissionAccepted])
def test_without_the_communitys_consent_a_commission_has_findings(kind: type[Fact]) -> None:
    found = findings(a_story(without(kind, asked_of_the_community(Told()))))

    assert f"project.proposed without {kind.type} before it" in found


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (AwardArranged, "contract.drafted without award.confirmed before it"),
        (MilestoneSubmitted, "milestone.accepted without milestone.submitted before it"),
        (WorkReported, "work.accepted of more units than were reported"),
    ],
)
def test_a_step_that_is_missing_is_found(kind: type[Fact], line: str) -> None:
    assert line in findings(a_story(without(kind, a_commission(Told()))))


@pytest.mark.parametrize(
    ("kind", "change", "line"),
    [
        (AwardArranged, lambda f: f.model_copy(update={"approved_by": f.drafted_by}), "by one person alone"),
        (WorkAccepted, lambda f: f.model_copy(update={"fee": Money(70_001)}), "another fee than its units come to"),
        (
            TrancheReleased,
            lambda f: f.model_copy(update={"amount": f.amount + Money(1)}) if f.number == 2 else f,
            "tranche 2 released beyond the fee of the work",
        ),
        (
            ContractSigned,
            lambda f: f.model_copy(update={"provider_id": f.funder_id}),
            "milestone.accepted without milestone.confirmed before it",
        ),
    ],
)
def test_what_does_not_agree_is_found(kind: type[Fact], change: Callable[[Fact], Fact], line: str) -> None:
    found = findings(a_story(changed(kind, a_commission(Told()), change)))

    assert any(line in one for one in found), found


def test_the_story_says_on_what_ground_there_was_no_tender_and_how_the_fee_came_about() -> None:
    told = Told()
    facts = a_commission(told)
    arranged = tell(next(fact for fact in facts if isinstance(fact, AwardArranged)), Names({}))
    work = tell(accepted(told), Names({}))

    assert arranged is not None
    assert work is not None
    assert "不经采购的理由:确需社区协助(须熟悉住户)" in arranged.zh
    assert "visit 70" in work.zh
    assert work.money == Money(70_000)


def test_work_that_was_changed_by_both_is_counted_again_at_its_new_unit_price() -> None:
    told = Told()
    facts = a_commission(told)
    agreement = next(fact.agreement for fact in facts if isinstance(fact, ContractDrafted))
    assert agreement.work is not None
    halved = tuple(item.model_copy(update={"unit_price": Money(500)}) for item in agreement.work.items)
    terms = agreement.model_copy(update={"work": Work(items=halved)})
    asked = lives.proposed(told).model_copy(update={"agreement": terms})
    place = next(i for i, fact in enumerate(facts) if isinstance(fact, WorkReported))
    changed_by_both = [*facts[:place], asked, lives.changed(told, terms.price, terms.tranches), *facts[place:]]
    again = changed(WorkAccepted, changed_by_both, lambda f: f.model_copy(update={"fee": Money(35_000)}))
    line = "work.accepted with another fee than its units come to"

    assert line in findings(a_story(changed_by_both))
    assert line not in findings(a_story(again))
