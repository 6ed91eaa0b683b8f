"""The name under which a browser saves a file."""

from __future__ import annotations

import pytest

from equipment_share.adapters.attachments import attachment


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("account-3.csv", "attachment; filename=account-3.csv"),
        ("发票 7.pdf", "attachment; filename=7.pdf; filename*=UTF-8''%E5%8F%91%E7%A5%A8%207.pdf"),
        ("材质单.pdf", "attachment; filename=file.pdf; filename*=UTF-8''%E6%9D%90%E8%B4%A8%E5%8D%95.pdf"),
        ("发票", "attachment; filename=file; filename*=UTF-8''%E5%8F%91%E7%A5%A8"),
        ('a"b.csv', 'attachment; filename="a\\"b.csv"'),
    ],
)
def test_a_header_holds_ascii_and_the_whole_name(name: str, header: str) -> None:
    assert attachment(name) == header
    assert attachment(name).isascii()
