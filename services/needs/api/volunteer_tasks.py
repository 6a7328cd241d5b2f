"""Doors of a need at volunteers: offered, staffed, done, met. Volunteers are numbers here."""

from datetime import date
from uuid import UUID

from events.database import Connection
from schemas.deciding import World
from schemas.ids import NeedId, PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs.rules.volunteers import serving, task
from services.needs.rules.volunteers.suggesting import suggestions
from services.needs.rules.volunteers.task import MemberPhase, TaskPhase, VolunteerTask
from services.needs.store import volunteers as store

COMMUNITY = frozenset({Role.COMMUNITY})
_TASK = "/v1/needs/{need_id}/volunteer-task"
_LEVELS = (
    ("同一社区", "the same community"),
    ("同一街道", "the same street"),
    ("同一区县", "the same county"),
    ("其他区县", "another county"),
)


class MemberAnswer(Answer):
    volunteer_id: UUID
    phase: MemberPhase
    minutes: int


class TaskAnswer(Answer):
    version: int | None
    need_id: NeedId
    community_id: PartyId
    tracking_number: str
    phase: TaskPhase
    skill: str
    day: date
    wanted: int
    minutes: int
    """expected of each"""
    members: tuple[MemberAnswer, ...]
    recorded: int
    """minutes in all"""


class SuggestionAnswer(Answer):
    volunteer_id: UUID
    skilled: bool
    minutes_left: int
    """in the week of the task"""
    levels_apart: int
    zh: str
    en: str


class SuggestionsAnswer(Answer):
    """In order: skill, then nearness, then time left, then number. Nobody is assigned by it."""

    suggestions: tuple[SuggestionAnswer, ...]


def _answer(one: VolunteerTask, version: int | None = None) -> TaskAnswer:
    told = one.told
    members = sorted(one.members, key=lambda member: member.volunteer_id.int)
    return TaskAnswer(
        version=version,
        need_id=told.need_id,
        community_id=told.community_id,
        tracking_number=told.tracking_number,
        phase=one.phase,
        skill=told.skill,
        day=told.day,
        wanted=told.wanted,
        minutes=told.minutes,
        members=tuple(MemberAnswer(volunteer_id=m.volunteer_id, phase=m.phase, minutes=m.minutes) for m in members),
        recorded=sum(member.minutes for member in members),
    )


def _done(
    world: World, command: task.OfferTask | task.WithdrawTask | task.OfMember | serving.CloseTask, cause: UUID
) -> TaskAnswer:
    return _answer(world.get(VolunteerTask, command.need_id))


async def _known(connection: Connection, asked: Asked) -> tuple[VolunteerTask, int]:
    id = asked.id("need_id")
    found = await store.task(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="VolunteerTask", id=str(id))
    asked.actor.must_be(found[0].told.community_id)
    return found


async def _task(connection: Connection, asked: Asked) -> TaskAnswer:
    return _answer(*await _known(connection, asked))


async def _suggested(connection: Connection, asked: Asked) -> SuggestionsAnswer:
    found, _ = await _known(connection, asked)
    best = suggestions(found, await store.candidates(connection, found))[: asked.limit]
    return SuggestionsAnswer(
        suggestions=tuple(
            SuggestionAnswer(
                volunteer_id=one.volunteer_id,
                skilled=one.skilled,
                minutes_left=one.minutes_left,
                levels_apart=one.levels_apart,
                zh="、".join(
                    (
                        "技能相符" if one.skilled else "未登记该技能",
                        f"当周余 {one.minutes_left} 分钟",
                        _LEVELS[one.levels_apart][0],
                    )
                ),
                en=", ".join(
                    (
                        "has the skill" if one.skilled else "has not named the skill",
                        f"{one.minutes_left} minutes left that week",
                        _LEVELS[one.levels_apart][1],
                    )
                ),
            )
            for one in best
        )
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path=_TASK,
        command=task.OfferTask,
        roles=COMMUNITY,
        refs=task.task_refs,
        decide=task.offer,
        subject=lambda command, cause: (VolunteerTask, command.need_id),
        answer=_done,
        summary="把志愿渠道的需求发布为志愿任务 · Offer a need to volunteers",
    ),
    Post(
        path=f"{_TASK}/withdrawal",
        command=task.WithdrawTask,
        roles=COMMUNITY,
        refs=task.task_refs,
        decide=task.withdraw,
        subject=lambda command, cause: (VolunteerTask, command.need_id),
        answer=_done,
        summary="撤回没有人承担的志愿任务 · Take back a task nobody is on",
    ),
    Post(
        path=f"{_TASK}/assignments",
        command=task.AssignVolunteer,
        roles=COMMUNITY,
        refs=task.member_refs,
        decide=task.assign,
        subject=lambda command, cause: (VolunteerTask, command.need_id),
        answer=_done,
        summary="指派志愿者,不超过其每周时间 · Assign a volunteer, within the weekly time offered",
    ),
    Post(
        path=f"{_TASK}/acceptances",
        command=task.AcceptTask,
        roles=COMMUNITY,
        refs=task.member_refs,
        decide=task.accept,
        subject=lambda command, cause: (VolunteerTask, command.need_id),
        answer=_done,
        summary="志愿者在窗口同意承担 · The volunteer accepts, at the counter",
    ),
    Post(
        path=f"{_TASK}/releases",
        command=task.ReleaseVolunteer,
        roles=COMMUNITY,
        refs=task.member_refs,
        decide=task.release,
        subject=lambda command, cause: (VolunteerTask, command.need_id),
        answer=_done,
        summary="志愿者不能承担,退出任务 · A volunteer declines, or cannot come",
    ),
    Post(
        path=f"{_TASK}/services",
        command=serving.RecordService,
        roles=COMMUNITY,
        refs=serving.record_refs,
        decide=serving.record,
        subject=lambda command, cause: (VolunteerTask, command.need_id),
        answer=_done,
        summary="记录服务时长,由他人确认,不得收费 · Record minutes, confirmed by another person, free of charge",
    ),
    Post(
        path=f"{_TASK}/corrections",
        command=serving.CorrectService,
        roles=COMMUNITY,
        refs=task.member_refs,
        decide=serving.correct,
        subject=lambda command, cause: (VolunteerTask, command.need_id),
        answer=_done,
        summary="由第二人更正服务时长 · Correct minutes, by a second person",
    ),
    Post(
        path=f"{_TASK}/closure",
        command=serving.CloseTask,
        roles=COMMUNITY,
        refs=serving.close_refs,
        decide=serving.close,
        subject=lambda command, cause: (VolunteerTask, command.need_id),
        answer=_done,
        summary="时长记录齐全后办结需求 · The need is met, once all minutes are recorded",
    ),
    Get(
        path=_TASK,
        roles=COMMUNITY,
        handler=_task,
        answer=TaskAnswer,
        summary="需求的志愿任务 · The volunteer task of a need",
    ),
    Get(
        path=f"{_TASK}/suggestions",
        roles=COMMUNITY,
        handler=_suggested,
        answer=SuggestionsAnswer,
        summary="推荐的志愿者和理由,由人决定 · Who could do it and why; a person decides",
        query={"limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise"},
    ),
)
