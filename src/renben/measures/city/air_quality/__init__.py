"""Air people breathe: daily and hourly index, heavy-pollution warnings, emergency cuts (空气质量与重污染应对).

Residents learn how the air is and when to stay in; a city learns a day ahead when to warn and whether its list
of emergency cuts is enough; a year of days becomes the indicators of good days, heavy days and PM2.5.

Carries out: HJ 633 (the edition in force on each day; that of 2026 since 2026-03-01), GB 3095 grade II limits,
环大气〔2024〕6号 (warning levels), Air Pollution Law ch. 6: a government decides and issues a warning, this
module only recommends one.

Not modelled: merging two episodes less than 36 hours apart (known from memory only), trading of cuts between SO2
and NOx, pollutants a city need not monitor, eight-hour ozone from hours, approval of exceptional events (it is a
column of the source), ozone episodes and dust, which colour warnings do not cover.
"""

from renben.measures.city.air_quality.checks import (
    air_days_have_an_index,
    emergency_list_cuts_enough,
    warning_is_to_be_decided,
    warnings_come_in_time,
)
from renben.measures.city.air_quality.index import aqi_day, aqi_hour, iaqi_day
from renben.measures.city.air_quality.warning import air_warning, air_warning_review, emergency_cut
from renben.measures.city.air_quality.year import air_composite, air_year_data

__all__ = (
    "air_composite",
    "air_days_have_an_index",
    "air_warning",
    "air_warning_review",
    "air_year_data",
    "aqi_day",
    "aqi_hour",
    "emergency_cut",
    "emergency_list_cuts_enough",
    "iaqi_day",
    "warning_is_to_be_decided",
    "warnings_come_in_time",
)
