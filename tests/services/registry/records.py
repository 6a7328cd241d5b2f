"""What is put on record of an organization, told by verbs."""

from datetime import date
from typing import Any
from uuid import UUID

from schemas.ids import PartyId
from schemas.model import Model
from schemas.organization import EndCause
from schemas.role import Actor
from schemas.standing import Party
from services.registry.rules.ending import EndRecord, confirm_record, end_record, end_refs
from services.registry.rules.group import RegisterGroup, group_refs, register_group
from services.registry.rules.record import Record, RecordEntered
from services.registry.rules.recording import (
    ConfirmRecord,
    EnterRecord,
    RejectRecord,
    enter_record,
    enter_refs,
    reject_record,
    settle_refs,
)
from tests.services.registry.stories import ONE, OTHER, Registered

PAPER = "d" * 64
DAY = date(2026, 1, 5)
"""a Monday two months before the story's `NOON`"""
GRADE = {"kind": "grade", "grade": "4A"}
SERIOUS = {"kind": "credit_list", "list": "serious_breach"}
ABNORMAL = {"kind": "credit_list", "list": "abnormal_activities"}
MEALS = {"kind": "capability", "category": "health_elderly"}
STAFF = {"kind": "capacity", "full_time": 12, "social_workers": 5}
ADVISED = {"kind": "directory", "name": "示例区承接社会组织推荐目录", "year": 2026}
CHARTER = {"kind": "document", "type": "charter"}


class Filed(Registered):
    """A registry with records."""

    def enter(self, party: Party, content: dict[str, Any], by: Actor = ONE, **changes: Any) -> Record:
        fields = {"party_id": party.id, "content": content, "valid_from": DAY, "ground": "示例民政局 2026 年第 1 号"}
        if content["kind"] in ("grade", "credit_list", "document"):
            fields["document"] = PAPER
        said = self.command(enter_refs, enter_record, EnterRecord.model_validate(fields | changes), by)
        assert isinstance(said[0], RecordEntered)
        return self.world.get(Record, said[0].record_id)

    def confirm(self, record: Record, by: Actor = OTHER) -> list[Model]:
        command = ConfirmRecord(party_id=PartyId(record.party_id), record_id=record.id)
        return self.command(settle_refs, confirm_record, command, by)

    def reject(self, record: Record, by: Actor = OTHER, reason: str = "文号不符") -> Record:
        command = RejectRecord(party_id=PartyId(record.party_id), record_id=record.id, reason=reason)
        self.command(settle_refs, reject_record, command, by)
        return self.world.get(Record, record.id)

    def end(
        self,
        record: Record,
        cause: EndCause = EndCause.EXPIRED,
        on: date | None = None,
        by: Actor = ONE,
        document: str | None = PAPER,
        party_id: UUID | None = None,
    ) -> list[Model]:
        command = EndRecord(
            party_id=PartyId(party_id or record.party_id),
            record_id=record.id,
            on=on or self.context(by).today,
            cause=cause,
            reason="示例决定 2026 年第 2 号",
            document=document,
        )
        return self.command(end_refs, end_record, command, by)

    def listed(self, party: Party, content: dict[str, Any] = SERIOUS) -> Record:
        record = self.enter(party, content)
        self.confirm(record)
        return self.world.get(Record, record.id)

    def group(self, hub: Party, by: Actor = ONE, **changes: Any) -> Party:
        fields = {"name": "示例互助社", "division": "340111", "hub_id": hub.id}
        fields |= {"filed_with": "示例街道", "filing_number": "备〔2026〕3号"}
        command = RegisterGroup.model_validate(fields | changes)
        said = self.command(group_refs, register_group, command, by)
        return self.world.get(Party, said[1].party_id)  # type: ignore[attr-defined]
