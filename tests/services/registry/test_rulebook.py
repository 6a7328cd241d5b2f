"""Handing in and adopting a rulebook, without a shell."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.adoption import AdoptedRulebook, RulebookAdopted, rulebook_id
from schemas.ids import PartyId
from schemas.layering import effective
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.standing import Party
from services.registry.rules.rulebook import (
    EDITIONS,
    AdoptRulebook,
    Edition,
    Editions,
    ReadRulebook,
    adopt_refs,
    adopt_rulebook,
    hand_in_refs,
    hand_in_rulebook,
)
from tests.services.kit.books import BELOW, a_document, chain
from tests.services.registry.stories import Registered
from tests.support.pure import NOON, an_actor, refused

TODAY = date(2026, 3, 2)


class Office:
    """The registrar of a division with two officers."""

    def __init__(self, story: Registered, division: str = "320508") -> None:
        self.story = story
        self.id = PartyId(uuid4())
        party = Party(
            id=self.id,
            kind=PartyKind.REGISTRAR,
            name="示例民政局",
            uscc=None,
            division=division,
            certificate=None,
            verified=True,
            suspended=False,
            ties=frozenset(),
        )
        story.world.ask([(Party, self.id), (Editions, EDITIONS)])
        story.world.put(party)
        self.one, self.other = [an_actor(Role.REGISTRAR, party_id=self.id) for _ in range(2)]

    def hand_in(self, by: Actor | None = None, **head: Any) -> str:
        layers = chain(a_document({}, **({"id": "320508/below-limit", "parent": BELOW} | head)))
        command = ReadRulebook(registrar_id=self.id, hash=effective(layers).hash, layers=layers)
        self.story.do(hand_in_rulebook, command, by or self.one, hand_in_refs(command, uuid4()))
        return command.hash

    def adopt(self, hash: str, by: Actor | None = None) -> RulebookAdopted:
        command = AdoptRulebook(registrar_id=self.id, hash=hash)
        (fact,) = self.story.do(adopt_rulebook, command, by or self.other, adopt_refs(command, uuid4()))
        assert isinstance(fact, RulebookAdopted)
        return fact


@pytest.fixture
def office() -> Office:
    return Office(Registered())


def test_what_one_officer_handed_in_another_adopts_and_the_fact_holds_all_layers(office: Office) -> None:
    hash = office.hand_in()

    fact = office.adopt(hash)

    assert (fact.jurisdiction, fact.key, fact.rulebook) == ("320508", "320508", hash)
    assert [layer.name for layer in fact.layers] == [BELOW, "320508/below-limit@2026.1"]
    assert (fact.handed_in_by, fact.adopted_by) == (office.one.person_id, office.other.person_id)
    assert RulebookAdopted.model_validate_json(fact.model_dump_json()) == fact
    assert office.story.world.get(AdoptedRulebook, rulebook_id(hash)).layers == fact.layers


def test_who_handed_it_in_does_not_adopt_it_and_nobody_adopts_it_twice(office: Office) -> None:
    hash = office.hand_in()

    with refused("own_rulebook", source="不相容岗位相互分离", status=403):
        office.adopt(hash, by=office.one)
    office.adopt(hash)
    with refused("rulebook_adopted"):
        office.adopt(hash)
    with refused("rulebook_known"):
        office.hand_in()


def test_what_nobody_handed_in_is_not_adopted(office: Office) -> None:
    with refused("not_found", status=404):
        office.adopt("0" * 64)


@pytest.mark.parametrize("id", ["320000/below-limit", "320509/below-limit", "340111/below-limit"])
def test_officers_decide_for_their_own_division_only(office: Office, id: str) -> None:
    with refused("rulebook_of_another_jurisdiction", status=403):
        office.hand_in(id=id)


def test_officers_of_a_province_decide_for_what_lies_in_it_and_theirs_adopt_nothing_elsewhere() -> None:
    province = Office(Registered(), "320000")
    hash = province.hand_in()
    elsewhere = Office(province.story, "340000")

    with refused("rulebook_of_another_jurisdiction", status=403):
        elsewhere.adopt(hash)
    province.adopt(hash)


def test_an_officer_speaks_for_the_own_office_only(office: Office) -> None:
    stranger = an_actor(Role.REGISTRAR)

    with refused("not_your_party", status=403):
        office.hand_in(by=stranger)
    hash = office.hand_in()
    with refused("not_your_party", status=403):
        office.adopt(hash, by=stranger)


@pytest.mark.parametrize(
    "head", [{"id": "example/below-limit"}, {"id": "national/own"}, {"parent": None}, {"id": "990000/below-limit"}]
)
def test_what_is_adopted_belongs_to_a_jurisdiction_and_lies_on_a_layer(office: Office, head: dict[str, Any]) -> None:
    with refused("rulebook_without_jurisdiction", status=422):
        office.hand_in(**head)


def test_no_rulebook_reaches_back(office: Office) -> None:
    hash = office.hand_in(effective_from=TODAY)
    office.story.at = NOON + timedelta(days=1)

    with refused("rulebook_backdated"):
        office.adopt(hash)


@pytest.mark.parametrize(("version", "day"), [("2026.9", "2026-05-01"), ("2026.10", "2026-05-01"), ("2026.11", TODAY)])
def test_the_next_edition_has_a_higher_version_and_no_earlier_date(office: Office, version: str, day: object) -> None:
    office.adopt(office.hand_in(version="2026.10", effective_from="2026-04-01"))

    hash = office.hand_in(version=version, effective_from=day, title="再版")

    with refused("rulebook_not_newer"):
        office.adopt(hash)
    office.adopt(office.hand_in(version="2026.11", effective_from="2026-04-01"))


def test_each_rulebook_has_its_own_editions(office: Office) -> None:
    office.adopt(office.hand_in(version="2026.2"))
    office.adopt(office.hand_in(version="2026.1", id="320508/other"))

    newest = office.story.world.get(Editions, EDITIONS).newest
    assert newest["320508/below-limit"] == Edition(version="2026.2", effective_from=TODAY)
    assert newest["320508/other"].version == "2026.1"


def test_a_fact_whose_document_is_another_than_its_hash_says_is_none(office: Office) -> None:
    fact = office.adopt(office.hand_in())

    with pytest.raises(ValidationError, match="another document"):
        RulebookAdopted(**(dict(fact) | {"layers": fact.layers[:1]}))
