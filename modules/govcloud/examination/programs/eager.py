"""Connect without pause, from the first instruction on, and print how often each address answered.

Usage: python3 eager.py SECONDS AFTER CONTROL TARGETS, where TARGETS is `[[address, port], ...]` as JSON. It ends after
SECONDS, or AFTER seconds after the address CONTROL (`address:port`, empty for none) has answered for the first time.
The output maps `address:port` to `[answered, tried]`.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time

_PATIENCE = 0.3
_PAUSE = 0.02


class Tries:
    """How often an address was tried, and how often somebody answered."""

    def __init__(self, address: str, port: int) -> None:
        self.target = (address, port)
        self.answered = self.tried = 0

    def go_on(self, end: threading.Event) -> None:
        """Try until the end."""
        while not end.is_set():
            self.tried += 1
            try:
                with socket.create_connection(self.target, _PATIENCE) as connection:
                    self.answered += bool(connection.recv(1))
            except OSError:
                pass
            end.wait(_PAUSE)


def run(targets: list[tuple[str, int]], seconds: float, after: float, control: str) -> dict[str, list[int]]:
    """Try all at once, and return what came of it."""
    tries = {f"{address}:{port}": Tries(address, port) for address, port in targets}
    end = threading.Event()
    threads = [threading.Thread(target=one.go_on, args=(end,), daemon=True) for one in tries.values()]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if control and tries[control].answered:
            deadline = min(deadline, time.monotonic() + after)
            control = ""
        time.sleep(0.05)
    end.set()
    for thread in threads:
        thread.join(1.0)
    return {name: [one.answered, one.tried] for name, one in tries.items()}


if __name__ == "__main__":
    seconds, after, control, targets = sys.argv[1:5]
    print(json.dumps(run([(a, int(p)) for a, p in json.loads(targets)], float(seconds), float(after), control)))
