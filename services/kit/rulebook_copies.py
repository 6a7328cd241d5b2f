"""Values that a document takes over from another that is no layer of it: `copies: {from: id@version, paths: [...]}`.

They are written into it where it is read, with their sources, as if they stood there: whoever keeps the document keeps
them, its hash holds them, the layers above bound them, and what it says itself stands before them.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field, ValidationError

from schemas.layering import Document
from schemas.model import Model
from services.kit.rulebook_text import BadRulebook, Text, Wrong

COPIES = "copies"
LayersOf = Callable[[str], Sequence[Document] | None]
"""`id@version` → that document with all above it, uppermost first; none when nobody knows it"""


class Copies(Model):
    name: Annotated[str, Field(alias="from", min_length=3, max_length=100)]
    """`id@version`"""
    paths: Annotated[list[str], Field(min_length=1, max_length=100)]
    """paths, or what paths begin with: `funds` is all of `funds.…`"""


def with_copies(found: Text, layers_of: LayersOf) -> Text:
    """The same text with what it copies among its rules; `BadRulebook` when there is no such document or path."""
    content: Any = found.content
    if not isinstance(content, dict) or COPIES not in content:
        return found
    try:
        copies = Copies.model_validate(content[COPIES])
    except ValidationError:
        raise _wrong(
            found, "应为 {from: id@version, paths: [...]}", "must be {from: id@version, paths: [...]}"
        ) from None
    chain = layers_of(copies.name)
    if not chain:
        raise _wrong(found, f"没有规则集 {copies.name}", f"there is no rulebook {copies.name}")
    there = {path: value for document in chain for path, value in document.rules.items()}
    taken: dict[str, Any] = {}
    for wanted in copies.paths:
        matching = [path for path in there if path == wanted or path.startswith(f"{wanted}.")]
        if not matching:
            raise _wrong(found, f"{copies.name} 没有 {wanted}", f"{copies.name} has no {wanted}")
        taken |= {path: there[path].model_dump(mode="json", exclude_defaults=True) for path in matching}
    own = content.get("rules")
    rest = {name: value for name, value in content.items() if name != COPIES}
    return Text(rest | {"rules": taken | (own if isinstance(own, dict) else {})}, found.lines)


def _wrong(found: Text, zh: str, en: str) -> BadRulebook:
    return BadRulebook([Wrong(line=found.line(COPIES), path=COPIES, zh=zh, en=en)])
