"""Which needs are one: on labelled pairs, and why."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from schemas.ids import NeedId
from schemas.need import Origin
from schemas.similar import short_grams
from services.needs.rules import alike
from services.needs.rules.alike import MOST, nearest, places, shared_words
from services.needs.rules.need import Need
from tests.services.needs.handled import PLACE, STAFF

GROUPS: list[list[str]] = yaml.safe_load(Path(__file__).with_name("similar.yaml").read_text("utf-8"))
LEAST_RECALL = 0.9


def a_need(number: int, text: str) -> Need:
    title, _, description = text.partition("|")
    return Need(
        id=NeedId(UUID(int=number)),
        community_id=STAFF.party_id,
        tracking_number=str(number),
        origin=Origin.RESIDENT,
        category="mutual_help",
        division=PLACE + "001",
        beneficiaries=1,
        title=title,
        description=description,
        route=None,
        reason="",
        source="",
        ballot_id=None,
        project_id=None,
    )


def labelled() -> Iterator[tuple[Need, int]]:
    texts = [(text, group) for group, texts in enumerate(GROUPS) for text in texts]
    yield from ((a_need(number, text), group) for number, (text, group) in enumerate(texts))


def test_of_every_pair_labelled_the_same_the_other_is_among_the_five_likest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every need is asked for once; its pairs are found or not. All others, of its own words or not, stand in the way.

    Nothing but text and places can help: all are of one category and division.
    """
    monkeypatch.setattr(alike, "short_grams", cache(lambda text: tuple(short_grams(text))))
    needs = list(labelled())
    pairs = sum(len(list(combinations(texts, 2))) for texts in GROUPS)
    found = wanted = 0
    for need, group in needs:
        others = [other for other, _ in needs if other.id != need.id]
        near = {one.need.id for one in nearest(need, others)}
        same = {other.id for other, its in needs if its == group and other.id != need.id}
        found, wanted = found + len(near & same), wanted + len(same)
    recall = found / wanted

    print(f"recall@{MOST} {recall:.3f} of {pairs} pairs among {len(needs)} needs")
    assert pairs >= 500
    assert len({text for texts in GROUPS for text in texts}) == len(needs)
    assert recall >= LEAST_RECALL


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3号楼、12幢", {"3", "12"}),
        ("三号楼 十二栋 二十一幢 十号楼", {"3", "12", "21", "10"}),
        ("3号楼", {"3"}),
        ("2026年3月", set()),
    ],
)
def test_buildings_are_known_in_whichever_words(text: str, found: set[str]) -> None:
    assert places(text) == found


def test_the_same_words_about_another_building_are_less_alike_and_the_reasons_are_said() -> None:
    asked = a_need(0, "3号楼楼道灯不亮|声控灯坏了半个月")
    here, there = a_need(1, "三幢楼道灯坏|声控灯不亮"), a_need(2, "5号楼楼道灯不亮|声控灯坏了半个月")

    first, second = nearest(asked, [there, here])

    assert (first.need, second.need) == (here, there)
    assert (first.places, second.places) == (("3",), ())
    assert first.same_category
    assert not nearest(asked, [replace(here, category="culture_sports")])[0].same_category
    assert "声控灯" in " ".join(first.words)


def test_shared_words_are_the_longest_that_both_say() -> None:
    assert shared_words("楼道灯坏了,电梯也坏", "电梯坏了,楼道灯不亮") == ("楼道灯", "坏了", "电梯")
    assert shared_words("", "电梯") == ()


def test_nothing_is_proposed_where_nothing_is_alike() -> None:
    assert nearest(a_need(0, "电梯困人|七号楼"), [replace(a_need(1, "书画班|想学国画"), category="education")]) == []
