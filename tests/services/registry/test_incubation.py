"""A hub takes in an organization, supports it, and lets it go."""

from datetime import date
from typing import Any
from uuid import UUID

from schemas import uscc
from schemas.ids import PartyId
from schemas.incubation import IncubationEntered, IncubationGraduated, IncubationLeft
from schemas.role import Actor, Role
from schemas.standing import Party
from services.registry.rules import incubation
from services.registry.rules.incubation import MOST_SUPPORTS, Incubation, IncubationPhase
from tests.services.registry.records import Filed
from tests.support.pure import an_actor, refused

BEGUN = date(2026, 2, 2)


class Incubated(Filed):
    def __init__(self) -> None:
        super().__init__()
        self.hub = self.verify(self.register())
        self.young = self.verify(self.group(self.hub))
        self.by = an_actor(Role.PROVIDER, self.hub.id)

    def take_in(self, party: Party | None = None, by: Actor | None = None, **changes: Any) -> Incubation:
        by = by or self.by
        fields = {"hub_id": by.party_id, "party_id": (party or self.young).id, "entered_on": BEGUN}
        fields |= {"planned_until": date(2027, 2, 1), "goal": "一年内登记为社会服务机构"}
        command = incubation.EnterIncubation.model_validate(fields | changes)
        [entered] = self.command(incubation.enter_refs, incubation.enter_incubation, command, by)
        assert isinstance(entered, IncubationEntered)
        return self.world.get(Incubation, entered.incubation_id)

    def step(self, decide: Any, command: type[Any], one: Incubation, by: Actor | None = None, **fields: Any) -> Any:
        said = {"party_id": one.party_id, "incubation_id": one.id, "on": date(2026, 3, 1)} | fields
        return self.command(incubation.running_refs, decide, command.model_validate(said), by or self.by)[0]

    def support(self, one: Incubation, by: Actor | None = None, **changes: Any) -> Incubation:
        fields = {"kind": "training", "hours": 3, "note": "财务制度培训"} | changes
        self.step(incubation.support, incubation.SupportIncubation, one, by, **fields)
        return self.now(one)

    def graduate(self, one: Incubation, **changes: Any) -> IncubationGraduated:
        fields = {"result": "已登记"} | changes
        told = self.step(incubation.graduate, incubation.GraduateIncubation, one, **fields)
        assert isinstance(told, IncubationGraduated)
        return told

    def leave(self, one: Incubation, **changes: Any) -> IncubationLeft:
        fields = {"reason": "成员解散"} | changes
        told = self.step(incubation.leave, incubation.LeaveIncubation, one, **fields)
        assert isinstance(told, IncubationLeft)
        return told

    def now(self, one: Incubation) -> Incubation:
        return self.world.get(Incubation, one.id)


def test_from_entry_through_support_to_graduation_as_what_it_became() -> None:
    story = Incubated()
    one = story.take_in()
    story.support(one)
    story.support(one, kind="space", hours=0, note="提供办公室")
    became = story.register(uscc=uscc.make("52", "340111", "00012345"))

    told = story.graduate(one, became_id=became.id, document="e" * 64)

    done = story.now(one)
    assert (done.phase, done.hours, len(done.supports), done.became_id) == (
        IncubationPhase.GRADUATED,
        3,
        2,
        became.id,
    )
    assert (told.party_id, told.on) == (story.young.id, date(2026, 3, 1))
    with refused("incubation_over"):
        story.support(one)


def test_only_the_hub_acts_and_only_on_its_own() -> None:
    story = Incubated()
    one = story.take_in()
    stranger = an_actor(Role.PROVIDER)

    with refused("not_your_party", status=403):
        story.support(one, by=stranger)
    with refused("not_your_party", status=403):
        story.take_in(by=stranger, hub_id=story.hub.id)


def test_one_at_a_time_and_another_after_it_ended() -> None:
    story = Incubated()
    one = story.take_in()

    with refused("incubated_already"):
        story.take_in()
    story.leave(one)
    assert story.now(one).phase is IncubationPhase.LEFT
    assert story.take_in().id != one.id


def test_nobody_graduates_without_support() -> None:
    story = Incubated()
    one = story.take_in()

    with refused("graduated_unsupported"):
        story.graduate(one)


def test_who_may_be_taken_in_and_by_whom() -> None:
    story = Incubated()
    other = story.verify(story.register(uscc=uscc.make("51", "340111", "00012345")))
    firm = story.verify(story.register(uscc=uscc.make("91", "340111", "00012345")))

    with refused("not_to_be_incubated", status=422):
        story.take_in(story.hub)
    with refused("not_to_be_incubated", status=422):
        story.take_in(story.young, by=an_actor(Role.PROVIDER, other.id))
    with refused("not_to_be_incubated", status=422):
        story.take_in(story.verify(story.register("community")))
    with refused("incubates_nobody", status=403):
        story.take_in(other, by=an_actor(Role.PROVIDER, firm.id))
    with refused("party_not_verified", status=403):
        story.take_in(story.group(story.hub, filing_number="备〔2026〕9号"))
    assert story.take_in(other).party_id == other.id


def test_days_lie_within_it_and_not_ahead_and_words_name_nobodys_number() -> None:
    story = Incubated()
    one = story.take_in()

    with refused("recorded_ahead", status=422):
        story.support(one, on=date(2026, 3, 3))
    with refused("ends_before_it_begins", status=422):
        story.support(one, on=date(2026, 2, 1))
    with refused("personal_data", status=422):
        story.support(one, note="联系 13812345678")
    story.leave(one)
    with refused("recorded_ahead", status=422):
        story.take_in(entered_on=date(2026, 3, 3))
    with refused("ends_before_it_begins", status=422):
        story.take_in(planned_until=BEGUN)
    with refused("personal_data", status=422):
        story.take_in(goal="联系 13812345678")


def test_what_it_became_is_a_registered_organization() -> None:
    story = Incubated()
    one = story.support(story.take_in())

    for wrong in (story.young, story.hub, story.register("community")):
        with refused("did_not_become", status=422):
            story.graduate(one, became_id=wrong.id)


def test_notes_of_support_have_a_limit_and_an_incubation_its_own_address() -> None:
    story = Incubated()
    one = story.take_in()
    with refused("not_found", status=404):
        story.step(incubation.leave, incubation.LeaveIncubation, one, party_id=PartyId(UUID(int=1)), reason="误")
    for _ in range(MOST_SUPPORTS):
        story.support(one)

    with refused("too_many_supports"):
        story.support(one)
