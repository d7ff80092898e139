"""Why a command was not carried out; every refusal has a status, a word key and the values to say."""

from typing import Any


class Refusal(Exception):
    """A command that was not carried out; nothing was written."""

    status = 422
    word = "refusal.other"
    see = ""
    """Address of the page that helps, where there is one."""

    def __init__(self, word: str = "", **values: Any) -> None:
        self.word = word or type(self).word
        self.values = values
        super().__init__(self.word)


class Stale(Refusal):
    """The case moved on since the page was shown."""

    status = 409
    word = "refusal.stale"


class NoSuchStep(Refusal):
    """The action does not exist in the case's stage."""

    status = 409
    word = "refusal.no_such_step"


class NotAllowed(Refusal):
    """The actor may not take this step: role, region, assignment, or maker is checker."""

    status = 403
    word = "refusal.not_allowed"


class KeyReused(Refusal):
    """The same one-time key came with another content."""

    status = 422
    word = "refusal.key_reused"


class Guarded(Refusal):
    """A decision table refused the step, or a fact it needs is missing."""

    word = "refusal.guarded"


class Incomplete(Refusal):
    """Something the step needs was not given."""

    word = "refusal.incomplete"


class Unknown(Refusal):
    """No such case, or none that the actor may know of."""

    status = 404
    word = "refusal.unknown"
