"""renben (人本, people first): software that runs a people-centred urbanization programme."""

__version__ = "0.1.0"
