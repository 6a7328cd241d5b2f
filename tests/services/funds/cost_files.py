"""Reports of costs as providers keep them: rows under the template's header."""

from collections.abc import Sequence
from itertools import count
from typing import Any, cast
from uuid import uuid4

from schemas.ids import ProjectId
from schemas.model import Model
from schemas.role import Actor
from services.funds.files.reading import read_costs
from services.funds.rules.columns import TEMPLATE, ColumnMapping, CostColumns, cost_mapping_of
from services.funds.rules.cost_files import (
    CostFile,
    CostFileRead,
    CostReading,
    PreviewCostFile,
    ReportCostFile,
    preview_file,
    refs,
    report_file,
)
from services.funds.rules.costs import heads_of, spending_of
from services.funds.rules.uploads import FileFormat
from services.kit import reasons
from tests.services.funds.costs import SHOP, TODAY, WORKER
from tests.services.funds.desk import PROVIDER, Desk, the
from tests.services.funds.files import csv_of, xlsx_of

HEADER = tuple(name for _, name in TEMPLATE if name is not None)
DIGEST = "0" * 64
_numbers = count(20_000_000)


def a_cell_row(amount: Any, head: Any = "业务活动费", **changes: Any) -> list[Any]:
    """In the order of the template's columns; changed by their field names."""
    cells = {
        "spent_on": TODAY.isoformat(),
        "head": head,
        "kind": "劳务与服务",
        "amount": amount,
        "description": "助餐配送",
        "invoice_number": str(next(_numbers)),
        "issuer_uscc": SHOP,
        "issuer_name": "",
        "issuer_tax_id": "",
        "evidence_digest": DIGEST,
    }
    assert changes.keys() <= cells.keys()
    return list((cells | changes).values())


def a_file(project_id: ProjectId, rows: Sequence[Sequence[Any]], **changes: Any) -> ReportCostFile:
    """CSV in UTF-8 unless changed; `preview=True` to be looked at only, `header` of other words."""
    kind = PreviewCostFile if changes.pop("preview", False) else ReportCostFile
    format = changes.get("format", FileFormat.CSV)
    header = changes.pop("header", HEADER)
    content = xlsx_of(rows, header) if format is FileFormat.XLSX else csv_of(rows, header).encode()
    fields: dict[str, Any] = {
        "project_id": project_id,
        "batch": "2026-1",
        "file_name": "支出.csv",
        "format": format,
        "content": content,
    }
    return kind(**(fields | changes))


def as_read(desk: Desk, command: ReportCostFile) -> CostFile:
    """As the door does: with the heads of the project and the columns remembered of its provider."""
    desk.world.ask([(ColumnMapping, cost_mapping_of(PROVIDER))])
    mapping = desk.world.find(ColumnMapping, cost_mapping_of(PROVIDER))
    remembered = None if mapping is None else cast(CostColumns, mapping.columns)
    heads = heads_of(spending_of(desk.world, command.project_id), desk.story.rulebook)
    file = read_costs(command, remembered, heads)
    return CostFile(**{name: getattr(file, name) for name in CostFile.__slots__} | {"provider_id": PROVIDER})


def upload(desk: Desk, command: ReportCostFile, by: Actor = WORKER) -> tuple[list[Model], CostReading]:
    file = as_read(desk, command)
    decide = preview_file if isinstance(command, PreviewCostFile) else report_file
    said = desk.story.do(decide, file, by, refs(file, uuid4()))
    return said, the(said, CostFileRead).reading


def told(reading: CostReading) -> list[tuple[int, list[tuple[str | None, str]]]]:
    """Of each line its row, and the column and code of what is wrong with it."""
    return [(line.row, [(p.column, p.refusal.code) for p in line.problems]) for line in reading.lines]


def in_words(reading: CostReading, language: str) -> list[str]:
    return [reasons.explain(problem.refusal, language) for line in reading.lines for problem in line.problems]
