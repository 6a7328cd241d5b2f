"""What a proof finds: something that is missing or does not add up, said in both languages."""

from schemas.model import Model


class Finding(Model):
    """Something that is missing or does not add up."""

    zh: str
    en: str

    def about(self, zh: str, en: str) -> "Finding":
        """The same, with what it is about before it."""
        return Finding(zh=f"{zh}:{self.zh}", en=f"{en}: {self.en}")
