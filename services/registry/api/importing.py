"""Many parties from one file: the template to fill in, the filled one looked at, taken in, and verified."""

import asyncio
from datetime import datetime
from uuid import UUID

from events.database import Connection
from schemas.deciding import World
from schemas.ids import PartyId
from schemas.importing import LineOutcome
from schemas.model import Model
from schemas.party import CertificateLevel
from schemas.refused import Refused
from schemas.role import Role
from schemas.sheet import Encoding
from schemas.workbook import MEDIA_TYPE
from services.kit.asked import Answer, Asked, File
from services.kit.importing import CSV_TYPE, LARGEST, ImportProblem, csv_template, in_words, xlsx_template
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.registry import store
from services.registry.api.party_file import COLUMNS, KINDS, read
from services.registry.rules import importing, verifying_imports
from services.registry.rules.importing import PartyFile, PartyImport, PartyReading

REGISTRAR = frozenset({Role.REGISTRAR})
_WIDTHS = (20, 40, 26, 20, 22, 22, 30)
_EXPLAINED = (
    ("主体类别 Kind", "见下,必填 · required, see below"),
    ("名称 Name", "必填;自然人填真实姓名,只有登记员可见 · required; of a natural person the real name"),
    ("统一社会信用代码 Credit code", "18 位;自然人和居务监督委员会不填 · 18 characters; not of natural persons"),
    ("区划代码 Division", "6、9 或 12 位,社区须 12 位,设为文本格式 · 6, 9 or 12 digits, as text"),
    ("社工证书等级 Certificate", "只有社会工作者填 · of social workers only"),
    ("证书登记有效期 Registered until", "例如 2027-12-31 · as 2027-12-31"),
    ("新区划代码说明 Newer code", "社区代码不在所用版本之内时填写依据 · how a code is known that the edition lacks"),
)


class ImportLine(Model):
    row: int
    outcome: LineOutcome
    party_id: PartyId | None
    problems: tuple[ImportProblem, ...]


class ImportPreview(Answer):
    """What would become of the file, line by line."""

    import_id: UUID
    known: bool
    """the same file was taken in before; nothing would happen"""
    encoding: Encoding | None
    new: int
    already: int
    """the same party is entered; nothing happens to it"""
    wrong: int
    """as long as there is one, the file is not taken in"""
    lines: tuple[ImportLine, ...]


class ImportAnswer(Answer):
    """A file that was taken in."""

    version: int | None = None
    import_id: UUID
    file_name: str
    digest: str
    """SHA-256 of its bytes"""
    entered: int
    already: int
    imported_by: UUID
    imported_at: datetime
    verified: bool


class ImportDone(ImportAnswer):
    known: bool
    """the same file was taken in before; nothing happened"""
    encoding: Encoding | None


class ImportsPage(Answer):
    imports: tuple[ImportAnswer, ...]
    next: UUID | None


class ImportVerified(Answer):
    import_id: UUID
    verified: int
    left_alone: int
    """verified before, or suspended since"""


async def _read(connection: Connection, command: importing.ImportParties, vault: Vault) -> PartyFile:
    """Beside the loop: a large workbook takes seconds."""
    return await asyncio.to_thread(read, command)


async def _parties(
    connection: Connection, command: verifying_imports.VerifyImport, vault: Vault
) -> verifying_imports.ImportToVerify:
    found = await store.party_import(connection, command.import_id)
    parties = () if found is None else found[0].parties
    return verifying_imports.ImportToVerify(import_id=command.import_id, parties=parties)


def _preview(world: World, file: PartyFile, cause: UUID) -> ImportPreview:
    reading = world.get(PartyReading, cause)
    return ImportPreview(
        import_id=reading.import_id,
        known=reading.known,
        encoding=reading.encoding,
        new=_count(reading, LineOutcome.NEW),
        already=_count(reading, LineOutcome.ALREADY),
        wrong=_count(reading, LineOutcome.WRONG),
        lines=tuple(_line(line) for line in reading.lines),
    )


def _count(reading: PartyReading, outcome: LineOutcome) -> int:
    return sum(line.outcome is outcome for line in reading.lines)


def _line(line: importing.PartyLineRead) -> ImportLine:
    return ImportLine(row=line.row, outcome=line.outcome, party_id=line.party_id, problems=in_words(line.problems))


def _done(world: World, file: PartyFile, cause: UUID) -> ImportDone:
    reading = world.get(PartyReading, cause)
    taken = _answer(world.get(PartyImport, reading.import_id)).model_dump()
    return ImportDone(**taken, known=reading.known, encoding=reading.encoding)


def _answer(taken: PartyImport, version: int | None = None) -> ImportAnswer:
    return ImportAnswer(
        version=version,
        import_id=taken.id,
        file_name=taken.file_name,
        digest=taken.digest,
        entered=len(taken.parties),
        already=taken.already,
        imported_by=taken.imported_by,
        imported_at=taken.imported_at,
        verified=taken.verified,
    )


def _verified(world: World, command: verifying_imports.ImportToVerify, cause: UUID) -> ImportVerified:
    count = world.get(verifying_imports.VerifiedNow, cause)
    return ImportVerified(import_id=command.import_id, verified=count.verified, left_alone=count.left_alone)


async def _template(connection: Connection, asked: Asked) -> File:
    taken = (("可用的主体类别 Kinds", KINDS), ("社工证书等级 Certificates", tuple(CertificateLevel)))
    return xlsx_template("主体导入模板.xlsx", "主体 Parties", COLUMNS, _WIDTHS, _EXPLAINED, taken)


async def _csv_template(connection: Connection, asked: Asked) -> File:
    return csv_template("主体导入模板.csv", COLUMNS)


async def _list(connection: Connection, asked: Asked) -> ImportsPage:
    found = await store.party_imports(connection, asked.prefix, asked.cursor, asked.limit)
    next = found[-1][0].id if len(found) == asked.limit else None
    return ImportsPage(imports=tuple(_answer(*one) for one in found), next=next)


async def _one(connection: Connection, asked: Asked) -> ImportAnswer:
    id = asked.id("import_id")
    found = await store.party_import(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="PartyImport", id=str(id))
    return _answer(*found)


ROUTES: tuple[Post | Get, ...] = (
    Get(
        path="/v1/parties/import-template",
        roles=REGISTRAR,
        handler=_template,
        answer=MEDIA_TYPE,
        summary="批量登记模板(xlsx) · A workbook to fill in with parties, and a sheet of the words it takes",
    ),
    Get(
        path="/v1/parties/import-template.csv",
        roles=REGISTRAR,
        handler=_csv_template,
        answer=CSV_TYPE,
        summary="批量登记模板(CSV) · The same as CSV",
    ),
    Post(
        path="/v1/parties/import-previews",
        command=importing.PreviewImport,
        roles=REGISTRAR,
        refs=importing.import_refs,
        decide=importing.preview_import,
        subject=lambda file, cause: (PartyImport, importing.import_of(file.digest)),
        answer=_preview,
        summary="预览批量登记文件 · What a file of parties would do, line by line; nothing is written",
        prepare=_read,
        largest_body=LARGEST,
        slow=True,
    ),
    Post(
        path="/v1/parties/imports",
        command=importing.ImportParties,
        roles=REGISTRAR,
        refs=importing.import_refs,
        decide=importing.import_parties,
        subject=lambda file, cause: (PartyImport, importing.import_of(file.digest)),
        answer=_done,
        summary="批量登记主体(xlsx 或 CSV),全部成功或全部不写 · Register parties from a file, whole or not at all",
        prepare=_read,
        largest_body=LARGEST,
        slow=True,
    ),
    Get(
        path="/v1/parties/imports",
        roles=REGISTRAR,
        handler=_list,
        answer=ImportsPage,
        summary="批量登记记录 · Files that were taken in",
        query={
            "cursor": "上一页的 `next` · the `next` of the page before",
            "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
        },
    ),
    Get(
        path="/v1/parties/imports/{import_id}",
        roles=REGISTRAR,
        handler=_one,
        answer=ImportAnswer,
        summary="一次批量登记 · One of them",
    ),
    Post(
        path="/v1/parties/imports/{import_id}/verification",
        command=verifying_imports.VerifyImport,
        roles=REGISTRAR,
        refs=verifying_imports.verify_refs,
        decide=verifying_imports.verify_import,
        subject=lambda command, cause: (PartyImport, command.import_id),
        answer=_verified,
        summary="核验他人批量登记的全部主体 · Verify all that another person's file entered",
        prepare=_parties,
        slow=True,
    ),
)
