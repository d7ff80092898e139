"""What is written: plans, laws, dataset schemas, indicators, offices, regions and facts, with one loader."""

from renben.catalogue.loader import FACTS, Catalogue, load
from renben.catalogue.schema import Column, Dataset, Dated, Office, Provision, Region, RegionGroup
from renben.catalogue.source import CatalogueError

__all__ = [
    "FACTS",
    "Catalogue",
    "CatalogueError",
    "Column",
    "Dataset",
    "Dated",
    "Office",
    "Provision",
    "Region",
    "RegionGroup",
    "load",
]
