import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.need import NeedPosted, NeedRouted, Route
from schemas.role import Role
from services.needs.rules.intake import NeedDraft, PostNeeds, post_needs
from services.needs.rules.need import tracking_number
from tests.services.needs.stories import DIVISION, STAFF, Asked, a_need
from tests.support.pure import an_actor, refused

NINE = [
    "纠纷调解",
    "健康养老",
    "教育培训",
    "公益慈善",
    "防灾减灾",
    "文体娱乐",
    "邻里互助",
    "居民融入",
    "农村生产技术服务",
]


def a_draft(**changes: object) -> NeedDraft:
    return NeedDraft(**a_need(**changes).model_dump(exclude={"community_id"}))


def test_a_posted_need_gets_a_tracking_number_and_is_routed_with_a_reason_and_its_source() -> None:
    need = Asked().post()

    assert re.fullmatch(r"320508(-[0-9A-HJKMNP-TV-Z]{4}){3}", need.tracking_number)
    assert need.route is Route.PROJECT
    assert "健康养老" in need.reason
    assert "吉民发〔2019〕30号" in need.source


def test_there_are_the_nine_categories_of_the_founding_document() -> None:
    story = Asked()

    assert list(story.rulebook.value("need.categories").values()) == NINE
    assert set(story.rulebook.value("need.routes")) == set(story.rulebook.value("need.categories"))


def test_another_category_is_refused_and_the_known_ones_are_named() -> None:
    with refused("unknown_category", source="信民函〔2020〕41号", status=422):
        Asked().post(category="parking")


@pytest.mark.parametrize("word", ["行政执法", "拆迁", "拆违", "环境整治", "城市管理", "招商引资"])
def test_a_departments_task_on_the_negative_list_is_refused_with_its_source(word: str) -> None:
    with refused("on_negative_list", source="第684号"):
        Asked().post(origin="department", description=f"请社区负责{word}工作")


@pytest.mark.parametrize("word", ["行政执法", "拆违", "城市管理"])
def test_a_residents_need_is_never_refused_by_that_list(word: str) -> None:
    assert Asked().post(title=f"{word}后的空地能否建小花园", category="mutual_help").route is Route.VOLUNTEER


def test_a_department_that_may_ask_for_help_buys_it_as_a_service() -> None:
    need = Asked().post(origin="department", category="mediation", title="人口普查入户宣传")

    assert need.route is Route.PROJECT
    assert "苏州市民政局" in need.source


@pytest.mark.parametrize(
    "text",
    [
        "请联系张阿姨 13812345678",
        "电话:138 1234 5678。",
        "手机+86-138-1234-5678",
        "手机138 1234 5678",
        "身份证320508195001011234",
        "证号 32050819500101123X 的老人",
        "320508 19500101 1234",
    ],
)
def test_personal_numbers_are_kept_out_of_what_becomes_public(text: str) -> None:
    with refused("personal_data", source="个人信息保护法", status=422):
        Asked().post(title=text)
    with refused("personal_data", source="个人信息保护法", status=422):
        Asked().post(description=text)


@pytest.mark.parametrize(
    "text",
    [
        "热线 0512-65221234",
        "热线12345",
        "2026年3月15日",
        "320508001001",
        "共 13800000 元",
        "编号 913205081234567890123",
    ],
)
def test_other_numbers_are_no_personal_data(text: str) -> None:
    assert Asked().post(description=text).description == text


def test_a_need_lies_within_its_own_community() -> None:
    with refused("division_elsewhere"):
        Asked().post(division="320508001002")
    with refused("division_wrong", source="GB/T 2260"):
        Asked().post(division="990508001001")


def test_only_the_communitys_own_staff_posts_for_it() -> None:
    with refused("not_your_party", status=403):
        Asked().post(an_actor(Role.COMMUNITY))


def test_a_batch_is_posted_whole_and_in_order() -> None:
    story = Asked()
    drafts = tuple(a_draft(title=f"需求 {n}") for n in range(500))

    said = story.do(post_needs, PostNeeds(community_id=STAFF.party_id, needs=drafts), STAFF)

    posted = [fact for fact in said if isinstance(fact, NeedPosted)]
    assert [fact.title for fact in posted] == [draft.title for draft in drafts]
    assert len({fact.tracking_number for fact in posted}) == 500
    assert sum(isinstance(fact, NeedRouted) for fact in said) == 500


def test_one_bad_need_refuses_the_batch_and_its_place_is_named() -> None:
    drafts = (a_draft(), a_draft(), a_draft(title="找13812345678"))

    with refused("personal_data") as caught:
        Asked().do(post_needs, PostNeeds(community_id=STAFF.party_id, needs=drafts), STAFF)

    assert caught.value.field == "needs.2.title"


@pytest.mark.parametrize(
    "wrong",
    [
        {"beneficiaries": 0},
        {"beneficiaries": 1_000_001},
        {"title": ""},
        {"title": "题" * 201},
        {"description": " "},
        {"origin": "street"},
        {"tracking_number": "320508-0000-0000-0000"},
    ],
)
def test_what_no_need_looks_like_does_not_parse(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_need(**wrong)


@given(st.sets(st.uuids(), min_size=2, max_size=50))
def test_different_needs_have_different_tracking_numbers(ids: set) -> None:  # type: ignore[type-arg]  # UUIDs
    assert len({tracking_number(DIVISION, id) for id in ids}) == len({id.int >> 68 for id in ids})
