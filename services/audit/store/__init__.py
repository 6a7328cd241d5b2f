"""All SQL of audit: `archive` writes events and reads stories, `money` follows lots and transfers."""

from services.audit.store.archive import (
    FILTERS,
    Chapters,
    archive,
    chapters,
    events,
    load,
    parties,
    save,
    verify,
)
from services.audit.store.digests import naming
from services.audit.store.money import (
    STORIES_AT_ONCE,
    arrivals_of,
    arrivals_on,
    holes,
    money_stories,
    paid_by,
    reserved_from,
    still_reading,
    story_of,
)
from services.audit.store.owners import PLACES
from services.audit.store.rows import Archived

__all__ = [
    "FILTERS",
    "PLACES",
    "STORIES_AT_ONCE",
    "Archived",
    "Chapters",
    "archive",
    "arrivals_of",
    "arrivals_on",
    "chapters",
    "events",
    "holes",
    "load",
    "money_stories",
    "naming",
    "paid_by",
    "parties",
    "reserved_from",
    "save",
    "still_reading",
    "story_of",
    "verify",
]
