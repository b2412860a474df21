"""One document of another tool, cleaned; a document that cannot be is a value, for no document may end a job."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from clean.document import Document, Origin
from clean.engines.local import Failure
from clean.errors import CleanError, ConfigError, DocumentError

if TYPE_CHECKING:
    from clean.cleaner import Cleaner
    from clean.record import Record


def attempt(cleaner: Cleaner, raw: Any, media_type: str, id: Any = None, url: Any = None) -> Record | Failure:
    """Clean a document.

    Args:
        raw: text, or the bytes of a document; anything else is a failure.
        id: the document's own name; what is no string is written as one.

    Raises:
        ConfigError: the configuration cannot be used, whatever the document.
    """
    if not isinstance(raw, (str, bytes)):
        return Failure("no-text", f"a string or bytes are needed, not {type(raw).__name__}")
    origin = Origin(id=_name(id), url=_name(url), media_type=media_type)
    try:
        return cleaner.clean_document(Document(raw, origin))
    except ConfigError:
        raise
    except CleanError as error:
        return Failure(error.kind if isinstance(error, DocumentError) else "unreadable", str(error))
    except Exception as error:  # a defect must cost its document, not the job
        return Failure("internal", f"internal error: {type(error).__name__}: {error}", traceback.format_exc())


def _name(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
