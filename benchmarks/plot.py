"""Draws the picture of the README, in the environment that has matplotlib: python plot.py DATA.json PICTURE.svg"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any, TypedDict

OURS = {"netease-meeting": "#c8102e", "netease-meeting[turbo]": "#f28e2b"}
OTHERS = ["#8c96a3", "#5b6b7f", "#a3b5c7", "#6f8f8a", "#b6a58f", "#43505e", "#9d8fb0"]


class Data(TypedDict):
    bars: dict[str, dict[str, float]]
    """Title of a chart -> client -> microseconds of CPU a call."""
    lines: dict[str, dict[str, float]]
    """Client -> number of tasks -> calls a second; a missing number failed."""


def main() -> None:
    source, picture = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        data: Data = json.load(file)
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams.update(
        {"svg.hashsalt": "netease-meeting", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False}
    )
    pyplot: Any = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(1, 3, figsize=(13, 4.2), width_ratios=[1, 1, 1.3], layout="constrained")
    for axis, (title, clients) in zip(axes, data["bars"].items(), strict=False):
        bars(axis, title, clients)
    lines(axes[2], data["lines"])
    figure.savefig(picture, metadata={"Date": None})


def bars(axis: Any, title: str, clients: dict[str, float]) -> None:
    names = sorted(clients, key=lambda name: clients[name], reverse=True)
    base = clients["httpx"]
    drawn = axis.barh(names, [clients[name] / base for name in names], color=[OURS.get(n, OTHERS[0]) for n in names])
    axis.bar_label(drawn, fmt="%.2f", padding=3)
    axis.axvline(1, color="#43505e", linewidth=0.8, linestyle=":")
    axis.set_title(f"{title}: CPU per call / naive httpx", loc="left")
    axis.spines[["right"]].set_visible(False)
    axis.margins(x=0.15)


def lines(axis: Any, clients: dict[str, dict[str, float]]) -> None:
    for index, (name, points) in enumerate(clients.items()):
        tasks = [int(number) for number in points]
        color, width = OURS.get(name, OTHERS[index % len(OTHERS)]), 2.4 if name in OURS else 1.3
        axis.plot(tasks, list(points.values()), marker="o", markersize=3, color=color, linewidth=width, label=name)
    axis.set_xscale("log")
    axis.set_yscale("log")
    ticks = sorted({int(number) for points in clients.values() for number in points})
    axis.set_xticks(ticks, [str(tick) for tick in ticks])
    axis.minorticks_off()
    axis.set_xlabel("asyncio tasks (a line that ends early: the client failed)")
    axis.set_title("get: calls per second", loc="left")
    axis.spines[["right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8)


if __name__ == "__main__":
    main()
