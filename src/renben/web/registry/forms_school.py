"""The forms of an application for a school place: which year and grade, and only those papers that are not held."""

from typing import Any

from django import forms

from renben.web.clock import today
from renben.web.guard import scope
from renben.web.law import provision
from renben.web.registry import people, schooling
from renben.web.registry.form_parts import QuestionForm
from renben.web.registry.forms import EvidenceForm
from renben.web.words import later, say_now


def years() -> list[tuple[str, str]]:
    """School years that can be applied for: the one that begins this autumn, and the next."""
    first = today().year
    return [(str(year), say_now("school.year_of", year=year, next=year + 1)) for year in (first, first + 1)]


def grades() -> list[tuple[str, str]]:
    """Grades of compulsory education."""
    last = int(provision("education.compulsory_grades", today()).value)
    return [(str(n), say_now("school.grade_of", n=n)) for n in range(1, last + 1)]


class SchoolForm(QuestionForm):
    """For which school year and grade."""

    school_year = forms.ChoiceField(label=later("field.school_year"), choices=years)
    grade = forms.ChoiceField(label=later("field.grade"), choices=grades)


class PapersForm(EvidenceForm):
    """What is held and, where something is not, the file that shows it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with scope.reading_as("registry"):  # a guardian's own account does not see the child's record
            person = people.person(self.case.person_key) if self.case and self.case.person_key else None
        self.papers = schooling.papers(person, today()) if person else None
        self.asked = self.papers.asked_for if self.papers else ()
        if not self.asked:
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        """A file now, or one that came before."""
        data = super().clean() or {}
        if (
            self.asked
            and not data.get("file")
            and not self.answers.get("document")
            and "file" not in self.errors
        ):
            self.add_error("file", say_now("form.file.school"))
        return data

    def kept(self) -> dict[str, Any]:
        """The key of the file, none where nothing was asked for."""
        return super().kept() if self.asked else {"document": str(self.answers.get("document", ""))}
