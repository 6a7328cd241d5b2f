"""A tender, or a direct arrangement, states how long the agreement shall run, within the rulebook."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.arranging import AwardArranged
from schemas.model import Model
from schemas.role import Actor
from schemas.tender import AwardConfirmed, TenderOpened
from schemas.term import LongTermGround, PlannedTerm
from services.kit.rulebooks import shipped
from services.tenders.rules.project import Phase
from services.tenders.rules.proposal import DraftTerms
from tests.services.tenders.stories import DRAFTER, Tendered, a_draft, some_terms
from tests.services.tenders.test_arranging import Arranging
from tests.support.pure import refused

HALF_A_YEAR = PlannedTerm(months=6, ends_by=date(2026, 10, 31))
FORMER_BOOK = next(book for book in shipped() if book.version == "2026.3")


class Termed(Tendered):
    """Every draft of it states half a year."""

    def draft(self, command: DraftTerms | None = None, by: Actor = DRAFTER) -> list[Model]:
        return super().draft(command or with_term(HALF_A_YEAR), by)


def with_term(term: PlannedTerm | None) -> DraftTerms:
    return a_draft(terms=some_terms().model_copy(update={"term": term}))


def opened(term: PlannedTerm | None) -> Tendered:
    story = Tendered().proposed()
    story.draft(with_term(term))
    return story


def test_the_term_stands_in_the_tender_and_goes_with_the_award() -> None:
    story = Termed()
    story.ranked(1, 2, 3)

    award, *_ = story.award(story.bids[0].id)

    assert isinstance(award, AwardConfirmed)
    assert award.terms.term == HALF_A_YEAR


def test_an_opened_tender_shows_its_term_to_bidders() -> None:
    story = Termed()
    told = story.reserved().open()[-1]

    assert isinstance(told, TenderOpened)
    assert told.terms.term == HALF_A_YEAR


def test_an_arrangement_goes_with_its_term() -> None:
    story = Arranging()
    story.arrange(story.body(term={"months": 6, "ends_by": "2026-10-31"}))
    story.approve_arranged()

    [arranged] = story.reserve()

    assert isinstance(arranged, AwardArranged)
    assert arranged.term == HALF_A_YEAR


@pytest.mark.parametrize(
    ("term", "code", "field"),
    [
        ({"months": 13}, "term_needs_grounds", "term"),
        ({"months": 37, "grounds": list(LongTermGround)}, "term_too_long", "term"),
        ({"months": 6, "ends_by": "2026-03-01"}, "term_is_over", "term.ends_by"),
    ],
)
def test_a_term_beyond_the_rulebook_is_refused_at_the_draft_of_either_kind(term: Any, code: str, field: str) -> None:
    with refused(code) as caught:
        opened(PlannedTerm.model_validate(term))
    assert caught.value.field == f"terms.{field}"
    story = Arranging()
    with refused(code) as caught:
        story.arrange(story.body(term=term))
    assert caught.value.field == field
    assert story.phase is Phase.PROPOSED


def test_an_edition_that_knows_of_no_terms_goes_on_without_one_and_takes_none() -> None:
    story = Tendered()
    story.rulebook = FORMER_BOOK
    story.reserved().open()
    assert story.project.agreed.term is None

    other = Tendered().proposed()
    other.rulebook = FORMER_BOOK
    with refused("no_limit_of_terms", status=422):
        other.draft(with_term(HALF_A_YEAR))


def test_a_draft_whose_latest_day_has_passed_is_not_approved() -> None:
    story = opened(HALF_A_YEAR)
    story.at += timedelta(days=300)

    with refused("term_is_over"):
        story.approve()


def test_an_award_after_the_latest_day_is_refused() -> None:
    story = Termed()
    story.ranked(1, 2, 3)
    story.at += timedelta(days=300)

    with refused("term_is_over"):
        story.award(story.bids[0].id)


def test_the_words_of_a_draft_are_public_and_hold_nobodys_number() -> None:
    """At every place in it; a criterion's name as well as a kind of work."""
    tender, story = Tendered().proposed(), Arranging()
    terms = some_terms().model_copy(update={"requirements": "致电 13812345678"})

    with refused("personal_data", source="个人信息保护法") as caught:
        tender.draft(a_draft(terms=terms))
    assert caught.value.field == "terms.requirements"
    for changes, field in (
        ({"requirements": "致电 13812345678"}, "requirements"),
        ({"ground": {"code": "community_assistance", "reason": "找 13812345678"}}, "ground.reason"),
    ):
        with refused("personal_data", status=422) as caught:
            story.arrange(story.body(**changes))
        assert caught.value.field == field
