"""The doors of tenders: commands and questions."""

from services.tenders.api.after_award import AFTER_AWARD
from services.tenders.api.clarifying import CLARIFYING
from services.tenders.api.commands import COMMANDS
from services.tenders.api.commissions import COMMISSIONS
from services.tenders.api.complaints import COMPLAINTS
from services.tenders.api.conducting import CONDUCTING
from services.tenders.api.envelopes import ENVELOPES
from services.tenders.api.framework import FRAMEWORK
from services.tenders.api.papers import PAPERS
from services.tenders.api.preparing import PREPARING
from services.tenders.api.questions import QUESTIONS
from services.tenders.api.round_committee import ROUND_COMMITTEE
from services.tenders.api.rounds import ROUND_COMMANDS, ROUND_QUESTIONS
from services.tenders.api.score_sheets import SCORE_SHEETS
from services.tenders.api.timeline import TIMELINE

ROUTES = (
    *(*COMMANDS, *COMMISSIONS, *PREPARING, *CLARIFYING, *FRAMEWORK, *AFTER_AWARD, *COMPLAINTS, *CONDUCTING),
    *(*QUESTIONS, *ENVELOPES, *ROUND_COMMANDS, *ROUND_QUESTIONS, *ROUND_COMMITTEE),
    *(*PAPERS, *SCORE_SHEETS, *TIMELINE),
)
