"""Who could do a task, and why: advice, in an order anybody can recompute; a person assigns."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.needs.rules.volunteers.task import VolunteerTask
from services.needs.rules.volunteers.volunteer import Volunteer, levels_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    volunteer_id: UUID
    skilled: bool
    minutes_left: int
    levels_apart: int


def suggestions(task: VolunteerTask, volunteers: Iterable[Volunteer]) -> list[Suggestion]:
    """Whoever has the time: first who has the skill, then who lives nearer, then who has more time left, then by id."""
    told = task.told
    members = {one.volunteer_id for one in task.members}
    free = [
        Suggestion(
            volunteer_id=one.id,
            skilled=told.skill in one.skills,
            minutes_left=one.left_in_week(told.day),
            levels_apart=levels_apart(one.division, told.division),
        )
        for one in volunteers
        if one.withdrawn_on is None and one.erased_on is None and one.id not in members
    ]
    able = [one for one in free if one.minutes_left >= told.minutes]
    return sorted(able, key=lambda one: (not one.skilled, one.levels_apart, -one.minutes_left, one.volunteer_id.int))
