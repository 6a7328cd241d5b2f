"""Indicators, cost limits, unit prices and the instrument on paper: each number reads back as it is remembered."""

import re
from decimal import Decimal

import pytest

from schemas.arranging import Basis
from schemas.clauses import Clauses, CostLimit, Indicator, Instrument
from schemas.money import Money
from schemas.tender import AwardConfirmed
from schemas.tranche import Gate
from services.contracts import rules
from services.contracts.rules.clauses_paper import BASES, INSTRUMENTS, TITLES
from tests.schemas.test_capitals import read_back
from tests.services.contracts.arranged import WORK, Arranged, a_tranche, an_arrangement
from tests.services.contracts.awarded import FUNDER, PROVIDER, Awarded, an_award
from tests.services.contracts.reading import read
from tests.support.pure import refused

CLAUSES = Clauses(
    indicators=(
        Indicator(id="meals", name="送餐", unit="人次", planned=12_345, points=Decimal("60.50")),
        Indicator(id="visits", name="探访", unit="户", planned=67, points=Decimal("39.5")),
    ),
    cost_limits=(
        CostLimit(head="management", name="管理费", most_percent=8),
        CostLimit(head="staff", name="人员费", most_percent=60),
    ),
)


def awarded(clauses: Clauses = CLAUSES, award: AwardConfirmed | None = None) -> Awarded:
    award = award or an_award()
    story = Awarded()
    story.hear(award.model_copy(update={"terms": award.terms.model_copy(update={"clauses": clauses})}))
    return story


def test_every_indicator_and_limit_reads_back() -> None:
    story = awarded()
    found = read(rules.agreement_paper(story.contract))

    *rows, total = found.tables["indicators"]
    assert [(row[0], int(row[1]), row[2], Decimal(row[3])) for row in rows] == [
        (f"{i.name}({i.id})", i.planned, i.unit, i.points) for i in story.contract.agreement.clauses.indicators
    ]
    assert Decimal(total[3]) == Decimal(100)
    assert found.tables["cost_limits"] == [
        [f"{one.name}({one.head})", f"{one.most_percent}%"] for one in story.contract.agreement.clauses.cost_limits
    ]


def test_one_planned_value_changed_is_another_digest_that_no_signature_matches() -> None:
    award = an_award()
    more = CLAUSES.indicators[0].model_copy(update={"planned": 12_346})
    changed = CLAUSES.model_copy(update={"indicators": (more, CLAUSES.indicators[1])})
    one, other = awarded(CLAUSES, award), awarded(changed, award)

    assert one.contract.digest != other.contract.digest
    for signer in (FUNDER, PROVIDER):
        with refused("digest_differs"):
            other.endorse(signer, one.contract.digest)


def test_every_unit_price_reads_back_from_figures_and_capitals() -> None:
    found = read(rules.agreement_paper(Arranged().contract))

    *rows, total = found.tables["work"]
    read_items = [
        (row[0], row[1], Money(_fen(row[2])), read_back(row[3]), int(row[4]), Money(_fen(row[5]))) for row in rows
    ]
    assert read_items == [
        (f"{i.name}({i.id})", i.unit, i.unit_price, i.unit_price, i.most_units, i.fee(i.most_units)) for i in WORK.items
    ]
    assert Money(_fen(total[5])) == WORK.most


def _fen(figures: str) -> int:
    return int(re.sub(r"\D", "", figures))


def test_a_commission_is_its_own_short_paper_with_two_parties_and_its_ground() -> None:
    story = Arranged()
    found = read(rules.agreement_paper(story.contract))
    rows = found.rows("project")

    assert found.texts[0] == "委托协议 · Commission agreement"
    assert found.title == "委托协议 独居老人助餐"
    assert [row[0].split("·")[0].strip() for row in found.tables["parties"]] == [
        *("甲方(委托或资助方)", "乙方(承接方,即服务所在社区)")
    ]
    assert rows["直接协商的理由"] == ["确需社区协助 · community assistance needed"]
    assert rows["理由说明"] == ["须熟悉住户 & 地形"]
    assert rows["理由摘要"] == [story.contract.agreement.proposal_digest]
    assert found.tables["milestones"] == [["末期 · final", "乙方提交 · provider submits", "甲方验收 · funder accepts"]]
    assert any("社区提交后 15 日" in text for text in found.texts)
    assert not {"weights", "bands"} & set(found.tables)
    headings = [text for text in found.texts if re.match(r"[一二三四五六]、", text)]
    assert [heading[0] for heading in headings] == list("一二三四五")


@pytest.mark.parametrize(
    ("instrument", "title"),
    [
        (Instrument.PROJECT_GRANT, "资助协议"),
        (Instrument.SUBSIDY, "资助协议"),
        (Instrument.RESIDENTS_FUND, "资助协议"),
        (Instrument.REWARD, "奖补协议"),
    ],
)
def test_every_small_instrument_has_its_title(instrument: Instrument, title: str) -> None:
    found = read(rules.agreement_paper(Arranged(an_arrangement(instrument)).contract))

    assert found.texts[0].startswith(title)
    assert found.rows("project")["资金方式"] == [INSTRUMENTS[instrument]]
    assert len(found.tables["parties"]) == 3
    assert "居民评价和等级照常进行并公开,不影响本协议的付款。" in found.texts


def test_where_money_waits_for_the_grade_the_scheme_is_printed() -> None:
    plan = (a_tranche(1, 12_000, Gate.FINAL_GRADED),)
    found = read(rules.agreement_paper(Arranged(an_arrangement(Instrument.REWARD, tranches=plan)).contract))

    assert {"weights", "bands"} <= set(found.tables)


def test_a_purchase_without_clauses_prints_none_of_it() -> None:
    found = read(rules.agreement_paper(awarded(Clauses()).contract))

    assert found.texts[0] == "项目协议书 · Project agreement"
    assert not {"indicators", "cost_limits", "work"} & set(found.tables)


def test_there_are_words_for_every_instrument_and_ground() -> None:
    assert set(TITLES) == set(INSTRUMENTS) == set(Instrument)
    assert set(BASES) == set(Basis)
