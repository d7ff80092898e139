"""Deletes the contents of signed messages in time; that there was a message, its digest and its receipt stay.

Carries out: Personal Information Protection Law arts. 19 and 47; Network Data Security Regulation art. 12 asks for the record
of what was provided, which the log and the audit are. A content that is still to be delivered, or whose certificate is
decided on in an open case, is kept. What a certificate states is the registry's evidence and stays with its case.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from renben.web.exchange.log import CONTENT
from renben.web.exchange.models import Certificate, Message
from renben.web.exchange.sending import ATTEMPTS
from renben.web.flow.models import Case
from renben.web.guard import retention, scope
from renben.web.law import provision


def contents(day: dt.date) -> int:
    """Delete the contents of a batch of messages that are past their period (messages)."""
    law = provision("retention.message_content_days", day)
    last = day - dt.timedelta(days=int(law.value))
    with transaction.atomic():
        scope.enter(retention.KEEPER)
        open_case = Case.objects.filter(pk=OuterRef("case"), closed_on=None)
        needed = Certificate.objects.filter(Exists(open_case), message=OuterRef("pk"))
        over = Q(delivery=None) | Q(delivery__done_at__isnull=False) | Q(delivery__attempts__gte=ATTEMPTS)
        past = Message.objects.filter(over, ~Exists(needed), at__date__lt=last, content_ct__isnull=False)
        return retention.forget_batch(past, "content_ct", None, CONTENT, law.name)


PARTS: dict[str, Callable[[dt.date], int]] = {"message_contents": contents}
