"""What is entered of a community: figures by two people, posts by id only, and nothing of another kind of party."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from schemas.community import CommunityRecorded, CommunityRecordEnded
from schemas.model import Model
from schemas.role import Actor
from schemas.standing import Party
from services.registry.rules.community import EnterCommunityRecord, enter_community_record, enter_refs
from services.registry.rules.record import Record, RecordEntered
from services.registry.rules.registration import Person
from tests.services.registry.records import DAY, PAPER, Filed
from tests.services.registry.stories import ONE, OTHER
from tests.support.pure import refused

FIGURES = {"kind": "figures", "households": 3650, "residents": 9800, "floating": 2100, "grids": 8}
BODY = {"kind": "body", "body": "workstation", "name": "示例社区工作站"}
WORKER = str(UUID(int=42))
POST = {"kind": "post", "worker_id": WORKER, "post": "committee_member", "full_time": True, "employer": "示例街道"}


class Communal(Filed):
    """A registry with a community."""

    def __init__(self) -> None:
        super().__init__()
        self.community = self.verify(self.register("community"))

    def say(self, content: dict[str, Any], party: Party | None = None, by: Actor = ONE, **changes: Any) -> list[Model]:
        fields: dict[str, Any] = {"party_id": (party or self.community).id, "content": content, "valid_from": DAY}
        fields |= {"ground": "示例统计表 2026 年第 1 号", "document": PAPER}
        return self.command(enter_refs, enter_community_record, EnterCommunityRecord(**fields | changes), by)

    def kept(self, said: list[Model]) -> Record:
        return self.world.get(Record, next(one.record_id for one in said if isinstance(one, RecordEntered)))


def test_figures_are_entered_by_one_registrar_and_recorded_once_another_confirms() -> None:
    story = Communal()
    said = story.say(FIGURES)
    figures = story.kept(said)

    assert [type(one) for one in said] == [RecordEntered]
    assert (figures.waits, figures.recorded_on) == (True, None)
    with refused("own_record", status=403):
        story.confirm(figures, by=ONE)
    with refused("record_waits"):
        story.say(FIGURES)
    _, told = story.confirm(figures, by=OTHER)
    assert isinstance(told, CommunityRecorded)
    assert (told.party_id, told.entered_by, told.confirmed_by) == (
        story.community.id,
        ONE.person_id,
        OTHER.person_id,
    )
    assert (told.content.kind, told.document, told.valid_from) == ("figures", PAPER, DAY)


def test_figures_that_the_second_registrar_turns_down_never_were_on_record() -> None:
    story = Communal()
    figures = story.reject(story.kept(story.say(FIGURES)))

    assert (figures.waits, figures.rejected, figures.recorded_on) == (False, True, None)
    assert story.kept(story.say(FIGURES)).number == 2


def test_a_post_is_recorded_at_once_and_its_name_goes_no_further() -> None:
    story = Communal()
    said = story.say(POST, worker_name="示例某人")

    [told] = [one for one in said if isinstance(one, CommunityRecorded)]
    assert "示例某人" not in told.model_dump_json()
    assert WORKER in told.model_dump_json()
    assert story.world.get(Person, UUID(WORKER)).name == "示例某人"
    assert not story.kept(said).waits


def test_a_post_ends_as_every_record_does() -> None:
    story = Communal()
    post = story.kept(story.say(POST, worker_name="示例某人"))
    _, told = story.end(post)

    assert isinstance(told, CommunityRecordEnded)
    assert told.record_id == post.id
    with refused("record_is_over"):
        story.end(story.world.get(Record, post.id))


def test_the_end_of_figures_is_looked_at_by_two_people_too() -> None:
    story = Communal()
    figures = story.kept(story.say(FIGURES))
    story.confirm(figures)
    with refused("document_missing", status=422):
        story.end(figures, document=None)
    assert len(story.end(figures)) == 1
    _, told = story.confirm(figures)

    assert isinstance(told, CommunityRecordEnded)
    assert told.confirmed_by == OTHER.person_id


def test_a_worker_is_known_or_named_and_not_both() -> None:
    story = Communal()
    with refused("worker_unknown", status=422):
        story.say(POST)
    story.say(POST, worker_name="示例某人")
    with refused("worker_known", status=422):
        story.say(POST, worker_name="示例另一人")
    story.say(POST | {"post": "grid_worker", "grids": 2})
    with refused("name_without_post", status=422):
        story.say(BODY, worker_name="示例某人")


def test_a_social_worker_on_record_may_hold_a_post_and_an_organization_may_not() -> None:
    story = Communal()
    social_worker, organization = story.register("social_worker"), story.register()

    story.say(POST | {"worker_id": str(social_worker.id)})
    with refused("worker_unknown", status=422):
        story.say(POST | {"worker_id": str(organization.id)})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": None}, "document_missing"),
        ({"valid_from": date(2026, 3, 3)}, "recorded_ahead"),
        ({"valid_until": DAY - timedelta(days=1)}, "ends_before_it_begins"),
        ({"ground": "电话 13800138000"}, "personal_data"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code, status=422):
        Communal().say(FIGURES, **changes)


def test_only_a_community_has_such_records() -> None:
    story = Communal()

    with refused("no_community", status=422):
        story.say(FIGURES, party=story.register())


def test_subjects_of_a_community_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Communal()
    monkeypatch.setattr("services.registry.rules.community.MOST_SUBJECTS", 0)

    with refused("too_many_records"):
        story.say(BODY)


@pytest.mark.parametrize("content", [POST | {"grids": 1}, POST | {"post": "grid_worker"}])
def test_grids_are_told_of_a_grid_worker_and_of_nobody_else(content: dict[str, Any]) -> None:
    with refused("grids_of_a_post", status=422):
        Communal().say(content, worker_name="示例某人")
