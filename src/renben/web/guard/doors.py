"""Keeps the public doors open for everybody: how often one account, or one address, may call at one of them.

Carries out: ASVS 5.0 2.4.1 (excessive calls are held back).
Doors, their routes and how often: policy.yaml. Whoever is signed in is counted by the account, anybody else by the
address. Counts stand in memory that the server's processes share, under a keyed hash that is new at every start:
no address is kept. They are a limit and not a ledger: two processes may now and then count two calls as one, and
each machine of several counts for itself. Not covered: floods that never become a request; they are the network's.
"""

import hashlib
import mmap
import secrets
import struct
import time
from functools import lru_cache

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest, HttpResponse

from renben.web.config import web_settings
from renben.web.guard.policy import Actor, Door, policy
from renben.web.look import errors
from renben.web.words import either, say_now

PLACES = 1 << 16
"""Callers that can be told apart at a time; whoever has not called longest gives way."""
NEIGHBOURS = 8
"""Places in which one caller may stand."""
PLACE = struct.Struct("<QQQ")
"""Caller, window of time, calls in it."""
KEY = secrets.token_bytes(16)
_shared = mmap.mmap(-1, PLACES * PLACE.size)
"""Made before the server's processes are: all of them see the same."""


@lru_cache(maxsize=1)
def _by_route() -> dict[str, Door]:
    return {route: door for door in policy().doors for route in door.routes}


def refused(request: HttpRequest, route: str | None, actor: Actor) -> HttpResponse | None:
    """Count a call of a route; 429 with the seconds to wait where it is one too many."""
    door = _by_route().get(route or "")
    if door is None:
        return None
    seconds = knock(door, actor, get_client_ip(request) or "unknown", time.time())
    return _answer(request, door, seconds) if seconds else None


def knock(door: Door, actor: Actor, address: str, moment: float) -> int:
    """Count one call; how long to wait before the next one where it is one too many, else 0 (seconds)."""
    known = actor.user_id is not None
    most = (door.account if known else door.address) * web_settings().door_factor
    who = f"{door.name}|{actor.user_id}" if known else f"{door.name}|@{address}"
    if _count(who, int(moment // door.seconds)) <= most:
        return 0
    return max(1, int(door.seconds - moment % door.seconds + 0.999))


def _count(who: str, window: int) -> int:
    """Calls of one caller in a window, this one among them (calls)."""
    mark = int.from_bytes(hashlib.blake2b(who.encode(), key=KEY, digest_size=8).digest(), "little") or 1
    first = mark % (PLACES - NEIGHBOURS)
    places = [(first + n) * PLACE.size for n in range(NEIGHBOURS)]
    found = [PLACE.unpack_from(_shared, at) for at in places]
    for at, (there, then, calls) in zip(places, found, strict=True):
        if there == mark:
            calls = calls + 1 if then == window else 1
            PLACE.pack_into(_shared, at, mark, window, calls)
            return int(calls)
    at = min(zip(found, places, strict=True), key=lambda pair: pair[0][1:])[1]
    PLACE.pack_into(_shared, at, mark, window, 1)
    return 1


def _answer(request: HttpRequest, door: Door, seconds: int) -> HttpResponse:
    text = say_now("error.429.door", door=either(door.zh, door.en), wait=seconds)
    answer = errors.page(request, 429, "error.429", text)
    answer["Retry-After"] = str(seconds)
    return answer
