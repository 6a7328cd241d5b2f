"""What somebody has to do by when: derived from a state, like a timer, and kept in a list for each party."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.ids import PartyId, ProjectId
from schemas.role import Role
from schemas.rulebook import Source


class Duty(StrEnum):
    """Words for each stand in kit's `reasons.toml`, by this name."""

    ACCEPT = "accept"
    """the buyer: a confirmed milestone; its silence counts as acceptance"""
    JUDGE = "judge"
    """the funder: an accepted mid-term; its silence counts as passed"""
    ANSWER_OPINION = "answer_opinion"
    """whom the supervision committee addressed"""
    SIGN = "sign"
    """the funder: an agreement, before its reservation lapses"""
    PAY = "pay"
    """finance: a released tranche; interest runs afterwards"""
    RECTIFY = "rectify"
    """the provider: bad ratings"""
    REPLY_TO_GRADE = "reply_to_grade"
    """the provider, if it wants to: the announced grade becomes final afterwards"""
    DECIDE_REEVALUATION = "decide_reevaluation"
    """the funder; granted by silence"""
    ANSWER_QUESTION = "answer_question"
    """the buyer: what a bidder asked about an open tender"""
    CHOOSE_WINNER = "choose_winner"
    """the buyer, from the ranking"""
    ANNOUNCE_RESULT = "announce_result"
    """the buyer"""
    PUBLISH_CONTRACT = "publish_contract"
    """the buyer: what was signed"""
    CONCLUDE = "conclude"
    """both who sign: the agreement, in its days from the notice"""
    ASSESS_OBJECTION = "assess_objection"
    """the buyer: whether it may change the result"""
    ANSWER_OBJECTION = "answer_objection"
    """the buyer"""
    REVIEW_COMPLAINT = "review_complaint"
    """the finance department: whether it accepts it"""
    ANSWER_COMPLAINT = "answer_complaint"
    """the buyer, and other bidders whom it concerns"""
    DECIDE_COMPLAINT = "decide_complaint"
    """the finance department"""
    EXPLAIN_PRICE = "explain_price"
    """the bidder: a price that looks abnormally low"""
    ANSWER_NOTICE_OBJECTION = "answer_notice_objection"
    """the buyer: an objection to the notice of a single source; nothing opens before"""
    RELEASE_KEY = "release_key"
    """a bidder whose bid waits for its own key; without it the bid counts as withdrawn"""
    CONFIRM_PRICE = "confirm_price"
    """a bidder whose bid states differing amounts: the corrected price"""
    HAND_IN_SHARE = "hand_in_share"
    """a keeper of a share of a tender's key"""
    ANSWER_NEED = "answer_need"
    """the department a need was handed to, in its days of the authority matrix"""
    CHASE_NEED = "chase_need"
    """the street: a need that a department left unanswered beyond its deadline"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One of one party. `until` is exclusive; `name` tells it apart from others of the same state.

    It is about a project, or about what `subject` names to people and `path` leads to.
    Where it comes from is `source`, or the rule of a rulebook's edition, by its path and hash.
    """

    duty: Duty
    name: str
    party_id: PartyId
    role: Role | None = None
    """none: whoever acts for the party"""
    until: datetime
    project_id: ProjectId | None = None
    subject: str | None = None
    """such as a tracking number"""
    path: str | None = None
    """of the door where it is read"""
    source: Source | None = None
    rulebook: str | None = None
    rule: str | None = None
