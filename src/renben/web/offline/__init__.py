"""Drafts on a device: a page that works without a network, and the doors through which it sends what was written down."""
