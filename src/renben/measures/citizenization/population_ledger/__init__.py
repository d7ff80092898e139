"""Two ledgers, residents and registered people, carried forward by what is registered (两个城镇化率).

A city sees in the running year what registered moves and settlements do to its two urbanization rates, before the
yearly statistics come. Somebody becomes a resident after half a year; somebody settled becomes registered. Settling
where one already lives raises the rate by registration and leaves the resident rate as it is.

Carries out: the definition of residents in the census (half a year) and 国发〔2014〕25号 (settlement as change of
registration), as read by the registry.

Not modelled: births, deaths, reclassified places, moves that nobody registered. A reported stock of the year
replaces what is carried.
"""

from renben.measures.citizenization.population_ledger.carried import population_ledger

__all__ = ("population_ledger",)
