"""What each fact says to people; one file per part of the journey."""

from schemas.fact import Fact
from services.audit.rules.sentences.after_award import tell_after_award
from services.audit.rules.sentences.arranged import tell_arranged
from services.audit.rules.sentences.award import tell_award
from services.audit.rules.sentences.bank import tell_bank
from services.audit.rules.sentences.cancelled import tell_cancelled
from services.audit.rules.sentences.commission import tell_commission
from services.audit.rules.sentences.complaint import tell_complaint
from services.audit.rules.sentences.conduct import tell_conduct
from services.audit.rules.sentences.contract import tell_contract
from services.audit.rules.sentences.cost import tell_cost
from services.audit.rules.sentences.dating import tell_dating
from services.audit.rules.sentences.deliberation import tell_deliberation
from services.audit.rules.sentences.delivery import tell_delivery
from services.audit.rules.sentences.framework import tell_framework
from services.audit.rules.sentences.gate import tell_gate
from services.audit.rules.sentences.grade import tell_grade
from services.audit.rules.sentences.handling import tell_handling
from services.audit.rules.sentences.judging import tell_judging
from services.audit.rules.sentences.life import tell_life
from services.audit.rules.sentences.money import tell_money
from services.audit.rules.sentences.need import tell_need
from services.audit.rules.sentences.objection import tell_objection
from services.audit.rules.sentences.preparing import tell_preparing
from services.audit.rules.sentences.proposal import tell_proposal
from services.audit.rules.sentences.rating import tell_rating
from services.audit.rules.sentences.round import tell_round
from services.audit.rules.sentences.self_evaluation import tell_self_evaluation
from services.audit.rules.sentences.tender import tell_tender
from services.audit.rules.sentences.unsealing import tell_unsealing
from services.audit.rules.sentences.volunteering import tell_volunteering
from services.audit.rules.told import Names, Told

_TELLERS = (
    *(
        tell_need,
        tell_deliberation,
        tell_commission,
        tell_proposal,
        tell_preparing,
        tell_tender,
        tell_award,
        tell_conduct,
        tell_arranged,
        tell_framework,
        tell_contract,
        tell_delivery,
        tell_judging,
    ),
    tell_unsealing,
    *(tell_after_award, tell_objection, tell_complaint, tell_cancelled),
    *(
        tell_life,
        tell_money,
        tell_dating,
        tell_bank,
        tell_cost,
        tell_rating,
        tell_grade,
        tell_self_evaluation,
        tell_round,
        tell_gate,
        tell_handling,
        tell_volunteering,
    ),
)


def tell(fact: Fact, names: Names) -> Told | None:
    """None for a fact that belongs to no project's story."""
    return next((told for teller in _TELLERS if (told := teller(fact, names)) is not None), None)
