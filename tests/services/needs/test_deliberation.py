"""A procedure is data: a proposal walks through it, and a failed quorum or majority stops it with the reason."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.days import end_of
from schemas.deciding import Due, State
from schemas.deliberation import (
    AgreeOf,
    DeliberationFinished,
    DeliberationProposed,
    DeliberationStopped,
    ProcedureStep,
    PublicationEnded,
    Shortfall,
    StepHeld,
    StepKind,
    UnitId,
    UnitKind,
)
from schemas.ids import PartyId
from schemas.party import committee_of
from schemas.role import Actor, Role
from schemas.rulebook import Certainty
from services.kit.rulebooks import shipped
from services.needs.rules.ballot import Ballot
from services.needs.rules.deliberation.proposing import Propose, propose, propose_refs
from services.needs.rules.deliberation.stepping import (
    NoticeMeeting,
    PublishStep,
    RecordStep,
    end_publication,
    notice_meeting,
    publish_step,
    record_step,
    shortfall_of,
)
from services.needs.rules.deliberation.supervising import AnswerOpinion, Opine, answer, opine
from services.needs.rules.deliberation.unit import RegisterUnit, Unit, register_unit, unit_id
from services.needs.rules.deliberation.walk import PUBLICATION, Deliberation, Walking
from services.needs.rules.need import Need
from tests.services.needs.stories import DIVISION, STAFF, Asked
from tests.support.pure import NOON, an_actor, refused

PROCEDURES = ("four_discussions", "ask_first", "heart_to_heart", "hearing", "forum", "appraisal")
COMMITTEE = an_actor(Role.SUPERVISOR, party_id=committee_of(DIVISION))
MINUTES = "a" * 64
UNKNOWN = UnitId(uuid4())


class Talked(Asked):
    def __init__(self) -> None:
        super().__init__()
        self.rulebook = shipped().named("example/community")
        self.id = uuid4()

    @property
    def today(self) -> date:
        return self.context(STAFF).today

    @property
    def walk(self) -> Deliberation:
        return self.world.get(Deliberation, self.id)

    def days(self, days: int) -> None:
        self.at += timedelta(days=days)

    def propose(self, procedure: str = "appraisal", by: Actor = STAFF, **changes: Any) -> DeliberationProposed:
        body: dict[str, Any] = {
            "community_id": STAFF.party_id,
            "procedure": procedure,
            "title": "楼道扶手",
            "words": "每层楼梯旁装扶手。",
        }
        command = Propose(**body | changes)
        (said,) = self.do(propose, command, by, refs=propose_refs(command, uuid4()))
        assert isinstance(said, DeliberationProposed)
        self.id = said.deliberation_id
        return said

    def notice(self, step: str, days: int = 3) -> None:
        command = NoticeMeeting(deliberation_id=self.walk.deliberation_id, step=step, meets_on=self._on(days))
        self.do(notice_meeting, command, STAFF)

    def _on(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def record(self, step: str, due: int, present: int, favour: int, by: Actor = STAFF, **changes: Any) -> list[Any]:
        body: dict[str, Any] = {
            "deliberation_id": self.id,
            "step": step,
            "held_on": self.today,
            "due": due,
            "present": present,
            "in_favour": favour,
            "against": 0,
            "minutes": MINUTES,
        }
        return self.do(record_step, RecordStep(**body | changes), by)

    def meet(self, step: str, due: int, present: int, favour: int, days: int = 3) -> list[Any]:
        self.notice(step, days)
        self.days(days)
        return self.record(step, due, present, favour)

    def publish(self, step: str) -> list[Any]:
        command = PublishStep(deliberation_id=self.walk.deliberation_id, step=step, document=MINUTES)
        return self.do(publish_step, command, STAFF)

    def ring(self) -> list[Any]:
        """As the timer would, at the moment it is wanted."""
        self.at = self.walk.due()[PUBLICATION]
        return self.do(end_publication, Due(ref=(Deliberation, self.id), name=PUBLICATION, at=self.at))

    def opine(self, step: str, by: Actor = COMMITTEE, text: str = "请公开票数") -> UUID:
        self.do(opine, Opine(deliberation_id=self.walk.deliberation_id, step=step, text=text), by)
        return self.walk.opinions[-1].opined.opinion_id

    def answer(self, opinion: UUID, by: Actor = STAFF, text: str = "已公开") -> None:
        command = AnswerOpinion(deliberation_id=self.walk.deliberation_id, opinion_id=opinion, text=text)
        self.do(answer, command, by)


def a_meeting(**changes: Any) -> ProcedureStep:
    return ProcedureStep(id="s", zh="会", en="s", kind=StepKind.MEETING, body="居民", **changes)


def a_count(due: int, present: int, favour: int) -> StepHeld:
    told = Talked().propose()
    return StepHeld(
        community_id=told.community_id,
        deliberation_id=told.deliberation_id,
        step="s",
        held_on=told.on,
        due=due,
        present=present,
        in_favour=favour,
        against=0,
        minutes=MINUTES,
        recorded_by=told.proposed_by,
    )


@pytest.mark.parametrize("name", PROCEDURES)
def test_each_procedure_is_data_with_steps_bodies_and_its_own_source(name: str) -> None:
    told = Talked().propose(name)

    assert told.steps[-1].kind is StepKind.PUBLICATION
    assert told.steps[-1].public_days > 0
    assert all(step.body and step.zh and step.en for step in told.steps)
    assert len({step.id for step in told.steps}) == len(told.steps)
    assert told.source
    assert Certainty(told.certainty) is not Certainty.LAW


def test_four_discussions_and_two_publications_are_walked_to_their_end() -> None:
    story = Talked()
    story.propose("four_discussions")

    story.record("propose", 7, 6, 6)
    story.record("discuss", 9, 8, 8)
    story.meet("examine", 30, 20, 16)
    story.meet("decide", 60, 45, 40)
    story.publish("decision_public")
    first = story.ring()
    story.publish("result_public")
    last = story.ring()

    assert [type(fact) for fact in first] == [PublicationEnded]
    assert [type(fact) for fact in last] == [PublicationEnded, DeliberationFinished]
    assert (story.walk.walking, story.walk.next, story.walk.due()) == (Walking.FINISHED, None, {})
    with refused("deliberation_over"):
        story.record("propose", 7, 6, 6)


def test_ask_first_begins_with_the_opinions_of_residents() -> None:
    story = Talked()

    assert story.propose("ask_first").steps[0].kind is StepKind.OPINIONS
    with refused("not_the_next_step"):
        story.record("propose", 7, 6, 6)
    story.record("ask", 800, 420, 300)
    story.record("propose", 7, 6, 6)


@pytest.mark.parametrize(
    ("due", "present", "favour", "short", "needed", "had"),
    [
        (30, 19, 19, Shortfall.QUORUM, 20, 19),
        (30, 20, 15, Shortfall.MAJORITY, 16, 15),
        (31, 20, 20, Shortfall.QUORUM, 21, 20),
    ],
)
def test_a_missed_quorum_or_majority_stops_the_walk_and_says_by_how_many(
    due: int, present: int, favour: int, short: Shortfall, needed: int, had: int
) -> None:
    story = Talked()
    story.propose("four_discussions")
    story.record("propose", 7, 6, 6)
    story.record("discuss", 9, 8, 8)

    held, stopped = story.meet("examine", due, present, favour)

    assert isinstance(held, StepHeld)
    assert isinstance(stopped, DeliberationStopped)
    assert (stopped.shortfall, stopped.needed, stopped.had) == (short, needed, had)
    assert "四议两公开" in stopped.source
    assert story.walk.walking is Walking.STOPPED
    with refused("deliberation_over"):
        story.notice("decide")


def test_a_quorum_is_at_least_its_share_and_a_majority_is_more_than_its_share() -> None:
    of_due = a_meeting(attend="2/3", agree="1/2", agree_of=AgreeOf.DUE)
    of_present = a_meeting(agree="1/2", agree_of=AgreeOf.PRESENT)

    assert shortfall_of(of_due, a_count(30, 20, 16)) is None
    assert shortfall_of(of_due, a_count(30, 20, 15)) == (Shortfall.MAJORITY, 16, 15)
    assert shortfall_of(of_present, a_count(30, 20, 11)) is None
    assert shortfall_of(of_present, a_count(30, 20, 10)) == (Shortfall.MAJORITY, 11, 10)
    assert shortfall_of(a_meeting(), a_count(30, 1, 0)) is None


@given(due=st.integers(1, 400), present=st.integers(0, 400), favour=st.integers(0, 400))
def test_whoever_reaches_what_was_missed_passes(due: int, present: int, favour: int) -> None:
    step = a_meeting(attend="2/3", agree="1/2")
    short = shortfall_of(step, held := a_count(due, present, favour))
    if short is None:
        assert 3 * present >= 2 * due
        assert 2 * favour > due
    else:
        field = "present" if short[0] is Shortfall.QUORUM else "in_favour"
        better = shortfall_of(step, held.model_copy(update={field: short[1]}))
        assert better is None or better[0] is not short[0]


def test_a_meeting_waits_for_its_notice_and_is_held_on_the_noticed_day() -> None:
    story = Talked()
    story.propose("appraisal")

    with refused("notice_first", source="评议"):
        story.record("appraise", 30, 20, 15)
    with refused("notice_too_short", source="评议", status=422):
        story.notice("appraise", 2)
    story.notice("appraise", 3)
    story.days(2)
    with refused("not_the_noticed_day"):
        story.record("appraise", 30, 20, 15)
    story.notice("appraise", 4)
    story.days(4)
    assert len(story.record("appraise", 30, 20, 15)) == 1


def test_a_step_lies_between_the_one_before_and_today_and_its_numbers_fit() -> None:
    story = Talked()
    story.propose("four_discussions")

    for day in (story.today + timedelta(days=1), story.today - timedelta(days=1)):
        with refused("step_day"):
            story.record("propose", 7, 6, 6, held_on=day)
    for present, favour, against in ((8, 6, 0), (6, 4, 3)):
        with refused("numbers_do_not_fit", status=422):
            story.record("propose", 7, present, favour, against=against)


def test_a_publication_stays_its_days_and_is_no_meeting() -> None:
    story = Talked()
    story.propose("appraisal")
    with refused("step_is_held"):
        story.publish("appraise")
    story.meet("appraise", 30, 20, 15)

    with refused("step_is_published"):
        story.record("published", 30, 20, 15)
    with refused("step_is_published"):
        story.notice("published")
    story.publish("published")
    assert story.walk.due() == {PUBLICATION: end_of(story.today + timedelta(days=7))}
    with refused("publication_stands"):
        story.publish("published")
    early = Due(ref=(Deliberation, story.id), name=PUBLICATION, at=story.at)
    assert story.do(end_publication, early) == []


def test_the_committees_opinion_is_answered_before_anything_goes_on() -> None:
    story = Talked()
    story.propose("appraisal")
    with refused("step_not_begun"):
        story.opine("appraise")
    story.meet("appraise", 30, 20, 15)
    opinion = story.opine("appraise")

    with refused("opinion_first"):
        story.publish("published")
    story.answer(opinion)
    with refused("supervision_answered"):
        story.answer(opinion)
    with refused("not_found", status=404):
        story.answer(uuid4())
    story.publish("published")


def test_a_publication_does_not_end_while_an_opinion_waits_and_ends_once_it_is_answered() -> None:
    story = Talked()
    story.propose("appraisal")
    story.meet("appraise", 30, 20, 15)
    story.publish("published")
    opinion = story.opine("published")

    assert story.walk.due() == {}
    story.days(30)
    late = Due(ref=(Deliberation, story.id), name=PUBLICATION, at=story.at)
    assert story.do(end_publication, late) == []
    story.answer(opinion)
    ended = story.do(end_publication, late)
    assert isinstance(ended[-1], DeliberationFinished)


def test_only_the_communitys_own_committee_opines_and_only_its_staff_answers() -> None:
    story = Talked()
    story.propose("appraisal")
    story.meet("appraise", 30, 20, 15)

    with refused("not_your_party", status=403):
        story.opine("appraise", by=an_actor(Role.SUPERVISOR))
    opinion = story.opine("appraise")
    with refused("not_your_party", status=403):
        story.answer(opinion, by=an_actor(Role.COMMUNITY))


def test_words_that_become_public_hold_nobodys_number() -> None:
    story = Talked()
    with refused("personal_data"):
        story.propose(title="找 13812345678")
    with refused("personal_data"):
        story.propose(words="找 13812345678")
    story.propose("appraisal")
    story.meet("appraise", 30, 20, 15)
    with refused("personal_data"):
        story.opine("appraise", text="找 13812345678")
    opinion = story.opine("appraise")
    with refused("personal_data"):
        story.answer(opinion, text="找 13812345678")


def test_a_unit_below_the_community_holds_its_own_deliberation() -> None:
    story = Talked()
    command = RegisterUnit(
        community_id=STAFF.party_id,
        kind=UnitKind.BUILDING,
        name="3 号楼",
        division=DIVISION,
        number="3",
    )
    story.world.ask([(Unit, unit_id(command))])
    story.do(register_unit, command, STAFF)

    assert story.propose(unit_id=unit_id(command)).unit_id == unit_id(command)
    with refused("unit_known"):
        story.do(register_unit, command, STAFF)
    with refused("division_elsewhere"):
        story.do(register_unit, command.model_copy(update={"division": "320508002001"}), STAFF)
    with refused("personal_data"):
        named = command.model_copy(update={"name": "王 13812345678", "number": "4"})
        story.world.ask([(Unit, unit_id(named))])
        story.do(register_unit, named, STAFF)


def test_what_it_is_about_is_the_communitys_own() -> None:
    story = Talked()
    abouts: tuple[tuple[dict[str, Any], type[State], str], ...] = (
        ({"unit_id": UNKNOWN}, Unit, "unit_unknown"),
        ({"need_id": UNKNOWN}, Need, "need_unknown"),
        ({"ballot_id": UNKNOWN}, Ballot, "ballot_unknown"),
    )
    for about, kind, code in abouts:
        story.world.ask([(kind, UNKNOWN)])
        with refused(code, status=422):
            story.propose("appraisal", STAFF, **about)


def test_an_unknown_procedure_is_answered_with_those_there_are() -> None:
    story = Talked()

    with refused("unknown_procedure", status=422) as caught:
        story.propose("by_lot")
    assert "four_discussions 四议两公开" in caught.value.details["known"]
    with refused("not_your_party", status=403):
        story.propose(by=an_actor(Role.COMMUNITY, party_id=PartyId(uuid4())))


def test_every_step_is_the_communitys_to_record() -> None:
    story = Talked()
    story.propose("four_discussions")

    with refused("not_your_party", status=403):
        story.record("propose", 7, 6, 6, by=an_actor(Role.COMMUNITY))
    assert story.at == NOON
