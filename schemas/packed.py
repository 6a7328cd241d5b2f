"""Office files as packages (ECMA-376, ISO/IEC 29500 transitional): the same parts, the same bytes.

Nothing comes from the surroundings: no clock, no user, and no compression, whose result differs between builds of zlib.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""the first moment a zip can name"""
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""what XML 1.0 cannot hold, not even escaped"""


def packed(parts: Mapping[str, str]) -> bytes:
    """The package with these parts, in this order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = 3  # not from this machine
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())
    return file.getvalue()


def clean(text: str) -> str:
    """With one kind of line end, and the replacement character for what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def in_xml(text: str) -> str:
    """Cleaned and escaped."""
    return escape(clean(text))
