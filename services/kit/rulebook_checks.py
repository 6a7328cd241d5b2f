"""Whether a document can be used as a rulebook: alone, and below the layers it names."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from pydantic import ValidationError

from schemas import division
from schemas.fault import quoted
from schemas.layering import MOST_LAYERS, Document, Misfit, effective, misfits
from schemas.rulebook import Certainty, Source, jurisdiction_of
from services.kit import reasons
from services.kit.problems import fault
from services.kit.rulebook_copies import LayersOf, with_copies
from services.kit.rulebook_paths import known
from services.kit.rulebook_sense import together
from services.kit.rulebook_text import BadRulebook, Text, Wrong, read

STATUTE = re.compile(r"\w+(?:法|条例) ?第[一二三四五六七八九十百]+条")
"""what a source marked as law begins with: a law or a regulation of the State Council, and its article"""
MOST_RULES = 400


def layered(text: str, layers_of: LayersOf) -> tuple[Document, ...]:
    """The document with its layers, uppermost first; `BadRulebook` with everything that is wrong."""
    found = with_copies(read(text), layers_of)
    document = _document(found)
    wrong = list(_alone(document, found))
    upper: Sequence[Document] = ()
    if document.parent is not None:
        upper = layers_of(document.parent) or ()
        wrong += _below(document, upper, found)
    if upper or document.parent is None:
        bad = {one.path for one in wrong}
        told = together(effective((*upper, document)), bad)
        wrong += [_fault_at(found, path, said, "value", source=source) for path, said, source in told]
    if wrong:
        raise BadRulebook(wrong)
    return (*upper, document)


def _document(found: Text) -> Document:
    try:
        return Document.model_validate(found.content)
    except ValidationError as error:
        wrong = []
        for one in error.errors(include_url=False):
            path = tuple(map(str, one["loc"]))
            zh, en = (reasons.word("problem", language, fault(one)) for language in reasons.LANGUAGES)
            told = ".".join(part for part in path if part != "rules")
            wrong.append(Wrong(line=found.line(*path), path=told, zh=zh, en=en))
        raise BadRulebook(wrong) from None


def _alone(document: Document, found: Text) -> Iterator[Wrong]:
    if len(document.rules) > MOST_RULES:
        zh, en = f"超过 {MOST_RULES} 项", f"more than {MOST_RULES} values"
        yield Wrong(line=found.line("rules"), path="rules", zh=zh, en=en)
        return
    for path, rule in document.rules.items():
        shape = known().get(path)
        if shape is None:
            near = get_close_matches(path, known(), 1)
            zh, en = (f",是否为 {near[0]}", f"; did you mean {near[0]}") if near else ("", "")
            yield _fault_at(found, path, (f"没有这一项{zh}", f"there is no such path{en}"))
            continue
        for said in shape.wrong(rule.value):
            yield _fault_at(found, path, said, "value")
        if rule.certainty is Certainty.LAW and not STATUTE.match(rule.source):
            zh = f"标为 L 的须以法律或行政法规的名称和条文开头(如 政府采购法第三十五条),来源为 {quoted(rule.source)}"
            en = f"what is marked L begins with a statute and its article; the source is {quoted(rule.source)}"
            yield _fault_at(found, path, (zh, en), "source")
        bare = document.model_copy(update={"rules": {path: rule.model_copy(update={"bounds": None})}})
        if misfits([document], bare):
            yield _fault_at(found, path, ("值在自身的上下限之外", "the value is outside its own bounds"), "bounds")


def _below(document: Document, upper: Sequence[Document], found: Text) -> Iterator[Wrong]:
    line = found.line("parent")
    if not upper:
        zh, en = f"没有上层规则集 {document.parent}", f"there is no rulebook {document.parent}"
        yield Wrong(line=line, path="parent", zh=zh, en=en)
        return
    if len(upper) >= MOST_LAYERS:
        yield Wrong(line=line, path="parent", zh=f"超过 {MOST_LAYERS} 层", en=f"more than {MOST_LAYERS} layers")
    above, here = jurisdiction_of(upper[-1].id), jurisdiction_of(document.id)
    if above is not None and (here is None or not division.covers(above, here)):
        zh, en = f"{document.id} 不在上层辖区 {above} 之内", f"{document.id} does not lie in {above}, the layer above"
        yield Wrong(line=line, path="parent", zh=zh, en=en)
    for misfit in misfits(upper, document):
        yield _of_misfit(misfit, found)


def _of_misfit(misfit: Misfit, found: Text) -> Wrong:
    line = found.line("rules", misfit.path, "value")
    return Wrong(line=line, path=misfit.path, zh=misfit.zh, en=misfit.en, source=misfit.source)


def _fault_at(found: Text, path: str, said: tuple[str, str], part: str = "", source: Source | None = None) -> Wrong:
    line = found.line("rules", path, part) if part else found.line("rules", path)
    return Wrong(line=line, path=path, zh=said[0], en=said[1], source=source)
