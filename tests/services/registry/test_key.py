from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.deciding import SYSTEM
from schemas.ids import KeyId
from schemas.party import ROLES, KeyIssued, PartyKind
from schemas.role import Role
from schemas.standing import Key, Party
from services.registry.rules.bootstrap import Bootstrap, bootstrap, bootstrap_refs, first_party
from services.registry.rules.key import IssueKey, RevokeKey, issue_key, issue_refs, revoke_key, revoke_refs
from services.registry.rules.registration import Person
from tests.services.registry.stories import ONE, Registered, a_digest
from tests.support.pure import NOON, PROGRAM, refused


def test_a_key_is_issued_to_a_person_by_name_and_the_name_enters_no_fact() -> None:
    story = Registered()
    party = story.register("funder")
    command = IssueKey(
        party_id=party.id,  # type: ignore[arg-type]  # a NewType
        role=Role.FUNDER,
        digest=a_digest(),
        expires_at=NOON + timedelta(days=400),
        person_name="李某某",
    )

    said = story.command(issue_refs, issue_key, command)

    told = next(fact for fact in said if isinstance(fact, KeyIssued))
    assert "李某某" not in told.model_dump_json()
    assert story.world.get(Person, told.person_id).name == "李某某"
    assert story.world.get(Key, told.key_id).actor().role is Role.FUNDER


def test_a_person_known_may_hold_several_keys_and_a_natural_person_needs_no_name() -> None:
    story = Registered()
    funder, worker = story.register("funder"), story.register("social_worker")

    first = story.issue(funder, Role.FUNDER, person_name="李某某")
    second = story.issue(funder, Role.FINANCE, person_id=first.person_id)
    own = story.issue(worker, Role.PROVIDER)

    assert second.person_id == first.person_id
    assert own.person_id == worker.id


def test_a_key_needs_somebody_to_hold_it() -> None:
    story = Registered()
    party = story.register()

    with refused("person_unknown"):
        story.issue(party, Role.PROVIDER)
    with refused("person_unknown"):
        story.issue(party, Role.PROVIDER, person_id=uuid4())
    with refused("person_twice"):
        story.issue(party, Role.PROVIDER, person_id=uuid4(), person_name="李某某")


@pytest.mark.parametrize(
    "kind", ["organization", "community", "funder", "social_worker", "evaluator", "supervision_committee"]
)
def test_a_partys_kind_says_in_which_roles_its_people_act(kind: str) -> None:
    story = Registered()
    party = story.register(kind)

    for role in set(Role) - ROLES[PartyKind(kind)]:
        with refused("role_of_another_kind", status=422):
            story.issue(party, role, person_name="李某某")


@pytest.mark.parametrize("days", [0, -1, 401])
def test_a_key_ends_within_four_hundred_days(days: int) -> None:
    story = Registered()

    with refused("key_expiry", status=422):
        story.issue(story.register("evaluator"), Role.EVALUATOR, expires_at=NOON + timedelta(days=days))


def test_one_digest_is_one_key() -> None:
    story = Registered()
    worker, evaluator = story.register("social_worker"), story.register("evaluator")
    digest = a_digest()
    story.issue(worker, Role.PROVIDER, digest=digest)

    with refused("key_known"):
        story.issue(evaluator, Role.EVALUATOR, digest=digest)


@pytest.mark.parametrize("digest", ["secret", "A" * 64, "0" * 63])
def test_a_secret_sent_in_place_of_its_digest_does_not_parse(digest: str) -> None:
    story = Registered()

    with pytest.raises(ValidationError):
        story.issue(story.register("evaluator"), Role.EVALUATOR, digest=digest)


def test_a_key_is_revoked_once() -> None:
    story = Registered()
    key = story.issue(story.register("evaluator"), Role.EVALUATOR)
    command = RevokeKey(key_id=KeyId(key.id))

    story.command(revoke_refs, revoke_key, command)

    assert story.world.get(Key, key.id).revoked
    with refused("key_revoked"):
        story.command(revoke_refs, revoke_key, command)


def a_beginning(**changes: Any) -> Bootstrap:
    fields: dict[str, Any] = {
        "division": "320508",
        "registrar": {
            "name": "示例民政局",
            "keys": [{"holder": name, "digest": a_digest()} for name in ("登记员甲", "登记员乙")],
        },
        "operator": {"name": "示例运行方", "keys": [{"holder": "运维员", "digest": a_digest()}]},
        "auditor": {"name": "示例审计处", "keys": [{"holder": "审计员", "digest": a_digest()}]},
        "expires_at": NOON + timedelta(days=365),
    }
    return Bootstrap(**fields | changes)


def test_an_empty_installation_gets_two_registrars_an_operator_and_an_auditor_who_may_act() -> None:
    story = Registered()

    said = story.command(bootstrap_refs, bootstrap, a_beginning(), PROGRAM)

    for kind in (PartyKind.REGISTRAR, PartyKind.OPERATOR, PartyKind.AUDITOR):
        story.world.get(Party, first_party(kind)).must_stand()
    keys = [fact for fact in said if isinstance(fact, KeyIssued)]
    assert [key.role for key in keys] == [Role.REGISTRAR, Role.REGISTRAR, Role.OPERATOR, Role.AUDITOR]
    assert len({key.person_id for key in keys}) == 4
    assert SYSTEM not in {key.person_id for key in keys}


def test_bootstrapping_again_changes_nothing() -> None:
    story = Registered()
    story.command(bootstrap_refs, bootstrap, a_beginning(), PROGRAM)

    assert story.command(bootstrap_refs, bootstrap, a_beginning(), PROGRAM) == []


def test_an_installation_with_one_registrar_could_verify_nobody_and_does_not_begin() -> None:
    with pytest.raises(ValidationError, match="two registrars"):
        a_beginning(registrar={"name": "示例民政局", "keys": [{"holder": "登记员甲", "digest": a_digest()}]})


def test_a_registrar_of_the_first_party_gets_colleagues_by_key() -> None:
    story = Registered()
    story.command(bootstrap_refs, bootstrap, a_beginning(), PROGRAM)
    registrar = story.world.get(Party, first_party(PartyKind.REGISTRAR))

    assert story.issue(registrar, Role.REGISTRAR, person_name="登记员丙").person_id != ONE.person_id


def test_a_residents_committee_may_also_act_as_a_provider_and_a_supervision_committee_may_not() -> None:
    story = Registered()
    committee = story.verify(story.register("community"))

    assert story.issue(committee, Role.PROVIDER, person_name="张某某").role is Role.PROVIDER
    with refused("role_of_another_kind", status=422):
        story.issue(story.verify(story.register("supervision_committee")), Role.PROVIDER)
