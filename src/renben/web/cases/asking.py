"""The questions of a report, one per page, and what was typed so far.

Nothing is kept on the server before a report is sent: what was typed travels in hidden fields from page to page and is
checked again, all of it, when it is sent. It needs no signature, since it is nothing but the reporter's own words.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from renben.web.cases import near
from renben.web.cases.classes import SEVERITIES, classes, subclasses
from renben.web.cases.models import CityCase
from renben.web.cases.reporting import LAT, LON, LONGEST, Told
from renben.web.registry import documents, places
from renben.web.registry.form_parts import radio_field
from renben.web.registry.forms import ContactForm
from renben.web.words import either, later, say_now

PAGES = ("what", "where", "near", "words", "phone", "check")
STEPS = tuple(page for page in PAGES if page != "near")
"""Pages that everybody sees."""
NEW = "new"
"""Instead of a case: none of those shown is meant."""
FIELDS = {"subclass": 40, "region": 12, "place": 400, "lat": 24, "lon": 24, "into": 40, "words": 4000, "severity": 12,
          "phone": 80}  # fmt: skip
"""Field -> characters that are carried on at most; more is cut, and refused where it is looked at."""
Typed = dict[str, str]


class Asked(forms.Form):
    """One page of the report. `typed` is what all pages have so far."""

    use_required_attribute = False

    def __init__(self, *args: Any, typed: Typed | None = None, **kwargs: Any) -> None:
        self.typed = typed or {}
        super().__init__(*args, **kwargs)


class WhatForm(Asked):
    """What it is."""

    subclass = forms.ChoiceField(
        label=later("report.what"), widget=forms.RadioSelect, choices=lambda: [(name, name) for name in subclasses()]
    )  # fmt: skip

    def groups(self) -> list[tuple[str, list[tuple[str, str, str, bool]]]]:
        """Name of each class with its subclasses: key, name, when it is filed, whether it is chosen."""
        chosen = str(self["subclass"].value() or "")
        found: dict[str, list[tuple[str, str, str, bool]]] = {name: [] for name in classes()}
        for name, one in subclasses().items():
            texts = [either(said.zh, said.en) for said in (one, one.filing)]
            found[one.of].append((name, texts[0], texts[1], name == chosen))
        return [(either(classes()[of].zh, classes()[of].en), rows) for of, rows in found.items() if rows]


class WhereForm(Asked):
    """Where it is: a county, and the place in words or as a point."""

    region = forms.ChoiceField(label=later("field.region"), choices=places.counties)
    place = forms.CharField(
        label=later("report.place"), help_text=later("report.place.hint"), required=False,
        max_length=LONGEST["place"], widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    lat = forms.CharField(
        label=later("report.lat"), help_text=later("report.lat.hint"), required=False, max_length=FIELDS["lat"],
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "w-14"}),
    )  # fmt: skip
    lon = forms.CharField(
        label=later("report.lon"), help_text=later("report.lon.hint"), required=False, max_length=FIELDS["lon"],
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "w-14"}),
    )  # fmt: skip
    place.sometimes = True

    def clean_lat(self) -> float | None:
        """Degrees north."""
        return degrees(self.cleaned_data["lat"], LAT, "form.lat")

    def clean_lon(self) -> float | None:
        """Degrees east."""
        return degrees(self.cleaned_data["lon"], LON, "form.lon")

    def clean(self) -> dict[str, Any]:
        """A point has both of its numbers, and there is a place in words or a point."""
        data = super().clean() or {}
        for one, other in (("lat", "lon"), ("lon", "lat")):
            if data.get(other) is not None and data.get(one) is None and one not in self.errors:
                self.add_error(one, say_now("form.half_point"))
        if not str(data.get("place") or "").strip() and data.get("lat") is None and not self.errors:
            self.add_error("place", say_now("form.no_place"))
        return data


def degrees(typed: str, bounds: tuple[float, float], word: str) -> float | None:
    """A number of degrees within bounds, None for nothing.

    Raises:
        ValidationError: no number, or beyond the bounds; says so with the word.
    """
    if not typed.strip():
        return None
    try:
        value = float(typed)
    except ValueError as error:
        raise forms.ValidationError(say_now(word)) from error
    if not bounds[0] <= value <= bounds[1]:
        raise forms.ValidationError(say_now(word))
    return value


class NearForm(Asked):
    """Whether it is one of the cases that are known already."""

    into = forms.ChoiceField(label=later("report.near"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found(self.typed)
        self.fields["into"].choices = [*((str(one.pk), one.title) for one in self.found), (NEW, NEW)]


class WordsForm(Asked):
    """What is wrong, and whether it is urgent."""

    words = forms.CharField(
        label=later("report.own_words"), help_text=later("report.words.hint"), max_length=LONGEST["words"],
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    severity = radio_field("report.severity", "report.severity", SEVERITIES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = case_of(self.typed) is None


class PhoneForm(ContactForm):
    """A phone for questions, if one likes."""

    def __init__(self, *args: Any, typed: Typed | None = None, **kwargs: Any) -> None:  # noqa: ARG002
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = False
        self.fields["phone"].help_text = later("report.phone.hint")


class CheckForm(Asked):
    """A photo, which travels with the last page only, since a browser keeps no file from page to page."""

    photo = forms.FileField(label=later("report.photo"), help_text=later("report.photo.hint"), required=False)

    def clean_photo(self) -> Any:
        """A picture that can be opened."""
        photo = self.cleaned_data["photo"]
        if not photo:
            return None
        if problem := documents.problem(photo):
            raise forms.ValidationError(say_now(problem))
        if documents.media_of(photo.read(16)) == "application/pdf":
            raise forms.ValidationError(say_now("form.file.picture"))
        photo.seek(0)
        return photo


FORMS: dict[str, Any] = {
    "what": WhatForm, "where": WhereForm, "near": NearForm, "words": WordsForm, "phone": PhoneForm, "check": CheckForm,
}  # fmt: skip


def typed(data: Mapping[str, Any]) -> Typed:
    """What was typed so far, each field cut at what is carried on."""
    return {name: str(data.get(name, ""))[:most] for name, most in FIELDS.items()}


def found(so_far: Typed) -> list[CityCase]:
    """Cases that may be the one that is meant; none before it is said what it is and where."""
    where = WhereForm(so_far, typed=so_far)
    if so_far["subclass"] not in subclasses() or not where.is_valid():
        return []
    said = where.cleaned_data
    return near.public(so_far["subclass"], said["region"], said["lon"], said["lat"])


def case_of(so_far: Typed) -> UUID | None:
    """The case that is meant, None for a new one."""
    try:
        return UUID(so_far.get("into", ""))
    except ValueError:
        return None


def following(page: str, so_far: Typed) -> str:
    """The page after one; the cases that are known are shown where there are any."""
    after = PAGES[PAGES.index(page) + 1]
    return after if after != "near" or found(so_far) else "words"


def preceding(page: str, so_far: Typed) -> str:
    """The page before one, empty for the first."""
    at = PAGES.index(page)
    before = PAGES[at - 1] if at else ""
    return before if before != "near" or found(so_far) else "where"


def first_wrong(so_far: Typed) -> Any | None:
    """The first page whose answers cannot be taken, with its form; None where all can."""
    for page in ("what", "where", "words", "phone"):
        form = FORMS[page](so_far, typed=so_far)
        if not form.is_valid():
            return page, form
    return None


def mistakes(so_far: Typed, photo: Any) -> list[tuple[str, str]]:
    """Everything that cannot be taken of a report that comes whole: page.field, and why."""
    files = {"photo": photo} if photo else None
    forms = [(page, FORMS[page](so_far, files if page == "check" else None, typed=so_far)) for page in STEPS]
    return [
        (f"{page}.{field}", " ".join(texts)) for page, form in forms for field, texts in form.errors.items()
    ]


def told(so_far: Typed, channel: str = "web") -> Told:
    """What a reporter says, from pages that were found right."""
    where, phone = WhereForm(so_far, typed=so_far), PhoneForm(so_far)
    for form in (where, phone):
        form.full_clean()
    return Told(
        subclass=so_far["subclass"], region=so_far["region"], words="\n".join(so_far["words"].split("\r\n")).strip(),
        place=so_far["place"].strip(), phone=phone.cleaned_data.get("phone", ""), lon=where.cleaned_data["lon"],
        lat=where.cleaned_data["lat"], severity=so_far["severity"], channel=channel,
    )  # fmt: skip
