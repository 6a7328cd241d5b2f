"""The papers of a tender read back over HTTP, and compared with what the JSON doors say."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest

from schemas.capitals import in_capitals
from schemas.money import Money
from schemas.party import PartyKind
from schemas.role import Role
from schemas.standing import Party
from services.tenders.rules.papers.award_notice import award_notice
from services.tenders.rules.papers.material import Material
from tests.services.contracts.reading import read
from tests.services.tenders.clarifying import amend
from tests.services.tenders.market import Market, a_market
from tests.services.tenders.papers import (
    below,
    document,
    figures,
    minute,
    to_the_opening,
    to_the_ranking,
    workbook,
)
from tests.services.tenders.stories import Tendered
from tests.support.fixtures import Running
from tests.support.secrecy import MARKER, PRICE, shows

pytestmark = pytest.mark.timeout(120)
KINDS = ("notice", "opening", "evaluation", "award")


async def listed(market: Market, by: Any = None) -> dict[str, tuple[bool, bool]]:
    papers = (await market.get("/papers", by)).json["papers"]
    return {paper["paper"]: (paper["ready"], paper["open"]) for paper in papers}


async def test_the_notice_says_what_the_project_says(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        amended = (await amend(market))["amendments"]

        paper, sheet = await document(market, "notice"), await workbook(market, "notice")

        shown = (await market.get()).json
        brief, terms = shown["brief"], shown["terms"]
        rows = {name: cells[0] for name, cells in paper.rows("project").items()}
        assert rows["项目名称"] == brief["title"]
        assert rows["项目编号"] == shown["project_id"]
        assert (rows["类别"], rows["区划"]) == (brief["category"], brief["division"])
        assert rows["服务人数"] == str(brief["beneficiaries"])
        assert rows["最高限价"] == figures(shown["ceiling"])
        assert rows["最高限价(大写)"] == in_capitals(Money(shown["ceiling"]["fen"]))
        assert rows["投标截止(北京时间,不含)"] == minute(shown["closes_at"])
        assert rows["服务要求"] == terms["requirements"]
        assert [row[3] for row in paper.tables["parties"]] == [brief["funder_id"], brief["community_id"]]
        criteria = [("price", terms["price_points"]), *((one["id"], one["points"]) for one in terms["criteria"])]
        assert [(row[0], Decimal(row[2])) for row in paper.tables["criteria"]] == [
            (id, Decimal(points)) for id, points in criteria
        ]
        shares = [Decimal(one["share_percent"]) for one in terms["tranche_plan"]["tranches"]]
        assert [Decimal(row[1]) for row in paper.tables["tranches"]] == shares
        assert paper.tables["amendments"] == [
            [
                str(one["number"]),
                one["reason"],
                *map(minute, (one[n] for n in ("amended_at", "closed_at_before", "closes_at"))),
            ]
            for one in amended
        ]
        assert shown["rulebook"] in paper.footer
        cells = {row[0].split("·")[0].strip(): row[1] for row in below(sheet, "项目 ·")}
        assert cells["最高限价"] == Decimal(shown["ceiling"]["fen"]) / 100
        assert cells["投标截止(北京时间,不含)"] == minute(shown["closes_at"])
        assert [row[0] for row in below(sheet, "序号")] == [one["number"] for one in amended]
        assert any("【转引资料 · secondary source】" in row[2] for row in paper.tables["rules"])


async def test_the_record_of_the_opening_has_every_bid_as_it_was_opened(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        await to_the_opening(market)
        await market.close("opened")

        paper, sheet = await document(market, "opening"), await workbook(market, "opening")

        shown = (await market.get()).json
        rows = paper.rows("project")
        assert rows["截止时的标书数"] == [str(shown["bids"])] == ["4"]
        assert rows["投标截止(北京时间)"] == [minute(shown["closes_at"])]
        assert rows["最高限价"] == [figures(shown["ceiling"])]
        opened = {bid["bid_id"]: bid for bid in shown["opened"]}
        assert {row[0] for row in paper.tables["bids"]} == opened.keys()
        for row in paper.tables["bids"]:
            bid = opened[row[0]]
            price = bid["price"]
            assert row[3:] == [bid["bidder_id"], figures(price), in_capitals(Money(price["fen"])), bid["digest"]]
        assert {row[0]: row[4] for row in below(sheet, "标书编号")} == {
            id: Decimal(bid["price"]["fen"]) / 100 for id, bid in opened.items()
        }
        for text in (str(paper), str(sheet)):
            assert "商业秘密方案" not in text


async def test_a_tender_with_too_few_bids_has_a_record_without_any(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        bidder = await market.bidder()
        await market.bid(bidder, 88_00)
        await market.close("voided")

        paper = await document(market, "opening")

        assert paper.tables["bids"] == []
        assert paper.rows("project")["截止时的标书数"] == ["1"]
        assert (await market.get()).json["setback"] in paper.texts[1]
        assert str(bidder.party_id) not in str(paper)
        assert await listed(market) == {
            "notice": (True, True),
            "opening": (True, True),
            "evaluation": (False, False),
            "award": (False, True),
        }


async def test_report_and_award_say_what_was_scored_ranked_and_chosen(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        await to_the_opening(market)
        experts = await to_the_ranking(market)
        assert (await market.get("/papers/award.docx")).json["title"] == "paper_not_ready"
        ranking = (await market.get("/ranking")).json["ranking"]
        await market.must("award", {"bid_id": ranking[0]["bid_id"]}, market.approver)

        await market.must("award/notice", {}, market.drafter)
        after = (await market.get("/award")).json

        report, table = (
            await document(market, "evaluation", experts[0]),
            await workbook(market, "evaluation", market.drafter),
        )
        award, sheet = await document(market, "award"), await workbook(market, "award")

        shown = (await market.get()).json
        bidders = (await market.get("/bidders", market.drafter)).json["bidders"]
        names = {one["bid_id"]: one["name"] for one in bidders}
        assert report.rows("qualification") == {
            bid["bid_id"]: [
                names[bid["bid_id"]],
                bid["bidder_id"],
                "是 · yes" if bid["qualified"] else "否 · no",
                bid["reason"],
            ]
            for bid in shown["opened"]
        }
        for paper in (report, award):
            assert [[row[0], row[2], row[3]] for row in paper.tables["ranking"]] == [
                [str(one["rank"]), one["bid_id"], figures(one["price"])] for one in ranking
            ]
            assert [[Decimal(cell) for cell in row[4:7]] for row in paper.tables["ranking"]] == [
                [Decimal(one[name]) for name in ("price_points", "quality_points", "total")] for one in ranking
            ]
            assert [row[7] for row in paper.tables["ranking"]] == [one["arithmetic"] for one in ranking]
        (scored, *_) = await market.system.facts("tenders", "scores.entered")
        (own,) = [one for one in experts if str(one.party_id) == scored["data"]["evaluator_id"]]
        said = {score["bid_id"]: score["points"] for score in scored["data"]["scores"]}
        rows = [row for row in report.tables["scores"] if row[0] == str(own.party_id)]
        assert [(row[1], row[3], Decimal(row[5])) for row in rows] == [
            (id, name, Decimal(points[name])) for id, points in said.items() for name in ("plan", "team")
        ]
        assert len(report.tables["scores"]) == len(experts) * len(said) * 2
        assert len(below(table, "专家编号")) == len(report.tables["scores"])
        chosen = award.rows("award")
        price = ranking[0]["price"]
        assert (chosen["成交金额"], chosen["标书编号"]) == ([figures(price)], [shown["award"]])
        assert chosen["成交金额(大写)"] == [in_capitals(Money(price["fen"]))]
        notice = after["notice"]
        assert chosen["公告时间(北京时间)"] == [minute(notice["announced_at"])]
        assert chosen["质疑截止(北京时间,不含)"] == [minute(notice["objections"]["until"])]
        assert chosen["签约截止(北京时间,不含)"] == [minute(notice["contract"]["until"])]
        assert chosen["公告期末日"] == [notice["last_day"]]
        assert [row[3] for row in award.tables["parties"]] == [
            shown["brief"]["funder_id"],
            ranking[0]["bidder_id"],
            shown["brief"]["community_id"],
        ]
        assert sorted(row[0] for row in award.tables["experts"]) == sorted(str(one.party_id) for one in experts)
        assert {row[0]: row[1] for row in below(sheet, "项目 ·")}["成交金额 · Price"] == Decimal(price["fen"]) / 100


async def test_before_opening_nothing_of_a_bid_stands_in_any_paper(running: Running) -> None:
    async with a_market(running) as market:
        await market.propose()
        assert [(await market.get(f"/papers/{kind}.xlsx")).status for kind in KINDS] == [404, 404, 403, 404]
    async with a_market(running) as market:
        await market.open()
        bidders = [await market.bidder() for _ in range(3)]
        for bidder in bidders:
            await market.bid(bidder, PRICE, MARKER)
        auditor = await market.system.person(PartyKind.AUDITOR, Role.AUDITOR)

        found = {kind: await market.get(f"/papers/{kind}.docx", auditor) for kind in KINDS}
        sheet = await market.get("/papers/notice.xlsx", market.drafter)

        assert {kind: reply.status for kind, reply in found.items()} == {
            "notice": 200,
            "opening": 404,
            "evaluation": 404,
            "award": 404,
        }
        assert "招标中" in found["opening"].json["detail"]
        told = b"".join((found["notice"].json, sheet.json)).decode(errors="replace")
        assert not shows(told)
        assert not any(str(bidder.party_id) in told for bidder in bidders)
        assert {kind: ready for kind, (ready, _) in (await listed(market)).items()} == {
            kind: kind == "notice" for kind in KINDS
        }


async def test_what_experts_gave_is_for_the_buyer_those_experts_and_auditors(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        bidders = await to_the_opening(market)
        experts = await to_the_ranking(market)
        other = await market.system.person(PartyKind.EVALUATOR, Role.EVALUATOR)
        auditor = await market.system.person(PartyKind.AUDITOR, Role.AUDITOR)

        for by in (None, bidders[0], other, market.community):
            reply = await market.get("/papers/evaluation.docx", by)
            assert (reply.status, reply.json["title"]) == (403, "paper_not_public")
            assert (await listed(market, by))["evaluation"] == (True, False)
        for by in (market.approver, experts[1], auditor):
            assert (await market.get("/papers/evaluation.xlsx", by)).status == 200


async def test_a_paper_is_the_same_bytes_each_time_and_bears_a_name(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        first = await market.get("/papers/notice.xlsx")
        await market.system.advance(timedelta(hours=1))

        again = await market.get("/papers/notice.xlsx")

        assert first.json == again.json
        assert first.headers["ETag"] == again.headers["ETag"]
        assert unquote(first.headers["Content-Disposition"]).endswith("''采购公告 独居老人助餐.xlsx")
        for kind in ("minutes", "notice.docx"):
            reply = await market.get(f"/papers/{kind}.docx")
            assert (reply.status, reply.json["title"]) == (404, "not_found")


def test_a_natural_person_is_named_by_its_id_only_and_who_is_not_known_by_a_dash() -> None:
    story = Tendered().ranked(1, 2, 3)
    first = story.bids[0]
    story.award(first.id)
    parties: dict[UUID, Party] = {first.bidder_id: replace(story.world.get(Party, first.bidder_id), name=None)}
    material = Material(
        project=story.project, bids=tuple(story.bids), parties=parties, rulebook=story.rulebook, setback=None
    )

    paper = read(award_notice(material).as_document())

    rows = {row[3]: row[1] for row in paper.tables["parties"]}
    assert rows[str(first.bidder_id)] == "自然人,仅列编号 · a natural person, by id only"
    assert rows[str(story.project.brief.funder_id)] == "—"
