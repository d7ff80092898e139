"""The form of a claim: what the registry holds is shown, and a word or a paper may be added."""

from typing import Any

from django import forms

from renben.web.registry.forms import EvidenceForm
from renben.web.words import later

LONGEST = 500


class ClaimForm(EvidenceForm):
    """A remark and a paper, neither of which is asked for."""

    claim_remark = forms.CharField(
        label=later("field.claim_remark"), help_text=later("hint.claim_remark"), max_length=LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    field_order = ("claim_remark", "file")

    def kept(self) -> dict[str, Any]:
        """The remark and the key of the file."""
        return {"claim_remark": self.cleaned_data["claim_remark"]} | super().kept()
