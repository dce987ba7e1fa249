"""Estimates: scaled by this machine's speed, never going back, never done too early."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from govcloud_local.toolchain.display import shown
from govcloud_local.toolchain.progress import Estimate, Phase, Progress


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_what_the_first_tool_took_scales_the_rest() -> None:
    clock = Clock()
    estimate = Estimate({"a": 100, "b": 300}, clock)
    assert estimate.now() == (0.0, 400.0)
    estimate.start("a")
    clock.seconds = 50
    assert estimate.now() == pytest.approx((0.125, 350))
    estimate.finish("a")
    assert estimate.now() == pytest.approx((0.25, 150))
    estimate.start("b")
    clock.seconds = 200
    estimate.finish("b")
    assert estimate.now() == pytest.approx((1.0, 0.0))


def test_a_build_that_overruns_is_neither_finished_nor_without_time_left() -> None:
    clock = Clock()
    estimate = Estimate({"a": 100}, clock)
    estimate.start("a")
    fractions = []
    for clock.seconds in (50, 100, 200, 1000):
        fraction, left = estimate.now()
        fractions.append(fraction)
        assert left > 0
    assert fractions == sorted(fractions)
    assert fractions[-1] < 1


def test_a_slow_machine_never_moves_the_bar_back() -> None:
    clock = Clock()
    estimate = Estimate({"a": 10, "b": 10, "c": 80}, clock)
    for name in "ab":
        estimate.start(name)
    clock.seconds = 9
    before, _ = estimate.now()
    clock.seconds = 100
    estimate.finish("a")
    assert estimate.now()[0] >= before


def test_a_log_gets_a_line_for_each_change_and_not_one_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    written = io.StringIO()
    with shown(Console(file=written, force_terminal=False)) as report:
        for _ in range(50):
            report(Progress("etcd", Phase.BUILDING, "go: downloading [x] v1", 0.1, 90.0))
        report(Progress("etcd", Phase.BUILT, "", 1.0, 0.0))
    lines = written.getvalue().splitlines()
    assert lines == ["[ 10%] etcd: building, about 90 s left · go: downloading [x] v1", "[100%] etcd: built"]


def test_the_reader_chooses_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "vi")
    written = io.StringIO()
    with shown(Console(file=written, force_terminal=False)) as report:
        report(Progress("etcd", Phase.BUILDING, "", 0.5, 300.0))
    assert written.getvalue() == "[ 50%] etcd: đang dựng, còn khoảng 5 phút\n"
