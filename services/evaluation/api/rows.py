"""Single ratings without token, salt or words, for auditors: from them a grade can be worked out again."""

from datetime import datetime

from events.database import Connection
from schemas.refused import Refused
from schemas.role import Role
from services.evaluation import rules, store
from services.evaluation.api.finding import found, milestone_in
from services.kit.asked import Answer, Asked
from services.kit.service import Get

MOST_DIGITS = 9


class RatingRow(Answer):
    """`asked` is missing where no lot was drawn."""

    number: int
    at: datetime
    level: rules.Level
    by_community: bool
    asked: bool | None


class RowsAnswer(Answer):
    rows: tuple[RatingRow, ...]
    next: int | None
    """the `after` of the next page"""


async def get_rows(tx: Connection, asked: Asked) -> RowsAnswer:
    """Only after the grade, in order of arrival."""
    evaluation, _ = await found(tx, asked)
    if evaluation.grade is None:
        raise Refused("rows_before_grade", project=str(evaluation.id))
    rows = await store.rows_of(tx, evaluation.id, milestone_in(asked), _after(asked), asked.limit)
    shown = tuple(
        RatingRow(number=row.number, at=row.at, level=row.level, by_community=row.by_community, asked=row.asked)
        for row in rows
    )
    return RowsAnswer(rows=shown, next=rows[-1].number if len(rows) == asked.limit else None)


def _after(asked: Asked) -> int:
    text = asked.query.get("after", "0")
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise Refused("no_row_number", status=422, field="after", digits=MOST_DIGITS)
    return int(text)


ROWS = (
    Get(
        path="/v1/projects/{project_id}/milestones/{milestone}/ratings",
        roles=frozenset({Role.AUDITOR}),
        handler=get_rows,
        answer=RowsAnswer,
        summary="逐份评价(审计复算用,不含凭证与留言) · Single ratings for auditors to recompute",
        query={"after": "从这一序号之后列起 · list from behind this number"},
    ),
)
