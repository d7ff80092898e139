"""The same 17 decisions as an experienced hand would write them in DuckDB SQL, for one day, by county."""

SQL = """
WITH p AS (
  SELECT *,
    county // 100 <> hukou_county // 100 AS elsewhere,
    county = hukou_county AS settled,
    permit_issued <= DATE '2025-03-01' AND permit_issued > DATE '2020-03-01'
      AND (endorsed_until >= DATE '2025-03-01' OR late_endorsement) AS permit,
    stable_job_since <= DATE '2025-03-01' AS job,
    stable_home_since <= DATE '2025-03-01' AS home,
    CAST(owned_area AS BIGINT) // NULLIF(household_size, 0) < 15 AS crowded,
    CAST(household_income AS BIGINT) // NULLIF(household_size, 0) AS per_head,
    CASE retirement_class WHEN 1 THEN 720 WHEN 2 THEN 660 ELSE 600 END AS old_age,
    year(birth) * 12 + month(birth) - 1 AS born
  FROM {table}
), q AS (
  SELECT *,
    settled OR permit AS t1,
    settled OR permit AND permit_counted_from <= DATE '2024-03-01'
      OR permit AND permit_counted_from <= DATE '2024-03-01' AND permit_counted_from <= DATE '2022-03-01' AS t2,
    per_head <= 200000 AND household_assets <= 10000000 AS modest,
    born + old_age - 24300 AS behind
  FROM p
), r AS (
  SELECT *,
    t1 OR registered_since <= DATE '2025-03-01' AS t0,
    old_age + CASE WHEN behind < 0 THEN 0
      WHEN retirement_class = 3 THEN least(60, behind // 2 + 1) ELSE least(36, behind // 4 + 1) END AS age
  FROM q
), s AS (
  SELECT *,
    CAST(birth + to_months(CAST(age AS INTEGER)) AS DATE) AS retires,
    180 + 6 * least(greatest((born + age) // 12 - 2029, 0), 10) AS least_months
  FROM r
), d AS (
  SELECT county,
    elsewhere AND registered_since <= DATE '2025-03-01' AND resident_since <= DATE '2024-09-01' AND (job OR home OR study_since <= DATE '2025-03-01') AS residence_permit,
    permit AS permit_holder,
    NOT settled AND (home OR job) AS settle,
    birth <= DATE '2022-03-01' AND birth > DATE '2019-03-01' AND t2 AS preschool_place,
    finished_junior AND t2 AS senior_high_place,
    settled OR senior_high_since <= DATE '2022-03-01' AND student_record AND parents_stable_job AND parents_stable_home AS local_gaokao,
    birth <= DATE '2019-03-01' AND birth > DATE '2007-03-01' AND NOT finished_junior AND t0 AS compulsory_fees_free,
    birth > DATE '2018-03-01' AND t0 AS vaccination,
    birth <= DATE '1960-03-01' AND t0 AS elder_health,
    rural_hukou AND t0 AS rural_worker_training,
    (poor_family OR leaving_school OR school_leaver_unemployed OR rural_hukou OR registered_unemployed)
      AND NOT training_subsidy_this_year AND training_days >= 1 AS training_subsidy,
    t1 AND NOT employee_insured AS resident_medical_subsidy,
    NOT in_public_housing AND (settled OR stable_job_since <= DATE '2024-03-01') AND crowded AND modest AS public_rental,
    NOT in_public_housing AND t2 AND crowded AND modest AS rent_subsidy,
    per_head < 70000 AND household_assets <= 5000000 AS minimum_living,
    retires <= DATE '2025-03-01' AND pension_months >= least_months AS old_age_pension,
    pension_relation_here AND (insured_county = hukou_county OR NOT temporary_account AND pension_months_here >= 120) AS pension_claim_here,
    CAST(least(training_days, 10) AS BIGINT) * 15000 + CAST(greatest(least(training_days, 15) - 10, 0) AS BIGINT) * 10000 AS a_training,
    1500 * CASE WHEN household_size <= 1 THEN 20 WHEN household_size <= 2 THEN 40 WHEN household_size > 2 THEN 60 END
      * CASE WHEN minimum_income_household THEN 9000 WHEN NOT minimum_income_household THEN 5000 END // 10000 AS a_rent,
    (70000 - per_head) * household_size AS a_living
  FROM s
)
SELECT county, count(*) AS people,
  count(*) FILTER (residence_permit) AS residence_permit, count(*) FILTER (permit_holder) AS permit_holder,
  count(*) FILTER (settle) AS settle, count(*) FILTER (preschool_place) AS preschool_place,
  count(*) FILTER (senior_high_place) AS senior_high_place, count(*) FILTER (local_gaokao) AS local_gaokao,
  count(*) FILTER (compulsory_fees_free) AS compulsory_fees_free, count(*) FILTER (vaccination) AS vaccination,
  count(*) FILTER (elder_health) AS elder_health, count(*) FILTER (rural_worker_training) AS rural_worker_training,
  count(*) FILTER (training_subsidy) AS training_subsidy,
  count(*) FILTER (resident_medical_subsidy) AS resident_medical_subsidy,
  count(*) FILTER (public_rental) AS public_rental, count(*) FILTER (rent_subsidy) AS rent_subsidy,
  count(*) FILTER (minimum_living) AS minimum_living, count(*) FILTER (old_age_pension) AS old_age_pension,
  count(*) FILTER (pension_claim_here) AS pension_claim_here,
  CAST(sum(a_training) FILTER (training_subsidy) AS BIGINT) AS "training_subsidy.amount",
  count(*) FILTER (resident_medical_subsidy) * 67000 AS "resident_medical_subsidy.amount",
  CAST(sum(a_rent) FILTER (rent_subsidy) AS BIGINT) AS "rent_subsidy.amount",
  CAST(sum(a_living) FILTER (minimum_living) AS BIGINT) AS "minimum_living.amount"
FROM d GROUP BY county
"""


def hand(table: str) -> str:
    """The query over a table."""
    return SQL.format(table=table)
