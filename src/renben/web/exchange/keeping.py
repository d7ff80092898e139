"""Says which contents of signed messages are due; that there was a message, its digest and its receipt stay.

Carries out: Personal Information Protection Law arts. 19 and 47; Network Data Security Regulation art. 12 asks for the record
of what was provided, which the log and the audit are. A content that is still to be delivered, or whose certificate is
decided on in an open case, is kept. What a certificate states is the registry's evidence and stays with its case.
"""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from renben.web.exchange.log import CONTENT
from renben.web.exchange.models import Certificate, Message
from renben.web.exchange.sending import ATTEMPTS
from renben.web.flow.models import Case
from renben.web.guard import retention
from renben.web.guard.erasing import Due


def contents(day: dt.date) -> Iterator[Due]:
    """Contents of messages that are past their period."""
    rule, last = retention.days("message_content_days", day)
    open_case = Case.objects.filter(pk=OuterRef("case"), closed_on=None)
    needed = Certificate.objects.filter(Exists(open_case), message=OuterRef("pk"))
    over = Q(delivery=None) | Q(delivery__done_at__isnull=False) | Q(delivery__attempts__gte=ATTEMPTS)
    past = Message.objects.filter(over, ~Exists(needed), at__date__lt=last, content_ct__isnull=False)
    yield Due(past, CONTENT, rule, empty={"content_ct": None})


PARTS: dict[str, retention.Part] = {"message_contents": contents}
