"""Everything an operator may set, and the only reader of the environment."""

import os
from functools import lru_cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the command line; each may be given as an environment variable RENBEN_NAME."""

    model_config = SettingsConfigDict(
        env_prefix="RENBEN_", extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    workspace: Path = Path("workspace")
    """Folder of the workspace that commands use where --workspace is not given."""
    language: str = "zh"
    """Language of reports and messages about people: zh or en."""
    font_paths: str = ""
    """Folders with font files for PDF documents, separated by a colon; system fonts are always searched."""
    seed: int = 0
    """Root of all randomness in a run."""


def current() -> Settings:
    """Settings as the environment has them now, read anew only where it has changed; for what asks often."""
    return _read(tuple(os.environ.get(name) for name in _NAMES))


_NAMES = tuple(f"RENBEN_{name.upper()}" for name in Settings.model_fields)


@lru_cache(maxsize=4)
def _read(_environment: tuple[str | None, ...]) -> Settings:
    return Settings()
