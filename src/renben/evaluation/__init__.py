"""Did it work: indicators, targets, status, monitoring. This page lists the modules that `renben run` carries out."""

from renben.evaluation import checks, tables

PARTS = (tables, checks)
