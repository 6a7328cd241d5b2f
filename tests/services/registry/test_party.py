from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.ids import PartyId
from schemas.party import CertificateLevel, PartyKind, PartyRegistered, committee_of
from schemas.role import Role
from schemas.standing import Party
from services.registry.rules.bootstrap import first_party
from services.registry.rules.party import register_party, register_refs
from services.registry.rules.registration import Registration
from tests.services.registry.stories import DIVISION, LICENSED, ONE, OTHER, USCC, Registered, a_registration
from tests.support.pure import NOON, an_actor, refused


@pytest.mark.parametrize("kind", ["organization", "community", "funder"])
def test_an_institution_is_registered_by_name_and_credit_code_and_may_not_act_yet(kind: str) -> None:
    party = Registered().register(kind)

    assert (party.name, party.uscc, party.verified) == ("示例" + kind, USCC[kind], False)
    with refused("party_not_verified", status=403):
        party.must_stand()


@pytest.mark.parametrize("kind", ["social_worker", "evaluator"])
def test_the_name_of_a_natural_person_stays_in_registry_and_enters_no_fact(kind: str) -> None:
    story = Registered()
    said = story.command(register_refs, register_party, a_registration(kind, name="王某某"), ONE)

    told = next(fact for fact in said if isinstance(fact, PartyRegistered))
    assert "王某某" not in told.model_dump_json()
    assert story.world.get(Registration, told.party_id).real_name == "王某某"


def test_a_credit_code_registered_twice_is_refused_and_the_party_is_named() -> None:
    story = Registered()
    party = story.register()

    with refused("uscc_registered") as caught:
        story.register(name="同码另名")

    assert caught.value.details["party"] == str(party.id)


@pytest.mark.parametrize(
    ("code", "part", "source"),
    [
        ("52340111XXXX000271", "check", "GB 32100-2015"),
        ("52340111XOXX00027P", "alphabet", "GB 32100-2015"),
        ("52340111XXXX00027", "length", "GB 32100-2015"),
        ("52990111XXXX00027P", "region", "GB/T 2260"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_the_part_that_is_wrong_and_the_standard(
    code: str, part: str, source: str
) -> None:
    with refused("uscc_wrong", source=source, status=422) as caught:
        Registered().register(uscc=code)

    assert caught.value.details["part"] == part


def test_a_code_of_another_category_cannot_be_that_kind_of_party() -> None:
    with refused("uscc_of_another_kind"):
        Registered().register("funder", uscc=USCC["organization"])
    with refused("uscc_of_another_kind"):
        Registered().register("community", uscc=USCC["organization"], division="411502001001")


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("organization", {"uscc": None}, "uscc_missing"),
        ("evaluator", {"uscc": USCC["organization"]}, "uscc_of_a_natural_person"),
        ("organization", {"division": "340199"}, "division_wrong"),
        ("community", {"division": "411502"}, "division_of_a_community"),
        ("supervision_committee", {"uscc": USCC["community"], "division": "411502001001"}, "uscc_of_a_committee"),
        ("supervision_committee", {"division": "411502001"}, "division_of_a_community"),
        ("organization", {"certificate": LICENSED}, "certificate_of_another_kind"),
        ("social_worker", {"certificate": None}, "certificate_missing"),
    ],
)
def test_what_does_not_belong_to_its_kind_is_refused(kind: str, changes: dict[str, Any], code: str) -> None:
    with refused(code, status=422):
        Registered().register(kind, **changes)


@pytest.mark.parametrize(
    ("until", "code"),
    [(date(2026, 3, 1), "certificate_lapsed"), (date(2029, 3, 3), "certificate_too_long")],
)
def test_a_certificates_registration_runs_now_and_for_three_years_at_most(until: date, code: str) -> None:
    with refused(code, source="登记有效期三年"):
        Registered().register("social_worker", certificate={"level": "senior", "registered_until": until})


@pytest.mark.parametrize("until", [date(2026, 3, 2), date(2029, 3, 2)])
def test_the_first_and_the_last_day_of_a_registration_count(until: date) -> None:
    party = Registered().register("social_worker", certificate={"level": "assistant", "registered_until": until})

    assert party.certificate is not None
    assert party.certificate.level is CertificateLevel.ASSISTANT


def test_a_supervision_committee_is_entered_by_its_communitys_division_once_and_its_people_act_as_supervisors() -> None:
    story = Registered()

    party = story.register("supervision_committee", division="411502001001")

    assert (party.id, party.uscc, party.name) == (
        committee_of("411502001001"),
        None,
        "示例supervision_committee",
    )
    with refused("committee_registered"):
        story.register("supervision_committee", division="411502001001", name="另一个监督委员会")
    assert story.register("supervision_committee", division="411502001003").id == committee_of("411502001003")


def test_a_finance_department_is_entered_by_the_credit_code_of_a_government_body() -> None:
    story = Registered()

    party = story.register("procurement_supervisor", uscc=USCC["funder"], division="411502")

    assert (party.kind, party.uscc, party.division) == (PartyKind.PROCUREMENT_SUPERVISOR, USCC["funder"], "411502")
    assert (
        story.issue(story.verify(party), Role.PROCUREMENT_SUPERVISOR, person_name="张某某").role
        is Role.PROCUREMENT_SUPERVISOR
    )
    with refused("role_of_another_kind", status=422):
        story.issue(party, Role.FUNDER, person_name="张某某")
    for code, named in ((USCC["organization"], "uscc_of_another_kind"), (None, "uscc_missing")):
        with refused(named):
            Registered().register("procurement_supervisor", uscc=code, division="411502")


def test_who_runs_the_system_is_made_with_the_installation_and_not_registered() -> None:
    with pytest.raises(ValidationError):
        a_registration("operator", uscc=USCC["funder"])


@pytest.mark.parametrize("kind", ["registrar", "auditor"])
def test_registrars_and_auditors_of_a_division_are_registered_without_a_code(kind: str) -> None:
    story = Registered()

    party = story.register(kind, uscc=None, division="411502001")

    assert (party.kind, party.division, party.uscc) == (PartyKind(kind), "411502001", None)
    assert story.issue(story.verify(party), Role(kind), person_name="张某某").role is Role(kind)
    with refused("uscc_of_a_committee", status=422):
        Registered().register(kind, uscc=USCC["funder"], division="411502")


@pytest.mark.parametrize("kind", ["community", "funder", "procurement_supervisor", "registrar", "auditor"])
def test_a_registrar_enters_offices_and_communities_of_its_own_area_only(kind: str) -> None:
    code = None if kind in ("registrar", "auditor") else USCC["community" if kind == "community" else "funder"]
    place = DIVISION["community"] if kind == "community" else "411502001"

    assert Registered(area="411502001").register(kind, uscc=code, division=place).division == place
    assert Registered(area="410000").register(kind, uscc=code, division=place).division == place
    for elsewhere in ("411502002", "411503", "320508"):
        with refused("outside_your_area", status=403):
            Registered(area=elsewhere).register(kind, uscc=code, division=place)
    first = an_actor(Role.REGISTRAR, party_id=first_party(PartyKind.REGISTRAR))
    joins = kind in ("registrar", "auditor")
    with nullcontext() if joins else refused("outside_your_area"):
        assert Registered(area="320508").register(kind, first, uscc=code, division=place).division == place
    assert Registered(area="320508").register("organization").division == DIVISION["organization"]


def test_who_registered_a_party_does_not_verify_it_and_a_colleague_does() -> None:
    story = Registered()
    party = story.register()

    with refused("own_registration", source="不相容岗位相互分离", status=403):
        story.verify(party, by=ONE)

    assert story.verify(party, by=OTHER).verified
    with refused("already_verified"):
        story.verify(party, by=OTHER)


def test_a_suspended_party_may_act_again_once_it_is_verified_again() -> None:
    story = Registered()
    party = story.suspend(story.verify(story.register()))

    with refused("party_suspended", status=403):
        party.must_stand()
    with refused("already_suspended"):
        story.suspend(party)

    story.verify(party).must_stand()


def test_the_reason_of_a_suspension_is_public_and_names_nobodys_number() -> None:
    story = Registered()

    with refused("personal_data", source="个人信息保护法"):
        story.suspend(story.register(), reason="法定代表人 13812345678 失联")


def test_a_registrar_does_not_suspend_its_own_party() -> None:
    story = Registered()
    party = story.register("funder")

    with refused("own_party", status=403):
        story.suspend(party, by=an_actor(Role.REGISTRAR, party_id=party.id))


def test_a_social_worker_whose_registration_lapsed_meanwhile_is_not_verified() -> None:
    story = Registered()
    worker = story.register("social_worker")
    story.at = NOON + timedelta(days=366)

    with refused("certificate_lapsed"):
        story.verify(worker)


def test_an_evaluator_declares_own_ties_and_a_registrar_those_it_learns_of() -> None:
    story = Registered()
    evaluator, organization, funder = story.register("evaluator"), story.register(), story.register("funder")
    self = an_actor(Role.EVALUATOR, party_id=evaluator.id)

    story.tie(evaluator, organization, by=self)
    tied = story.tie(evaluator, funder, by=ONE)

    assert tied.ties == {organization.id, funder.id}
    with refused("tie_declared"):
        story.tie(evaluator, funder, by=self)


def test_nobody_declares_anothers_ties_nor_an_institutions_nor_to_themselves() -> None:
    story = Registered()
    evaluator, organization = story.register("evaluator"), story.register()

    with refused("not_your_party", status=403):
        story.tie(evaluator, organization, by=an_actor(Role.EVALUATOR))
    with refused("tie_of_an_institution", source="第九条"):
        story.tie(organization, evaluator)
    with refused("tie_to_oneself"):
        story.tie(evaluator, evaluator)


def test_standing_knows_the_kind_and_place_of_a_party() -> None:
    story = Registered()
    community = story.register("community")

    assert story.world.get(Party, PartyId(community.id)).kind is PartyKind.COMMUNITY
    assert community.division == "411502001001"
