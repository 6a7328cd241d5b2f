"""What an organization is, in words: its credit code tells, and a group on record (备案) has none."""

from schemas import uscc
from schemas.model import Model
from schemas.standing import Party


class OrganizationType(Model):
    """By the credit code's department and category; of a group on record (备案) none, it has no code."""

    category: str | None
    zh: str
    en: str


ON_RECORD = OrganizationType(category=None, zh="备案的社区社会组织", en="community organization on record")


def type_of(party: Party) -> OrganizationType | None:
    if party.hub_id is not None:
        return ON_RECORD
    category = uscc.category_of(party.uscc) if party.uscc else None
    if category is None or party.uscc is None:
        return None
    return OrganizationType(category=party.uscc[:2], zh=category.zh, en=category.en)
