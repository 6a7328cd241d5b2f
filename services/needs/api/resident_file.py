"""A file of residents, read and sealed. No refusal repeats what stands in it, its first row included."""

from uuid import UUID, uuid4

from pydantic import ValidationError

from schemas.ids import PartyId
from schemas.importing import LineProblem
from schemas.need import VoterGround
from schemas.refused import Refused
from services.kit.table_files import Column, TableLine, field_problems, heading_of, read_table
from services.kit.vault import Vault
from services.needs.api.sealing import identity_of, seal_draft
from services.needs.rules.residents.importing import ImportResidents, PreviewResidents, ResidentFile, ResidentLine
from services.needs.rules.residents.person import IdentityDocument, ResidentDraft
from services.needs.rules.residents.register import SealedResident

COLUMNS = {
    "name": Column(heading="姓名 Name", as_written=True),
    "document": Column(heading="证件类型 Document", words=tuple(IdentityDocument)),
    "number": Column(heading="证件号码 Number"),
    "born_on": Column(heading="出生日期 Born on", is_day=True),
    "ground": Column(heading="登记依据 Ground", words=tuple(VoterGround)),
    "since": Column(heading="居住起始日 Since", is_day=True),
}


def read(command: ImportResidents, vault: Vault) -> ResidentFile:
    """Of a preview, which keeps nothing, there is nothing to seal."""
    content = b"resident file\0" + command.community_id.bytes + command.content
    import_id = UUID(bytes=vault.digest(content)[:16])
    keeps = not isinstance(command, PreviewResidents)
    try:
        lines, encoding = read_table(command, COLUMNS, quotes_headings=False)
    except Refused as problem:
        return ResidentFile(community_id=command.community_id, import_id=import_id, problem=problem)
    return ResidentFile(
        community_id=command.community_id,
        import_id=import_id,
        columns=tuple((what, column.heading) for what, column in COLUMNS.items()),
        encoding=encoding,
        lines=tuple(_line(line, command.community_id, vault, keeps) for line in lines),
    )


def _line(line: TableLine, community_id: PartyId, vault: Vault, keeps: bool) -> ResidentLine:
    try:
        draft = ResidentDraft.model_validate(line.fields).plain
    except ValidationError as error:
        told = {problem.column for problem in line.problems}
        more = (problem for problem in field_problems(error, COLUMNS) if problem.column not in told)
        return ResidentLine(row=line.row, resident=None, problems=(*line.problems, *more))
    id, key = uuid4(), vault.new_key() if keeps else b""
    one = SealedResident(
        id=id,
        key=key.hex(),
        sealed=seal_draft(vault, key, draft, id) if keeps else "",
        identity=identity_of(vault, community_id, draft),
        since=draft.since,
    )
    faults = (LineProblem(column=heading_of(COLUMNS, no.field), refusal=no) for no in draft.faults())
    return ResidentLine(row=line.row, resident=one, problems=tuple(faults))
