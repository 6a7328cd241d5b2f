"""A file of parties, read as far as it can be without deciding anything."""

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from schemas.party import NATURAL_PERSONS, CertificateLevel, PartyKind
from schemas.refused import Refused
from services.kit.table_files import Column, TableLine, field_problems, read_table
from services.registry.rules.importing import ImportParties, PartyFile, PartyLine
from services.registry.rules.party import CAPACITY, RegisterParty

KINDS = (*CAPACITY, *sorted(NATURAL_PERSONS), PartyKind.SUPERVISION_COMMITTEE, PartyKind.REGISTRAR, PartyKind.AUDITOR)
COLUMNS = {
    "kind": Column(heading="主体类别 Kind", words=KINDS),
    "name": Column(heading="名称 Name", as_written=True),
    "uscc": Column(heading="统一社会信用代码 Credit code"),
    "division": Column(heading="区划代码 Division"),
    "certificate.level": Column(heading="社工证书等级 Certificate", optional=True, words=tuple(CertificateLevel)),
    "certificate.registered_until": Column(heading="证书登记有效期 Registered until", optional=True),
    "newer_reason": Column(heading="新区划代码说明 Newer code", optional=True, as_written=True),
}


def read(command: ImportParties) -> PartyFile:
    """A pure function of the command."""
    digest = hashlib.sha256(command.content).hexdigest()
    try:
        lines, encoding = read_table(command, COLUMNS)
    except Refused as problem:
        return PartyFile(digest=digest, file_name=command.file_name, problem=problem)
    return PartyFile(
        digest=digest,
        file_name=command.file_name,
        columns=tuple((what, column.heading) for what, column in COLUMNS.items()),
        encoding=encoding,
        lines=tuple(_line(line) for line in lines),
    )


def _line(line: TableLine) -> PartyLine:
    if line.problems:
        return PartyLine(row=line.row, command=None, problems=line.problems)
    try:
        return PartyLine(row=line.row, command=RegisterParty.model_validate(_nested(line.fields)))
    except ValidationError as error:
        return PartyLine(row=line.row, command=None, problems=field_problems(error, COLUMNS))


def _nested(fields: Mapping[str, str]) -> dict[str, Any]:
    nested: dict[str, Any] = {what: text for what, text in fields.items() if "." not in what}
    if certificate := {what.partition(".")[2]: text for what, text in fields.items() if "." in what}:
        nested["certificate"] = certificate
    return nested
