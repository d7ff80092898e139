"""Pages of a forgotten password: the owner's, and those on which administrators ask and agree."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from renben.web.clock import now
from renben.web.flow.refusals import Unknown
from renben.web.guard import recovery, scope
from renben.web.guard.models import Recovery, User
from renben.web.guard.policy import Actor
from renben.web.guard.recovery import DAY, JOB, REASONS, SEEN, Asked
from renben.web.words import later, say_now

SHOWN_DAYS = 30
MOST = 100
PASSWORD = {"autocomplete": "new-password"}


class NewPassword(forms.Form):
    """A new password with the code of a slip."""

    code = forms.CharField(
        label=later("recovery.code"), help_text=later("collect.hint"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    known = forms.CharField(
        label=later("recovery.known"), help_text=later("recovery.known_hint"), max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    password1 = forms.CharField(
        label=later("password.new"), help_text=password_validators_help_text_html(), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs=PASSWORD),
    )  # fmt: skip
    password2 = forms.CharField(
        label=later("password.repeat"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs=PASSWORD),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        given = super().clean() or {}
        if given.get("password1") and given.get("password2") and given["password1"] != given["password2"]:
            self.add_error("password2", say_now("password.differ"))
        return given


def recovered(form: NewPassword) -> bool:
    """Whether the form set a new password; what was wrong stands in the form."""
    if not form.is_valid():
        return False
    given = form.cleaned_data
    try:
        recovery.redeem(given["code"], given["known"], given["password1"])
    except Unknown:
        form.add_error("code", say_now("refusal.code"))
    except ValidationError as error:
        form.add_error("password1", error)
    return not form.errors


def owner_page(request: HttpRequest) -> dict[str, Any]:
    """Both ways to a new password, with the form for a slip's code."""
    form = NewPassword(request.POST if request.method == "POST" else None)
    done = form.is_bound and recovered(form)
    return {"form": form, "done": done, "minutes": recovery.law("minutes")}


def stated(data: QueryDict, user: User, known: str, **more: Any) -> Asked:
    """What a form says about somebody who was identified."""
    return Asked(
        user=user, known=known, seen=data.get("seen", ""), reason=data.get("reason", ""),
        factors_lost=data.get("factors_lost") == "on", word=data.get("word") == "on", **more,
    )  # fmt: skip


def slip(row: Recovery, code: str) -> dict[str, Any]:
    """What is printed and handed over; without the code where the same form came twice."""
    return {"row": row, "code": code, "state": recovery.state(row), "minutes": recovery.law("minutes")}


def recent(rows: Any) -> list[Recovery]:
    """What was asked for lately, the newest first."""
    found = rows.filter(asked_at__gt=now() - SHOWN_DAYS * DAY).select_related("user", "asked_by")
    return list(found.order_by("-asked_at", "-pk")[:MOST])


def offered(actor: Actor) -> dict[str, Any]:
    """What both pages for officers have in common."""
    return {"seen_kinds": SEEN, "reasons": REASONS, "minutes": recovery.law("minutes"), "me": actor.user_id}


def staff_page(actor: Actor, username: str) -> dict[str, Any]:
    """Accounts of staff whose password was forgotten; another administrator agrees to each."""
    with scope.reading_as(JOB):
        rows = recent(Recovery.objects.filter(staff=True))
    shown = [(row, recovery.state(row), row.user.username, "") for row in rows]
    return {"rows": shown, "username": username, "staff": True, **offered(actor)}


def staff_ask(actor: Actor, data: QueryDict) -> dict[str, Any]:
    """Ask for a slip for an account of staff.

    Raises:
        Unknown: no such account.
    """
    user = User.objects.filter(username=data.get("username", "").strip()).first()
    if user is None:
        raise Unknown("refusal.recovery_nobody")
    return slip(*recovery.ask(actor, stated(data, user, user.username, staff=True), data.get("key", "")))


def staff_second(actor: Actor, recovery_id: int, data: QueryDict) -> dict[str, Any]:
    """Agree to a colleague's request; the slip."""
    row = recovery.open_row(recovery_id, staff=True)
    return slip(row, recovery.second(actor, row, row.user.username, data.get("word") == "on"))
