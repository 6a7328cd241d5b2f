"""What may be scored in a statutory purchase, and what in none."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest

from schemas.factors import FACTORS, NEVER, REGIME, check_factors
from schemas.rulebook import Certainty, Rule, Rulebook, Source
from schemas.tender import Criterion
from services.kit.rulebooks import shipped
from tests.services.tenders.stories import Tendered, a_draft, some_terms
from tests.support.pure import refused

STATUTORY = shipped().named("national/purchased-service")


def criteria(*ids: str) -> tuple[Criterion, ...]:
    return tuple(Criterion(id=id, name=id, points=Decimal(10)) for id in ids)


def as_statutory(book: Rulebook, paths: Iterable[str] = (REGIME, FACTORS)) -> Rulebook:
    return replace(book, rules={**book.rules, **{path: STATUTORY.rules[path] for path in paths}})


@pytest.mark.parametrize("factor", sorted(NEVER))
def test_a_criterion_that_scores_where_somebody_is_or_was_awarded_is_refused_in_a_statutory_purchase(
    factor: str,
) -> None:
    for id in (factor, f"{factor}_2"):
        with refused("factor_forbidden", source="政府采购法实施条例第二十条", status=422) as caught:
            check_factors(criteria("plan", id), STATUTORY)
        assert caught.value.field == "terms.criteria.1.id"
        assert caught.value.source is not None
        lawful = factor in ("local_registration", "local_award", "local_performance")
        assert (caught.value.source.certainty is Certainty.LAW) is lawful


def test_the_factors_are_a_closed_list_and_several_of_one_are_numbered() -> None:
    check_factors(criteria("plan", "plan_2", "team", "experience"), STATUTORY)

    with refused("factor_not_listed", source="第五十五条", status=422):
        check_factors(criteria("plan", "looks"), STATUTORY)


def test_without_a_list_only_the_forbidden_are_refused() -> None:
    bare = replace(STATUTORY, rules={REGIME: Rule("statutory", Source("示例"))})

    check_factors(criteria("looks"), bare)
    with refused("factor_forbidden"):
        check_factors(criteria("grade"), bare)


def test_the_door_for_drafts_asks_and_a_purchase_below_the_limit_scores_what_it_names() -> None:
    story = Tendered().proposed()
    terms = some_terms(plan=None, grade=40, team=30)

    story.draft(a_draft(terms=terms))
    story.rulebook = as_statutory(story.rulebook)

    with refused("factor_forbidden", status=422):
        story.draft(a_draft(terms=terms))
    story.draft(a_draft())
