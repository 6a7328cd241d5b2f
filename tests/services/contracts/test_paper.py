"""The agreement on paper: every amount, date and party in it reads back as it is remembered."""

import json
import re
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from schemas.canonical import digest_of
from schemas.contract import ContractPaperMade, Milestone
from schemas.days import minute_of
from schemas.money import Money
from schemas.paper import CERTAINTIES, GATES
from schemas.party import PartyKind
from schemas.refused import NotHereYet
from schemas.rulebook import Certainty
from schemas.tranche import Gate
from services.contracts import rules
from services.contracts.rules.agreement_paper import VOICES
from services.contracts.rules.annex import PRINTED
from services.contracts.rules.wording import MILESTONES
from services.kit.rulebooks import shipped
from tests.schemas.test_capitals import read_back
from tests.services.contracts.awarded import (
    BOOK,
    COMMUNITY,
    FUNDER,
    PARTIES,
    PRICE,
    PROJECT,
    PROVIDER,
    Awarded,
    a_party,
    an_award,
    drafted,
    signed,
)
from tests.services.contracts.reading import Read, read
from tests.support.pure import refused


def on_paper(story: Awarded) -> Read:
    return read(rules.agreement_paper(story.contract))


def amounts(found: Read) -> list[tuple[str, Money, Money]]:
    """Each amount of the paper: what for, as its figures say, as its capitals say."""
    rows = [["price", *found.tables["price"][0]], *found.tables["tranches"]]
    return [(row[0], Money(int(re.sub(r"\D", "", row[1]))), read_back(row[2])) for row in rows]


@settings(max_examples=50, deadline=None)
@given(st.integers(min_value=1, max_value=10**13))
def test_every_amount_reads_back_from_figures_and_from_capitals(fen: int) -> None:
    story = Awarded()
    story.hear(an_award(Money(fen)))
    terms = story.contract.agreement

    found = amounts(on_paper(story))

    assert found == [
        ("price", terms.price, terms.price),
        *((str(tranche.number), tranche.amount, tranche.amount) for tranche in terms.tranches),
        ("合计 · Total", terms.price, terms.price),
    ]


def test_the_parties_stand_with_name_code_and_id() -> None:
    assert on_paper(drafted()).tables["parties"] == [
        ["甲方(购买主体)· Party A, funder", "示例街道办事处", "—", str(FUNDER.party_id)],
        [
            "乙方(承接主体)· Party B, provider",
            "示例社会工作服务中心 & 伙伴",
            "51320508XXXX000192",
            str(PROVIDER.party_id),
        ],
        [
            "服务所在社区(履约确认方)· community, confirms delivery",
            "示例社区居民委员会",
            "55411502XXXX00043E",
            str(COMMUNITY.party_id),
        ],
    ]


def test_a_natural_person_stands_there_by_id_only() -> None:
    worker = a_party(PartyKind.SOCIAL_WORKER, PROVIDER.party_id, None, None)
    story = Awarded((PARTIES[0], worker, PARTIES[2]))
    story.hear(an_award())

    assert on_paper(story).tables["parties"][1][1:] == [
        "自然人,仅列编号 · a natural person, by id only",
        "—",
        str(PROVIDER.party_id),
    ]


def test_a_party_whose_facts_are_still_on_the_way_is_waited_for() -> None:
    with pytest.raises(NotHereYet):
        Awarded(PARTIES[:2]).hear(an_award())


def test_the_terms_stand_there() -> None:
    story = drafted()
    terms, found = story.contract.agreement, on_paper(story)

    assert found.rows("project") == {
        "项目名称": [terms.brief.title],
        "项目编号": [str(PROJECT)],
        "协议编号": [str(terms.contract_id)],
        "服务地点(区划代码)": [terms.brief.division],
        "服务人数": [str(terms.brief.beneficiaries)],
        "乙方投标文件摘要": [terms.proposal_digest],
        "服务要求": [terms.requirements],
    }
    assert [row[3] for row in found.tables["tranches"]] == [*(GATES[tranche.gate] for tranche in terms.tranches), ""]
    assert found.rows("digests") == {
        "规则集": [f"{BOOK.title} {BOOK.id} {BOOK.version}"],
        "规则集摘要": [terms.rulebook],
        "条款摘要": [digest_of(terms)],
    }
    assert digest_of(terms) in found.footer


def test_the_evaluation_scheme_and_the_time_to_accept_are_the_rulebooks_with_source_and_certainty() -> None:
    found = on_paper(drafted())
    weights, factors = BOOK.value("evaluation.weights"), BOOK.value("evaluation.factors")

    assert [row[1] for row in found.tables["weights"]] == [str(weights[voice]) for voice in VOICES]
    assert found.tables["bands"] == [
        [band["grade"], str(band["from"]), f"{factors[band['grade']]}%"] for band in BOOK.value("evaluation.bands")
    ]
    assert any(f"社区确认后 {BOOK.value('contracts.acceptance_days')} 日" in text for text in found.texts)
    assert f"整改逾期未答复的,每项从得分中扣 {BOOK.value('evaluation.followup_overdue_points')} 分。" in found.texts
    for path in PRINTED:
        source = BOOK.source(path)
        assert f"来源 Source:{source.text}【{CERTAINTIES[source.certainty]}】" in found.texts


def test_the_paper_says_how_experts_score_and_that_a_voice_not_heard_leaves_its_weight() -> None:
    found = on_paper(drafted())

    assert ["专家 · experts", "25"] in found.tables["weights"]
    scored = next(text for text in found.texts if text.startswith("专家按指标"))
    assert "达到 100% 得 1、达到 80% 得 2/3、达到 60% 得 1/3,其余不得分" in scored
    assert "其权重由其余各方按比例分摊" in scored


def test_under_an_edition_without_experts_the_paper_has_three_voices_as_before() -> None:
    story = drafted()
    annex = story.contract.annex
    assert annex is not None
    earlier = next(book for book in shipped() if book.version == "2026.2")
    printed = {path: earlier.rules[path] for path in annex.rules if path in earlier.rules}
    contract = replace(story.contract, annex=replace(annex, rules=printed))

    found = read(rules.agreement_paper(contract))

    assert [row[1] for row in found.tables["weights"]] == ["50", "30", "20"]
    assert not any(text.startswith("专家按指标") for text in found.texts)


def test_the_providers_reply_and_the_re_evaluation_are_printed_where_the_edition_has_them() -> None:
    reply, again = BOOK.value("evaluation.reply_days"), BOOK.value("evaluation.reevaluation")
    story = drafted()
    annex = story.contract.annex
    assert annex is not None
    before = replace(annex, rules={path: rule for path, rule in annex.rules.items() if path != "evaluation.reply_days"})

    (printed,) = [text for text in on_paper(story).texts if "申请一次重新评价;期满未申请的" in text]

    assert f"公布后 {reply} 个工作日内" in printed
    assert f"在 {again['decide_working_days']} 个工作日内决定" in printed
    assert f"重开 {again['window_days']} 日" in printed
    paper = read(rules.agreement_paper(replace(story.contract, annex=before)))
    assert not any("重新评价;期满" in text for text in paper.texts)


def test_without_factors_the_agreement_prints_the_whole_tranche_for_every_grade() -> None:
    story = drafted()
    annex = story.contract.annex
    assert annex is not None
    without = replace(annex, rules={path: rule for path, rule in annex.rules.items() if path != "evaluation.factors"})

    paper = read(rules.agreement_paper(replace(story.contract, annex=without)))

    assert {row[2] for row in paper.tables["bands"]} == {"100%"}


def test_there_are_words_for_every_gate_milestone_voice_and_certainty() -> None:
    assert (set(GATES), set(MILESTONES), set(CERTAINTIES)) == (set(Gate), set(Milestone), set(Certainty))
    assert set(VOICES) == set(BOOK.value("evaluation.weights"))


def test_it_is_a_draft_until_both_have_signed_and_then_names_both_persons_and_times() -> None:
    story = drafted()
    assert "草案" in on_paper(story).texts[1]
    assert [row[1] for row in on_paper(story).tables["signatures"]] == ["未签署 · not signed"] * 2

    story.endorse(PROVIDER)
    first = story.at
    assert "草案" in on_paper(story).texts[1]
    story.at = first.replace(day=5)
    story.endorse(FUNDER)

    found = on_paper(story)
    assert found.texts[1] == "双方已签署 · Signed by both parties"
    assert found.rows("signatures") == {
        "甲方": [str(FUNDER.person_id), minute_of(story.at)],
        "乙方": [str(PROVIDER.person_id), minute_of(first)],
    }


def test_the_paper_is_told_by_its_digest_with_the_last_signature_and_kept() -> None:
    story = drafted()
    story.endorse(PROVIDER)

    said = story.endorse(FUNDER)

    (made,) = [fact for fact in said if isinstance(fact, ContractPaperMade)]
    paper = story.world.get(rules.Paper, PROJECT)
    assert (made.terms_digest, made.paper_digest) == (story.contract.digest, sha256(paper.body).hexdigest())
    assert paper.body == rules.agreement_paper(story.contract)
    assert story.contract.paper_digest == made.paper_digest


def test_the_same_agreement_is_the_same_paper_also_when_it_comes_out_of_the_database() -> None:
    """Stored documents keep no order of keys."""
    contracts = TypeAdapter(rules.Contract)
    story = signed()

    upside_down = _upside_down(contracts.dump_python(story.contract, mode="json"))
    stored = contracts.validate_json(json.dumps(upside_down))

    assert rules.agreement_paper(stored) == rules.agreement_paper(story.contract)


def _upside_down(value: object) -> object:
    match value:
        case dict():
            return {key: _upside_down(value[key]) for key in reversed(value)}
        case list():
            return [_upside_down(one) for one in value]
        case _:
            return value


def test_one_fen_more_is_another_paper_and_another_digest_that_no_signature_matches() -> None:
    award, dearer = an_award(), an_award(Money(PRICE.fen + 1))
    one, other = Awarded(), Awarded()
    one.hear(award)
    other.hear(dearer.model_copy(update={"brief": award.brief}))

    assert rules.agreement_paper(one.contract) != rules.agreement_paper(other.contract)
    for signer in (FUNDER, PROVIDER):
        with refused("digest_differs"):
            other.endorse(signer, one.contract.digest)


def test_an_agreement_from_before_papers_were_made_can_still_be_printed() -> None:
    contracts = TypeAdapter(rules.Contract)
    plain = contracts.dump_python(signed().contract, mode="json")
    old = {key: value for key, value in plain.items() if key not in ("annex", "paper_digest")}

    found = read(rules.agreement_paper(contracts.validate_json(json.dumps(old))))

    assert [row[1:3] for row in found.tables["parties"]] == [["—", "—"]] * 3
    assert amounts(found)[0][1:] == (PRICE, PRICE)
