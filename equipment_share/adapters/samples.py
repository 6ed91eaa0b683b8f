"""The sample programmes (domain §5.3), read from the documents in `data/programmes`; sources and doubts stand in `SOURCES.md` beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "data" / "programmes"


@lru_cache(maxsize=1)
def sample_programmes() -> Mapping[str, Mapping[str, Any]]:
    """Every sample's document (`contract.md` §4a) by its code, in their order; each is marked as a sample."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")]
    return {document["code"]: document for document in sorted(documents, key=lambda document: document["order"])}
