"""Files on their way out: the header that has a browser save them under their name."""

from __future__ import annotations

from unicodedata import normalize
from urllib.parse import quote

from werkzeug.http import dump_options_header

PLAIN = "!#$&+-.^_`|~"
"""What stands for itself in the long form of a name, beside letters and digits (RFC 8187)."""


def attachment(name: str) -> str:
    """`Content-Disposition` of a file to be saved: a Chinese name in the long form of RFC 6266, for a header holds ASCII alone, and a stand-in before it."""
    if name.isascii():
        return dump_options_header("attachment", {"filename": name})
    stem, dot, ending = normalize("NFKD", name).encode("ascii", "ignore").decode().rpartition(".")
    stand_in = f"{stem.strip(' -_.') or 'file'}{dot}{ending}"
    return dump_options_header("attachment", {"filename": stand_in, "filename*": f"UTF-8''{quote(name, safe=PLAIN)}"})
