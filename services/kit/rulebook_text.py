"""The text of a rulebook document, in YAML, read so that whatever is wrong is told with its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from schemas.bilingual import Bilingual
from schemas.fault import printable
from schemas.rulebook import Source

MOST_BYTES = 65_536
"""as UTF-8: all layers together must fit into one record of the log"""
DEEPEST = 10
MOST_FAULTS = 50
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where PyYAML was built with it
_STRING = "tag:yaml.org,2002:str"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong with a document."""

    line: int
    """from 1; 0 when it is no line's"""
    path: str
    """in the rulebook, or the field of the document"""
    zh: str
    en: str
    source: Source | None = None
    """of the rule that is broken, where one is"""


class BadRulebook(Bilingual):
    """A document that cannot be used, with everything found wrong, in the order of its lines."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = tuple(sorted(wrong[:MOST_FAULTS], key=lambda one: one.line))
        first = self.wrong[0]
        super().__init__(f"第 {first.line} 行 {first.path}:{first.zh}", f"line {first.line}, {first.path}: {first.en}")


@dataclass(frozen=True, slots=True)
class Text:
    """What a text holds, and on which line each part of it stands."""

    content: Any
    lines: dict[Path, int]

    def line(self, *path: str) -> int:
        """Of the part, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Text:
    """Plain values only: texts, whole numbers, yes and no, lists and tables.

    No decimal number (it would be one of many spellings of a value that is hashed; write "40%" or "0.05"), no anchor
    (a small text could become a huge one), no key twice.
    """
    if len(text.encode()) > MOST_BYTES:
        zh, en = f"超过 {MOST_BYTES} 字节", f"longer than {MOST_BYTES} bytes"
        raise BadRulebook([Wrong(line=0, path="", zh=zh, en=en)])
    try:
        _look(text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        said = printable(error.problem or "")
        raise BadRulebook([Wrong(line=line, path="", zh=f"不是有效的 YAML:{said}", en=f"not YAML: {said}")]) from None
    except yaml.YAMLError:
        zh, en = "不是有效的 YAML:含有不允许的字符", "not YAML: it holds characters that are not allowed"
        raise BadRulebook([Wrong(line=0, path="", zh=zh, en=en)]) from None
    reading = _Reading()
    content = None if node is None else reading.value(node, ())
    if reading.wrong:
        raise BadRulebook(reading.wrong)
    return Text(content, reading.lines)


def _look(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            zh, en = f"嵌套超过 {DEEPEST} 层", f"nested deeper than {DEEPEST}"
            raise BadRulebook([Wrong(line=line, path="", zh=zh, en=en)])
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            zh, en = "不使用锚点和别名(& *)", "anchors and aliases (& *) are not used here"
            raise BadRulebook([Wrong(line=line, path="", zh=zh, en=en)])


class _Reading:
    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.wrong: list[Wrong] = []
        self._plain = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, str(place))) for place, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            place = (*path, name)
            if key.tag != _STRING:
                zh, en = f"键 {printable(name)} 应为文字", f"the key {printable(name)} must be a text"
                self._say(key, place, zh, en)
            elif place in self.lines:
                first = self.lines[place]
                self._say(key, place, f"重复,第 {first} 行已有", f"given twice; it stands in line {first} already")
            else:
                self.lines[place] = key.start_mark.line + 1
                yield name, self.value(value, place)

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        kind = node.tag.rpartition(":")[2]
        if kind == "timestamp":
            return node.value  # a date, to be read as such by whoever expects one
        if kind not in ("str", "int", "bool"):
            if kind == "float":
                zh, en = (
                    f'{node.value}:小数请写成文字,如 "40%"',
                    f'{node.value}: write a decimal as text, such as "40%"',
                )
            else:
                zh, en = "此处没有值,或不是可用的类型", "there is no value here, or none of a kind that is used"
            self._say(node, path, zh, en)
            return None
        try:
            return self._plain.construct_object(node)
        except (ValueError, KeyError):
            self._say(node, path, "不是可用的值", "no value that can be used")
            return None

    def _say(self, node: yaml.Node, path: Path, zh: str, en: str) -> None:
        told = ".".join(part for part in path if part != "rules")
        self.wrong.append(Wrong(line=node.start_mark.line + 1, path=told, zh=zh, en=en))
