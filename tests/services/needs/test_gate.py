"""The gate before communities: nothing gets in without a basis, its money and two officers; refusals are published."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.deciding import Due
from schemas.gate import (
    BasisLevel,
    Check,
    Dimension,
    FollowUp,
    ItemAdmitted,
    ItemApplied,
    ItemConverted,
    ItemFollowedUp,
    ItemId,
    ItemRefused,
    Listed,
    ListName,
    Outcome,
    Performer,
    Principle,
)
from schemas.money import Money
from services.needs.rules.gate.following import end
from services.needs.rules.gate.item import ENDS, Item, ItemPhase
from tests.services.needs.gates import COSTING, HOLDING, OFFICER, OTHER, SECOND, STAFF, STREET, Gate
from tests.support.pure import refused


def test_an_item_with_a_basis_and_its_money_is_let_in_by_two_officers() -> None:
    gate = Gate()
    item = gate.assess(gate.item())

    (admitted,) = gate.confirm(item)

    assert isinstance(admitted, ItemAdmitted)
    assert admitted.costing.cost == Money(18_000_00)
    assert gate.now(admitted.item_id).phase is ItemPhase.ADMITTED


def test_whoever_assessed_does_not_confirm_or_send_back() -> None:
    gate = Gate()
    item = gate.assess(gate.item())

    with refused("assessor_confirms", status=403):
        gate.confirm(item, OFFICER)
    with refused("assessor_confirms"):
        gate.give_back(item, OFFICER)
    gate.give_back(item, SECOND)
    again = gate.now(ItemId(item.id))
    assert (again.phase, again.assessment, again.decision) == (ItemPhase.APPLIED, None, "依据未附文号")


@pytest.mark.parametrize("level", [BasisLevel.COUNTY_DOCUMENT, BasisLevel.NONE])
def test_a_basis_below_the_prefecture_lets_nothing_in_unless_a_list_names_it(level: BasisLevel) -> None:
    gate = Gate()
    basis = "" if level is BasisLevel.NONE else "某区文件〔2026〕2号"

    with refused("basis_too_low", source="地市级及以上规范性文件"):
        gate.assess(gate.item(basis_level=level, basis=basis))
    listed = Listed(list=ListName.ASSISTANCE, entry="public_health")
    assert gate.admitted(basis_level=level, basis=basis, listed=listed).phase is ItemPhase.ADMITTED
    bought = Listed(list=ListName.PURCHASABLE, entry="elderly_care")
    with refused("basis_too_low"):
        gate.assess(gate.item(basis_level=level, basis=basis, listed=bought))


@pytest.mark.parametrize("principle", Principle)
def test_each_of_the_three_principles_must_hold(principle: Principle) -> None:
    gate = Gate()
    checks = HOLDING | {principle: Check(holds=False, reason="没有实效")}

    with refused("principle_fails", source="三大原则"):
        gate.assess(gate.item(), principles=checks)
    assert gate.assess(gate.item(), Outcome.REFUSE, principles=checks).phase is ItemPhase.ASSESSED


@pytest.mark.parametrize("outcome", [Outcome.ADMIT, Outcome.CONVERT])
def test_nothing_is_let_in_or_made_an_agreement_without_a_costed_budget_line(outcome: Outcome) -> None:
    gate = Gate()
    performers: dict[str, Any] = (
        {"performer": Performer.COMMUNITY, "communities": (STAFF.party_id,)} if outcome is Outcome.CONVERT else {}
    )
    with refused("not_costed", source="经费"):
        gate.assess(gate.item(costing=None), outcome, **performers)


def test_the_negative_list_refuses_at_once_and_the_refusal_is_published() -> None:
    gate = Gate()

    applied, said = gate.apply(title="协助做好拆迁工作", description="动员居民配合。")

    assert isinstance(applied, ItemApplied)
    assert isinstance(said, ItemRefused)
    assert (said.code, said.confirmed_by, said.rulebook) == ("on_negative_list", None, gate.rulebook.hash)
    assert "拆迁" in said.matter
    assert "第684号" in said.source
    with refused("item_elsewhere"):
        gate.assess(gate.now(said.item_id))


def test_a_stamp_no_committee_may_give_cannot_be_placed_on_one() -> None:
    gate = Gate()

    _, said = gate.apply(title="出具死亡证明", dimension=Dimension.STAMPS)

    assert isinstance(said, ItemRefused)
    assert (said.code, said.matter) == ("barred_proof", "死亡")
    assert "民发〔2020〕20号" in said.source
    assert len(gate.apply(title="死亡家庭慰问")) == 1, "only a stamp is looked up in the list of proofs"


def test_an_application_says_where_and_until_when_and_what_it_rests_on() -> None:
    gate = Gate()

    with refused("scope_elsewhere", status=422):
        gate.apply(scope="340104")
    with refused("division_wrong"):
        gate.apply(scope="999999")
    with refused("item_term"):
        gate.apply(begins_on=date(2026, 4, 1), ends_on=date(2027, 4, 2))
    with refused("item_term"):
        gate.apply(begins_on=date(2025, 4, 1))
    with refused("basis_unnamed"):
        gate.apply(basis=" ")
    with refused("not_on_the_list"):
        gate.apply(listed=Listed(list=ListName.ENTRY, entry="unheard_of"))
    with refused("unknown_category"):
        gate.apply(category="unheard_of")
    with refused("personal_data"):
        gate.apply(description="请联系张某,电话13812345678。")


def test_what_is_needed_and_stands_on_no_list_is_handed_over_as_a_proposal_for_each_community() -> None:
    gate = Gate()
    communities = (STAFF.party_id, OTHER.party_id)

    handed = gate.converted(performer=Performer.COMMUNITY, communities=communities)

    assert [one.community_id for one in handed] == list(communities)
    assert len({one.project_id for one in handed}) == 2
    assert {one.cost for one in handed} == {COSTING.cost}
    item = gate.now(handed[0].item_id)
    assert (item.phase, item.projects) == (ItemPhase.CONVERTED, tuple(one.project_id for one in handed))


def test_performers_are_named_for_an_agreement_and_for_nothing_else() -> None:
    gate = Gate()
    item = gate.item()

    with refused("performers_unclear"):
        gate.assess(item, Outcome.CONVERT)
    with refused("performers_unclear"):
        gate.assess(item, performer=Performer.COMMUNITY, communities=(STAFF.party_id,))
    with refused("performers_unclear"):
        twice = (STAFF.party_id, STAFF.party_id)
        gate.assess(item, Outcome.CONVERT, performer=Performer.COMMUNITY, communities=twice)
    with refused("community_elsewhere"):
        narrow = gate.item(scope=STREET)
        gate.assess(narrow, Outcome.CONVERT, performer=Performer.ORGANIZATION, communities=(OTHER.party_id,))


def test_an_item_follows_five_ways_and_the_exit_ends_it() -> None:
    gate = Gate()
    item = gate.admitted()

    for kind in FollowUp:
        item = gate.follow_up(item, kind)

    assert [one.kind for one in item.followed] == list(FollowUp)
    assert (item.phase, item.due()) == (ItemPhase.EXITED, {})
    with refused("item_elsewhere"):
        gate.follow_up(item, FollowUp.GUIDANCE)


def test_a_follow_up_is_of_a_day_between_the_admission_and_today() -> None:
    gate = Gate()
    item = gate.admitted()
    today = gate.at.date()

    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        with refused("follow_up_day"):
            gate.follow_up(item, FollowUp.INSPECTION, on=day)
    gate.at += timedelta(days=3)
    with refused("exit_is_today"):
        gate.follow_up(item, FollowUp.EXIT, on=today)


def test_its_last_day_ends_an_item_once() -> None:
    gate = Gate()
    item = gate.admitted()
    due = Due(ref=(Item, item.id), name=ENDS, at=item.due()[ENDS])

    assert gate.do(end, due) == []
    gate.at = due.at
    (said,) = gate.do(end, due)

    assert isinstance(said, ItemFollowedUp)
    assert (said.kind, said.on, said.by) == (FollowUp.EXIT, date(2026, 12, 31), None)
    assert gate.do(end, due) == []


def test_an_item_of_another_gate_is_not_found() -> None:
    gate = Gate()
    item = gate.item()
    told = item.told.model_copy(update={"registrar_id": OTHER.party_id})
    gate.world.put(Item(id=item.id, told=told))

    with refused("not_found", status=404):
        gate.assess(item)


def test_the_counter_gives_what_the_list_of_stamps_has_and_says_who_gives_the_rest() -> None:
    gate = Gate()

    given, barred, unknown = (gate.stamp(proof) for proof in ("residence", "母亲的死亡证明", "贫困证明"))

    assert (given.granted, given.list, given.entry) == (True, ListName.STAMPS, "在本社区居住情况的说明")
    assert (barred.granted, barred.entry, barred.office) == (False, "死亡", "医疗卫生机构或公安派出所")
    assert "民发〔2020〕20号" in barred.source
    assert (unknown.granted, unknown.list, unknown.office) == (False, None, None)
    with refused("personal_data"):
        gate.stamp("320508199001011234 的亲属关系")


@pytest.mark.parametrize(
    ("proof", "entry"),
    [
        ("公证用的亲属关系证明", "亲属关系"),
        ("政审无犯罪记录证明", "无犯罪记录"),
        ("有几套住房的居民财产证明", "居民财产"),
    ],
)
def test_the_proofs_suzhou_complained_of_are_refused_with_the_office(proof: str, entry: str) -> None:
    said = Gate().stamp(proof)

    assert (said.granted, said.entry) == (False, entry)
    assert said.office


def test_a_whole_conversion_is_published_before_it_is_handed_over() -> None:
    gate = Gate()
    item = gate.item(basis_level=BasisLevel.NONE, basis="")
    item = gate.assess(item, Outcome.CONVERT, performer=Performer.ORGANIZATION, communities=(STAFF.party_id,))

    said = gate.confirm(item)

    assert [type(one).__name__ for one in said] == ["ItemConverted", "ItemHandedOver"]
    assert isinstance(said[0], ItemConverted)
