"""What a method asks for before a tender opens, and with how few it may go on: the rules alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from schemas.days import day_of, end_of
from schemas.ids import FundAccountId, PartyId, ProjectId
from schemas.low_price import LowPriceDecided, LowPriceInquired
from schemas.money import Money
from schemas.obligation import Duty
from schemas.preparing import ApprovalGiven, PublicOpinion, SingleSourceNoticed, TenderContinued
from schemas.project import BudgetRefused, BudgetReserved, FundShare, ProjectApproved
from schemas.rulebook import Rule, Rulebook, Source
from schemas.tender import TenderOpened, TenderVoided
from services.kit.rulebooks import shipped
from services.tenders.rules import low_price, preparing, qualification, single_source
from services.tenders.rules.amendment import drafters_and_approvers
from services.tenders.rules.project import Phase, Project
from services.tenders.rules.single_source import Additions
from services.tenders.rules.splitting import purchases_of
from tests.services.tenders.stories import APPROVER, CEILING, DRAFTER, PROJECT, Tendered, a_draft, remember, some_terms
from tests.support.pure import refused

SECOND = replace(DRAFTER, person_id=uuid4())
LIST = tuple(shipped().named("example/open-bidding").value("purchase.negative_list"))
MONDAY = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def unkept(book: Rulebook) -> Rulebook:
    """The same without shares of the tender's key, which are another story's (`test_escrow`)."""
    return replace(book, rules={path: rule for path, rule in book.rules.items() if path != "tender.sealing"})


def under(method: str) -> Tendered:
    story = Tendered()
    story.rulebook = unkept(shipped().named(f"example/{method}"))
    return story.proposed()


def a_statutory_draft(**changes: Any) -> Any:
    return a_draft(**({"bid_days": 20, "not_applicable": LIST} | changes))


def publish_intent(story: Tendered, budget: Money = CEILING) -> None:
    command = preparing.PublishIntent(
        project_id=PROJECT, content="独居老人助餐", budget=budget, expected_on=date(2026, 5, 1)
    )
    story.do(preparing.publish_intent, command, DRAFTER)


def consult(story: Tendered, **changes: Any) -> None:
    today = day_of(story.at)
    fields: dict[str, Any] = {
        "project_id": PROJECT,
        "questions": ("每周几次合适?",),
        "asked": 120,
        "first_day": today - timedelta(days=5),
        "last_day": today,
        "opinions": (PublicOpinion(text="希望周末也有", answer="已列入需求"),),
    }
    story.do(preparing.publish_consultation, preparing.PublishConsultation(**fields | changes), DRAFTER)


def approved(story: Tendered, **changes: Any) -> Tendered:
    story.draft(a_statutory_draft(**changes))
    story.approve()
    story.approve(SECOND)
    draft = story.project.agreed
    story.do(remember, BudgetReserved(project_id=PROJECT, ceiling=draft.ceiling, shares=draft.shares))
    return story


def ready(method: str) -> Tendered:
    """Everything is done but the waiting."""
    story = under(method)
    publish_intent(story)
    consult(story)
    return approved(story)


def after(story: Tendered, days: int) -> Tendered:
    story.at += timedelta(days=days)
    return story


def test_as_many_persons_as_the_rulebook_says_approve_and_only_the_last_approves_the_project() -> None:
    story = under("open-bidding")
    story.draft(a_statutory_draft())

    (first,) = story.approve()
    assert isinstance(first, ApprovalGiven)
    assert (first.number, first.needed, story.phase) == (1, 2, Phase.DRAFTED)
    with refused("approved_already", status=403):
        story.approve()
    with refused("drafter_cannot_approve", status=403):
        story.approve(DRAFTER)
    (last,) = story.approve(SECOND)

    assert isinstance(last, ProjectApproved)
    assert last.approved_by == SECOND.person_id
    assert {APPROVER.person_id, SECOND.person_id} <= drafters_and_approvers(story.project)


def test_approvals_are_of_the_draft_that_stands_and_a_refused_budget_ends_them() -> None:
    story = under("open-bidding")
    story.draft(a_statutory_draft())
    story.approve()
    story.draft(a_statutory_draft())
    assert story.project.preparation.approvals == ()

    story.approve()
    story.approve(SECOND)
    no = BudgetRefused(project_id=PROJECT, code="x", source="x", reason_zh="没有钱", reason_en="no money")
    story.do(remember, no)

    assert (story.phase, story.project.preparation.approvals) == (Phase.DRAFTED, ())
    (again,) = story.approve()
    assert isinstance(again, ApprovalGiven)


def test_one_approval_is_enough_where_the_rulebook_says_nothing() -> None:
    story = Tendered().proposed()
    story.draft()

    assert isinstance(story.approve()[0], ProjectApproved)


def test_each_item_of_the_negative_list_is_declared_not_to_apply() -> None:
    story = under("open-bidding")

    with refused("negative_list_undeclared", source="财政部令第102号", status=422) as caught:
        story.draft(a_statutory_draft(not_applicable=LIST[1:]))
    assert "不属于政府职责范围" in str(caught.value.details["missing"])
    assert "融资行为" not in str(caught.value.details["missing"])
    with refused("not_on_the_negative_list", status=422):
        story.draft(a_statutory_draft(not_applicable=(*LIST, "gifts")))
    story.draft(a_statutory_draft())

    assert story.project.agreed.not_applicable == LIST


def test_an_excluded_category_is_not_bought() -> None:
    story = under("open-bidding")
    excluded = Rule(["健康养老"], Source("本地通知(示例)"))
    story.rulebook = replace(story.rulebook, rules={**story.rulebook.rules, "purchase.excluded_categories": excluded})

    with refused("category_excluded", source="本地通知", status=422):
        story.draft(a_statutory_draft())


@pytest.mark.parametrize(
    ("method", "days", "points", "code", "source"),
    [
        ("open-bidding", 19, 30, "bid_days_out_of_bounds", "政府采购法第三十五条"),
        ("consultation", 9, 30, "bid_days_out_of_bounds", "214号"),
        ("open-bidding", 20, 9, "price_points_out_of_bounds", "财政部令第87号"),
        ("consultation", 10, 31, "price_points_out_of_bounds", "214号"),
    ],
)
def test_the_methods_bounds_hold_for_a_draft(method: str, days: int, points: int, code: str, source: str) -> None:
    terms = some_terms(points, service=100 - points) if points != 30 else some_terms()

    with refused(code, source=source, status=422):
        under(method).draft(a_statutory_draft(bid_days=days, terms=terms))


def test_open_bidding_sets_no_upper_bound_for_the_price_nor_for_the_amount() -> None:
    story, dear = under("open-bidding"), Money(50_000_000_00)
    share = FundShare(account_id=FundAccountId(uuid4()), amount=dear)

    story.draft(a_statutory_draft(terms=some_terms(60, team=40), ceiling=dear, shares=(share,)))

    assert story.phase is Phase.DRAFTED
    assert purchases_of(story.project) == ()
    with refused("ceiling_not_below_limit", source="公开招标数额标准"):
        under("consultation").draft(a_statutory_draft(ceiling=dear, shares=(share,)))
    with refused("price_points_out_of_bounds"):
        under("open-bidding").draft(a_statutory_draft(terms=some_terms(101, service=0)))


def test_nothing_opens_before_the_intent_was_public_for_its_days() -> None:
    story = under("open-bidding")
    consult(story)
    approved(story)
    with refused("intent_not_published", source="采购意向公开"):
        story.open()
    publish_intent(story)
    with refused("intent_published_already"):
        publish_intent(story)

    # thirty days after 2 March end on 1 April, a Wednesday
    story.at = end_of(date(2026, 4, 1)) - timedelta(seconds=1)
    with refused("intent_too_recent", source="采购意向公开") as caught:
        story.open()
    assert caught.value.details["opens_from"] == end_of(date(2026, 4, 1))
    story.at += timedelta(seconds=1)

    assert isinstance(story.open()[-1], TenderOpened)


def test_nothing_is_bought_for_more_than_the_published_intent_unless_it_is_published_again() -> None:
    story = under("open-bidding")
    publish_intent(story, Money(CEILING.fen - 1))
    with refused("above_intent", source="采购意向公开", status=422) as caught:
        approved(story)
    assert (caught.value.field, caught.value.details["budget"]) == ("ceiling", Money(CEILING.fen - 1))
    with refused("intent_published_already"):
        publish_intent(story, Money(CEILING.fen - 1))
    first = story.at
    story.at += timedelta(days=10)
    publish_intent(story)

    consult(story)
    approved(story)
    story.at = first + timedelta(days=31)
    with refused("intent_too_recent"):
        story.open()
    story.at += timedelta(days=12)  # thirty days after the 12th end on a Saturday
    assert isinstance(story.open()[-1], TenderOpened)


def test_an_intent_published_after_the_draft_for_less_stops_the_opening() -> None:
    story = under("open-bidding")
    approved(story)
    publish_intent(story, Money(CEILING.fen - 1))
    consult(story)
    story.at += timedelta(days=40)

    with refused("above_intent"):
        story.open()


def test_days_after_the_intent_that_end_on_a_holiday_roll_on() -> None:
    story = under("open-bidding")
    story.at = datetime(2026, 4, 1, 4, tzinfo=UTC)
    publish_intent(story)
    consult(story)
    approved(story)

    # thirty days end on 1 May; the holiday lasts to the 5th
    story.at = end_of(date(2026, 5, 5))
    with refused("intent_too_recent"):
        story.open()
    story.at = end_of(date(2026, 5, 6))
    story.open()


def test_nothing_opens_before_the_public_was_consulted_and_answered() -> None:
    story = under("open-bidding")
    publish_intent(story)
    after(approved(story), 40)

    with refused("public_not_consulted", source="政府采购法实施条例第十五条"):
        story.open()
    with refused("consultation_days_unclear", status=422):
        consult(story, last_day=day_of(story.at) + timedelta(days=1))
    with refused("consultation_days_unclear", status=422):
        consult(story, first_day=day_of(story.at), last_day=day_of(story.at) - timedelta(days=1))
    with pytest.raises(ValueError, match="answer"):
        PublicOpinion(text="希望周末也有", answer="")
    consult(story)

    assert isinstance(story.open()[-1], TenderOpened)


def test_a_rulebook_may_ask_for_so_many_days_of_consultation() -> None:
    story = under("open-bidding")
    rule = Rule({"before": "opening", "answered": "each_opinion", "days_least": 7}, Source("本省通知"))
    story.rulebook = replace(story.rulebook, rules={**story.rulebook.rules, "purchase.consultation": rule})
    publish_intent(story)
    consult(story)
    after(approved(story), 40)

    with refused("consultation_too_short", source="本省通知") as caught:
        story.open()
    assert (caught.value.details["days"], caught.value.details["least"]) == (6, 7)
    consult(story, first_day=day_of(story.at) - timedelta(days=6))
    story.open()


def test_documents_on_offer_for_four_working_days_are_refused() -> None:
    """After Wednesday 2024-09-25 until 10-01: the 26th, 27th, 29th (a make-up Sunday) and 30th are four of five."""
    story = Tendered()
    offer = shipped().named("example/consultation").rules["tender.documents_on_offer"]
    story.rulebook = replace(story.rulebook, rules={**story.rulebook.rules, "tender.documents_on_offer": offer})
    story.at = datetime(2024, 9, 25, 1, tzinfo=UTC)
    story.proposed().draft(a_draft(bid_days=6))
    story.approve()
    story.do(remember, BudgetReserved(project_id=PROJECT, ceiling=CEILING, shares=()))

    with refused("documents_too_short", source="不得少于 5 个工作日") as caught:
        story.open()
    assert (caught.value.details["offered"], caught.value.details["least"]) == (4, 5)
    story.at -= timedelta(days=1)  # with the 25th they are five
    story.open()


def test_two_suppliers_may_go_on_under_consultation_with_a_recorded_reason_and_one_ends_it() -> None:
    def with_bids(count: int) -> Tendered:
        story = after(ready("consultation"), 40)
        story.open()
        for _ in range(count):
            story.seal(story.a_bidder())
        story.at_the_deadline()
        return story

    assert with_bids(1).phase is Phase.VOIDED
    story = with_bids(2)
    assert story.phase is Phase.OPENED
    with refused("fewer_needs_reason", source="财库〔2015〕124号", status=422):
        story.qualify()
    _, goes_on = qualify(story, "公告期满只有两家响应")

    assert isinstance(goes_on, TenderContinued)
    assert (goes_on.qualified, goes_on.usual, goes_on.reason) == (2, 3, "公告期满只有两家响应")
    assert "124号" in goes_on.source
    assert story.project.phase is Phase.SCORING
    one_left = with_bids(3)
    _, voided = one_left.qualify(*(bid.id for bid in one_left.bids[:2]))
    assert isinstance(voided, TenderVoided)


def qualify(story: Tendered, reason: str) -> list[Any]:
    judgements = tuple(
        qualification.Judgement(bid_id=bid.bid_id, bidder_id=bid.bidder_id, qualified=True, reason="已核对")
        for bid in story.bids
    )
    command = qualification.QualifyBids(project_id=PROJECT, judgements=judgements, continue_reason=reason)
    return story.do(qualification.qualify_bids, command, APPROVER)


def consulted(*prices: int) -> Tendered:
    """Opened under consultation, one organization per price."""
    story = after(ready("consultation"), 40)
    story.open()
    for price in prices:
        story.seal(story.a_bidder(), price)
    story.at_the_deadline()
    return story


def reject_the_price(story: Tendered, reason: str | None = None) -> list[Any]:
    """Of the lowest bid, after its bidder said nothing for as long as it could."""
    low = min(story.bids, key=lambda bid: bid.opened.price.fen)
    story.at += timedelta(minutes=30)
    command = low_price.DecidePrice(
        project_id=PROJECT, bid_id=low.bid_id, accepted=False, reason="未说明", continue_reason=reason
    )
    return story.do(low_price.decide_price, command, APPROVER)


def test_where_two_go_on_an_abnormally_low_price_is_inquired_into_as_well() -> None:
    _, goes_on, inquired = qualify(consulted(40_000_00, 100_000_00), "公告期满只有两家响应")

    assert isinstance(goes_on, TenderContinued)
    assert isinstance(inquired, LowPriceInquired)
    assert inquired.price == Money(40_000_00)


def test_when_a_low_price_leaves_two_they_may_go_on_with_a_recorded_reason_and_one_ends_it() -> None:
    story = consulted(40_000_00, 100_000_00, 110_000_00)
    story.qualify()
    with refused("fewer_needs_reason", source="财库〔2015〕124号", status=422):
        reject_the_price(story)
    decided, goes_on = reject_the_price(story, "其余两家报价合理")

    assert isinstance(decided, LowPriceDecided)
    assert isinstance(goes_on, TenderContinued)
    assert (goes_on.qualified, goes_on.usual, goes_on.reason) == (2, 3, "其余两家报价合理")
    assert story.phase is Phase.SCORING
    two = consulted(40_000_00, 100_000_00)
    qualify(two, "公告期满只有两家响应")
    _, voided = reject_the_price(two, "其余一家报价合理")
    assert isinstance(voided, TenderVoided)
    assert "只有 1 家的,终止" in voided.source


def test_what_ends_a_consultation_is_told_by_the_rule_that_lets_two_go_on() -> None:
    def too_few(said: list[Any]) -> str:
        (voided,) = [fact for fact in said if isinstance(fact, TenderVoided)]
        return voided.source

    story = after(ready("consultation"), 40)
    story.open()
    story.seal(story.a_bidder())
    assert "只有 1 家的,终止" in too_few(story.at_the_deadline())
    three = consulted(90_000_00, 100_000_00, 110_000_00)
    assert "只有 1 家的,终止" in too_few(three.qualify(*(bid.id for bid in three.bids[:2])))


def test_two_bids_void_an_open_bidding_whatever_anybody_says() -> None:
    story = after(ready("open-bidding"), 40)
    story.open()
    for _ in range(2):
        story.seal(story.a_bidder())

    _, voided = story.at_the_deadline()

    assert isinstance(voided, TenderVoided)
    assert "政府采购法第三十六条" in voided.source


def test_a_project_under_the_edition_before_goes_on_as_it_did() -> None:
    story = Tendered()
    story.rulebook = {one.name: one for one in shipped()}["example/below-limit@2026.4"]

    story.opened()

    assert story.phase is Phase.OPEN
    assert story.project.preparation.approvals == ()


# ---- single source


def noticed(story: Tendered, supplier: Any, **changes: Any) -> Any:
    fields: dict[str, Any] = {
        "project_id": PROJECT,
        "supplier_id": supplier.party_id,
        "ground": "unique",
        "reasoning": "本地只有一家具备资质(示例)",
        "experts": 3,
    }
    command = single_source.NoticeSingleSource(**fields | changes)
    return story.do(single_source.notice, command, DRAFTER)[0]


def objected(story: Tendered, by: Any) -> Any:
    command = single_source.ObjectToSingleSource(project_id=PROJECT, objector_id=by.party_id, text="我们也能做")
    said: Any = story.do(single_source.object_to, command, by)[0]
    return said.objection_id


def answered(story: Tendered, objection_id: Any, upheld: bool = False) -> None:
    command = single_source.AnswerSingleSourceObjection(
        project_id=PROJECT, objection_id=objection_id, text="经论证,理由如下", upheld=upheld
    )
    story.do(single_source.answer_objection, command, DRAFTER)


def test_a_single_source_opens_only_after_its_whole_notice_and_for_its_one_supplier() -> None:
    story = after(ready("single-source"), 35)
    with refused("single_source_unannounced", source="政府采购法实施条例第三十八条"):
        story.open()
    supplier = story.a_bidder()
    said = noticed(story, supplier)

    assert isinstance(said, SingleSourceNoticed)
    # 6 April 2026 is a holiday: five working days are 7, 8, 9, 10 and 13 April
    assert day_of(story.at) == date(2026, 4, 6)
    assert said.ends_at == end_of(date(2026, 4, 13))
    assert said.answers_due == end_of(date(2026, 4, 20))
    with refused("single_source_notice_running"):
        story.open()
    story.at = said.ends_at
    story.open()
    with refused("not_invited", source="政府采购法第三十一条", status=403):
        story.seal(story.a_bidder())
    story.seal(supplier)
    story.at_the_deadline()
    assert story.phase is Phase.OPENED
    story.qualify()
    assert story.project.phase is Phase.SCORING


def test_an_objection_in_the_notice_period_is_answered_before_anything_opens_and_is_in_the_due_list() -> None:
    story = after(ready("single-source"), 35)
    said, other = noticed(story, story.a_bidder()), story.a_bidder()
    objection = objected(story, other)
    with refused("objected_already"):
        objected(story, other)
    (duty,) = story.project.owed()

    assert (duty.duty, duty.until) == (Duty.ANSWER_NOTICE_OBJECTION, said.answers_due)
    assert duty.party_id == story.project.brief.funder_id
    story.at = said.ends_at
    with refused("notice_is_over"):
        objected(story, story.a_bidder())
    with refused("single_source_objection_open", source="第74号"):
        story.open()
    with refused("single_source_objection_open"):
        noticed(story, story.a_bidder())
    answered(story, objection)
    with refused("objection_answered_already"):
        answered(story, objection)
    with refused("no_such_notice_objection", status=404):
        answered(story, uuid4())
    assert story.project.owed() == ()
    story.open()


def test_an_upheld_objection_ends_the_single_source_and_no_draft_gets_rid_of_an_open_one() -> None:
    story = under("single-source")
    story.draft(a_statutory_draft())
    noticed(story, story.a_bidder())
    objection = objected(story, story.a_bidder())
    with refused("single_source_objection_open"):
        story.draft(a_statutory_draft())
    answered(story, objection, upheld=True)
    with refused("single_source_objection_upheld"):
        noticed(story, story.a_bidder())

    story.rulebook = unkept(shipped().named("example/open-bidding"))
    story.draft(a_statutory_draft())

    assert story.project.preparation.notice is None


def test_the_ground_is_one_of_the_rulebooks_and_another_method_has_no_such_notice() -> None:
    story = under("single-source")
    story.draft(a_statutory_draft())

    with refused("no_such_ground", source="政府采购法第三十一条", status=422) as caught:
        noticed(story, story.a_bidder(), ground="habit")
    assert "唯一供应商" in str(caught.value.details["among"])
    story = under("open-bidding")
    story.draft(a_statutory_draft())
    with refused("no_single_source"):
        noticed(story, story.a_bidder())


def an_original(story: Tendered, supplier: Any, price: int) -> ProjectId:
    """Another project of the same funder, won by the supplier."""
    won = Tendered().with_bids(price, price + 1, price + 2)
    bid = next(bid for bid in won.bids if bid.opened.price == Money(price))
    id = ProjectId(uuid4())
    story.world.loaded(replace(won.project, id=id, brief=story.project.brief, phase=Phase.AWARDED, award=bid.bid_id))
    story.world.loaded(replace(bid, project_id=id, bidder_id=PartyId(supplier.party_id)))
    story.world.loaded(Additions(id=id, amounts=()))
    return id


def test_all_additions_to_a_contract_stay_within_a_tenth_of_it() -> None:
    story = under("single-source")
    story.draft(a_statutory_draft())
    supplier = story.a_bidder()

    def add(original: ProjectId | None, by: Any = supplier) -> Any:
        return noticed(story, by, ground="addition", original_project_id=original)

    with refused("original_missing", source="政府采购法第三十一条", status=422):
        add(None)
    small, enough = an_original(story, supplier, 1_199_999_99), an_original(story, supplier, 1_200_000_00)
    with refused("addition_too_large", source="百分之十", status=422):
        add(small)
    with refused("original_of_another", status=422):
        add(enough, story.a_bidder())
    with refused("no_original_needed", status=422):
        noticed(story, supplier, original_project_id=enough)
    story.world.loaded(Additions(id=enough, amounts=((ProjectId(uuid4()), Money(1)),)))
    with refused("addition_too_large"):
        add(enough)
    story.world.loaded(Additions(id=enough, amounts=((PROJECT, CEILING),)))

    assert add(enough).original_project_id == enough
    assert isinstance(story.find((Project, PROJECT)), Project)
