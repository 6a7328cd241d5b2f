"""The acceptance report: who took each step and when, over which evidence, or that nobody answered in time."""

from datetime import timedelta
from hashlib import sha256

import pytest

from schemas.contract import Milestone, MilestoneReportMade
from schemas.days import minute_of
from schemas.paper import CERTAINTIES
from services.contracts import rules
from services.contracts.rules.acceptance_report import acceptance_report
from services.contracts.rules.wording import MILESTONES
from tests.services.contracts.awarded import BOOK, COMMUNITY, EVIDENCE, FUNDER, PROJECT, PROVIDER, Awarded, signed
from tests.services.contracts.reading import Read, read

WINDOW = timedelta(days=BOOK.integer("contracts.acceptance_days"))


def accepted_days_apart(milestone: Milestone) -> tuple[Awarded, list[str]]:
    """A milestone submitted, confirmed and accepted on three days; their times as people read them."""
    story = signed()
    times: list[str] = []
    before = () if milestone is Milestone.MID_TERM else (Milestone.MID_TERM,)
    for each in (*before, milestone):
        times = []
        for step in (story.submit, story.confirm, story.accept):
            story.at += timedelta(days=1)
            if step == story.accept and each is Milestone.FINAL:
                story.consult(each)
            step(each)
            times.append(minute_of(story.at))
    return story, times


def kept(story: Awarded, milestone: Milestone) -> Read:
    return read(story.world.get(rules.Paper, rules.report_id(PROJECT, milestone)).body)


@pytest.mark.parametrize("milestone", Milestone)
def test_each_step_stands_there_with_its_person_and_time(milestone: Milestone) -> None:
    story, times = accepted_days_apart(milestone)

    found = kept(story, milestone)

    assert found.texts[1] == "购买方已验收 · Accepted by the buyer"
    people = [str(by.person_id) for by in (PROVIDER, COMMUNITY, FUNDER)]
    assert [row[1:] for row in found.tables["steps"]] == [list(row) for row in zip(people, times, strict=True)]
    assert found.rows("project")["节点"] == [MILESTONES[milestone]]
    assert found.rows("project")["服务要求"] == [story.contract.agreement.requirements]
    assert found.tables["evidence"] == [["1", EVIDENCE[0]["description"], EVIDENCE[0]["digest"]]]
    assert [row[3] for row in found.tables["parties"]] == [str(by.party_id) for by in (FUNDER, PROVIDER, COMMUNITY)]
    assert story.contract.digest in found.footer


def test_it_is_told_by_its_digest_and_made_again_it_is_the_same() -> None:
    story = signed()
    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)

    said = story.accept(Milestone.MID_TERM)

    (made,) = [fact for fact in said if isinstance(fact, MilestoneReportMade)]
    paper = story.world.get(rules.Paper, rules.report_id(PROJECT, Milestone.MID_TERM))
    assert made.report_digest == sha256(paper.body).hexdigest()
    assert story.contract.deliveries[Milestone.MID_TERM].report_digest == made.report_digest
    assert acceptance_report(story.contract, Milestone.MID_TERM) == paper.body


def test_what_was_deemed_accepted_says_so_and_why_and_names_nobody() -> None:
    story = signed()
    story.submit(Milestone.MID_TERM)
    story.confirm(Milestone.MID_TERM)
    due = minute_of(story.at + WINDOW)
    story.ring(WINDOW + timedelta(hours=1))

    found = kept(story, Milestone.MID_TERM)

    source = BOOK.source("contracts.acceptance_days")
    assert found.texts[1].startswith("视为验收")
    assert found.tables["steps"][2][1:] == ["系统记录(视为验收)· by the program, deemed", minute_of(story.at)]
    assert f"购买方在 {due} 前既未验收也未退回,按协议约定视为验收。" in found.texts
    assert f"来源 Source:{source.text}【{CERTAINTIES[source.certainty]}】" in found.texts
