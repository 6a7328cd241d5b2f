"""The lists of an area on a day: which edition, and what an application or a proof finds in them."""

from datetime import date

from schemas.deciding import Context, Rulebooks
from schemas.gate import Listed, ListName
from schemas.in_force import of_the_area
from schemas.refused import Refused
from schemas.rulebook import Rulebook

SHIPPED = "example/community"
LISTS = {name: f"list.{name}" for name in ListName}
OFFICES = "list.proof_offices"
RIGHT_TO_REFUSE = "list.right_to_refuse"


def lists_of(division: str, context: Context) -> Rulebook:
    """In force for the area when it is decided."""
    return lists_in(division, context.rulebooks, context.today)


def lists_in(division: str, rulebooks: Rulebooks, today: date) -> Rulebook:
    """What officers adopted for the area; else the example."""
    return of_the_area("community", division, rulebooks, today) or rulebooks.named(SHIPPED, on=today)


def entries(book: Rulebook, name: ListName) -> dict[str, str]:
    """By code, in words; a document that says nothing of a list has none."""
    path = LISTS[name]
    return dict(book.value(path)) if path in book.rules else {}


def must_stand_in(book: Rulebook, listed: Listed, field: str) -> None:
    """What somebody says stands in a list stands in the edition of today."""
    if listed.entry not in entries(book, listed.list):
        source = book.source(LISTS[listed.list]) if LISTS[listed.list] in book.rules else None
        raise Refused(
            "not_on_the_list",
            source,
            status=422,
            field=field,
            entry=listed.entry,
            list=listed.list,
            rulebook=book.name,
        )


def found_in(book: Rulebook, name: ListName, text: str) -> str | None:
    """The code of the first entry whose words stand in the text."""
    return next((code for code, words in entries(book, name).items() if words in text), None)
