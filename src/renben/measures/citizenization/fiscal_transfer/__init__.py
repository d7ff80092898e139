"""Transfers that count the residents served: what services cost a county, and the gap a payer helps to close.

A county that serves many people from elsewhere sees its need counted by the people entitled to each service, not by
those registered there, and how much of the gap to its revenue the equalization transfer closes.

Carries out: 财预〔2022〕58号 arts. 2-4 (transfer = (need - revenue) x coefficient, only where need exceeds revenue; not
earmarked); the plan (spending on basic services for residents counts).

Not modelled: needs outside the services priced, growth adjustment, factors of altitude, temperature and density (they
belong into the index of service costs). The coefficient is the pool over all gaps, at most 1; the published text does
not say how it is set. Prices of services, revenues and the pool are data that finance departments send.
"""

from renben.measures.citizenization.fiscal_transfer.gap import fiscal_transfer
from renben.measures.citizenization.fiscal_transfer.need import expenditure_need

__all__ = ("expenditure_need", "fiscal_transfer")
