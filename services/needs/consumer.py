"""Needs hears of fund accounts, to name what a ballot spends, and of what became of needs; what ends has a timer."""

from schemas.deciding import Decide, Due, State
from schemas.fact import Fact
from schemas.fund import FundAppropriated
from services.kit.service import Reaction, only_remember
from services.needs.rules.count import BallotBox, close_ballot
from services.needs.rules.course import STEPS, course_refs, follow
from services.needs.rules.deliberation.stepping import end_publication
from services.needs.rules.deliberation.walk import Deliberation
from services.needs.rules.gate.following import end
from services.needs.rules.gate.item import Item
from services.needs.rules.handling import Handling, escalate
from services.needs.rules.line import line_refs
from services.needs.rules.residents.rating_reissue import ring
from services.needs.rules.residents.token import TokenKey
from services.needs.rules.volunteers.responsibility import UnitRating, publish

HEARS: dict[type[Fact], Reaction] = {
    FundAppropriated: Reaction(refs=line_refs, decide=only_remember),
    **{fact: Reaction(refs=course_refs, decide=follow) for fact in STEPS},
}
TIMERS: dict[type[State], Decide[Due]] = {
    BallotBox: close_ballot,
    Item: end,
    Handling: escalate,
    Deliberation: end_publication,
    TokenKey: ring,
    UnitRating: publish,
}
