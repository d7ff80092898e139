"""Whether what is wrong in the street is put right in time, by whoever answers for it (城市案件办理评价).

A city sees for each unit what share was handled within the limit, closed, and done again because it was not put right;
people see that a report leads somewhere.

Carries out: the evaluation stage of digital city management. Limits and calendars belong to the cases themselves.

Not modelled: weights of several reporters, satisfaction, points and rankings of units, hot spots.
"""

from renben.measures.city.city_cases.results import city_case_data, city_case_result

__all__ = ("city_case_data", "city_case_result")
