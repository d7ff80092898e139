"""Shows personal fields as the policy says: in full, masked, or not at all.

Carries out: GB/T 35273 7.2 (limits on showing), Personal Information Protection Law art. 6 (least scope).
Every page that shows a person's field asks here under the permission of its route.
"""

from collections.abc import Callable

from renben.web.guard.crypto import masked_name, masked_number, masked_phone
from renben.web.guard.policy import FULL, MASKED, PolicyError, policy

MASKS: dict[str, Callable[[str], str]] = {
    "number": masked_number,
    "phone": masked_phone,
    "name": masked_name,
    "all": lambda text: "*" * len(text),
}


def shown(permission: str, field: str, value: str) -> str:
    """A personal field as somebody with a permission sees it; an empty text where it is not to be shown.

    Raises:
        PolicyError: the field is not among the policy's.
    """
    known = policy()
    if field not in known.fields:
        raise PolicyError(f"field {field!r} is not in policy.yaml; write it there with its mask.")
    how = known.permissions[permission].fields.get(field)
    if how == FULL:
        return value
    return MASKS[known.fields[field]["mask"]](value) if how == MASKED else ""
