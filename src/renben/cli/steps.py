"""Everything `renben run` can make: the mechanisms' and the evaluation's table functions and checks."""

from renben.core.table import functions_of
from renben.evaluation import PARTS
from renben.measures import MECHANISMS

STEPS = functions_of(*MECHANISMS, *PARTS)
