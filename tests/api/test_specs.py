"""Find by need, not by name: figures and words of instruments, across owners, through every door."""

from __future__ import annotations

import io

from tests.api.conftest import World
from tests.api.door import broken
from tests.builders import an_instrument, an_owner

VOLTAGE = {"name": "加速电压", "low": 0.5, "high": 30, "unit": "kV"}
METHOD = {"name": "标准", "text": "GB/T 17359"}


def test_specifications_are_written_shown_and_searched_across_owners(world: World) -> None:
    path = f"/instruments/{world.instrument}"
    other = an_instrument(an_owner(), specs=[{**VOLTAGE, "high": 5}], functions="断口形貌")

    written = world.owner.patch(path, {"specs": [VOLTAGE, METHOD]})

    def found(query: str) -> set[str]:
        return {row["id"] for row in world.visitor.get(f"/instruments?{query}").json["items"]}

    assert (written.status_code, world.visitor.get(path).json["specs"]) == (200, [VOLTAGE, METHOD])
    assert found("spec=加速电压&value=3") == {world.instrument, str(other.id)}
    assert found("spec=加速电压&value=30") == {world.instrument}
    assert found("spec=加速电压&value=30.1") == set()
    assert found("need=17359") == {world.instrument}
    assert found("need=ＧＢ/Ｔ") == {world.instrument}  # however wide it is typed
    assert found("need=断口") == {str(other.id)}
    assert found("need=扫描电镜") == set()  # that is a name
    assert found("q=17359&sort=soonest&total=1") == {world.instrument}


def test_a_wrong_specification_is_refused_by_name_and_an_empty_list_clears(world: World) -> None:
    path = f"/instruments/{world.instrument}"
    world.owner.patch(path, {"specs": [VOLTAGE]})

    refused = world.owner.patch(path, {"specs": [{"name": "a", "low": 9, "high": 1}]})
    no_figure = world.visitor.get("/instruments?spec=a&value=many")
    cleared = world.owner.patch(path, {"specs": None})

    assert (refused.status_code, broken(refused)) == (422, {("specs.0.high", "end_before_start")})
    assert (no_figure.status_code, broken(no_figure)) == (422, {("value", "not_a_number")})
    assert cleared.json["specs"] == []


def test_columns_of_a_table_are_specifications(world: World) -> None:
    def imported(table: str) -> dict[str, object]:
        data = {"file": (io.BytesIO(table.encode()), "t.csv")}
        return world.owner.post("/instruments/import", data=data, content_type="multipart/form-data").json  # type: ignore[no-any-return]

    def specs() -> list[dict[str, object]]:
        found = world.visitor.get("/instruments?q=Z9").json["items"][0]["id"]
        return world.visitor.get(f"/instruments/{found}").json["specs"]  # type: ignore[no-any-return]

    first = imported("inner_code,name_zh,spec:温度,spec:标准\nZ9,炉,-20..1200 ℃,GB/T 1\n")
    again = imported("inner_code,name_zh,spec:温度,spec:标准\nZ9,炉,-20..1200 ℃,GB/T 1\n")
    after_both = specs()
    changed = imported("inner_code,name_zh,spec:温度\nZ9,炉,<=900 ℃\n")
    after_one = specs()
    ended = imported("inner_code,name_zh,spec:温度\nZ9,炉,\n")

    assert [(done["created"], done["updated"], done["unchanged"]) for done in (first, again, changed, ended)] == [
        (1, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
        (0, 1, 0),
    ]
    assert after_both == [{"name": "温度", "low": -20, "high": 1200, "unit": "℃"}, {"name": "标准", "text": "GB/T 1"}]
    assert after_one == [{"name": "温度", "low": None, "high": 900, "unit": "℃"}, {"name": "标准", "text": "GB/T 1"}]
    assert specs() == [{"name": "标准", "text": "GB/T 1"}]
