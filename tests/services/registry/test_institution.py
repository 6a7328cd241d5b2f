"""The class of a public institution is recorded by another registrar than who entered it."""

from uuid import uuid4

import pytest

from schemas import uscc
from schemas.eligible import bidder_kind
from schemas.ids import PartyId
from schemas.narrowing import BidderKind
from schemas.party import InstitutionClass, InstitutionClassified
from schemas.role import Actor
from schemas.standing import Party
from services.registry.api.parties import PartyAnswer
from services.registry.rules.institution import ClassifyInstitution, classify_institution, classify_refs
from tests.services.registry.stories import ONE, OTHER, Registered
from tests.support.pure import refused

CODE = uscc.make("12", "320508", "00012345")


def classify(
    story: Registered,
    party: Party,
    institution: InstitutionClass = InstitutionClass.SECOND,
    by: Actor = OTHER,
    basis: str = "示例编办批复 2019-12",
) -> Party:
    command = ClassifyInstitution(party_id=PartyId(party.id), institution=institution, basis=basis)
    said = story.command(classify_refs, classify_institution, command, by)
    assert isinstance(said[0], InstitutionClassified)
    return story.world.get(Party, party.id)


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("91", BidderKind.ENTERPRISE),
        ("52", BidderKind.SOCIAL_ORGANIZATION),
        ("N2", BidderKind.RURAL_COLLECTIVE),
        ("55", BidderKind.RESIDENTS_COMMITTEE),
    ],
)
def test_registry_enters_every_kind_of_provider_by_its_credit_code(category: str, kind: BidderKind) -> None:
    party = Registered().register(uscc=uscc.make(category, "320508", "00012345"))

    assert bidder_kind(party) is kind


def test_an_institution_is_no_bidder_before_its_class_is_recorded_and_follows_a_reform() -> None:
    story = Registered()
    party = story.register(uscc=CODE)

    assert bidder_kind(party) is None
    assert bidder_kind(classify(story, party)) is BidderKind.PUBLIC_INSTITUTION_II
    assert bidder_kind(classify(story, party, InstitutionClass.FIRST)) is None
    assert bidder_kind(classify(story, party, InstitutionClass.PRODUCTION)) is BidderKind.PRODUCTION_INSTITUTION


def test_who_entered_an_institution_does_not_classify_it() -> None:
    story = Registered()

    with refused("own_registration", status=403):
        classify(story, story.register(uscc=CODE), by=ONE)


def test_only_a_public_institution_has_a_class_and_once_is_enough() -> None:
    story = Registered()
    institution = story.register(uscc=CODE)
    classify(story, institution)

    with refused("already_classified"):
        classify(story, institution)
    with refused("no_public_institution", source="财政部令第102号", status=422):
        classify(story, story.register())
    with refused("no_public_institution", status=422):
        classify(story, story.register("community"))


def test_the_paper_it_stands_in_names_nobody() -> None:
    story = Registered()

    with refused("personal_data", status=422):
        classify(story, story.register(uscc=CODE), basis="联系人 13812345678")


def test_an_answer_remembered_from_before_there_were_classes_is_read_again() -> None:
    """A repeated command gets the body it got then; who reads it may be of today."""
    state = {"version": 1, "id": str(uuid4()), "kind": "organization", "name": "示例", "uscc": None}
    state |= {"division": "320508", "certificate": None, "verified": True, "suspended": False}

    answer = PartyAnswer.model_validate(state)

    assert (answer.institution, answer.bidder_kind) == (None, None)
