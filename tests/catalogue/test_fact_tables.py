"""Facts as tables of text: ours, with an operator's folder laid over them."""

from renben.catalogue import FACTS, Catalogue, load
from renben.catalogue.fact_tables import FactTables


def test_facts_are_read_as_text_by_name():
    facts = load().facts
    assert {"regions", "age_county", "vital"} <= set(facts) and len(facts) == len(list(FACTS.glob("*.csv")))
    assert all(str(dtype) == "String" for dtype in facts["regions"].dtypes)


def test_an_operators_table_replaces_ours_of_the_same_name(tmp_path):
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "vital.csv").write_text("code,indicator\n1,mx\n", encoding="utf-8")
    laid = Catalogue(tmp_path)
    assert laid.facts["vital"].rows() == [("1", "mx")]
    assert laid.facts["regions"].equals(load().facts["regions"])
    assert laid.digest("facts") != load().digest("facts")


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert dict(FactTables(tmp_path / "none")) == {}
