"""The announced grade after each fact and note about it."""

from dataclasses import replace

from schemas.evaluation import ProjectGraded
from schemas.grade import GradeAnnounced, ReevaluationDecided, ReevaluationRequested
from services.evaluation.rules.grade import Announcement, Grade
from services.evaluation.rules.replying import WordsKept


def grade_in(fact: GradeAnnounced | ProjectGraded) -> Grade:
    return Grade(
        score=fact.score,
        grade=fact.grade,
        factor_percent=fact.factor_percent,
        arithmetic=fact.arithmetic,
    )


def announced_in(fact: GradeAnnounced) -> Announcement:
    return Announcement(grade=grade_in(fact), reply_until=fact.reply_until, reply_holidays_known=fact.holidays_known)


def after_announcement(
    announced: Announcement | None, fact: ReevaluationRequested | ReevaluationDecided | WordsKept
) -> Announcement | None:
    if announced is None:
        return None
    match fact:
        case ReevaluationRequested():
            return replace(announced, decide_until=fact.decide_until, decide_holidays_known=fact.holidays_known)
        case ReevaluationDecided():
            return replace(announced, granted=fact.granted)
        case WordsKept():
            return replace(announced, words={**announced.words, fact.said: fact.text})
