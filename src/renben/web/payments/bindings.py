"""Effects and facts of payment batches: who made it, approval, files, the return, and differences."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from renben.web.append import append
from renben.web.flow.bindings import Bindings, Step
from renben.web.flow.models import Case
from renben.web.flow.refusals import Guarded, Incomplete, NotAllowed, Stale, Unknown
from renben.web.payments.files import made
from renben.web.payments.matching import MATCHED, compare
from renben.web.payments.models import Batch, GivenFile, Outcome, ReturnFile, ReturnRow
from renben.web.payments.series import WAYS, key_of, last_approved


def batch_of(step: Step) -> Batch:
    """The batch behind a step."""
    return Batch.objects.select_related("case").get(pk=step.case.pk)


def current(case: Case) -> ReturnFile | None:
    """The return file that counts."""
    return ReturnFile.objects.filter(batch=case.pk).order_by("-seq").first()


def facts(case: Case, _payload: Mapping[str, Any], _day: dt.date) -> dict[str, Any]:
    """Facts that the guards ask for."""
    batch, file = Batch.objects.get(pk=case.pk), current(case)
    last = last_approved(key_of(batch))
    left = Outcome.objects.filter(file=file, closed_on=None).exclude(found=MATCHED) if file else []
    return {"overtaken": (last.pk if last else None) != batch.follows_id, "differences": len(left)}


def as_maker(step: Step) -> None:
    """Only who drew the batch up hands it on: so whoever approves is somebody else."""
    if batch_of(step).made_by != step.actor.user_id:
        raise NotAllowed("refusal.payment_not_maker")


def approve(step: Step) -> None:
    """From now on the batch counts as approved."""
    if batch_of(step).made_by == step.actor.user_id:
        raise NotAllowed("refusal.maker_is_checker")
    Batch.objects.filter(pk=step.case.pk).update(pending=False, approved_on=step.day)


def free(step: Step) -> None:
    """The series is free for another batch."""
    Batch.objects.filter(pk=step.case.pk).update(pending=False)


def make_files(step: Step) -> None:
    """Make the files that are given out, once."""
    found = made(batch_of(step))
    append(
        *(
            GivenFile(batch_id=step.case.pk, form=one.form, content=one.content, sha256=one.sha256)
            for one in found
        )
    )
    step.detail |= {one.form: one.sha256 for one in found}


def keep_return(step: Step) -> None:
    """Keep a return file beside the earlier ones, and what comes of comparing it."""
    batch, rows = batch_of(step), step.payload["rows"]
    before = current(step.case)
    file = ReturnFile.objects.create(
        batch=batch, seq=(before.seq if before else 0) + 1, sha256=step.payload["sha256"],
        account=step.actor.user_id or 0, day=step.day,
    )  # fmt: skip
    append(*(
        ReturnRow(file=file, batch=batch, line=line, region=region, amount=amount, day=dt.date.fromisoformat(day), reference=ref)
        for line, region, amount, day, ref in rows
    ))  # fmt: skip
    found = compare(ordered(batch), ((region, amount) for _, region, amount, *_ in rows))
    append(*(Outcome(file=file, batch=batch, **vars(one)) for one in found))
    left = sum(one.found != MATCHED for one in found)
    if bool(left) != (step.move.action == "differ"):
        raise Stale()
    step.detail |= {"return": file.seq, "sha256": file.sha256, "rows": len(rows), "differences": left}


def ordered(batch: Batch) -> dict[str, int]:
    """Fen by region, as the batch orders them."""
    return dict(batch.rows.exclude(amount=0).values_list("region", "amount"))


def _difference(step: Step) -> Outcome:
    """The open difference that a step names."""
    found = Outcome.objects.filter(file=current(step.case), region=step.payload["code"], closed_on=None)
    outcome = found.exclude(found=MATCHED).first()
    if outcome is None:
        raise Unknown("refusal.payment_no_difference")
    return outcome


def explain(step: Step) -> None:
    """Say how a difference came about, and whether it stays or goes into the next batch."""
    outcome, way = _difference(step), step.payload["way"]
    if way not in WAYS:
        raise Incomplete(fields="way")
    Outcome.objects.filter(pk=outcome.pk).update(way=way, said_by=step.actor.user_id)
    step.detail |= {"region": outcome.region, "way": way, "return": outcome.file.seq}


def close_difference(step: Step) -> None:
    """A second person agrees to what was said of a difference."""
    outcome = _difference(step)
    if not outcome.way:
        raise Guarded("refusal.payment_unexplained")
    if outcome.said_by == step.actor.user_id:
        raise NotAllowed("refusal.maker_is_checker")
    Outcome.objects.filter(pk=outcome.pk).update(closed_by=step.actor.user_id, closed_on=step.day)
    step.detail |= {"region": outcome.region, "return": outcome.file.seq}


def as_second(step: Step) -> None:
    """Whoever brought the return that counts does not settle the batch."""
    file = current(step.case)
    if file is not None and file.account == step.actor.user_id:
        raise NotAllowed("refusal.maker_is_checker")


BATCH = Bindings(
    {
        "as_maker": as_maker,
        "approve": approve,
        "free": free,
        "make_files": make_files,
        "keep_return": keep_return,
        "explain": explain,
        "close_difference": close_difference,
        "as_second": as_second,
    },
    facts,
)
