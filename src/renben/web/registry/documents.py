"""Takes uploaded proofs: checks that the content is what it claims, strips pictures, stores them encrypted."""

import base64
import hashlib
import hmac
import io
import uuid

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from PIL import Image, ImageOps, UnidentifiedImageError

from renben.web.clock import now
from renben.web.flow.refusals import Incomplete
from renben.web.guard import crypto
from renben.web.registry.models import Document
from renben.web.words import say_now

LARGEST = 5_000_000
MOST_PIXELS = 30_000_000
PDF, JPEG, PNG = b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
FIELD = "document.content"
PROOF = "proof"
"""Kind of what applicants hand in."""


def media_of(head: bytes) -> str | None:
    """Media type by the first bytes, never by name."""
    for magic, media in ((PDF, "application/pdf"), (JPEG, "image/jpeg"), (PNG, "image/png")):
        if head.startswith(magic):
            return media
    return None


def problem(uploaded: UploadedFile) -> str:
    """Word of what is wrong with an uploaded file, empty for nothing."""
    if not uploaded.size:
        return "form.file.empty"
    if uploaded.size > LARGEST:
        return "form.file.large"
    head = uploaded.read(16)
    uploaded.seek(0)
    media = media_of(head)
    if media is None:
        return "form.file.kind"
    return "" if media == "application/pdf" else _picture_problem(uploaded)


def _picture_problem(uploaded: UploadedFile) -> str:
    try:
        with Image.open(uploaded) as picture:
            too_large = picture.width * picture.height > MOST_PIXELS
            if not too_large:
                picture.load()
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return "form.file.unreadable"
    finally:
        uploaded.seek(0)
    return "form.file.large" if too_large else ""


def stripped(content: bytes, media: str) -> bytes:
    """A picture drawn anew and upright, so that place, time, device and remarks written into it are gone; a PDF as it is."""
    if media == "application/pdf":
        return content
    with Image.open(io.BytesIO(content)) as picture:
        out = io.BytesIO()
        plain = ImageOps.exif_transpose(picture).convert("RGB")
        plain.info.clear()
        plain.save(out, "JPEG" if media == "image/jpeg" else "PNG", quality=90)
    return out.getvalue()


def store(uploaded: UploadedFile, case: uuid.UUID | None, kind: str = PROOF) -> str:
    """Store a checked file encrypted and return its key, which follows from case and content: twice is once.

    Args:
        uploaded: the file, found without a problem.
        case: the case that brings it, through which it can be reached.
        kind: what it is for.
    """
    media = media_of(uploaded.read(16)) or ""
    uploaded.seek(0)
    content = stripped(uploaded.read(), media)
    bound = f"{case}|".encode() + content
    fingerprint = hmac.new(crypto.index_key("document"), bound, hashlib.sha256).hexdigest()
    key = uuid.UUID(fingerprint[:32])
    sealed = crypto.encrypt(base64.b64encode(content).decode(), FIELD, key)
    row = Document(
        id=key, case=case, kind=kind, media=media, size=len(content), hash=fingerprint, at=now(),
        content_ct=sealed,
    )  # fmt: skip
    Document.objects.bulk_create([row], ignore_conflicts=True)
    return str(key)


def content(document: Document) -> bytes:
    """The stored file, decrypted."""
    return base64.b64decode(crypto.decrypt(document.content_ct, FIELD, document.pk))


def evidence(uploaded: UploadedFile, case: uuid.UUID, kind: str) -> dict[str, str]:
    """Keep a file that came with a step: what the step says of it, its key and its fingerprint as it was sent.

    Raises:
        Incomplete: empty, too large or not what its name says.
    """
    if wrong := problem(uploaded):
        raise Incomplete("refusal.file", why=say_now(wrong))
    uploaded.seek(0)
    mark = hashlib.sha256(uploaded.read()).hexdigest()
    uploaded.seek(0)
    return {"document": store(uploaded, case, kind), "fingerprint": mark}


def given(document: Document, name: str) -> HttpResponse:
    """A stored file to be saved under a name, which gets the ending of its kind; the caller has recorded the look."""
    response = HttpResponse(content(document), content_type=document.media)
    response["Content-Disposition"] = f'attachment; filename="{name}.{document.media.split("/")[1]}"'
    return response
