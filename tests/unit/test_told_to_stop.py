"""Being told to stop is noted and asked about later; what was ignored before stays ignored."""

from __future__ import annotations

import os
import signal

import pytest

from govcloud_base.interruption import AbortedError, Interruption

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_nothing_and_is_there_when_one_asks_also_afterwards(number: signal.Signals) -> None:
    signal.signal(number, signal.SIG_DFL)  # whoever runs tests in the background may ignore it
    with Interruption() as interruption:
        interruption.check()
        for _ in range(3):
            os.kill(os.getpid(), number)
        assert interruption.event.is_set()
    os.kill(os.getpid(), number)  # on the way to the end, it ends nothing either
    with pytest.raises(AbortedError) as caught:
        interruption.check()
    assert caught.value.number == number


def test_whoever_was_not_told_to_stop_can_be_ended_as_before() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Interruption():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_what_the_program_was_started_to_ignore_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Interruption() as interruption:
        os.kill(os.getpid(), signal.SIGHUP)
        assert not interruption.event.is_set()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
