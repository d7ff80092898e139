"""What the entitlement rules may know about a person.

Not modelled: anything a service does not need; facts about land are declared only so that the lint can
forbid settlement rules to read them.
"""

from renben.engines.rules import BOOL, DATE, INT, Domain, Fact, Facts, Relation, code_type
from renben.engines.rules.types import Type

REGION = code_type("region")
SEX = Domain("sex", male=(1, "男", "male"), female=(2, "女", "female"))
RETIREMENT = Domain(
    "retirement",
    man=(1, "男职工", "man"),
    woman_55=(2, "原五十五周岁退休女职工", "woman formerly retiring at 55"),
    woman_50=(3, "原五十周岁退休女职工", "woman formerly retiring at 50"),
)
LAND = frozenset({"land_rights"})


def _many(type_: Type, *rows: tuple[str, str, str]) -> list[Fact]:
    return [Fact(name, type_, zh, en) for name, zh, en in rows]


IDENTITY = [
    Fact("birth", DATE, "出生日期", "date of birth"),
    Fact("sex", SEX.type, "性别", "sex", domain=SEX),
    Fact("county", REGION, "居住地", "place of residence"),
    Fact("hukou_county", REGION, "户籍地", "place of household registration"),
    Fact("insured_county", REGION, "参保地", "place of insurance"),
    Fact("rural_hukou", BOOL, "农业转移人口", "rural household registration of origin"),
]
RESIDENCE = [
    *_many(
        DATE,
        ("resident_since", "到达居住地日期", "arrival at the place of residence"),
        ("registered_since", "居住登记日期", "residence registered"),
        ("stable_job_since", "合法稳定就业起始日期", "lawful stable employment since"),
        ("stable_home_since", "合法稳定住所起始日期", "lawful stable home since"),
        ("study_since", "连续就读起始日期", "continuous schooling since"),
        ("permit_issued", "居住证签发日期", "residence permit issued"),
        ("permit_counted_from", "居住年限起算日期", "residence years counted from"),
        ("endorsed_until", "居住证签注有效至", "residence permit endorsed until"),
    ),
    Fact("late_endorsement", BOOL, "已补办签注", "late endorsement done"),
]
SCHOOLING = [
    Fact(
        "senior_high_since",
        DATE,
        "本省高中连续就读起始日期",
        "continuous senior high school in the province since",
    ),
    *_many(
        BOOL,
        ("student_record", "具有正式学籍", "formal student registration"),
        (
            "parents_stable_job",
            "父母（或其他监护人）一方有合法稳定职业",
            "a parent (or other guardian) has lawful stable work",
        ),
        (
            "parents_stable_home",
            "父母（或其他监护人）一方有合法稳定住所（含租赁）",
            "a parent (or other guardian) has a lawful stable home (rental counts)",
        ),
        (
            "each_parent_stable_job",
            "父母（或其他监护人）各方都有合法稳定职业",
            "each parent (or other guardian) has lawful stable work",
        ),
        (
            "each_parent_stable_home",
            "父母（或其他监护人）各方都有合法稳定住所（含租赁）",
            "each parent (or other guardian) has a lawful stable home (rental counts)",
        ),
        ("finished_primary", "已完成小学教育", "primary school finished"),
        ("finished_junior", "已完成初中教育", "junior high school finished"),
    ),
]
HEALTH = _many(
    BOOL,
    ("pregnant_or_after_birth", "孕产期", "pregnant or shortly after birth"),
    ("hypertension", "高血压患者", "has hypertension"),
    ("diabetes", "2型糖尿病患者", "has type 2 diabetes"),
    ("severe_mental_illness", "严重精神障碍患者", "has a severe mental disorder"),
    ("tuberculosis", "肺结核患者", "has tuberculosis"),
)
HOUSEHOLD = [
    Fact("household_size", INT, "家庭人数", "persons in the household", unit="person"),
    Fact("household_income", INT, "家庭月收入", "monthly household income", unit="yuan/month"),
    Fact("household_assets", INT, "家庭财产", "household assets", unit="yuan"),
    Fact("owned_area", INT, "家庭自有住房面积", "floor area the household owns here", unit="m2"),
    *_many(
        BOOL,
        ("in_public_housing", "已享受保障性住房", "already in public housing"),
        ("new_citizen_or_young", "新市民或青年人", "new citizen or young person"),
        ("sudden_hardship", "遭遇突发困难", "in sudden hardship"),
        ("disabled", "持残疾人证", "has a recognised disability"),
        ("local_member", "家庭中有本地户籍成员", "a household member is registered here"),
        ("minimum_income_household", "最低生活保障家庭", "household on minimum living allowance"),
        ("destitute", "特困人员", "person in destitution"),
    ),
]
INSURANCE = [
    Fact("retirement_class", RETIREMENT.type, "退休类别", "retirement class", domain=RETIREMENT),
    Fact("pension_months", INT, "职工养老保险缴费月数", "months paid into employee pension", unit="month"),
    Fact(
        "pension_months_here",
        INT,
        "本地养老保险缴费月数",
        "months paid into employee pension here",
        unit="month",
    ),
    Fact(
        "medical_months",
        INT,
        "职工医保缴费月数",
        "months credited in employee medical insurance",
        unit="month",
    ),
    Fact(
        "medical_months_paid",
        INT,
        "职工医保实际缴费月数",
        "months really paid in employee medical insurance",
        unit="month",
    ),
    Fact("medical_gap_months", INT, "医保中断月数", "months without medical insurance", unit="month"),
    Fact(
        "medical_missed_years",
        INT,
        "居民医保断缴年数",
        "years missed in the residents' medical scheme",
        unit="year",
    ),
    Fact("medical_repaired_years", INT, "已补缴年数", "missed years paid up", unit="year"),
    Fact(
        "unemployment_months",
        INT,
        "失业保险缴费月数",
        "months paid into unemployment insurance",
        unit="month",
    ),
    Fact(
        "resident_cover_from",
        DATE,
        "居民医保参保年度起始日",
        "residents' cover would begin without a wait on",
    ),
    Fact("filed_treatment_place", DATE, "异地就医备案日期", "filed for treatment elsewhere on"),
    *_many(
        BOOL,
        ("joined_in_window", "在集中参保期内参保", "joined in the collection window"),
        ("long_stay_filing", "长期居住备案", "filed as a long stay"),
        ("employed", "在用人单位就业", "employed"),
        ("flexible_worker", "灵活就业", "works flexibly"),
        ("resident_insured", "已参加居民医保", "in the residents' medical scheme"),
        ("employee_insured", "已参加职工医保", "in the employees' medical scheme"),
        ("pension_relation_here", "养老保险关系在本地", "pension relation is kept here"),
        ("temporary_account", "本地为临时缴费账户", "only a temporary account here"),
    ),
]
WORK = [
    Fact("training_days", INT, "培训天数", "days of training", unit="day"),
    *_many(
        BOOL,
        (
            "training_subsidy_this_year",
            "本年度已享受同类培训补贴",
            "had a training subsidy of this kind this year",
        ),
        ("poor_family", "贫困家庭子女", "child of a poor family"),
        ("leaving_school", "毕业年度学生", "graduating this year"),
        (
            "school_leaver_unemployed",
            "未继续升学的应届初高中毕业生",
            "school leaver without further schooling",
        ),
        ("registered_unemployed", "登记失业", "registered as unemployed"),
        ("wants_work", "有就业需求", "looks for work"),
    ),
]
LAND_RIGHTS = [
    Fact("contracted_land", BOOL, "有土地承包经营权", "holds contracted land", tags=LAND),
    Fact("homestead", BOOL, "有宅基地使用权", "holds a homestead", tags=LAND),
    Fact("collective_share", BOOL, "有集体收益分配权", "shares in the collective's income", tags=LAND),
]
FACTS = Facts(
    [*IDENTITY, *RESIDENCE, *SCHOOLING, *HEALTH, *HOUSEHOLD, *INSURANCE, *WORK, *LAND_RIGHTS],
    [
        Relation("household", "家庭成员", "household members", shared="household"),
        Relation("guardians", "监护人", "guardians", pointers=("mother", "father")),
    ],
)
PLACES = {"residence": "county", "hukou": "hukou_county", "insured": "insured_county"}
