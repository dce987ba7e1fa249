"""Resolve names and ask HTTP servers, and print, as JSON, what each answered.

Usage: python3 ask.py SECONDS QUESTIONS, where QUESTIONS is `[[host, port, path], ...]` as JSON. The output lists, in
the same order, the last line of the answer's body; for port 0 the host's address; null where nothing came.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time


def ask(host: str, port: int, path: str, seconds: float) -> str | None:
    """Return the last line of what the server answers to a GET; for port 0 the address. None where nothing came."""
    try:
        address = str(socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])
        if port == 0:
            return address
        with socket.create_connection((address, port), seconds) as connection:
            connection.settimeout(seconds)
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            parts = iter(lambda: connection.recv(4096), b"")
            return b"".join(parts).decode("utf-8", "replace").strip().rpartition("\n")[2]
    except OSError:
        return None


def ask_all(questions: list[tuple[str, int, str]], seconds: float) -> list[str | None]:
    """Ask everything at once and return what was answered in time: a name service that is cut off answers never."""
    answers: list[str | None] = [None] * len(questions)

    def one(number: int, host: str, port: int, path: str) -> None:
        answers[number] = ask(host, port, path, seconds)

    threads = [
        threading.Thread(target=one, args=(number, *question), daemon=True) for number, question in enumerate(questions)
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return list(answers)


if __name__ == "__main__":
    print(json.dumps(ask_all([(h, int(p), path) for h, p, path in json.loads(sys.argv[2])], float(sys.argv[1]))))
