"""A city case beside its flow, what people reported, and the rules that say who handles what."""

from django.db import models
from django.db.models import Q

from renben.web.cases.models_grids import Grid
from renben.web.cases.models_sensors import Ponding, Reading, Sensor, SetAside
from renben.web.flow.models import Case

__all__ = ("CityCase", "Grid", "Ponding", "Reading", "Report", "RouteRule", "RouteSet", "Sensor", "SetAside")


class CityCase(models.Model):
    """What a case of the kind `city_case` is about. Nothing personal: what a reporter wrote is in the reports.

    The moments are those of the last time the case went through; `failed` and `reopened` count the rounds.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="city_case")
    subclass = models.CharField(max_length=40)
    """What the reporter chose, until an officer files it as something else."""
    severity = models.CharField(max_length=10, default="ordinary")
    title = models.CharField(max_length=80, blank=True)
    """An officer's words, which anybody may read; empty until the case is filed."""
    place = models.CharField(max_length=120, blank=True)
    """An officer's words for the place, which anybody may read; empty until the case is filed."""
    region = models.CharField(max_length=12)
    """County, as of the case."""
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    grid = models.CharField(max_length=32, blank=True)
    """Key of the grid in which its point lay on the day of the report; empty where it lay in none."""
    channel = models.CharField(max_length=12)
    """How the first report came: web, phone, patrol, sensor or api."""
    unit = models.CharField(max_length=60, blank=True)
    """Office that handles it, an id of the catalogue; empty while nobody does."""
    reported_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """End of the handling limit as it stood when the unit said it was done; for a limit in days the end of the day."""
    done_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    in_time = models.BooleanField(null=True)
    """Whether the unit was done within the limit; empty until then."""
    failed = models.IntegerField(default=0)
    """How often it was not put right when somebody looked."""
    reopened = models.IntegerField(default=0)
    reports = models.IntegerField(default=1)
    """How many reported it."""
    measured = models.JSONField(default=dict)
    """What the subclass asks for, such as the depth of water (unit as in the catalogue)."""
    reason = models.CharField(max_length=20, blank=True)
    """Why it was not filed, from a list."""
    synthetic = models.BooleanField(default=False)

    class Meta:
        """Found by place for duplicates, by unit for its list, by month for the results."""

        indexes = [
            models.Index(fields=["subclass", "region", "reported_at"], name="city_near"),
            models.Index(fields=["unit", "region"], name="city_by_unit"),
            models.Index(fields=["grid"], name="city_by_grid"),
            models.Index(fields=["region", "closed_at"], name="city_by_end"),
            models.Index(fields=["filed_at"], name="city_by_filing"),
            models.Index(fields=["reported_at"], name="city_by_report"),
        ]


class Report(models.Model):
    """What one reporter said, encrypted, with the code under which the reporter follows it."""

    city = models.ForeignKey(CityCase, models.PROTECT, related_name="told")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    """The case that this report opened or was added to; `city` is the one which that was joined to, if any."""
    account = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=12)
    words_ct = models.BinaryField(null=True)
    place_ct = models.BinaryField(null=True)
    phone_ct = models.BinaryField(null=True)
    code_hash = models.CharField(max_length=64, null=True, unique=True)
    """Keyed hash of the code that was shown once; empty where an account opened the case and finds it among its own."""
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    at = models.DateTimeField()
    photo = models.UUIDField(null=True)
    """An encrypted document of the registry's store."""

    class Meta:
        """In the order they came."""

        indexes = [models.Index(fields=["account", "at"], name="city_report_by_account")]


class RouteSet(models.Model):
    """One version of the rules that say which office handles what: a draft, in force, or followed by another."""

    region = models.CharField(max_length=12)
    """City or county for which it holds."""
    version = models.IntegerField()
    state = models.CharField(max_length=10, default="draft")
    """draft, in_force or past."""
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    trial = models.JSONField(default=dict)
    """What the dry run before publishing came to."""

    class Meta:
        """Versions are numbered per region, and one is in force."""

        constraints = [
            models.UniqueConstraint(fields=["region", "version"], name="one_route_version"),
            models.UniqueConstraint(
                fields=["region"], condition=Q(state="in_force"), name="one_routing_in_force"
            ),
            models.UniqueConstraint(fields=["region"], condition=Q(state="draft"), name="one_routing_draft"),
        ]


class RouteRule(models.Model):
    """One rule: the first that fits names the office."""

    routes = models.ForeignKey(RouteSet, models.CASCADE, related_name="rules")
    place = models.IntegerField()
    """Order."""
    county = models.CharField(max_length=12, blank=True)
    grid = models.CharField(max_length=32, blank=True)
    """Key of a grid; empty for everywhere."""
    what = models.CharField(max_length=40, blank=True)
    """Class or subclass; empty for everything."""
    severity = models.CharField(max_length=10, blank=True)
    unit = models.CharField(max_length=60)

    class Meta:
        """Read in order."""

        constraints = [models.UniqueConstraint(fields=["routes", "place"], name="one_rule_per_place")]
