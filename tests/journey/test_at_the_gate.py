"""The gate before communities over HTTP: let in, refused by a list, and handed over as an agreement."""

from csv import reader
from io import BytesIO, StringIO

from openpyxl import load_workbook

from deploy.demo.story import tendering, whole
from schemas.days import day_of
from services.audit.api import TraceAnswer
from services.needs.api.burden import BurdenAnswer
from services.needs.api.gate import ItemsPage
from services.needs.rules.gate.item import ItemPhase
from services.tenders.api.answers import ProjectAnswer
from services.tenders.rules.project import Phase
from tests.journey.arranged import a_commission, arrange, consent
from tests.journey.gated import COUNTY, apply, assess, convert, count, decide, follow, gate_of, relieve, stamp
from tests.journey.town import Town, a_plan, players, refused


async def test_a_department_is_let_in_by_two_officers_and_out_on_its_last_day(town: Town) -> None:
    of = await players(town)
    item = await apply(town, of)
    await assess(town, item)
    with refused("assessor_confirms"):
        await town.api.post(f"{gate_of(town)}/items/{item.id}/confirmation", type(item), {}, town.registry.enters)
    admitted = await decide(town, item)
    await follow(town, item, "joint_meeting")
    await town.days(1)

    ended = await town.api.until(f"{gate_of(town)}/items/{item.id}", type(item), lambda one: one.exited_on is not None)

    assert (admitted.phase, ended.phase) == (ItemPhase.ADMITTED, ItemPhase.EXITED)
    assert [one.kind.value for one in ended.follow_ups] == ["joint_meeting", "exit"]
    assert ended.follow_ups[1].by is None
    page = await town.api.get(f"{gate_of(town)}/items", ItemsPage, phase="exited")
    assert item.id in [one.id for one in page.items]


async def test_what_is_on_no_list_goes_to_the_community_as_a_request_it_may_consent_to(town: Town) -> None:
    of = await players(town)
    item = await convert(town, of, "community")
    (id,) = item.projects

    asked = await town.api.until(f"/v1/projects/{id}", ProjectAnswer, lambda project: project.phase is Phase.REQUESTED)
    await consent(town.api, of.community, id)
    await arrange(town.api, of.buyer, id, a_commission(of))
    told = await town.api.until(
        f"/v1/audit/projects/{id}/trace", TraceAnswer, lambda trace: len(trace.steps) > 8, town.auditor
    )

    assert asked.request == "每季度入户一次,核对独居老人的服务需求。"
    assert asked.brief.cost.fen == 120 * 10_000
    assert told.findings == ()
    assert [step.zh for step in told.steps if "进社区" in step.zh]
    assert not await town.findings()


async def test_an_organization_may_be_bought_for_it_and_the_trace_begins_at_the_gate(town: Town) -> None:
    of = await players(town)
    (id,) = (await convert(town, of, "organization")).projects
    await town.api.until(f"/v1/projects/{id}", ProjectAnswer, lambda project: project.phase is Phase.PROPOSED)
    plan = a_plan(of, id)

    await whole.to_bids(town.api, plan)
    await town.days(tendering.BID_DAYS)
    await whole.to_award(town.api, plan)
    told = await town.api.get(f"/v1/audit/projects/{id}/trace", TraceAnswer, town.auditor)

    assert told.findings == ()
    assert "移交" in "".join(step.zh for step in told.steps)


async def test_the_counter_answers_from_the_list_of_the_day(town: Town) -> None:
    of = await players(town)

    barred = await stamp(town.api, of, "死亡证明")
    given = await stamp(town.api, of, "residence")

    assert (barred.granted, barred.office) == (False, "医疗卫生机构或公安派出所")
    assert "社区不出具“死亡”" in barred.zh
    assert given.granted
    with refused("not_your_party"):
        path = f"/v1/communities/{of.community.party_id}/stamps"
        await town.api.post(path, type(given), {"proof": "residence"}, await town.community())


async def test_the_burden_report_is_the_same_as_json_csv_and_workbook(town: Town) -> None:
    of = await players(town)
    await count(town, COUNTY, {"work": 129, "stamps": 81})
    await town.days(1)
    barred = await apply(town, of, title="协助拆迁动员")
    await relieve(town, COUNTY)
    await town.clock.quiet()
    today = day_of(await town.now()).isoformat()
    path, days = f"/v1/burden/{COUNTY}", {"from_day": today, "to_day": today}

    report = await town.api.get(path, BurdenAnswer, None, **days)
    text = (await town.api.read(f"{path}/csv", None, **days)).decode("utf-8-sig")
    sheet = load_workbook(BytesIO(await town.api.read(f"{path}/workbook", None, **days))).active

    work = report.lines[0]
    assert work.before is not None
    assert (work.before.count, work.after) == (129, 129 + work.admitted.count - work.exited.count)
    assert barred.id in work.refused.decisions
    assert report.lines[2].relieved.count >= 10
    assert sheet is not None
    told = [[("" if cell is None else str(cell)) for cell in row] for row in sheet.iter_rows(values_only=True)]
    read = list(reader(StringIO(text)))
    assert [row[: len(line)] for row, line in zip(told, read, strict=True)] == read
    assert str(barred.id) in text
    with refused("no_such_area"):
        await town.api.get("/v1/burden/999999", BurdenAnswer)
    with refused("not_a_day"):
        await town.api.get(path, BurdenAnswer, from_day="today")
