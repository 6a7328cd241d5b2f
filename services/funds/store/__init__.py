"""What funds remembers. All SQL of the service: `books` writes and locks, `questions` answers, `verify` proves."""

from services.funds.store.books import load, period_sum, save
from services.funds.store.verify import verify

__all__ = ["load", "period_sum", "save", "verify"]
