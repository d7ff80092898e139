"""Places the stages of a flow on a grid: columns by distance from the start, rows by order."""

from dataclasses import dataclass

from renben.web.flow.definition import SAME, Flow
from renben.web.flow.verification import steps

WIDTH, HEIGHT = 150, 56
GAP_X, GAP_Y = 96, 44
MARGIN = 30


@dataclass(frozen=True)
class Box:
    """Where a stage is drawn (pixels)."""

    x: int
    y: int

    @property
    def middle(self) -> tuple[int, int]:
        """Centre of the box."""
        return self.x + WIDTH // 2, self.y + HEIGHT // 2


@dataclass(frozen=True)
class Line:
    """An arrow between two stages for one action."""

    source: str
    target: str
    action: str


def boxes(flow: Flow) -> dict[str, Box]:
    """A place for every stage."""
    rows: dict[int, int] = {}
    placed = {}
    for stage, column in sorted(
        _columns(flow).items(), key=lambda pair: (pair[1], list(flow.stages).index(pair[0]))
    ):
        row = rows.get(column, 0)
        rows[column] = row + 1
        placed[stage] = Box(MARGIN + column * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y))
    return placed


def _columns(flow: Flow) -> dict[str, int]:
    graph, depth, front = steps(flow), {flow.start: 0}, [flow.start]
    while front:
        stage = front.pop(0)
        for after in flow.stages:
            if after in graph[stage] and after not in depth:
                depth[after] = depth[stage] + 1
                front.append(after)
    last = 1 + max(column for stage, column in depth.items() if not flow.stages[stage].final)
    return {stage: last if flow.stages[stage].final else column for stage, column in depth.items()}


def lines(flow: Flow) -> list[Line]:
    """Arrows between different stages, in the order of the table."""
    return [
        Line(source, move.to, move.action)
        for move in flow.transitions
        if move.to != SAME
        for source in flow.sources(move)
    ]


def size(flow: Flow) -> tuple[int, int]:
    """Width and height of the whole drawing (pixels)."""
    placed = boxes(flow).values()
    return max(b.x for b in placed) + WIDTH + MARGIN, max(b.y for b in placed) + HEIGHT + MARGIN
