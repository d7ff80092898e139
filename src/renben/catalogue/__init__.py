"""What is written: plans, laws, dataset schemas, indicators, offices, regions and facts, with one loader."""

from renben.catalogue.loader import FACTS, Catalogue, CatalogueView, load
from renben.catalogue.plan import Action, Commitment, Goal, Measure, Plan, Programme, Quantity
from renben.catalogue.schema import Column, Dataset, Dated, Label, Office, Provision, Region, RegionGroup
from renben.catalogue.source import CatalogueError

__all__ = [
    "FACTS",
    "Action",
    "Catalogue",
    "CatalogueError",
    "CatalogueView",
    "Column",
    "Commitment",
    "Dataset",
    "Dated",
    "Goal",
    "Label",
    "Measure",
    "Office",
    "Plan",
    "Programme",
    "Provision",
    "Quantity",
    "Region",
    "RegionGroup",
    "load",
]
