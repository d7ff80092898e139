"""Land follows people: new urban construction land for settlers and for growing numbers of residents (增减挂钩).

A county sees how many hectares the people who settled, or the residents it gained, bring; a town that already uses
much land per head gets less for each.

Carries out: 国土资发〔2016〕123号 (square metres per settler by present land per head; up to a tenth more or less;
in principle none for the core of super- and very large cities).

Not modelled: quotas by township, the province's total and how it is shared out, use of the quota. Whether people who
settled or residents gained count is a provision, because the rule of the province is not published.
"""

from renben.measures.citizenization.land_quota.quota import land_quota

__all__ = ("land_quota",)
