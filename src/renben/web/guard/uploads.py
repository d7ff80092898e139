"""Takes uploads into memory only, and refuses what is too large instead of losing it without a word."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler


class InMemory(MemoryFileUploadHandler):
    """Files never touch the disk unencrypted; a request above the limit is answered, not silently cut."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> Any:
        """Refuse the whole request where it is too large.

        Raises:
            RequestDataTooBig: larger than FILE_UPLOAD_MAX_MEMORY_SIZE.
        """
        if content_length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig(f"{content_length} bytes sent")
        return super().handle_raw_input(input_data, META, content_length, *rest)
