"""Stories drive a server in its own process; nothing of it is shared with the tests."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark where the time-out plugin is not installed."""
    config.addinivalue_line("markers", "timeout(seconds): stop a story that hangs")
