"""Counter-based randomness: the same seed and keys give the same stream on any machine and thread count."""

import hashlib

import numpy as np


def stream(seed: int, *keys: str | int) -> np.random.Generator:
    """An independent Philox stream for a seed and any keys (dataset, region, partition, draw)."""
    text = "\x1f".join(str(key) for key in keys).encode()
    words = np.frombuffer(
        hashlib.blake2b(text, digest_size=16, salt=seed.to_bytes(16, "little", signed=True)).digest()
    )
    return np.random.Generator(np.random.Philox(key=words.view(np.uint64)))


def derived_seed(seed: int, *keys: str | int) -> int:
    """A non-negative 62-bit seed for a part of a run."""
    text = "\x1f".join(str(key) for key in (seed, *keys)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") >> 2


def splitting(seed: int) -> np.random.Generator:
    """A generator that a library may split into children (a Philox stream of ours has none)."""
    return np.random.default_rng(seed)
