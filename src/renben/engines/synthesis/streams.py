"""Random streams that depend on names only, never on threads, order or time.

Every stream is a counter-based Philox generator (Salmon et al. 2011) whose key is a hash of what the numbers
are for: seed, dataset or partition, purpose. Two runs, and one or many threads, draw the same numbers.

Not modelled: cryptographic strength.
"""

import hashlib

import numpy as np


def stream_key(*parts: object) -> int:
    """Return the 128-bit key of a random stream (integer, no unit) from the parts that name it.

    Args:
        parts: What the stream is for, e.g. seed, partition, purpose. Compared by their text.
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")


def stream(*parts: object) -> np.random.Generator:
    """Return a Philox generator keyed by the parts that name the stream.

    Args:
        parts: What the stream is for, e.g. seed, partition, purpose.
    """
    return np.random.Generator(np.random.Philox(key=stream_key(*parts)))
