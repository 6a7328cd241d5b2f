"""What may not be bought as a service (负面清单): the drafter declares of each item that the purchase is none of it."""

from schemas.refused import Refused
from schemas.rulebook import Rulebook

NEGATIVE_LIST = "purchase.negative_list"
EXCLUDED = "purchase.excluded_categories"


def must_be_buyable(category: str, not_applicable: tuple[str, ...], rulebook: Rulebook) -> None:
    """`category`: of the need. `not_applicable`: ids of the negative list."""
    if EXCLUDED in rulebook.rules and category in rulebook.value(EXCLUDED):
        raise Refused("category_excluded", rulebook.source(EXCLUDED), status=422, field="rulebook", category=category)
    field = "not_applicable"
    items = rulebook.value(NEGATIVE_LIST) if NEGATIVE_LIST in rulebook.rules else {}
    for id in not_applicable:
        if id not in items:
            raise Refused("not_on_the_negative_list", status=422, field=field, item=id)
    missing = "、".join(f"{id}({text})" for id, text in items.items() if id not in not_applicable)
    if missing:
        raise Refused(
            "negative_list_undeclared", rulebook.source(NEGATIVE_LIST), status=422, field=field, missing=missing
        )
