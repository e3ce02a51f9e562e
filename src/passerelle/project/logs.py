"""Logs as one JSON object a line, made of named fields only.

What people write in forms must never reach a log. So a message is written as its template, without the values put into
it; an exception as its type and places, without its words; a request as its path, without its query. What we have to say
ourselves stands in fields of these names.
"""

import sys
import traceback
from types import TracebackType
from typing import Any

import structlog

FIELDS = frozenset({
    "at", "level", "logger", "event", "request", "method", "path", "status", "ms", "audience", "error", "where",
    "number", "digest", "program", "remedy", "provider",
})  # fmt: skip
Record = structlog.typing.EventDict
_OWN: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
]
# One list for the life of the process: a logger keeps the list it was first used with, however often this is set up.
_STEPS: list[structlog.typing.Processor] = [*_OWN, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def configure(*, level: str = "INFO") -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING: everything goes to standard error through one formatter."""
    structlog.configure(
        processors=_STEPS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _OWN,
        "use_get_message": False,  # the message as written, without the values put into it
        "processors": [
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            error_without_words,
            allowed_fields,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "procrastinate": {"level": "WARNING"},
            "mail.log": {"level": "WARNING"},
        },
    }


def error_without_words(logger: Any, name: str, event: Record) -> Record:
    """Replace an exception by its type and the places it passed; its words may quote a row."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, tuple) and given[0] is not None:
        event["error"] = given[0].__name__
        event["where"] = places(given[2])
    return event


def places(trace: TracebackType | None) -> list[str]:
    """Module and line of each step of a traceback, the innermost last, at most twelve."""
    steps = traceback.extract_tb(trace)[-12:]
    return [f"{step.filename.rsplit('/site-packages/')[-1].rsplit('/src/')[-1]}:{step.lineno}" for step in steps]


def allowed_fields(logger: Any, name: str, event: Record) -> Record:
    """Drop every field that is not on the list."""
    return {key: value for key, value in event.items() if key in FIELDS}
