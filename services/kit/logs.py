"""Logging: what happened, and where in the code, never the values it happened to.

A traceback with local variables, or an exception's own words, may quote a bid that is still sealed.
"""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

DEEPEST = 12


def frames(error: BaseException) -> list[str]:
    """File, line and function of the innermost frames, without values."""
    found = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found]


def _without_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """`log.exception` leaves its error's type and frames."""
    shown: Any = event.pop("exc_info", None)
    error = sys.exc_info()[1] if shown is True else shown
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = frames(error)
    return event


def configure(level: str, file: TextIO) -> None:
    """One JSON line per event, on `file`; the libraries' own loggers from warnings up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=file, format="%(asctime)s %(name)s %(message)s", force=True)
