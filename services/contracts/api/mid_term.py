"""A mid-term that waits for its judgement, or passed because nobody judged it, in words."""

from datetime import date, datetime, timedelta

from schemas.days import day_of
from schemas.model import Model
from services.contracts.rules import Contract


class JudgementAnswer(Model):
    """Until when the accepted mid-term is to be judged, and whether silence has passed it."""

    judgement_due: datetime
    """exclusive"""
    last_day: date
    """in China"""
    deemed: bool
    """nobody judged it in time, so it counts as passed"""
    source: str
    """where the rulebook has the days from"""
    zh: str
    en: str


def judgement_answer(contract: Contract) -> JudgementAnswer | None:
    """None while nobody has to judge by a day: not accepted yet, judged, or under an edition that sets no days."""
    said = contract.deemed or contract.awaited
    if said is None:
        return None
    last = day_of(said.judgement_due - timedelta(microseconds=1))
    zh = f"等待购买方作出中期评估,最后一日 {last};逾期未评的,视为中期评估合格。"
    en = (
        f"Waits for the funder to judge the mid-term, until {last} at the latest; unjudged by then it counts as passed."
    )
    if contract.deemed is not None:
        zh = f"视为中期评估合格:截至 {last},购买方无人作出评估。"
        en = f"Deemed passed: nobody of the funder judged the mid-term by {last}."
    return JudgementAnswer(
        judgement_due=said.judgement_due,
        last_day=last,
        deemed=contract.deemed is not None,
        source=said.source,
        zh=zh,
        en=en,
    )
