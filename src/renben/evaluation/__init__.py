"""Did it work: indicators, targets, status, monitoring. This page lists the modules that `renben run` carries out."""

from renben.evaluation import checks, midterm, outlook, shortage, tables

PARTS = (outlook, shortage, tables, checks, midterm)
