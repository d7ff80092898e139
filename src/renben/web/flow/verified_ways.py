"""Checks of a flow whose cases go from office to office: handed over or taken in for another, none is lost on the way."""

from collections.abc import Iterator

from renben.web.flow.definition import SAME, Flow
from renben.web.flow.flaws import Flaw
from renben.web.flow.handing_over import HAND_OVER


def handovers(flow: Flow) -> Iterator[Flaw]:
    """A case that is handed over is taken, sent back, or comes home by itself, and its clock never rests."""
    for move in (one for one in flow.transitions if HAND_OVER in one.effects):
        if move.to == SAME or move.by != "office" or "note" not in move.needs or not move.guard:
            yield Flaw(
                f"{move.action} hands over: it needs an officer, a reason, a guard and a stage of its own",
                f"步骤 {move.action} 移交办件：须由工作人员办理，并有理由、判断表和专用阶段",
            )
            continue
        stage, ways = flow.stages[move.to], flow.actions(move.to)
        for effect, by in (("take_over", "office"), ("send_back", "office"), ("come_home", "system")):
            if not any(effect in one.effects and one.by == by for one in ways):
                yield Flaw(
                    f"stage {move.to}: nobody can {effect.replace('_', ' ')} what was handed over",
                    f"阶段 {move.to}：移交的办件没有步骤 {effect}",
                )
        home = flow.find(move.to, stage.wait.action) if stage.wait else None
        if home is None or "come_home" not in home.effects:
            yield Flaw(
                f"stage {move.to}: its time-out does not bring the case home",
                f"阶段 {move.to}：到时不会转回原处",
            )
        if stage.holder != "office" or any(
            flow.stages[one].deadline != stage.deadline for one in flow.sources(move)
        ):
            yield Flaw(
                f"stage {move.to}: the deadline of the office before does not run on",
                f"阶段 {move.to}：原办理单位的时限没有延续",
            )


def collections(flow: Flow) -> Iterator[Flaw]:
    """What comes back to a counter that took it in for another office leaves it only to that office."""
    for move in (one for one in flow.transitions if "to_counter" in one.effects):
        if move.counter != "only" or move.to == SAME:
            yield Flaw(
                f"{move.action} goes back to a counter: only a case that was taken down there may, to a stage of its own",
                f"步骤 {move.action} 退回代填窗口：只能用于窗口代填的办件，并须有专用阶段",
            )
            continue
        for way in (one for one in flow.actions(move.to) if one.to != SAME):
            if not {"forward", "bring_home"} & set(way.effects):
                yield Flaw(
                    f"{way.action} leaves {move.to}: what another office took in does not go to the competent one",
                    f"步骤 {way.action} 离开阶段 {move.to}：异地代收的办件没有回到有权办理的机构",
                )
