"""What must hold in the story of a project that a venture round granted."""

from collections.abc import Iterator, Mapping

from schemas.fact import Fact
from schemas.finding import Finding
from schemas.round import (
    ApplicationsScored,
    ApplicationSubmitted,
    RoundCalled,
    RoundClosed,
    RoundConfirmed,
    RoundPublicised,
    RoundScored,
    RoundSolved,
)
from schemas.round_committee import RoundDrawCommitted, RoundExpertRecused, RoundExpertsDrawn
from services.audit.rules.story import Story

STEPS: Mapping[type[Fact], type[Fact]] = {
    ApplicationSubmitted: RoundCalled,
    RoundClosed: RoundCalled,
    RoundDrawCommitted: RoundCalled,
    RoundExpertRecused: RoundDrawCommitted,
    RoundExpertsDrawn: RoundDrawCommitted,
    RoundScored: RoundClosed,
    RoundSolved: RoundScored,
    RoundPublicised: RoundSolved,
    RoundConfirmed: RoundPublicised,
}
"""What must stand earlier in the story before a fact can."""


def ventured(story: Story) -> Iterator[Finding]:
    """Every step after the one it needs, by two persons each, and granted what was publicised."""
    seen: set[type[Fact]] = set()
    for fact in story.needs:
        needed = STEPS.get(type(fact))
        if needed is not None and needed not in seen:
            yield Finding(zh=f"{fact.type} 之前没有 {needed.type}", en=f"{fact.type} without {needed.type} before it")
        seen.add(type(fact))
    for called in story.all(RoundCalled):
        if called.drafted_by == called.approved_by:
            yield Finding(zh="round.called 由同一人拟定并批准", en="round.called by one person alone")
    yield from _scored_by_the_drawn(story)
    publicised = story.last(RoundPublicised)
    confirmed = story.last(RoundConfirmed)
    if publicised is None or confirmed is None:
        return
    if publicised.publicised_by == confirmed.confirmed_by:
        yield Finding(zh="round.confirmed 由公示的同一人确认", en="round.confirmed by the person who publicised it")
    amounts = {one.application_id: one.amount for one in publicised.chosen}
    if any(amounts.get(grant.application_id) != grant.amount for grant in confirmed.grants):
        yield Finding(zh="round.confirmed 资助的与公示的不一致", en="round.confirmed grants what was not publicised")


def _scored_by_the_drawn(story: Story) -> Iterator[Finding]:
    drawn = {id for fact in story.all(RoundExpertsDrawn) for id in fact.members}
    if not drawn:
        return
    for scored in story.all(ApplicationsScored):
        if scored.evaluator_id not in drawn:
            yield Finding(
                zh=f"applications.scored 由未抽中的 {scored.evaluator_id} 评分",
                en=f"applications.scored by {scored.evaluator_id}, who was not drawn",
            )
