"""The doors of tenders: commands and questions."""

from services.tenders.api.after_award import AFTER_AWARD
from services.tenders.api.clarifying import CLARIFYING
from services.tenders.api.commands import COMMANDS
from services.tenders.api.commissions import COMMISSIONS
from services.tenders.api.conducting import CONDUCTING
from services.tenders.api.framework import FRAMEWORK
from services.tenders.api.questions import QUESTIONS
from services.tenders.api.rounds import ROUND_COMMANDS, ROUND_QUESTIONS

ROUTES = (
    *(*COMMANDS, *COMMISSIONS, *CLARIFYING, *FRAMEWORK, *AFTER_AWARD, *CONDUCTING),
    *(*QUESTIONS, *ROUND_COMMANDS, *ROUND_QUESTIONS),
)
