"""Automatic names: the program's name and eight hexadecimal digits.

The engine sends a seed with every check, so that preview and update agree on the name. The digits come from the
generator that Pulumi's own library uses (ChaCha8Rand over the hash of the seed), so a resource gets the name that
the official plugin would give it.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from typing import Final

__all__ = ["unique_name"]

_DIGITS: Final = 8
_ALPHABET: Final = "0123456789abcdef"
_ROUNDS: Final = 8
_LANES: Final = 4
_MASK: Final = 0xFFFFFFFF


def unique_name(prefix: str, seed: bytes = b"") -> str:
    """Return `prefix` and eight digits: those that belong to `seed`, or random ones without a seed."""
    if not seed:
        return prefix + secrets.token_hex(_DIGITS // 2)
    words = _stream(hashlib.sha256(seed).digest())[:_DIGITS]
    # 2**64 is a multiple of the alphabet's 16: taking the remainder favours no digit.
    return prefix + "".join(_ALPHABET[word % len(_ALPHABET)] for word in words)


def _stream(key: bytes) -> list[int]:
    """Return the first 32 words of 64 bits of ChaCha8Rand (https://c2sp.org/chacha8rand): four blocks, interleaved."""
    blocks = [_block(key, counter) for counter in range(_LANES)]
    interleaved = [blocks[lane][word] for word in range(16) for lane in range(_LANES)]
    return [low | high << 32 for low, high in zip(interleaved[::2], interleaved[1::2], strict=True)]


def _block(key: bytes, counter: int) -> list[int]:
    """Return one ChaCha block (RFC 8439 §2.3) with a zero nonce, to which only the key is added again."""
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8I", key), counter, 0, 0, 0]
    state = list(start)
    for _ in range(_ROUNDS // 2):
        for column in range(4):
            _quarter(state, column, column + 4, column + 8, column + 12)
        for column in range(4):
            _quarter(state, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
    return [(word + start[i]) & _MASK if 4 <= i < 12 else word for i, word in enumerate(state)]


def _quarter(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for target, other, mixed, shift in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[target] = (state[target] + state[other]) & _MASK
        word = state[mixed] ^ state[target]
        state[mixed] = ((word << shift) | (word >> (32 - shift))) & _MASK
