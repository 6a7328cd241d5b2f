"""What residents chose with the money of one line is paid from there, or the funder says publicly why not."""

from typing import Annotated

from pydantic import Field

from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.project import FundLineLeft, FundShare
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from services.tenders.rules.project import Project

Reason = Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S")]
DIRECTION = Source(
    "信阳市民政局 信民函〔2020〕41号:引导居民群众参与确定资金使用方向和服务项目,全过程监督服务项目实施和资金使用",
    Certainty.FOUNDING,
)


def must_keep_to_the_line(project: Project, shares: tuple[FundShare, ...], reason: str | None) -> None:
    """A reason where there is nothing to give one for is refused too: it would be told of nothing."""
    line = project.fund_line
    others = [] if line is None else [share for share in shares if share.account_id != line.account_id]
    if others and line is not None and reason is None:
        account = str(line.account_id)
        raise Refused("line_residents_chose", DIRECTION, status=422, field="shares", line=line.name, account=account)
    if reason is not None and not others:
        raise Refused("no_line_left", status=422, field="line_left")


def leaving(project: Project, approved_by: PartyId) -> list[Fact]:
    """What is told with the approval."""
    draft, line = project.drafted, project.fund_line
    if line is None or draft.line_left is None:
        return []
    others = tuple(share.account_id for share in draft.shares if share.account_id != line.account_id)
    return [
        FundLineLeft(
            project_id=project.project_id,
            fund_line=line,
            accounts=others,
            reason=draft.line_left,
            approved_by=approved_by,
        )
    ]
