"""What the auditor finds in a story, as tests compare it."""

from services.audit import rules
from services.audit.rules import Story
from tests.services.doors import CHINESE


def findings(story: Story) -> list[str]:
    """In English, once it is seen that each is said in Chinese too and not the same."""
    found = rules.findings(story)
    assert all(CHINESE.search(one.zh) and not CHINESE.search(one.en.replace("元", "")) for one in found), found
    return [one.en for one in found]
