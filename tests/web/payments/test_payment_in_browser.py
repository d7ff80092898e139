"""One batch from the list of versions to the ledger, in a real Chromium without JavaScript, on a phone and a desktop."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from renben.core.workspace import Workspace
from tests.web import errands
from tests.web.browser import CHROMIUM, chromium, sign_in, visitor
from tests.web.payments.versions import CITY, OTHER, reward
from tests.web.service import Service

pytest.importorskip("playwright", reason="playwright is not installed (dev group)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
DAY = dt.date(2026, 6, 10)
"""Day of the demo."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("payments")
    rows = {(CITY, "settlement"): "1200000.00", (CITY, "pupils"): "300000.50", (OTHER, "pupils"): "950000.00",
            (OTHER, "settlement"): None}  # fmt: skip
    reward(Workspace.create(folder / "workspace"), rows, dt.date(2026, 6, 1), synthetic=True)
    running = Service(folder / "service", RENBEN_WORKSPACE=str(folder / "workspace")).start()
    yield running
    running.stop()


def test_a_batch_is_drawn_up_approved_exported_and_reconciled(service: Service, tmp_path: Path) -> None:
    with chromium() as browser:
        maker = visitor(browser, service.base, "en", "phone", java_script_enabled=False)
        checker = visitor(browser, service.base, "zh-hans", java_script_enabled=False)
        sign_in(maker, "zijin", service.password)
        sign_in(checker, "zijin2", service.password)
        batch = errands.draw_up_batch(maker)
        assert "2,450,000.50" in maker.inner_text("main") and "not to be paid" in maker.inner_text("main")
        errands.batch_step(maker, batch, "submit")
        errands.batch_step(checker, batch, "approve")
        errands.batch_step(maker, batch, "export")
        with maker.expect_download() as download:
            maker.click("a[href$='/file/csv/']")
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert "2450000.50" in text and "synthetic" in text.splitlines()[0]
        bad = f"region,amount,day,reference\n{CITY},1 500 000,{DAY},T1\n"
        errands.bring_return(maker, batch, tmp_path / "return.csv", bad)
        assert "Line 2, column amount, “1 500 000”" in maker.inner_text("main")
        paid = f"region,amount,day,reference\n{CITY},1500000.50,{DAY},T1\n{OTHER},949990.00,{DAY},T2\n"
        errands.bring_return(maker, batch, tmp_path / "return.csv", paid)
        errands.explain_difference(maker, batch, "explained", "synthetic: fee of the bank")
        errands.close_difference(checker, batch)
        errands.batch_step(checker, batch, "settle")
        assert "已结清" in checker.inner_text("main")
        checker.goto("/payments/ledger/")
        assert "2,450,000.50" in checker.inner_text("main") and "2,449,990.50" in checker.inner_text("main")
        for page in (maker, checker):
            assert page.foreign == [] and page.violations == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                "nothing is wider than the page"
            )
