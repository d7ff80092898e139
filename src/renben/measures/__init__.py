"""What the plan asks: one module per mechanism, grouped by action. This page is the list of them."""

from types import ModuleType

MECHANISMS: tuple[ModuleType, ...] = ()
