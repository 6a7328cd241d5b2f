"""Many parties from one file, by the rule of the one that is entered alone; and files that are none."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest

from schemas.importing import MOST_LINES, LineOutcome
from schemas.party import PartyKind, PartyRegistered, PartyVerified
from schemas.refused import Refused
from schemas.role import Actor
from schemas.sheet import Encoding
from schemas.standing import Party
from services.kit import reasons
from services.registry.api.party_file import COLUMNS
from services.registry.rules.importing import (
    PartiesImported,
    PartyFile,
    PartyFileRead,
    PartyImport,
    PartyLineRead,
    PartyReading,
    import_of,
    import_parties,
    import_refs,
    preview_import,
)
from services.registry.rules.registration import Registration, RegistrationEntered
from services.registry.rules.verifying_imports import ImportToVerify, VerifiedNow, verify_import, verify_refs
from tests.services.registry.party_files import COUNTY, HEADER, a_file, a_worker, an_organization, csv_of, xlsx_of
from tests.services.registry.stories import ONE, OTHER, Registered
from tests.support.pure import refused


class Importing(Registered):
    def take_in(self, file: PartyFile, by: Actor = ONE) -> list[Any]:
        return self.command(import_refs, import_parties, file, by)

    def preview(self, *rows: Sequence[Any]) -> tuple[PartyLineRead, ...]:
        said = self.command(import_refs, preview_import, a_file(csv_of(rows)))
        (read,) = said
        assert isinstance(read, PartyFileRead)
        return read.reading.lines

    def verify_all(self, file: PartyFile, by: Actor = OTHER) -> VerifiedNow:
        taken = self.world.get(PartyImport, import_of(file.digest))
        said = self.command(verify_refs, verify_import, ImportToVerify(import_id=taken.id, parties=taken.parties), by)
        self.verified = [one for one in said if isinstance(one, PartyVerified)]
        return said[-1].count  # type: ignore[attr-defined, no-any-return]


def reading_of(said: list[Any]) -> PartyReading:
    return next(one.reading for one in said if isinstance(one, PartyFileRead))


def why(file: PartyFile, language: str = "en") -> str:
    assert file.problem is not None
    return reasons.explain(file.problem, language)


def test_every_line_is_entered_as_if_it_were_registered_alone() -> None:
    registry, alone = Importing(), Registered()
    said = registry.take_in(a_file(xlsx_of([an_organization(1), a_worker(), an_organization(2)])))

    registered = [one for one in said if isinstance(one, PartyRegistered)]
    assert [one.kind for one in registered] == [
        PartyKind.ORGANIZATION,
        PartyKind.SOCIAL_WORKER,
        PartyKind.ORGANIZATION,
    ]
    first = alone.register(name="示例服务中心1", uscc=an_organization(1)[2], division=COUNTY)
    assert registry.world.get(Party, first.id) == first
    assert registered[1].name is None
    worker = registry.world.get(Registration, registered[1].party_id)
    assert (worker.real_name, worker.registered_by) == ("示例社工", ONE.person_id)
    assert sum(isinstance(one, RegistrationEntered) for one in said) == 3


def test_a_preview_tells_of_every_line_what_would_become_of_it_and_enters_nothing() -> None:
    registry = Importing()
    registry.register(name="示例服务中心1", uscc=an_organization(1)[2], division=COUNTY)
    before = registry.world.each(Party)

    lines = registry.preview(an_organization(1), an_organization(2), an_organization(3, uscc="52320508000000031X"))

    assert [(line.row, line.outcome) for line in lines] == [
        (2, LineOutcome.ALREADY),
        (3, LineOutcome.NEW),
        (4, LineOutcome.WRONG),
    ]
    ((problem,),) = [line.problems for line in lines if line.problems]
    assert (problem.column, problem.refusal.code) == (COLUMNS["uscc"].heading, "uscc_wrong")
    assert registry.world.each(Party) == before


def test_one_wrong_line_keeps_all_out_and_each_is_named_by_row_and_column() -> None:
    registry = Importing()
    rows = [
        an_organization(1),
        an_organization(2, division="999999"),
        an_organization(3, kind="协会"),
        ["社区", "", "", ""],
    ]

    with pytest.raises(Refused) as no:
        registry.take_in(a_file(csv_of(rows)))

    assert (no.value.code, no.value.field, no.value.details["number"]) == ("lines_wrong", "content", 3)
    said = reasons.explain(no.value, "zh")
    assert f"第 3 行“{COLUMNS['division'].heading}”(区划代码有误" in said
    assert f"第 4 行“{COLUMNS['kind'].heading}”" in said
    assert f"第 5 行“{COLUMNS['name'].heading}”" in said
    assert "未写入任何内容" in said
    assert registry.world.each(Registration) == []


def test_a_wrong_line_never_quotes_the_cell_that_may_hold_a_persons_name() -> None:
    lines = Importing().preview(["社会工作者", "张" * 101, "", COUNTY, "社会工作师", "不知道"])

    texts = [reasons.explain(problem.refusal, tongue) for problem in lines[0].problems for tongue in ("zh", "en")]
    assert texts
    assert not any("张" in text or "不知道" in text for text in texts)


def test_a_credit_code_twice_in_the_file_is_refused_at_the_second_and_names_the_first() -> None:
    lines = Importing().preview(an_organization(1), an_organization(2), an_organization(1, name="另一名称"))

    assert [line.outcome for line in lines] == [LineOutcome.NEW, LineOutcome.NEW, LineOutcome.WRONG]
    (problem,) = lines[2].problems
    assert (problem.column, problem.refusal.code) == (COLUMNS["uscc"].heading, "party_twice_in_file")
    assert "第 2 行" in reasons.explain(problem.refusal, "zh")


def test_a_code_that_is_entered_under_another_name_is_no_party_that_is_there_already() -> None:
    registry = Importing()
    registry.register(name="旧名称", uscc=an_organization(1)[2], division=COUNTY)

    (line,) = registry.preview(an_organization(1))

    assert [problem.refusal.code for problem in line.problems] == ["uscc_registered"]


def test_the_same_file_twice_changes_nothing_and_says_so() -> None:
    registry = Importing()
    file = a_file(xlsx_of([an_organization(1), a_worker()]))
    first = reading_of(registry.take_in(file))
    again = registry.take_in(file, by=OTHER)

    assert not first.known
    (only,) = again
    assert only.reading.known
    assert registry.world.get(PartyImport, first.import_id).imported_by == ONE.person_id


def test_all_of_an_import_are_verified_at_once_and_by_another_person() -> None:
    registry = Importing()
    file = a_file(csv_of([an_organization(n) for n in range(1, 5)]))
    registry.take_in(file)
    parties = [registry.world.get(Party, id) for id in registry.world.get(PartyImport, import_of(file.digest)).parties]
    registry.verify(parties[0])
    registry.suspend(parties[1])

    with refused("own_import"):
        registry.verify_all(file, by=ONE)
    count = registry.verify_all(file)

    assert (count.verified, count.left_alone) == (2, 2)
    assert [one.party_id for one in registry.verified] == [party.id for party in parties[2:]]
    assert registry.world.get(Party, parties[1].id).suspended
    with refused("import_verified"):
        registry.verify_all(file)


def test_what_was_there_before_the_import_is_not_verified_with_it() -> None:
    registry = Importing()
    there = registry.register(name="示例服务中心1", uscc=an_organization(1)[2], division=COUNTY)
    file = a_file(csv_of([an_organization(1), an_organization(2)]))
    said = registry.take_in(file)

    registry.verify_all(file)

    taken = next(one.taken for one in said if isinstance(one, PartiesImported))
    assert (len(taken.parties), taken.already) == (1, 1)
    assert not registry.world.get(Party, there.id).verified


@pytest.mark.parametrize("header", [HEADER, tuple(COLUMNS)[:4], tuple(name.split(" ", 1)[0] for name in HEADER)])
def test_headings_may_be_in_either_language_and_in_any_order(header: tuple[str, ...]) -> None:
    rows = [list(reversed(an_organization(1) + [""] * (len(header) - 4)))]
    file = a_file(csv_of(rows, tuple(reversed(header))))

    assert file.problem is None
    assert file.lines[0].command is not None
    assert file.lines[0].command.uscc == an_organization(1)[2]


def test_gb18030_is_read_and_named() -> None:
    content = csv_of([an_organization(1, name="𠮷祥镇服务中心")])

    file = a_file(content.encode("gb18030"), Encoding.GB18030)

    assert file.encoding is Encoding.GB18030
    assert file.lines[0].command is not None
    assert file.lines[0].command.name == "𠮷祥镇服务中心"


def test_a_wrong_encoding_is_refused_with_the_byte_that_does_not_fit() -> None:
    file = a_file(csv_of([an_organization(1)]).encode("gb18030"), Encoding.UTF_8)

    assert "no valid UTF-8 text: byte 2" in why(file)


def test_merged_cells_are_refused_by_their_place() -> None:
    rows = [an_organization(1), an_organization(2)]

    file = a_file(xlsx_of(rows, change=lambda sheet: sheet.merge_cells("A2:A3")))

    assert "(A2:A3)" in why(file)
    assert "合并单元格" in why(file, "zh")


def test_formulas_are_refused_in_their_cell() -> None:
    file = a_file(xlsx_of([an_organization(1), an_organization(2, name='=A1&"中心"')]))

    with pytest.raises(Refused) as no:
        Importing().take_in(file)

    said = reasons.explain(no.value, "zh")
    assert f"第 3 行“{COLUMNS['name'].heading}”" in said
    assert "是公式" in said


def test_a_code_that_the_spreadsheet_took_for_a_number_is_refused() -> None:
    file = a_file(xlsx_of([an_organization(1, uscc=523205080000000123)]))

    assert [problem.refusal.code for problem in file.lines[0].problems] == ["cell_unread"]


def test_a_wrong_header_is_refused_with_what_is_missing_and_what_is_strange() -> None:
    file = a_file(csv_of([["社会组织", "甲", "x"]], ("主体类别", "单位名称", "区划代码")))

    assert "名称 Name、统一社会信用代码 Credit code" in why(file, "zh")
    assert "单位名称" in why(file, "zh")


def test_a_file_of_200_000_rows_is_refused_in_words() -> None:
    rows = 200_000
    small = csv_of([[1, 2]] * rows)
    large = xlsx_of([[1]] * rows)

    assert f"more than {MOST_LINES + 100} rows" in why(a_file(small))
    assert f"more than {MOST_LINES} rows" in why(a_file(large))


def test_a_line_more_than_the_most_is_refused() -> None:
    file = a_file(csv_of([["organization"]] * (MOST_LINES + 1)))

    assert f"more than {MOST_LINES} rows" in why(file)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)

    assert len(body.getvalue()) < 1_000_000
    assert "unpacks to too much" in why(a_file(body.getvalue()))


@pytest.mark.parametrize("content", [b"PK\x03\x04 no workbook", b"\xd0\xcf\x11\xe0 an old xls"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert "no valid xlsx" in why(a_file(content))


def test_a_header_without_lines_is_refused() -> None:
    assert "no line under its header" in why(a_file(csv_of([])))
