"""Evidence of a report as a file: checked, kept encrypted, given out with the fingerprint it came in with."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from renben.web.flow.refusals import Unknown
from renben.web.guard import audit
from renben.web.guard.policy import Actor
from renben.web.programme.models import Report
from renben.web.programme.pages import KIND, task_of
from renben.web.registry import documents
from renben.web.registry.models import Document

EVIDENCE = "evidence"


def sent(actor: Actor, case_id: UUID, uploaded: UploadedFile | None) -> dict[str, str]:
    """What a step's payload says of a file that came along; the same file sent again is the same document.

    Raises:
        Incomplete: the file is empty, too large or not what its name says.
        Unknown: no such task to this actor.
    """
    if uploaded is None:
        return {}
    return documents.evidence(uploaded, task_of(actor, case_id).pk, EVIDENCE)


def attached(actor: Actor, case_id: UUID, seq: int) -> HttpResponse:
    """The file of one report, for whoever may see the task; every look is recorded.

    Raises:
        Unknown: no such task to this actor, or a report without a file.
    """
    task = task_of(actor, case_id)
    report = Report.objects.filter(task=task, seq=seq).exclude(document=None).first()
    found = Document.objects.filter(pk=report.document).first() if report else None
    if report is None or found is None:
        raise Unknown()
    audit.record(
        actor, "read", "task.read", object_type=EVIDENCE, object_id=str(found.pk), region=task.case.region
    )
    return documents.given(found, f"{task.case.number or KIND}-{seq}")
