"""The writer: what is written reads back, whatever it is, and the same parts give the same bytes."""

import io
import zipfile
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from schemas.docx import Part, Table, Text, written
from schemas.packed import clean
from tests.services.contracts.reading import read

WORDS = st.text(max_size=60)


@given(WORDS, WORDS, st.lists(st.tuples(WORDS, WORDS), max_size=4))
def test_any_text_reads_back_and_nothing_in_it_becomes_markup(
    title: str, line: str, rows: list[tuple[str, str]]
) -> None:
    body = written(title, [Text(line), Table("rows & <more>", ("a", "b"), tuple(rows))], f"digest {line}")

    found = read(body)

    assert (found.title, found.texts[0]) == (clean(title), clean(line))
    assert found.tables == {"rows & <more>": [[clean(cell) for cell in row] for row in rows]}
    assert found.footer == f"digest {clean(line)} · "


def test_what_xml_cannot_hold_is_shown_as_replaced_and_line_ends_are_one_kind() -> None:
    assert clean("a\x00\x0b\x1f\ufffeb") == "a\ufffd\ufffd\ufffd\ufffdb"
    assert clean("a\r\nb\rc\td") == "a\nb\nc\td"


def test_the_file_names_no_day_no_machine_and_is_not_compressed() -> None:
    with zipfile.ZipFile(io.BytesIO(written("标题", [Text("正文")], ""))) as archive:
        entries = archive.infolist()
        roots = [ElementTree.fromstring(archive.read(entry)).tag for entry in entries]

    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.compress_type, entry.create_system) for entry in entries} == {(zipfile.ZIP_STORED, 3)}
    assert entries[0].filename == "[Content_Types].xml"
    assert len(roots) == 8
    assert not any("date" in root or "created" in root for root in roots)


def test_the_same_parts_are_the_same_bytes_and_others_are_not() -> None:
    parts: list[Part] = [Text("一"), Table("t", ("头",), (("格",),))]

    assert written("标题", parts, "x") == written("标题", list(parts), "x")
    assert len({written(*given) for given in (("标题", parts, "x"), ("标题", parts, "y"), ("题", parts, "x"))}) == 3
