"""What stands in the paper beside the terms, as of the day of drafting: who the parties are, and the rules printed."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.arranging import AwardArranged, Ground
from schemas.deciding import Context, World
from schemas.fact import Note
from schemas.ids import PartyId, ProjectId
from schemas.rulebook import Rule
from schemas.standing import known_party
from schemas.tender import AwardConfirmed
from schemas.term import LONG_TERM, MOST_MONTHS

ACCEPTANCE_DAYS = "contracts.acceptance_days"
OPINION_DAYS = "contracts.opinion_days"
DAYS_AFTER_ANSWER = "contracts.days_after_answer"
USERS_CONSULTED = "contracts.users_consulted"
WEIGHTS = "evaluation.weights"
BANDS = "evaluation.bands"
FACTORS = "evaluation.factors"
UNRATED = "evaluation.unrated"
EXPERT_SCALE = "evaluation.expert_scale"
DECIMALS = "evaluation.score_decimals"
SET_APART = "evaluation.set_apart"
FOLLOW_UPS = "evaluation.followups"
OVERDUE_POINTS = "evaluation.followup_overdue_points"
REPLY_DAYS = "evaluation.reply_days"
REEVALUATION = "evaluation.reevaluation"
MID_TERM_PASS_FROM = "contracts.mid_term_pass_from"
MID_TERM_FAILED = "contracts.mid_term_failed"
JUDGE_DAYS = "contracts.mid_term_judge_days"
PRINTED = (
    *(MOST_MONTHS, LONG_TERM),
    *(MID_TERM_PASS_FROM, MID_TERM_FAILED, JUDGE_DAYS),
    *(ACCEPTANCE_DAYS, WEIGHTS, DECIMALS, BANDS, FACTORS, UNRATED, EXPERT_SCALE),
    *(SET_APART, FOLLOW_UPS, OVERDUE_POINTS),
    *(REPLY_DAYS, REEVALUATION),
    *(OPINION_DAYS, DAYS_AFTER_ANSWER, USERS_CONSULTED),
)
"""A grade may change the last tranche only where the agreement printed how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A party as far as it is public: of a natural person the id only. `code`: 统一社会信用代码."""

    id: PartyId
    name: str | None
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    parties: tuple[Named, ...]
    rulebook: str
    """its title, id and version"""
    rules: Mapping[str, Rule]
    """of its rules those that the paper prints, as far as its edition has them"""
    ground: Ground | None = None
    """why it was arranged directly; none after a tender"""

    @property
    def acceptance_days(self) -> Rule | None:
        return self.rules.get(ACCEPTANCE_DAYS)


class AnnexKept(Note):
    project_id: ProjectId
    annex: Annex


def parties_of(fact: AwardConfirmed | AwardArranged) -> tuple[PartyId, ...]:
    return fact.brief.funder_id, fact.provider_id, fact.brief.community_id


def annex_of(world: World, fact: AwardConfirmed | AwardArranged, context: Context) -> AnnexKept:
    """From what is known when the buyer chose; waits for parties whose facts are still on the way."""
    rulebook = context.rulebooks.by_hash(fact.rulebook)
    kept = Annex(
        parties=tuple(_named(world, id) for id in parties_of(fact)),
        rulebook=f"{rulebook.title} {rulebook.id} {rulebook.version}",
        rules={path: rulebook.rules[path] for path in PRINTED if path in rulebook.rules},
        ground=fact.ground if isinstance(fact, AwardArranged) else None,
    )
    return AnnexKept(project_id=fact.project_id, annex=kept)


def _named(world: World, id: PartyId) -> Named:
    party = known_party(world, id)
    return Named(id=id, name=party.name, code=party.uscc)
