"""What is wrong with a flow, in both languages: errors print the English, a page shows its own."""


class Flaw(str):
    """One problem of a flow. As a string it is the English sentence."""

    zh: str

    def __new__(cls, en: str, zh: str = "") -> "Flaw":
        """A problem told in English and in Chinese; without the Chinese where a library says it in English only."""
        made = super().__new__(cls, en)
        made.zh = zh or en
        return made

    @property
    def en(self) -> str:
        """The English sentence."""
        return str(self)
