"""Story 2 in a real browser on the real database: a plan document becomes tasks that are supervised until closed.

The document is read and its proposal reviewed; one task is opened for each commitment and owner; a run finds
something, which lands in the task that answers for it, once however often it is run and taken in; the owner
answers, proposes closing, somebody else closes; the monitoring report says so and the mid-term evaluation quotes
it. Everything here is synthetic.
"""

import datetime as dt
import html
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command import renben
from tests.stories.workspaces import in_its_own_process, without_projection
from tests.web.browser import CHROMIUM, chromium, sign_in, visitor
from tests.web.service import Service

pytest.importorskip("playwright", reason="playwright is not installed (dev group)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

DOCUMENT = """\
山西省示例落户与资金联动行动方案（2026—2028年）
晋示例发〔2026〕1号
为检验规划任务督办流程，制定本示例方案。
一、总体目标
到2028年，常住人口城镇化率达到69%以上。
二、重点任务
（一）健全落户奖励与资金核对
1.核对落户奖励申报。每年核对各市县申报的落户人数与户籍登记数，发现不一致的限期更正。按核对结果分配市民化奖励资金。（责任单位：省财政厅、省公安厅）
2.做好稳岗服务。组织面向新落户人员的职业技能培训。（责任单位：省人力资源社会保障厅）
三、保障措施
省发展改革委牵头开展年度监测，及时通报问题。
山西省人民政府
2026年2月1日
"""
PLAN, YEAR = "example-2026", "2026"
WANTED = {
    (f"{PLAN}/1/1", "finance"), (f"{PLAN}/1/1", "police"), (f"{PLAN}/1/2", "finance"), (f"{PLAN}/1/2", "police"),
    (f"{PLAN}/2/1", "hrss"), (f"{PLAN}/safeguards/1", "drc"),
}  # fmt: skip
REWARD = "citizenization/settlement_reward"
CLAIMED = "region,persons\n140105,5\n"


class Story:
    """One telling: the folders, the service, and the people at their browsers."""

    def __init__(self, folder: Path, browser: Any) -> None:
        self.folder, self.space, self.browser = folder, folder / "workspace", browser
        self.service = Service(folder / "service", RENBEN_WORKSPACE=str(self.space))
        self.pages: dict[str, Any] = {}

    def renben(self, *words: str, code: int = 0) -> str:
        """Run a command in the story's folder."""
        return renben(*words, code=code, here=self.folder)

    def exchange(self, command: str) -> str:
        """Move something between the registry's database and the workspace, in a process of its own."""
        return in_its_own_process("exchange", command, "--period", YEAR, "--demo", "--folder", str(self.service.folder),
                                  "-w", str(self.space), "--json")  # fmt: skip

    def as_(self, name: str) -> Any:
        """The browser of one person."""
        if name not in self.pages:
            page = visitor(self.browser, self.service.base, "en", java_script_enabled=name != "caizheng")
            page.set_default_timeout(90_000)
            sign_in(page, name, self.service.password)
            self.pages[name] = page
        return self.pages[name]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.service.folder / "web.sqlite3") as database:
            return database.execute(query, values).fetchall()

    def step(self, name: str, task: str, action: str, choose: str = "", **fields: str) -> Any:
        """Take a step on the task's page as one person; what the page says afterwards."""
        page = self.as_(name)
        page.goto(f"/programme/tasks/{task}/")
        form = f"form[action$='/step/{action}/']"
        if fields or choose:
            page.click(f"details:has({form}) > summary")
        for field, value in fields.items():
            page.fill(f"{form} [name={field}]", value)
        if choose:
            page.check(f"{form} {choose}")
        page.click(f"{form} button")
        page.wait_for_load_state()
        return page

    def read_and_review(self) -> None:
        """The proposal as read; the reviewer translates it and says which mechanism answers what."""
        (self.folder / "plan.txt").write_text(DOCUMENT, encoding="utf-8")
        told = self.renben(
            "plan", "read", "plan.txt", "--id", PLAN, "--to", "proposal.yaml", "-w", str(self.space)
        )
        assert "0 unread" in told and "not reviewed" in told
        written = yaml.safe_load((self.folder / "proposal.yaml").read_text(encoding="utf-8"))
        plan = reviewed(written[PLAN])
        home = self.space / "catalogue" / "plans"
        home.mkdir(parents=True)
        text = yaml.safe_dump({PLAN: plan}, allow_unicode=True, sort_keys=False)
        (home / "example.yaml").write_text(text, encoding="utf-8")
        told = self.renben("plan", "check", "plan.txt", "--against", PLAN, "-w", str(self.space))
        assert "0 differences" in told

    def open_tasks(self) -> None:
        page = self.as_("guihua")
        page.goto("/programme/")
        page.click("main form[action$='/programme/open/'] button")
        page.wait_for_load_state()
        found = self.rows("select commitment, owner from programme_task where plan = ?", PLAN)
        assert set(found) == WANTED and len(found) == len(WANTED)

    def run_and_take_in(self) -> dict[str, Any]:
        self.renben("run", "--period", YEAR, "-w", str(self.space))
        (taken,) = yaml.safe_load(self.exchange("intake"))
        return taken

    def landed(self) -> list[tuple[Any, ...]]:
        query = (
            "select hex(f.task_id), f.task_id, t.commitment, t.owner, f.subject from programme_taskfinding f join programme_task t "
            "on t.case_id = f.task_id where f.kind like 'settlers_claimed%' and f.period = ?"
        )
        return self.rows(query, YEAR)


def reviewed(plan: dict[str, Any]) -> dict[str, Any]:
    """A proposal with everything filled in that a document cannot say."""
    text = yaml.safe_dump(plan, allow_unicode=True).replace("(to translate)", "Example")
    plan = yaml.safe_load(text)
    plan["goals"]["goal_1"] |= {
        "indicator": "urban_rate_resident",
        "rule": {
            "comparison": "at_least",
            "value": 69,
            "unit": "%",
            "trust": "P",
            "ref": "the example document",
        },
        "reason": "",
    }
    (action,) = plan["actions"].values()
    for commitment in action["measures"][1]["commitments"].values():
        commitment["mechanisms"] = [REWARD]
        commitment.pop("reason")
    plan["safeguards"][1]["owners"] = ["drc"]
    return plan


def quoted_by_the_mid_term_evaluation(story: Story) -> None:
    """It quotes the finding, the task that answered, and the day on which somebody else closed it."""
    (found,) = story.rows(
        "select text_zh, text_en from programme_taskfinding where kind like 'settlers_claimed%'"
    )
    ((day,),) = story.rows(
        "select distinct closed_on from flow_case where stage = 'closed' and kind = 'programme_task'"
    )
    closed = dt.date.fromisoformat(day)
    for language, text, said in (
        ("zh", found[0], f"{closed.year}年{closed.month}月{closed.day}日经复核销号"),
        ("en", found[1], f"checked and closed {closed.day} "),
    ):
        told = story.renben("report", "midterm", "--plan", PLAN, "--period", YEAR, "--language", language,
                            "-w", str(story.space))  # fmt: skip
        paths = [Path(line) for line in told.split() if line.startswith("/")]
        assert {path.suffix for path in paths} == {".html", ".pdf", ".docx", ".xlsx"}
        page = next(path for path in paths if path.suffix == ".html").read_text(encoding="utf-8")
        (row,) = [part for part in re.split(r"<tr", page) if text in html.unescape(part) and "“" in part]
        assert said in row and "1/1" in row


@pytest.fixture
def story(tmp_path: Path) -> Any:
    with chromium() as browser:
        told = Story(tmp_path, browser)
        told.renben("init", str(told.space))
        without_projection(told.space)
        told.service.start()
        try:
            yield told
        finally:
            told.service.stop()


@pytest.mark.timeout(600)
def test_a_plan_becomes_tasks_and_a_finding_is_supervised_until_somebody_else_closes_it(story: Story) -> None:
    story.read_and_review()
    story.open_tasks()
    story.exchange("publish")
    (story.folder / "claims.csv").write_text(CLAIMED, encoding="utf-8")
    story.renben(
        "data",
        "add",
        "settlement_claims",
        "claims.csv",
        "--period",
        YEAR,
        "--synthetic",
        "-w",
        str(story.space),
    )

    story.run_and_take_in()
    ((_, case, commitment, owner, subject),) = story.landed()
    assert (commitment, owner, subject) == (f"{PLAN}/1/1", "finance", "140105")
    task = f"{case[:8]}-{case[8:12]}-{case[12:16]}-{case[16:20]}-{case[20:]}"

    story.service.kill()
    story.service.start()
    again = story.run_and_take_in()
    assert again["landed"] == 0 and again["known"] >= 1 and len(story.landed()) == 1
    finds = "select count(*) from flow_caseevent where case_id = ? and action = 'find'"
    assert story.rows(finds, case) == [(1,)], "the side job and two intakes land it once"

    story.step("caizheng", task, "accept")
    story.step(
        "caizheng",
        task,
        "report",
        progress="100",
        evidence="Example no. 3",
        note="Checked with the registry.",
    )
    story.step("guihua", task, "acknowledge")
    refused = story.step("caizheng", task, "propose_close", note="Done.")
    assert "unanswered" in refused.inner_text("main")
    page = story.step("caizheng", task, "answer", "input[name=finding]", note="The claim was corrected.")
    assert "The claim was corrected." in page.inner_text("main")
    story.step("caizheng", task, "propose_close", note="Done.")
    assert story.as_("caizheng").locator("form[action$='/step/close/']").count() == 0
    page = story.step("guihua2", task, "close")
    assert "Closed" in page.inner_text("h1")
    assert story.run_and_take_in()["landed"] == 0 and story.rows(finds, case) == [(1,)]

    story.exchange("publish")
    story.renben("report", "monitoring", "--plan", "shanxi-2025", "--period", YEAR, "--format", "html", "--language", "en",
                 "-w", str(story.space))  # fmt: skip
    report = next((story.space / "reports").glob("*.html")).read_text(encoding="utf-8")
    row = next(part for part in re.split(r"<tr", report) if "5 settlers" in part)
    assert "1/1" in row, "the report says that the finding is closed"
    quoted_by_the_mid_term_evaluation(story)
    for page in story.pages.values():
        assert page.foreign == [] and page.violations == []
