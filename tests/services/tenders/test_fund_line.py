"""What residents chose with the money of one line is paid from there, or the funder says publicly why not."""

from uuid import uuid4

import pytest

from schemas.fund_line import FundLine
from schemas.ids import FundAccountId
from schemas.money import Money
from schemas.project import FundLineLeft, FundShare, ProjectApproved, ProjectProposed
from services.tenders.rules import proposal
from tests.services.tenders.stories import CEILING, Tendered, a_choice, a_draft
from tests.support.pure import refused

LINE = FundLine(account_id=FundAccountId(uuid4()), name="服务群众专项经费")
OTHER = FundAccountId(uuid4())


class Chosen(Tendered):
    def __init__(self, line: FundLine | None = LINE) -> None:
        super().__init__()
        (self.proposed_as,) = self.do(proposal.propose, a_choice().model_copy(update={"fund_line": line}))


def paid_from(*accounts: FundAccountId) -> tuple[FundShare, ...]:
    each = CEILING.fen // len(accounts)
    return tuple(FundShare(account_id=account, amount=Money(each)) for account in accounts)


def test_the_proposal_says_with_which_money_residents_chose() -> None:
    story = Chosen()

    assert isinstance(story.proposed_as, ProjectProposed)
    assert story.proposed_as.fund_line == story.project.fund_line == LINE


def test_a_draft_from_the_line_needs_no_reason() -> None:
    story = Chosen()

    story.draft(a_draft(shares=paid_from(LINE.account_id)))

    assert [type(fact) for fact in story.approve()] == [ProjectApproved]


@pytest.mark.parametrize("accounts", [(OTHER,), (LINE.account_id, OTHER)])
def test_a_draft_that_leaves_the_line_in_part_or_whole_says_why_and_it_is_told(
    accounts: tuple[FundAccountId, ...],
) -> None:
    story = Chosen()

    with refused("line_residents_chose", source="信阳市民政局", status=422):
        story.draft(a_draft(shares=paid_from(*accounts)))
    story.draft(a_draft(shares=paid_from(*accounts), line_left="专项经费不足"))
    left, approved = story.approve()

    assert isinstance(left, FundLineLeft)
    assert (left.fund_line, left.accounts, left.reason) == (LINE, (OTHER,), "专项经费不足")
    assert isinstance(approved, ProjectApproved)


def test_a_reason_for_nothing_is_refused() -> None:
    with refused("no_line_left"):
        Chosen().draft(a_draft(shares=paid_from(LINE.account_id), line_left="无" * 2))
    with refused("no_line_left"):
        Chosen(None).draft(a_draft(line_left="无须说明"))


def test_a_reason_is_public_and_holds_nobodys_number() -> None:
    with refused("personal_data"):
        Chosen().draft(a_draft(shares=paid_from(OTHER), line_left="请问 13812345678"))


def test_a_project_without_a_line_is_paid_from_anywhere() -> None:
    assert [type(fact) for fact in _approved_without_a_line()] == [ProjectApproved]


def _approved_without_a_line() -> list[object]:
    story = Chosen(None)
    story.draft(a_draft())
    return list(story.approve())
