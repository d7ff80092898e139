"""What every test shares: no deadline for a single example, since machines differ in speed."""

from hypothesis import settings

settings.register_profile("renben", deadline=None)
settings.load_profile("renben")
