"""Shares an amount exactly: parts always add up to the whole."""

from renben.engines.allocation.apportion import AllocationError, apportion, apportion_money

__all__ = ("AllocationError", "apportion", "apportion_money")
