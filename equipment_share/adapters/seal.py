"""The key of the audit chain and the one way to make its next link (`contract.md` §2b)."""

from __future__ import annotations

import hashlib
import hmac

START = "0" * 64
_keys: dict[str, bytes] = {}


def set_audit_key(key: str) -> None:
    """Tell the chain its key, once, when the house is wired."""
    _keys["audit"] = key.encode()


def sealed(prev: str, doc: str) -> str:
    """H = HMAC-SHA256(key, prev + document), both ends in hex."""
    return hmac.new(_keys["audit"], bytes.fromhex(prev) + doc.encode(), hashlib.sha256).hexdigest()
