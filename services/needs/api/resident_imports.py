"""Many residents from one file: the template to fill in, the filled one looked at, taken in, and confirmed."""

import asyncio
from datetime import datetime
from uuid import UUID

from events.database import Connection
from schemas.deciding import World
from schemas.ids import PartyId
from schemas.need import VoterGround
from schemas.refused import Refused
from schemas.sheet import Encoding
from schemas.workbook import MEDIA_TYPE
from services.kit.asked import Answer, Asked, File
from services.kit.importing import CSV_TYPE, LARGEST, ImportProblem, csv_template, in_words, xlsx_template
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.needs.api.resident_file import COLUMNS, read
from services.needs.api.residents import COMMUNITY, PAGES, own_register
from services.needs.rules.residents import confirming_imports, importing
from services.needs.rules.residents.importing import ResidentFile, ResidentImport, ResidentReading
from services.needs.rules.residents.person import IdentityDocument
from services.needs.store import residents as store

_WIDTHS = (20, 20, 26, 20, 20, 20)
_EXPLAINED = (
    ("姓名 Name", "必填,按证件 · required, as on the document"),
    ("证件类型 Document", "见下,必填 · required, see below"),
    ("证件号码 Number", "5 至 30 位字母或数字,设为文本格式 · 5 to 30 letters or digits, as text"),
    ("出生日期 Born on", "例如 1960-01-02 · as 1960-01-02"),
    ("登记依据 Ground", "见下,必填 · required, see below"),
    ("居住起始日 Since", "例如 2000-01-01,不晚于今天 · as 2000-01-01, not after today"),
)
IMPORTS = "/v1/communities/{community_id}/resident-imports"


class WrongResidentLine(Answer):
    """By row, column and what is wrong; nothing that stands in the file is repeated."""

    row: int
    problems: tuple[ImportProblem, ...]


class ResidentImportPreview(Answer):
    """What would become of the file, and of each wrong line why."""

    import_id: UUID
    known: bool
    """the same file was taken in before; nothing would happen"""
    encoding: Encoding | None
    new: int
    wrong: int
    """as long as there is one, the file is not taken in"""
    lines: tuple[WrongResidentLine, ...]
    """the wrong ones"""


class ResidentImportAnswer(Answer):
    """A file that was taken in."""

    version: int | None = None
    import_id: UUID
    entered: int
    imported_by: UUID
    imported_at: datetime
    confirmed_by: UUID | None


class ResidentImportDone(ResidentImportAnswer):
    known: bool
    """the same file was taken in before; nothing happened"""
    encoding: Encoding | None


class ResidentImportsPage(Answer):
    imports: tuple[ResidentImportAnswer, ...]
    next: UUID | None


class ResidentImportConfirmed(Answer):
    import_id: UUID
    confirmed: int
    left_alone: int
    """confirmed before, erased, or corrected by somebody else since"""


async def _read(connection: Connection, command: importing.ImportResidents, vault: Vault) -> ResidentFile:
    """Beside the loop: reading and sealing many takes seconds."""
    return await asyncio.to_thread(read, command, vault)


async def _entered(
    connection: Connection, command: confirming_imports.ConfirmImport, vault: Vault
) -> confirming_imports.ImportToConfirm:
    found = await store.resident_import(connection, command.community_id, command.import_id)
    entered = () if found is None else found[0].residents
    return confirming_imports.ImportToConfirm(
        community_id=command.community_id, import_id=command.import_id, residents=entered
    )


def _preview(world: World, file: ResidentFile, cause: UUID) -> ResidentImportPreview:
    reading = world.get(ResidentReading, cause)
    return ResidentImportPreview(
        import_id=reading.import_id,
        known=reading.known,
        encoding=reading.encoding,
        new=reading.new,
        wrong=len(reading.wrong),
        lines=tuple(WrongResidentLine(row=line.row, problems=in_words(line.problems)) for line in reading.wrong),
    )


def _done(world: World, file: ResidentFile, cause: UUID) -> ResidentImportDone:
    reading = world.get(ResidentReading, cause)
    taken = _answer(world.get(ResidentImport, reading.import_id)).model_dump()
    return ResidentImportDone(**taken, known=reading.known, encoding=reading.encoding)


def _answer(taken: ResidentImport, version: int | None = None) -> ResidentImportAnswer:
    return ResidentImportAnswer(
        version=version,
        import_id=taken.id,
        entered=len(taken.residents),
        imported_by=taken.imported_by,
        imported_at=taken.imported_at,
        confirmed_by=taken.confirmed_by,
    )


def _confirmed(world: World, command: confirming_imports.ImportToConfirm, cause: UUID) -> ResidentImportConfirmed:
    count = world.get(confirming_imports.ConfirmedNow, cause)
    return ResidentImportConfirmed(import_id=command.import_id, confirmed=count.confirmed, left_alone=count.left_alone)


async def _template(connection: Connection, asked: Asked) -> File:
    taken = (("证件类型 Documents", tuple(IdentityDocument)), ("登记依据 Grounds", tuple(VoterGround)))
    return xlsx_template("居民导入模板.xlsx", "居民 Residents", COLUMNS, _WIDTHS, _EXPLAINED, taken)


async def _csv_template(connection: Connection, asked: Asked) -> File:
    return csv_template("居民导入模板.csv", COLUMNS)


async def _list(connection: Connection, asked: Asked) -> ResidentImportsPage:
    found = await store.resident_imports(connection, own_register(asked), asked.cursor, asked.limit)
    next = found[-1][0].id if len(found) == asked.limit else None
    return ResidentImportsPage(imports=tuple(_answer(*one) for one in found), next=next)


async def _one(connection: Connection, asked: Asked) -> ResidentImportAnswer:
    community_id, id = PartyId(asked.id("community_id")), asked.id("import_id")
    found = await store.resident_import(connection, community_id, id)
    if found is None:
        raise Refused("not_found", status=404, what="ResidentImport", id=str(id))
    asked.actor.must_be(community_id)
    return _answer(*found)


ROUTES: tuple[Post | Get, ...] = (
    Get(
        path="/v1/residents/import-template",
        roles=COMMUNITY,
        handler=_template,
        answer=MEDIA_TYPE,
        summary="批量登记居民模板(xlsx) · A workbook to fill in with residents, and a sheet of the words it takes",
    ),
    Get(
        path="/v1/residents/import-template.csv",
        roles=COMMUNITY,
        handler=_csv_template,
        answer=CSV_TYPE,
        summary="批量登记居民模板(CSV) · The same as CSV",
    ),
    Post(
        path="/v1/communities/{community_id}/resident-import-previews",
        command=importing.PreviewResidents,
        roles=COMMUNITY,
        refs=importing.import_refs,
        decide=importing.preview_residents,
        subject=lambda file, cause: (ResidentImport, file.import_id),
        answer=_preview,
        summary="预览居民登记文件 · What a file of residents would do, with each fault by its line; nothing is entered",
        prepare=_read,
        largest_body=LARGEST,
        slow=True,
    ),
    Post(
        path=IMPORTS,
        command=importing.ImportResidents,
        roles=COMMUNITY,
        refs=importing.import_refs,
        decide=importing.import_residents,
        subject=lambda file, cause: (ResidentImport, file.import_id),
        answer=_done,
        summary="批量登记居民(xlsx 或 CSV),全部成功或全部不写 · Register residents from a file, whole or not at all",
        prepare=_read,
        largest_body=LARGEST,
        slow=True,
    ),
    Get(
        path=IMPORTS,
        roles=COMMUNITY,
        handler=_list,
        answer=ResidentImportsPage,
        summary="本社区批量登记记录 · Files that the community took in",
        query=PAGES,
    ),
    Get(
        path=f"{IMPORTS}/{{import_id}}",
        roles=COMMUNITY,
        handler=_one,
        answer=ResidentImportAnswer,
        summary="一次居民批量登记 · One of them",
    ),
    Post(
        path=f"{IMPORTS}/{{import_id}}/confirmation",
        command=confirming_imports.ConfirmImport,
        roles=COMMUNITY,
        refs=confirming_imports.confirm_refs,
        decide=confirming_imports.confirm_import,
        subject=lambda command, cause: (ResidentImport, command.import_id),
        answer=_confirmed,
        summary="由另一人复核批量登记的全部居民 · Confirm all that another person's file entered",
        prepare=_entered,
        slow=True,
    ),
)
