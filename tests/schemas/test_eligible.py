"""Who is which kind of bidder, and that what a check says follows from its values."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from schemas.deciding import World
from schemas.eligible import Check, Needs, bidder_kind, checks, circle_of, unmet
from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.narrowing import BidderKind, Narrowing
from schemas.party import Certificate, CertificateLevel, InstitutionClass, PartyKind
from schemas.refused import Refused
from schemas.standing import Party, evolve_standing
from schemas.worker import CertificateRenewed, EmploymentConfirmed, EmploymentEnded
from services.kit.rulebooks import shipped

TODAY = date(2026, 3, 2)
FUNDER = PartyId(uuid4())
BOOK = shipped().named("example/below-limit")
BEFORE = next(book for book in shipped() if book.name == "example/below-limit@2026.4")
BY_CODE = [
    ("51", BidderKind.SOCIAL_ORGANIZATION),
    ("52", BidderKind.SOCIAL_ORGANIZATION),
    ("53", BidderKind.SOCIAL_ORGANIZATION),
    ("54", BidderKind.RESIDENTS_COMMITTEE),
    ("91", BidderKind.ENTERPRISE),
    ("92", BidderKind.ENTERPRISE),
    ("93", BidderKind.ENTERPRISE),
    ("N2", BidderKind.RURAL_COLLECTIVE),
    ("12", None),
    ("13", None),
]


def a_party(kind: PartyKind = PartyKind.ORGANIZATION, uscc: str | None = None) -> Party:
    return Party(
        id=uuid4(),
        kind=kind,
        name=None,
        uscc=uscc,
        division="320508001",
        certificate=None,
        verified=True,
        suspended=False,
        ties=frozenset(),
    )


@pytest.mark.parametrize(("code", "kind"), BY_CODE)
def test_an_organization_is_what_its_credit_code_says(code: str, kind: BidderKind | None) -> None:
    assert bidder_kind(a_party(uscc=f"{code}320508XXXX00019A")) is kind


@pytest.mark.parametrize(
    ("institution", "kind"),
    [
        (InstitutionClass.FIRST, None),
        (InstitutionClass.SECOND, BidderKind.PUBLIC_INSTITUTION_II),
        (InstitutionClass.PRODUCTION, BidderKind.PRODUCTION_INSTITUTION),
    ],
)
def test_a_public_institution_is_of_the_class_on_record(institution: InstitutionClass, kind: BidderKind | None) -> None:
    assert bidder_kind(replace(a_party(uscc="12320508XXXX00019A"), institution=institution)) is kind


@pytest.mark.parametrize(
    ("kind", "bids_as"),
    [
        (PartyKind.COMMUNITY, BidderKind.RESIDENTS_COMMITTEE),
        (PartyKind.SOCIAL_WORKER, BidderKind.INDIVIDUAL),
        (PartyKind.FUNDER, None),
        (PartyKind.EVALUATOR, None),
        (PartyKind.SUPERVISION_COMMITTEE, None),
    ],
)
def test_communities_and_social_workers_are_bidders_and_whoever_buys_or_judges_is_none(
    kind: PartyKind, bids_as: BidderKind | None
) -> None:
    assert bidder_kind(a_party(kind)) is bids_as


@pytest.mark.parametrize(
    ("needs", "required", "actual", "met"),
    [
        (Needs.IS, ("true",), ("true",), True),
        (Needs.IS, ("true",), ("false",), False),
        (Needs.ONE_OF, ("a", "b"), ("b",), True),
        (Needs.ONE_OF, ("a", "b"), (), False),
        (Needs.ONE_OF, ("a", "b"), ("c",), False),
        (Needs.NONE_OF, ("a",), (), True),
        (Needs.NONE_OF, ("a",), ("b",), True),
        (Needs.NONE_OF, ("a",), ("a", "b"), False),
        (Needs.BEFORE, ("2026-03-09T04:00:00+00:00",), ("2026-03-09T03:59:59.999999+00:00",), True),
        (Needs.BEFORE, ("2026-03-09T04:00:00+00:00",), ("2026-03-09T04:00:00+00:00",), False),
        (Needs.BEFORE, ("2026-03-09T04:00:00+00:00",), ("2026-03-09T04:00:00.000001+00:00",), False),
        (Needs.NOT_BEFORE, ("2026-03-02",), ("2026-03-02",), True),
        (Needs.NOT_BEFORE, ("2026-03-02",), ("2026-03-01",), False),
    ],
)
def test_whether_a_check_is_met_can_be_worked_out_from_its_values(
    needs: Needs, required: tuple[str, ...], actual: tuple[str, ...], met: bool
) -> None:
    check = Check(rule="x", needs=needs, required=required, actual=actual, refusal=Refused("x"))

    assert check.met is met


def test_a_lapsed_certificate_is_asked_of_whoever_holds_one_and_of_nobody_else() -> None:
    lapsed = Certificate(level=CertificateLevel.SENIOR, registered_until=date(2026, 3, 1))
    circle = circle_of(FUNDER, BOOK)

    for kind in (PartyKind.ORGANIZATION, PartyKind.COMMUNITY, PartyKind.SOCIAL_WORKER):
        no = unmet(replace(a_party(kind), certificate=lapsed), circle, TODAY, ())
        assert no is not None
        assert no.code == "registration_lapsed"
    assert unmet(a_party(), circle, TODAY, ()) is None


def test_an_individual_bids_to_the_last_day_of_its_registration_and_again_once_it_is_renewed() -> None:
    """As every service hears it; a certificate that expired yesterday is none."""
    circle, senior, yesterday = circle_of(FUNDER, BOOK), CertificateLevel.SENIOR, date(2026, 3, 1)
    worker = a_party(PartyKind.SOCIAL_WORKER)
    lapsed, last = (
        replace(worker, certificate=Certificate(level=senior, registered_until=day)) for day in (yesterday, TODAY)
    )
    renewed = CertificateRenewed(
        party_id=PartyId(worker.id),
        record_id=uuid4(),
        certificate=Certificate(level=senior, registered_until=date(2029, 3, 1)),
        valid_from=TODAY,
        ground="示例登记 7 号",
        document="d" * 64,
        entered_by=PartyId(uuid4()),
        confirmed_by=PartyId(uuid4()),
    )

    no = unmet(lapsed, circle, TODAY, ())
    assert no is not None
    assert (no.code, no.status) == ("registration_lapsed", 403)
    assert unmet(last, circle, TODAY, ()) is None
    assert unmet(after(lapsed, renewed), circle, TODAY, ()) is None


def test_who_agreed_to_work_for_the_buyer_does_not_sell_it_the_same_work_until_that_is_over() -> None:
    circle = circle_of(FUNDER, BOOK)
    certificate = Certificate(level=CertificateLevel.SENIOR, registered_until=TODAY)
    worker = replace(a_party(PartyKind.SOCIAL_WORKER), certificate=certificate)
    said = {"party_id": worker.id, "employment_id": uuid4(), "employer_id": FUNDER}
    begun = EmploymentConfirmed.model_validate(said | {"full_time": False, "first": TODAY, "last": None})
    over = EmploymentEnded.model_validate(said | {"on": TODAY})

    no = unmet(after(worker, begun), circle, TODAY, ())
    assert no is not None
    assert no.code == "hidden_employment"
    assert unmet(after(worker, begun, over), circle, TODAY, ()) is None


def after(party: Party, *facts: Fact) -> Party:
    world = World([(Party, party.id)])
    world.put(party)
    for fact in facts:
        for state in evolve_standing(world, fact):
            world.put(state)
    return world.get(Party, party.id)


def test_an_edition_that_names_no_kinds_admits_whom_it_admitted_before() -> None:
    circle = circle_of(FUNDER, BEFORE)
    enterprise = a_party(uscc="91320508XXXX00019A")
    employed = replace(
        a_party(PartyKind.SOCIAL_WORKER),
        certificate=Certificate(level=CertificateLevel.SENIOR, registered_until=TODAY),
        employers=frozenset({FUNDER}),
    )

    assert unmet(enterprise, circle, TODAY, ()) is None
    assert unmet(employed, circle, TODAY, ()) is None
    refusal = unmet(a_party(PartyKind.COMMUNITY), circle, TODAY, ())
    assert refusal is not None
    assert refusal.code == "not_a_provider"


def test_a_narrower_circle_is_quoted_as_the_buyer_cites_it_and_never_as_law() -> None:
    narrowing = Narrowing(kinds=(BidderKind.SOCIAL_ORGANIZATION,), basis="示例理由", source="示例条例 第十条")
    circle = circle_of(FUNDER, BOOK, narrowing)

    (no,) = [one for one in checks(a_party(uscc="91320508XXXX00019A"), circle, TODAY) if not one.met]

    assert (no.rule, no.required, no.actual) == ("tender.narrowed", ("social_organization",), ("enterprise",))
    assert no.refusal.source is not None
    assert (no.refusal.source.text, no.refusal.source.certainty.value) == ("示例条例 第十条", "G")
