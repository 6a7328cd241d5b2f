"""What must have been done before a tender opens, where the rulebook asks for it."""

from datetime import datetime, timedelta

from schemas.days import day_of
from schemas.deciding import Context
from schemas.money import Money
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.workdays import days_to_count, waited
from services.tenders.rules.prepared import Preparation
from services.tenders.rules.single_source import must_be_noticed

INTENT_DAYS = "purchase.intent_days"
CONSULTATION = "purchase.consultation"
DOCUMENTS = "tender.documents_on_offer"


def must_be_prepared(prepared: Preparation, rulebook: Rulebook, closes_at: datetime, context: Context) -> None:
    """Intent, public consultation, single source, and how long the documents are on offer until `closes_at`."""
    if INTENT_DAYS in rulebook.rules:
        _check_intent(prepared, rulebook, context)
    if CONSULTATION in rulebook.rules:
        _check_consultation(prepared, rulebook)
    must_be_noticed(prepared, rulebook, context)
    if DOCUMENTS in rulebook.rules:
        _check_documents(rulebook, closes_at, context)


def must_be_intended(prepared: Preparation, rulebook: Rulebook, ceiling: Money) -> None:
    """What was published as going to be bought is not bought for more."""
    intent = prepared.intent
    if INTENT_DAYS in rulebook.rules and intent is not None and ceiling.fen > intent.budget.fen:
        source = rulebook.source(INTENT_DAYS)
        raise Refused("above_intent", source, status=422, field="ceiling", budget=intent.budget, ceiling=ceiling)


def opens_from(prepared: Preparation, rulebook: Rulebook) -> datetime | None:
    """When the time since the published intent is over; none without an intent or such a rule."""
    if prepared.intent is None or INTENT_DAYS not in rulebook.rules:
        return None
    return waited(prepared.intent.published_on, rulebook.integer(INTENT_DAYS)).at


def _check_intent(prepared: Preparation, rulebook: Rulebook, context: Context) -> None:
    source, days = rulebook.source(INTENT_DAYS), rulebook.integer(INTENT_DAYS)
    since = opens_from(prepared, rulebook)
    if since is None:
        raise Refused("intent_not_published", source, days=days)
    if context.at < since:
        raise Refused("intent_too_recent", source, days=days, opens_from=since)


def _check_consultation(prepared: Preparation, rulebook: Rulebook) -> None:
    rule, source = rulebook.value(CONSULTATION), rulebook.source(CONSULTATION)
    if not isinstance(rule, dict):
        return  # in words only: nothing a program can look for
    held = prepared.consultation
    if held is None:
        raise Refused("public_not_consulted", source)
    days, least = (held.last_day - held.first_day).days + 1, int(rule.get("days_least", 1))
    if days < least:
        raise Refused("consultation_too_short", source, days=days, least=least)


def _check_documents(rulebook: Rulebook, closes_at: datetime, context: Context) -> None:
    """The day they are issued is not counted, the day of the deadline is, as terms run everywhere (首日不计)."""
    term = rulebook.value(DOCUMENTS)
    last = day_of(closes_at - timedelta(microseconds=1))
    offered = days_to_count(context.today + timedelta(days=1), last, workdays=term["unit"] == "wd")
    if offered < int(term["days"]):
        raise Refused(
            "documents_too_short", rulebook.source(DOCUMENTS), offered=offered, least=int(term["days"]), last=last
        )
