"""The four types of the rule language: truth, whole number, date and code of a named domain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Type:
    """One type of the language; a code type also names its domain."""

    name: str
    domain: str = ""

    def __str__(self) -> str:
        """Name as it stands in error messages."""
        return f"code of {self.domain}" if self.domain else self.name


BOOL = Type("bool")
INT = Type("int")
DATE = Type("date")


def code_type(domain: str) -> Type:
    """The type of codes of one domain, for example sex or region."""
    return Type("code", domain)


@dataclass(frozen=True)
class Member:
    """One value of a code domain with its wording."""

    domain: str
    name: str
    code: int
    zh: str
    en: str


class Domain:
    """A closed list of codes: `Domain("sex", male=(1, "男", "male"), ...)`; `SEX.male` is a constant."""

    def __init__(self, name: str, /, **members: tuple[int, str, str]) -> None:
        """Declare the members as name=(code, zh, en)."""
        self.name = name
        self.type = code_type(name)
        self.members = {key: Member(name, key, code, zh, en) for key, (code, zh, en) in members.items()}
        self.by_code = {member.code: member for member in self.members.values()}
        if len(self.by_code) != len(self.members):
            raise ValueError(f"domain {name}: two members share one code")

    def __getattr__(self, name: str) -> Member:
        """The member of that name.

        Raises:
            AttributeError: the domain has no such member; the known ones are listed.
        """
        members = self.__dict__.get("members", {})
        if name in members:
            found: Member = members[name]
            return found
        raise AttributeError(f"domain {self.__dict__.get('name')} has no member {name!r}: {sorted(members)}")
