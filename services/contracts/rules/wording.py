"""Words and turns that the papers share: Chinese first, and sources never without how sure they are."""

from collections.abc import Iterator

from schemas.contract import Milestone
from schemas.ids import PartyId
from schemas.rulebook import Certainty, Source
from services.contracts.rules.contract import Contract
from services.contracts.rules.docx import Part, Text

MILESTONES = {Milestone.MID_TERM: "中期 · mid-term", Milestone.FINAL: "末期 · final"}
CERTAINTIES = {
    Certainty.LAW: "法律条文 · law",
    Certainty.FOUNDING: "立项文件 · founding document",
    Certainty.PUBLISHED: "公开资料 · published page",
    Certainty.SECONDARY: "转引资料 · secondary source",
    Certainty.COMMON: "通行做法 · common practice",
    Certainty.EXAMPLE: "示例 · example",
}
NOTHING = "—"


def said(zh: str, en: str) -> Iterator[Part]:
    yield Text(zh)
    yield Text(en, "English")


def quoted(source: Source) -> Text:
    """Only what is law may be quoted as law, so each says how sure it is."""
    return Text(f"来源 Source:{source.text}【{CERTAINTIES[source.certainty]}】", "English")


def party_rows(contract: Contract) -> tuple[tuple[str, ...], ...]:
    """Role, name, credit code and id of each party."""
    if contract.by_community:
        roles: tuple[tuple[str, PartyId], ...] = (
            ("甲方(委托或资助方)· Party A, funder", contract.funder_id),
            ("乙方(承接方,即服务所在社区)· Party B, the community itself", contract.community_id),
        )
        return tuple((role, *_public(contract, id), str(id)) for role, id in roles)
    roles = (
        ("甲方(购买主体)· Party A, funder", contract.funder_id),
        ("乙方(承接主体)· Party B, provider", contract.provider_id),
        ("服务所在社区(履约确认方)· community, confirms delivery", contract.community_id),
    )
    return tuple((role, *_public(contract, id), str(id)) for role, id in roles)


def _public(contract: Contract, id: PartyId) -> tuple[str, str]:
    """Name and credit code; of a natural person nothing but the id is public."""
    if contract.annex is None:
        return NOTHING, NOTHING
    named = next(party for party in contract.annex.parties if party.id == id)
    return named.name or "自然人,仅列编号 · a natural person, by id only", named.code or NOTHING


PARTIES_HEAD = ("身份 · Role", "名称 · Name", "统一社会信用代码 · Credit code", "编号 · Id")
ITEMS_HEAD = ("项目 · Item", "内容 · Content")
