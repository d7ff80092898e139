"""Everything `renben run` can make: the mechanisms' and the evaluation's table functions and checks."""

from renben.core.table import functions_of
from renben.evaluation import checks, outlook, tables
from renben.measures import MECHANISMS

STEPS = functions_of(*MECHANISMS, outlook, tables, checks)
