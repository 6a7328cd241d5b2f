"""The shelf: what is shipped, what lies on what, and which edition is in force on a day."""

import re
from datetime import date
from pathlib import Path

import pytest

from schemas.canonical import digest_of
from schemas.in_force import A_BALLOT, A_PROJECT, BY_METHOD
from schemas.layering import hash_of
from schemas.rulebook import Certainty, edition
from services.kit.rulebook_paths import known
from services.kit.rulebooks import Shelf, shipped
from tests.services.kit.books import a_document, a_rule, book, chain
from tests.support.pure import refused

IN_USE = {
    "example/below-limit@2026.1": "918a185d3a95e88814ce9273847a3997645ac67662a244b2745ae8213c8a6be9",
    "example/below-limit@2026.2": "a8b218494ebe0bc3f3424cc940acc81613c77acab214d8e7a4aeb1a9fc235838",
    "example/below-limit@2026.3": "ea5f5ea41ba66af8eae356d00e12b09e0f2ca1bb0c8ca5e981e5278b3e86e652",
    "example/below-limit@2026.4": "7aeaae61d7bd6000b7b11561c681e4ebb43333af94243a4c1fb0fedc5071a775",
    "example/below-limit@2026.5": "1a6aa76862b22760fd92b0a5314437ccec96571b5df660ad10718efe8596f455",
    "example/below-limit@2026.6": "0ec741005ed5b3a04b31a1a11689cf437bb00c0c3be9939b0029c54dbd9458a2",
    "example/binhai-venture@2026.1": "e1272e9be0dad5466cbaa0e967f23a17bd95c23c12d24711c6e8d5741344a155",
    "example/charity-venture@2026.1": "f6a9da726050a44f2090004dbded63dfa1f68dc4cd3101756de73181ef82dae9",
    "example/charity-venture@2026.2": "3f27b457cbd0896a56d96bd45c711f45925331111921972ea6beb09cc70e8c27",
    "example/community@2026.1": "61287f07c8c2a0721cb30d1a636a3bd5d2bdaeecb73001fdaf5ce0c60dda54b0",
    "example/community@2026.2": "60024c6abe863579d46dd8d2959e635c5f35f7bb3dd460d958c69d3d59f87c60",
    "example/consultation@2026.1": "dc9b5b8ae3d98c5667e0d335cf0945825b34a94857549f24ec2bc4aa4df215ee",
    "example/consultation@2026.2": "52654f2e9450ab0ec4542efa2cb6c18ed31e2c39fa896493e0b69287cd076927",
    "example/framework@2026.1": "8abfb7111a190aa3674a322f8652420c99837a0cac2218e8a3f3ac36cc31b6a1",
    "example/framework@2026.2": "991730254a92ac4f4c3370f27a2cb0a5f330da26f66d9d314bcaf8c52cf6ad05",
    "example/guangzhou-venture@2026.1": "bdd9682026f5586f231a743d3383c2d4e449de83ad70544cfadd8b34f744eca9",
    "example/haishu-venture@2026.1": "129dc50cfc831df44a55774303ca9cedb14b5a595908801ec86fe1a33c581f4f",
    "example/open-bidding@2026.1": "c5119570a6c3c96eea924d67c67d79bed09e7aaee9fe17053165e1777aae85f6",
    "example/open-bidding@2026.2": "9404b18da5c98d9aa5eb3d93dd3a509f2df4523bc3e8ebe7efa0ac80f0e76060",
    "example/purchased-service@2026.1": "883888cbb44f8665693fd2bffbab924af57883523abba420a8f774508f3c4ee5",
    "example/purchased-service@2026.2": "6ddf8d1cfd999e882db284089f10ccff439718538ad998ba29ddb28b9a0ac9cc",
    "example/single-source@2026.1": "2c20f41e8b1e87d438c61ea14d44e9f932d63341c87ee82c2371c8b72ed4f8e1",
    "example/single-source@2026.2": "d08c828540ad56d5b5f0248d95e577727ee060173f5c0ba774f7865ac96d80f5",
    "national/below-limit@2026.1": "ce842b07296ac9651a6e661d938eb52a51c461aa75e8be204cb562b08b60d2f9",
    "national/charity-venture@2026.1": "737745c9acca0f61dd6d3570215a1f5a29c5b269d0bbc10f2c7e166ae06ea728",
    "national/purchased-service@2026.1": "dbecdd478a095a8b4ab914e8868067cadbe1766435aeacb46a1b6f25124f98aa",
    "national/purchased-service@2026.2": "a514aa61e64402d4fcc929e63900517e917d2b0d49597cff80de73fc9cb4ce81",
    "national/small-instruments@2026.1": "38fad6639d1eb6b24ae631ce0fdc29c6a353a773c2eff19d12fa529e2708c774",
}
FACTS = {
    "purchase.supplement_percent_most": 10,
    "purchase.files_years": 15,
    "bond.bid_percent_most": 2,
    "bond.performance_percent_most": 10,
    "method.open_bidding.bid_days_least": 20,
    "method.open_bidding.bids_least": 3,
    "method.open_bidding.qualified_least": 3,
    "method.single_source.addition_percent_most": 10,
}
TERMS = {
    "documents_on_offer": (5, "wd"),
    "clarification": (15, "d"),
    "prequalification": (5, "wd"),
    "query_answer": (3, "wd"),
    "report": (2, "wd"),
    "choose": (5, "wd"),
    "result_notice": (2, "wd"),
    "contract": (30, "d"),
    "contract_published": (2, "wd"),
    "contract_filed": (7, "wd"),
    "bid_bond_return": (5, "wd"),
    "objection": (7, "wd"),
    "objection_reply": (7, "wd"),
    "complaint": (15, "wd"),
    "complaint_decision": (30, "wd"),
    "suspension": (30, "d"),
    "single_source_notice": (5, "wd"),
}


@pytest.mark.parametrize("name", IN_USE)
def test_documents_that_projects_refer_to_keep_their_hashes(name: str) -> None:
    found = {one.name: one for one in shipped()}[name]

    assert found.hash == IN_USE[name]
    assert shipped().by_hash(IN_USE[name]) is found


def test_what_a_project_and_a_ballot_need_stands_in_every_edition_of_the_example() -> None:
    for name in (name for name in IN_USE if name.startswith("example/below-limit@")):
        rules = {one.name: one for one in shipped()}[name].rules
        assert rules.keys() >= A_PROJECT | A_BALLOT


def test_no_rule_of_a_project_asks_for_more_than_what_is_needed_or_looked_for_first() -> None:
    """Texts in the rules' code that are paths of 2026.1: those a project may meet are all in `A_PROJECT`."""
    asked: set[str] = set()
    for service in ("tenders", "matching", "contracts", "funds", "evaluation"):
        for file in Path("services", service).rglob("*.py"):
            asked |= set(re.findall(r'"([a-z]+\.[a-z_]+)"', file.read_text("utf-8")))
    first = {one.name: one for one in shipped()}["example/below-limit@2026.1"]

    assert {path for path in asked if path in first.rules} - A_PROJECT - BY_METHOD == set()


def test_the_law_in_the_national_document_is_marked_as_law_with_its_article() -> None:
    national = shipped().named("national/purchased-service")

    for path, value in FACTS.items():
        assert national.value(path) == value, path
        assert national.source(path).certainty is Certainty.LAW, path
    for name, (days, unit) in TERMS.items():
        term = national.value(f"deadline.{name}")
        assert (term["days"], term["unit"]) == (days, unit), name
        assert national.source(f"deadline.{name}").certainty is Certainty.LAW, name


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("method.consultation.bid_days_least", 10),
        ("method.consultation.bids_least_service", 2),
        ("method.consultation.price_points_most", 30),
        ("method.open_bidding.price_points_least", 10),
        ("method.open_bidding.committee_least_large", 7),
        ("method.open_bidding.committee_large_from_fen", 1_000_000_000),
        ("tender.term_months_most", 12),
        ("low_price.mean_share", "50%"),
        ("purchase.intent_days", 30),
    ],
)
def test_what_is_no_statute_is_never_marked_as_law(path: str, value: object) -> None:
    rule = shipped().named("national/purchased-service").rules[path]

    assert rule.value == value
    assert rule.source.certainty is not Certainty.LAW


def test_open_bidding_has_no_upper_bound_for_the_price() -> None:
    assert "method.open_bidding.price_points_most" not in shipped().named("national/purchased-service").rules


@pytest.mark.parametrize("name", ["guangzhou", "binhai", "haishu"])
def test_local_examples_say_that_they_are_examples_and_lie_on_the_national_venture(name: str) -> None:
    local, national = shipped().named(f"example/{name}-venture"), shipped().named("national/charity-venture")

    assert "示例" in local.title
    assert local.layers == (national.hash,)
    assert Certainty.LAW not in {r.source.certainty for r in local.rules.values() if r.layer == local.name}
    assert local.value("purchase.regime") == "grant"
    assert local.rules["purchase.regime"].layer == national.name


def test_a_lower_value_stands_before_the_upper_one_and_brings_its_own_source() -> None:
    lower = book(a_document({"purchase.files_years": a_rule(20, "本省通知")}))
    national = shipped().named("national/purchased-service")

    assert lower.value("purchase.files_years") == 20
    assert lower.source("purchase.files_years").text == "本省通知"
    assert lower.source("purchase.budget") == national.source("purchase.budget")
    assert lower.rules.keys() == national.rules.keys()


def test_the_hash_of_a_layer_holds_the_hash_of_what_it_lies_on() -> None:
    upper, lower = chain(a_document({}))

    assert book(a_document({})).hash == hash_of(lower, hash_of(upper, None))
    assert hash_of(lower, hash_of(upper, None)) != hash_of(lower, digest_of("another"))


def test_the_edition_of_the_day_is_in_force_and_the_next_one_not_before_its_day() -> None:
    chains = [
        chain(a_document({}, version=version, effective_from=day))
        for version, day in (("2026.9", "2026-03-02"), ("2026.10", "2026-07-01"))
    ]
    shelf = Shelf(chains, shipped())

    assert shelf.named("320508/purchase", on=date(2026, 6, 30)).version == "2026.9"
    assert shelf.named("320508/purchase", on=date(2026, 7, 1)).version == "2026.10"
    assert shelf.named("320508/purchase").version == "2026.10"
    assert shelf.named("320508/purchase", on=date(2026, 1, 1)).version == "2026.9"
    assert edition("2026.10") > edition("2026.9")
    with refused("unknown_rulebook", status=422):
        shelf.named("320508/other", on=date(2026, 7, 1))


def test_what_comes_on_a_shelf_leaves_the_one_below_as_it_was() -> None:
    Shelf([chain(a_document({}))], shipped())

    with refused("unknown_rulebook"):
        shipped().named("320508/purchase")


def test_every_known_path_has_its_meaning_in_both_languages() -> None:
    for path, shape in known().items():
        assert re.search("[一-鿿]", shape.zh), path
        assert shape.en, path
        assert not re.search("[一-鿿]", shape.en), path
