"""The term of an agreement: fixed at drafting, printed and signed, moved within the rulebook, told when it is over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.canonical import canonical, digest_of
from schemas.change import ContractChanged
from schemas.contract import ContractOverdue, Milestone
from schemas.days import end_of
from schemas.deciding import Due
from schemas.model import Model
from schemas.paper import GROUNDS
from schemas.rulebook import Rulebook
from schemas.term import LONG_TERM, MOST_MONTHS, LongTermGround, PlannedTerm, Term
from services.contracts import rules
from services.contracts.rules.contract import TERM
from services.contracts.rules.term import TermState, state_of_term
from services.kit.rulebooks import shipped
from tests.services.contracts.arranged import Arranged, an_arrangement
from tests.services.contracts.awarded import BOOK, FUNDER, PROJECT, PROVIDER, Awarded, an_award
from tests.services.contracts.lived import Lived, delivered, in_force
from tests.services.contracts.reading import read
from tests.support.pure import refused

FIRST = date(2026, 3, 2)
YEAR = date(2027, 3, 1)
ALL = [ground.value for ground in LongTermGround]
FORMER_BOOK: Rulebook = next(book for book in shipped() if book.version == "2026.3")


def awarded(term: PlannedTerm | None) -> Awarded:
    award = an_award()
    story = Awarded()
    story.hear(award.model_copy(update={"terms": award.terms.model_copy(update={"term": term})}))
    return story


def ring(story: Awarded, at: datetime) -> list[Model]:
    story.at = at
    return story.do(rules.ring, Due(ref=(rules.Contract, PROJECT), name=TERM, at=story.contract.due()[TERM]))


def last_moment(story: Awarded) -> datetime:
    term = story.contract.agreement.term
    assert term is not None
    return end_of(term.last_day).astimezone(UTC)


def test_the_days_run_from_the_draft_and_are_signed_and_printed() -> None:
    story = awarded(PlannedTerm(months=6, ends_by=date(2026, 8, 15)))
    agreement = story.contract.agreement

    assert agreement.term == Term(first_day=FIRST, last_day=date(2026, 8, 15))
    assert story.contract.digest == digest_of(agreement)
    a_day_more = agreement.model_copy(update={"term": Term(first_day=FIRST, last_day=date(2026, 8, 16))})
    assert digest_of(a_day_more) != story.contract.digest
    paper = read(rules.agreement_paper(story.contract))
    assert paper.tables["term"] == [["2026-03-02", "2026-08-15"]]


def test_what_the_terms_do_not_say_is_as_long_as_the_rulebook_usually_allows() -> None:
    tendered, arranged = awarded(None), Arranged()

    for story in (tendered, arranged):
        assert story.contract.agreement.term == Term(first_day=FIRST, last_day=YEAR)
        text = str(read(rules.agreement_paper(story.contract)).texts)
        assert BOOK.source(MOST_MONTHS).text in text
        assert BOOK.source(LONG_TERM).text in text


def test_an_arrangement_states_its_term_with_the_grounds_of_a_long_one() -> None:
    planned = PlannedTerm(months=24, grounds=tuple(LongTermGround))
    story = Arranged(an_arrangement(term=planned))

    assert story.contract.agreement.term == planned.from_day(FIRST)
    paper = read(rules.agreement_paper(story.contract))
    assert paper.tables["term"] == [["2026-03-02", "2028-03-01"]]
    assert paper.tables["term_grounds"] == [[words] for words in GROUNDS.values()]


def test_a_project_under_a_former_edition_has_no_term_and_its_json_and_paper_no_place_for_one() -> None:
    story = in_force()
    former = Lived()
    former.rulebook = FORMER_BOOK
    former.hear(an_award())
    former.endorse(PROVIDER)
    former.endorse(FUNDER)

    assert b'"term"' in canonical(story.contract.agreement)
    assert b'"term"' not in canonical(former.contract.agreement)
    assert "term" not in read(rules.agreement_paper(former.contract)).tables
    assert TERM not in former.contract.due()
    with refused("no_term_agreed", status=422) as caught:
        former.propose(ends_on="2026-12-31")
    assert caught.value.field == "ends_on"
    former.propose(requirements="每周六次送餐")
    former.agree()
    assert former.contract.agreement.term is None


def test_an_extension_is_counted_from_the_first_day_however_often_it_is_made() -> None:
    story = in_force()
    for last in ("2026-12-31", YEAR.isoformat()):
        story.propose(ends_on=last)
        changed = next(fact for fact in story.agree() if isinstance(fact, ContractChanged))
        assert changed.digest == digest_of(story.contract.agreement)
    story.at += timedelta(days=200)

    with refused("term_needs_grounds", source="102号", status=422) as caught:
        story.propose(ends_on="2027-03-02")
    assert caught.value.field == "ends_on"
    with refused("term_too_long", source="102号", status=422):
        story.propose(ends_on="2029-03-02", grounds=ALL)
    story.propose(ends_on="2029-03-01", grounds=ALL)
    story.agree()
    assert story.contract.agreement.term == Term(
        first_day=FIRST, last_day=date(2029, 3, 1), grounds=tuple(LongTermGround)
    )


def test_the_supplement_prints_the_days_before_and_after() -> None:
    story = in_force()
    story.propose(ends_on="2026-09-30", reason="schedule")
    story.agree()

    kept = story.world.get(rules.Paper, rules.change_paper_id(PROJECT, 1))
    rows = read(kept.body).tables["term"]
    assert [row[1:] for row in rows] == [["2026-03-02", "2027-03-01"], ["2026-03-02", "2026-09-30"]]


def test_a_last_day_that_has_passed_is_not_proposed() -> None:
    story = in_force()
    story.at += timedelta(days=10)

    with refused("term_ends_in_the_past", status=422):
        story.propose(ends_on="2026-03-11")
    story.propose(ends_on="2026-03-12")


def test_naming_the_same_day_again_changes_nothing() -> None:
    with refused("change_says_nothing"):
        in_force().propose(ends_on=YEAR.isoformat())


@pytest.mark.parametrize("gone", [timedelta(0), timedelta(days=3)])
def test_what_is_undelivered_when_the_term_is_over_is_told_once(gone: timedelta) -> None:
    story = delivered(Milestone.MID_TERM)
    assert state_of_term(story.contract) is TermState.RUNNING

    [told] = ring(story, last_moment(story) + gone)

    assert told == ContractOverdue(
        project_id=PROJECT,
        contract_id=story.contract.agreement.contract_id,
        last_day=YEAR,
        undelivered=(Milestone.FINAL,),
    )
    assert state_of_term(story.contract) is TermState.OVERDUE
    assert TERM not in story.contract.due()


def test_a_late_delivery_is_still_a_delivery_and_ends_the_delay() -> None:
    story = delivered(Milestone.MID_TERM)
    ring(story, last_moment(story))

    story.submit(Milestone.FINAL)

    assert not story.contract.is_overdue
    assert state_of_term(story.contract) is TermState.DELIVERED
    story.confirm(Milestone.FINAL)
    story.consult(Milestone.FINAL)
    story.accept(Milestone.FINAL)


def test_the_timer_says_nothing_before_the_last_day_is_over_nor_after_it_was_moved() -> None:
    story = in_force()
    wanted = story.contract.due()[TERM]
    due = Due(ref=(rules.Contract, PROJECT), name=TERM, at=wanted)

    story.at = last_moment(story) - timedelta(seconds=1)
    assert story.do(rules.ring, due) == []
    story.propose(ends_on="2028-03-01", grounds=ALL)
    story.agree()
    story.at = wanted
    assert story.do(rules.ring, due) == []
    assert story.contract.due()[TERM] > wanted


def test_an_extension_after_the_end_is_within_its_term_again_and_rings_again() -> None:
    story = in_force()
    ring(story, last_moment(story))
    story.propose(ends_on="2028-03-01", grounds=ALL)
    story.agree()

    assert state_of_term(story.contract) is TermState.RUNNING
    [told] = ring(story, last_moment(story))
    assert isinstance(told, ContractOverdue)
    assert told.undelivered == tuple(Milestone)


def test_what_is_delivered_terminated_unsigned_or_standing_still_is_not_overdue() -> None:
    done, ended, still = delivered(*Milestone), in_force(), in_force()
    ended.to_end("mutual_consent", PROVIDER)
    ended.answer_termination(FUNDER, consents=True)
    still.suspend(FIRST + timedelta(days=20))

    for story in (done, ended, still, awarded(None)):
        assert TERM not in story.contract.due()
    assert state_of_term(done.contract) is TermState.DELIVERED
    assert state_of_term(ended.contract) is TermState.ENDED
    still.resume()
    assert TERM in still.contract.due()


def test_an_agreement_from_before_is_read_as_it_was_kept() -> None:
    """A row that knows nothing of terms."""
    story = in_force()
    fields: dict[str, Any] = {"agreement": story.contract.agreement.model_copy(update={"term": None})}
    former = replace(story.contract, **fields)

    assert former.due() == {}
    assert not former.is_overdue
