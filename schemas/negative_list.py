"""What no department may make a community answer for (负面清单), by the words of the list itself."""

from schemas.refused import Refused
from schemas.rulebook import Rulebook

NEGATIVE_LIST = "need.negative_list"


def must_be_off_the_list(text: str, rulebook: Rulebook, field: str) -> None:
    for matter, words in rulebook.value(NEGATIVE_LIST).items():
        found = next((word for word in words if word in text), None)
        if found is not None:
            source = rulebook.source(NEGATIVE_LIST)
            raise Refused("on_negative_list", source, status=422, field=field, matter=matter, word=found)
