"""What a visitor sees: the figures of the home page, facets and chips of the catalogue, the price after the voucher, what is kept and rated."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day, months_later
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.queries.instruments.yours import example_hour
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.rating import rate_use
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.instruments.listing import change_instrument
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday
from tests.support.counting import questions
from tests.support.people import signed_in
from tests.web.test_prices_pages import with_add_ons


def figure(page: str, name: str) -> str:
    """The text of the first element that carries a figure."""
    found = re.search(rf'data-figure="{name}"[^>]*>([^<]*)<', page)
    assert found is not None, name
    return found[1].strip()


def found_ids(page: str) -> list[int]:
    """The instruments that a list shows, in order."""
    return [int(key) for key in re.findall(r'<li class="card find" id="i([0-9]+)"', page)]


def a_used_booking(firm: User, owner: User, instrument: Instrument) -> Booking:
    """Two hours at 400.00 the hour, half of it borne by the voucher."""
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("12:00"), by=owner, at=tuesday("13:00"))
    confirm_usage(booking.id, by=firm, at=tuesday("14:00"))
    return booking


def test_the_home_page_and_the_statistics_say_the_same_of_one_confirmed_use(app: Flask, client: FlaskClient) -> None:
    a_programme()
    firm, owner = a_firm(), an_owner()
    used = an_instrument(owner, class_code="0101")
    an_instrument(owner, class_code="0101")
    a_used_booking(firm, owner, used)

    home, statistics = client.get("/").text, client.get("/statistics").text
    table = client.get("/statistics.csv").data.decode("utf-8-sig").splitlines()

    for page in (home, statistics):
        shown = {name: figure(page, name) for name in ("pool", "hours", "voucher", "saved")}
        assert shown == {"pool": "2", "hours": "2", "voucher": "¥400.00", "saved": "50 %"}
    assert table[0] == "month,pool,uses,minutes,fee_fen,firms_paid_fen,voucher_fen"
    assert len(table) == 13
    by_month = {row.split(",")[0]: row.split(",")[1:] for row in table[1:]}
    assert by_month["2026-09"] == ["2", "1", "120", "80000", "40000", "40000"]
    assert 'data-value="2.00">2.00' in statistics


def test_the_home_page_shows_one_of_each_class_the_soonest_free_first(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    late, soon, other = (
        an_instrument(owner, class_code=code, name_zh=name) for code, name in (("0101", "甲"), ("0101", "乙"), ("0103", "丙"))
    )
    from_now = now()
    for row in (late, other):
        change_instrument(row.id, {"rules": {"lead_minutes": 3 * 1440 if row is other else 5 * 1440}}, by=owner, at=from_now)

    page = client.get("/").text
    cards = re.search(r"free-soonest.*?</div>\s*<div class=\"section-head\"", page, re.DOTALL)

    assert cards is not None
    assert re.findall(r'href="/instruments/(\d+)"', cards[0]) == [str(soon.id), str(other.id)]


def test_facets_count_what_each_further_filter_would_leave_and_a_chip_takes_one_away(app: Flask, client: FlaskClient) -> None:
    east, west = an_owner(), an_owner()
    first = an_instrument(east, class_code="0101", location="长安路 1 号")
    second = an_instrument(east, class_code="0102", takes_vouchers=False, location="长安路 2 号")
    third = an_instrument(west, class_code="0101", location="海昌路 3 号")

    page = client.get(f"/instruments?category=0101&owner={east.organisation.code}").text
    by_place = client.get("/instruments?place=长安路&voucher=1").text

    assert found_ids(page) == [first.id]
    counts = dict(re.findall(r'<a href="[^"]*"[^>]*>([^<]+)</a>\s*<span class="muted figure">([0-9]+)</span>', page))
    assert (counts[east.organisation.name], counts[west.organisation.name]) == ("1", "1")
    assert [counts[name] for name in ("分析仪器", "可用创新券")] == ["2", "1"]
    chips = dict(re.findall(r'class="chip on" href="([^"]*)" data-filter="([a-z_]+)"', page))
    assert {name: path for path, name in chips.items()} == {
        "category": f"/instruments?owner={east.organisation.code}", "owner": "/instruments?category=0101",
    }  # fmt: skip
    assert found_ids(by_place) == [first.id]
    assert {second.id, third.id} & set(found_ids(by_place)) == set()


def test_free_on_a_day_means_the_whole_part_of_it(app: Flask, client: FlaskClient) -> None:
    a_programme()
    firm, owner = a_firm(), an_owner()
    taken, free = an_instrument(owner), an_instrument(owner)
    day = bureau_day(now()) + timedelta(days=3)
    start = now().replace(year=day.year, month=day.month, day=day.day, hour=2, minute=0, second=0, microsecond=0)  # 10:00 in Shanghai
    a_booking(firm, taken, start, start + timedelta(hours=1), at=now())

    morning, afternoon, any_two = (client.get(f"/instruments?day={day}&part={part}").text for part in ("am", "pm", "any"))

    assert found_ids(morning) == [free.id]
    assert sorted(found_ids(afternoon)) == sorted(found_ids(any_two)) == sorted([taken.id, free.id])
    assert 'data-filter="day"' in morning


def test_the_chosen_day_and_its_length_go_from_the_list_to_the_page_and_into_the_booking(app: Flask, client: FlaskClient) -> None:
    firm, owner = a_firm(), an_owner()
    instrument = an_instrument(owner)
    day = bureau_day(now()) + timedelta(days=3)
    start = now().replace(year=day.year, month=day.month, day=day.day, hour=1, minute=0, second=0, microsecond=0)  # 9:00 in Shanghai
    a_booking(firm, instrument, start, start + timedelta(hours=1), at=now())

    listed = client.get(f"/instruments?day={day}&part=pm").text
    page = client.get(f"/instruments/{instrument.id}?day={day}&part=pm").text
    full = client.get(f"/instruments/{instrument.id}?day={day}&part=am").text

    assert f'href="/instruments/{instrument.id}?day={day}&amp;part=pm"' in listed
    assert "13:00–17:00" in listed[listed.index('class="soon"') :]
    slots = re.findall(r"/book\?start=([0-9T:%A-]+)&amp;end=([0-9T:%A-]+)", page[: page.index('id="week"')])
    assert set(slots) == {(f"{day}T13:00", f"{day}T17:00")}
    assert len(slots) == 2  # the slot itself, and the button that books it
    assert f'week={bureau_day(now())}&amp;day={day}#week" aria-current="true"' in page
    assert "aria-current" in full and f"{day}T09:00" not in full[: full.index('id="week"')]


def test_a_search_that_finds_nothing_shows_what_fits_a_part_and_says_so(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    both = an_instrument(owner, functions="潮位与表面波高观察")
    one = an_instrument(owner, functions="潮位观察")
    an_instrument(owner, functions="硬度")

    whole, part = client.get("/instruments?q=潮位").text, client.get("/instruments?q=潮位波高").text
    nothing = client.get("/instruments?q=量子").text

    assert sorted(found_ids(whole)) == sorted([both.id, one.id]) and "data-near" not in whole
    assert found_ids(part[part.index("data-near") :]) == [both.id, one.id]
    assert figure(part, "found") == "0"
    assert 'href="/instruments?q=%E6%BD%AE%E4%BD%8D">潮位' in part
    assert "data-near" not in nothing


@pytest.mark.parametrize("typed", ["失效分析", "看断口", "fracture", "failure analysis", "断口 12月3日", "fracture of metal parts"])
def test_what_an_engineer_says_finds_what_the_instrument_is_called_and_the_page_names_the_words(
    app: Flask, client: FlaskClient, typed: str
) -> None:
    owner = an_owner()
    electron = an_instrument(owner, name_zh="场发射扫描电子显微镜", class_code="0101")
    optical = an_instrument(owner, name_zh="金相显微镜", class_code="0108")
    an_instrument(owner, name_zh="离子色谱仪", class_code="0105")

    page = client.get("/instruments", query_string={"q": typed}).text
    answer = client.get("/api/v1/instruments", query_string={"q": typed, "total": "1"}).json

    assert (sorted(found_ids(page)), figure(page, "found")) == (sorted([electron.id, optical.id]), "2")
    assert sorted(row["id"] for row in answer["items"]) == sorted([str(electron.id), str(optical.id)]) and answer["total"] == 2
    said = page[page.index("data-widened") : page.index("</p>", page.index("data-widened"))]
    assert re.findall(r'class="chip" href="[^"]+">([^<]+)<', said)[:2] == ["扫描电镜", "金相"]
    assert "离子色谱" not in said
    assert 'href="/instruments?q=' in said and "data-near" not in page
    assert re.findall(r'category=01"[^>]*>[^<]*</a>\s*<span class="muted figure">([0-9]+)<', page) == ["2"]


def test_the_pools_week_goes_on_in_other_words_too_and_counts_no_gap_too_short_to_book(app: Flask, client: FlaskClient) -> None:
    firm, owner = a_firm(), an_owner()
    day = bureau_day(now()) + timedelta(days=3)
    hours = [{"weekday": day.isoweekday(), "from": "08:00", "to": "12:00"}]
    electron = an_instrument(owner, name_zh="扫描电子显微镜", hours=hours, rules={"min_minutes": 120})
    an_instrument(owner, name_zh="离子色谱仪", hours=hours)
    start = now().replace(year=day.year, month=day.month, day=day.day, hour=1, minute=0, second=0, microsecond=0)  # 9:00 in Shanghai

    whole = client.get("/calendar?q=失效分析").text
    a_booking(firm, electron, start, start + timedelta(hours=2), at=now())  # an hour is left on either side
    gaps = client.get("/calendar?q=失效分析").text

    assert "data-widened" in whole and "扫描电镜" in whole and "离子色谱仪" not in whole
    assert [re.findall(r'<td class="n g[^>]*>([^<]+)<', page) for page in (whole, gaps)] == [["4"], []]


def test_a_maker_typed_beside_the_purpose_still_counts_and_what_fits_as_typed_is_not_widened(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    zeiss = an_instrument(owner, name_zh="扫描电子显微镜", manufacturer="Zeiss", functions="断口观察")
    hitachi = an_instrument(owner, name_zh="扫描电子显微镜", manufacturer="Hitachi")

    assert found_ids(client.get("/instruments?q=fracture+Zeiss").text) == [zeiss.id]
    assert sorted(found_ids(client.get("/instruments?q=fracture+Jeol").text)) == [zeiss.id, hitachi.id]
    plain = client.get("/instruments?q=断口").text
    assert found_ids(plain) == [zeiss.id] and "data-widened" not in plain
    assert re.findall(r'<a class="chip" href="/instruments\?q=[^"]+">([^<]+)</a>', plain) == ["扫描电镜"]


def test_a_search_asks_no_more_than_before_where_the_thesaurus_is_silent_and_three_more_where_it_speaks(
    app: Flask, client: FlaskClient
) -> None:
    owner = an_owner()
    for _ in range(3):
        an_instrument(owner, name_zh="扫描电子显微镜")

    def asked_for(typed: str) -> int:
        with questions() as asked:
            client.get("/instruments", query_string={"q": typed})
        return len(asked)

    client.get("/instruments")
    bare = asked_for("")
    assert asked_for("扫描") == bare
    assert asked_for("fracture") <= bare + 3


def test_the_initials_of_a_short_name_find_what_is_called_in_full(app: Flask, client: FlaskClient) -> None:
    full = an_instrument(an_owner(), name_zh="场发射扫描电子显微镜")

    assert found_ids(client.get("/instruments?q=smdj").text) == [full.id]
    assert found_ids(client.get("/instruments?q=smdzxwj").text) == [full.id]


@pytest.mark.parametrize(("last", "rows"), [("12:00", 8), ("17:30", 20), ("24:00", 32)])
def test_a_week_shows_the_hours_from_the_first_opening_to_the_last_closing(app: Flask, client: FlaskClient, last: str, rows: int) -> None:
    hours = [{"weekday": 1, "from": "09:00", "to": "11:00"}, {"weekday": 2, "from": "08:30", "to": last}]
    page = client.get(f"/instruments/{an_instrument(an_owner(), hours=hours).id}").text

    table = page[page.index('<table class="week"') :]
    assert table[: table.index("</table>")].count("<tr>") == rows + 1


def test_a_week_begins_today_and_what_is_over_is_called_past(app: Flask, client: FlaskClient) -> None:
    instrument = an_instrument(an_owner())

    page = client.get(f"/instruments/{instrument.id}").text
    yesterday = client.get(f"/instruments/{instrument.id}?week={bureau_day(now()) - timedelta(days=1)}").text

    days = re.findall(rf"week={bureau_day(now())}&amp;day=([0-9-]+)#week", page)
    assert days == [str(bureau_day(now()) + timedelta(days=i)) for i in range(7)]
    assert 'title="已过"' in yesterday or 'title="Past"' in yesterday


def test_a_firm_sees_its_own_price_after_the_voucher_and_nobody_else_does(app: Flask, client: FlaskClient) -> None:
    a_programme()
    instrument, other = an_instrument(an_owner(), hourly=40_000), an_instrument(an_owner(), hourly=30_000, takes_vouchers=False)
    visitor = client.get("/instruments").text
    signed_in(client, a_firm())

    listed, page = client.get("/instruments").text, client.get(f"/instruments/{instrument.id}").text

    assert 'data-figure="yours"' not in visitor
    assert re.findall(r'data-figure="yours">([^<]*)<', listed) == ["¥200.00"]
    assert [figure(page, name) for name in ("gross", "subsidy", "net")] == ["¥400.00", "−¥200.00", "¥200.00"]
    assert set(found_ids(listed)) == {instrument.id, other.id}  # in the order of their names, which end in numbers


def test_a_visitor_sees_what_a_voucher_would_make_of_the_hour_as_the_firms_own_quote_says_it(app: Flask, client: FlaskClient) -> None:
    a_programme(name="海宁券")
    instrument, plain = an_instrument(an_owner(), hourly=40_000), an_instrument(an_owner(), hourly=30_000, takes_vouchers=False)
    client.set_cookie("language", "en")

    page, other = (client.get(f"/instruments/{row.id}").text for row in (instrument, plain))
    signed_in(client, a_firm())
    own = client.get(f"/instruments/{instrument.id}").text

    names = ("gross", "subsidy", "net")
    assert [figure(page, name) for name in names] == ["¥400.00", "voucher −¥200.00", "¥200.00"]
    assert [figure(own, name) for name in names] == ["¥400.00", "−¥200.00", "¥200.00"]
    assert ("“Technology SME” with a new 海宁券" in page, "A voucher of ¥200,000.00" in page) == (True, True)
    assert ("data-example" in other, "data-example" in own) == (False, False)


@pytest.mark.parametrize(
    "terms",
    [{"effective_to": "2026-01-31"}, {"issue_mode": "none"}, {"provider_regions": ["Elsewhere"]}, {"min_claim_fen": 30_000}],
)
def test_a_visitor_is_shown_no_example_where_no_open_programme_would_bear_anything(
    app: Flask, client: FlaskClient, terms: dict[str, object]
) -> None:
    a_programme(**terms)
    instrument = an_instrument(an_owner(), hourly=40_000)

    page = client.get(f"/instruments/{instrument.id}").text

    assert ("data-example" in page, 'data-figure="net"' in page) == (False, False)


def test_the_example_is_of_the_first_open_programme_and_bears_no_more_than_that_can_still_issue(app: Flask) -> None:
    a_programme(budget={"total_fen": 5_000})
    a_programme(code="NEXT", order=200, eligible_any=[])
    instrument = an_instrument(an_owner(), hourly=40_000)

    made = example_hour(instrument, at=NOW)

    assert made is not None
    assert (made.programme.code, made.tag, made.face) == ("HALF", "tech_sme", Money(5_000))
    assert (made.quote.gross, made.quote.subsidy, made.quote.net) == (Money(40_000), Money(5_000), Money(35_000))


def test_up_to_four_instruments_stand_side_by_side_and_differences_are_marked(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    rows = [
        an_instrument(owner, model=f"M{i}", manufacturer="Zeiss", specs=[{"name": "放大", "low": 10, "high": 100 + i, "unit": "x"}])
        for i in range(5)
    ]

    page = client.get("/compare?" + "&".join(f"i={row.id}" for row in [*rows, rows[0]]) + "&i=x").text
    alone = client.get(f"/compare?i={rows[0].id}").text

    assert [f'/instruments/{row.id}"' in page for row in rows] == [True] * 4 + [False]
    marked = re.findall(r'<tr class="differ">\s*<th scope="row">([^<]+)<', page)
    assert marked == ["型号", "放大"]
    assert "10..103 x" in page
    assert "<table" not in alone


def test_a_comparison_tells_extras_rules_training_and_rating_of_each_and_names_it_on_a_phone(app: Flask, client: FlaskClient) -> None:
    firm, owner = a_firm(), an_owner()
    quick = an_instrument(
        owner, model="Sigma 300", rules={"min_minutes": 30, "max_minutes": 240, "lead_minutes": 120, "cancel_fee_bp": 2000}
    )
    slow = with_add_ons(owner)
    change_instrument(
        slow.id, {"model": "SU8010", "rules": {"min_minutes": 60, "max_minutes": 240, "authorisation_required": True}}, by=owner, at=NOW
    )
    used = a_used_booking(firm, owner, quick)
    rate_use(used.id, 4, by=firm, at=tuesday("15:00"))

    with questions() as asked:
        page = client.get(f"/compare?i={quick.id}&i={slow.id}").text
    lines = {
        tuple(re.sub(r"<[^>]*>|\s+", " ", cell).strip() for cell in re.findall(r"<td data-label=[^>]*>(.*?)</td>", row, re.DOTALL))
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    }

    assert ("30 分钟", "1 小时") in lines and ("4 小时", "4 小时") in lines
    assert any(one.startswith("4.0 ") and other == "—" for one, other in (line for line in lines if len(line) == 2))
    assert any("20 %" in one and "0 %" in other for one, other in (line for line in lines if len(line) == 2))
    assert any(
        one == "—" and "Operator" in other and "¥80.00" in other and "¥25.00" in other
        for one, other in (line for line in lines if len(line) == 2)
    )
    assert page.count('data-label="1 · Sigma 300"') == page.count('data-label="2 · SU8010"') == page.count('<tr class="differ">') + 3
    assert len(asked) <= 12


def test_a_person_keeps_an_instrument_and_lets_it_go_and_doing_it_twice_changes_nothing(app: Flask, client: FlaskClient) -> None:
    mine, other = an_instrument(an_owner()), an_instrument(an_owner())
    signed_in(client, a_firm())

    for _ in range(2):
        kept = client.post(f"/favourites/{mine.id}/keep", data={"next": "/instruments?q=x"})
    listed = client.get("/favourites").text
    for _ in range(2):
        client.post(f"/favourites/{mine.id}/drop")
    empty = client.get("/favourites").text

    assert (kept.status_code, kept.location) == (303, f"/instruments?q=x#i{mine.id}")
    assert found_ids(listed) == [mine.id]
    assert found_ids(empty) == []
    assert client.post(f"/favourites/{other.id + 999}/keep").status_code == 404


def test_a_use_is_rated_once_by_its_firm_and_only_its_owner_reads_the_words(app: Flask, client: FlaskClient) -> None:
    a_programme()
    firm, owner = a_firm(), an_owner()
    instrument = an_instrument(owner)
    waiting = a_booking(firm, instrument, tuesday("16:00"), tuesday("17:00"))
    used = a_used_booking(firm, owner, instrument)
    words = "样品台很干净"

    signed_in(client, firm)
    early = client.post(f"/bookings/{waiting.id}/rating", data={"stars": "5"}, follow_redirects=True).text
    wrong = client.post(f"/bookings/{used.id}/rating", data={"stars": "6"}, follow_redirects=True).text
    first = client.post(f"/bookings/{used.id}/rating", data={"stars": "4", "words": words}, follow_redirects=True).text
    again = client.post(f"/bookings/{used.id}/rating", data={"stars": "1"}, follow_redirects=True).text
    seen_by_firm = client.get(f"/instruments/{instrument.id}").text
    signed_in(client, owner)
    seen_by_owner = client.get(f"/instruments/{instrument.id}").text

    assert [
        text in page for text, page in (("双方确认使用后才能评价", early), ("1", wrong), ("您的评价已计入", first), ("已经评价过", again))
    ] == [True] * 4
    assert (figure(seen_by_firm, "rating"), figure(seen_by_owner, "rating")) == ("4.0", "4.0")
    assert (words in seen_by_firm, words in seen_by_owner) == (False, True)


def test_the_rating_form_stands_on_a_use_that_is_over_and_turns_into_the_stars(app: Flask, client: FlaskClient) -> None:
    a_programme()
    firm, owner = a_firm(), an_owner()
    used = a_used_booking(firm, owner, an_instrument(owner))
    signed_in(client, firm)
    client.post(f"/bookings/{used.id}/rating", data={"stars": "4"})

    from flask_login import login_user

    with app.test_request_context():
        login_user(firm)
        after = render_template("bookings/_rating.html", booking=used)
        before = render_template("bookings/_rating.html", booking=a_used_booking_at(firm, owner))

    assert figure(after, "stars") == "4 星（满分 5 星）"
    assert before.count('name="stars"') == 5


def a_used_booking_at(firm: User, owner: User) -> Booking:
    """Another use, on another instrument."""
    return a_used_booking(firm, owner, an_instrument(owner))


def test_how_much_an_instrument_is_used_by_week_and_by_hour(app: Flask, client: FlaskClient) -> None:
    a_programme()
    firm, owner = a_firm(), an_owner()
    instrument = an_instrument(owner)
    a_used_booking(firm, owner, instrument)

    page = client.get(f"/instruments/{instrument.id}/usage").text

    assert re.findall(r'<td>09-07</td>\s*<td class="n" data-value="([0-9.]+)"', page) == ["2.00"]
    hours = re.findall(r'<th scope="row">([0-9:]+)</th>((?:\s*<td class="heat-[0-4]">[^<]*</td>)+)', page)
    assert [hour for hour, _ in hours] == ["10:00", "11:00"]
    assert [re.findall(r"heat-([0-4])", cells) for _, cells in hours] == [["0", "4", "0", "0", "0", "0", "0"]] * 2


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/bookings/999999", 404), ("/bureau/batches/", 403), ("/publicity?period=x", 422)]
)
def test_an_error_says_what_happened_why_and_the_way_on(app: Flask, client: FlaskClient, path: str, status: int) -> None:
    signed_in(client, a_firm())

    answer = client.get(path)

    assert answer.status_code == status
    if status != 422:
        body = answer.text.split('class="oops"')[1]
        told = re.search(r"<h1>([^<]+)</h1>\s*(?:<p class=\"lead\">([^<]+)</p>\s*)?<p>[^<]+</p>", body)
        assert told is not None
        assert told[1] != told[2]
        assert bool(told[2]) is (status != 403)  # there the title already says it
        assert 'class="button"' in body


def test_the_pools_week_goes_back_on_to_today_and_to_a_month_by_link_and_keeps_what_is_looked_for(app: Flask, client: FlaskClient) -> None:
    an_instrument(an_owner(), name_zh="电镜")
    today = bureau_day(now())
    month = months_later(today.replace(day=1), 2)

    here = client.get("/calendar?q=电镜").text
    later = client.get(f"/calendar?q=电镜&week={today + timedelta(days=3)}").text
    far = client.get(f"/calendar?q=电镜&week={month}").text

    q = "q=%E7%94%B5%E9%95%9C"
    links = {"today": f'href="/calendar?{q}#when"', "month": f'href="/calendar?week={month}&amp;{q}#when"'}
    assert [(name in page) for page in (here, later, far) for name in links.values()] == [True] * 6
    assert ('rel="prev"' in here, f'href="/calendar?week={today + timedelta(days=7)}&amp;{q}#when" rel="next"' in here) == (False, True)
    assert f'href="/calendar?week={today}&amp;{q}#when" rel="prev"' in later  # no further back than today: what is over has nothing free
    assert f'href="/calendar?week={month}&amp;{q}#when" aria-current="true"' in far
    assert f'name="week" value="{month}"' in far


def test_the_pools_week_has_thirty_instruments_on_a_page(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    for _ in range(31):
        an_instrument(owner)

    pages = [client.get(f"/calendar?week=2026-09-07&page={page}").text for page in (1, 2, 9)]

    assert [page.count('<th scope="row">') for page in pages] == [30, 1, 1]
    assert all("31 台（套）" in page for page in pages)
    assert 'href="/calendar?week=2026-09-07&amp;page=2"' in pages[0]


def test_statistics_without_anything_to_count_draw_no_empty_charts(app: Flask, client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    bare = client.get("/statistics").text
    an_instrument(an_owner())
    listed = client.get("/statistics").text

    assert (bare.count("data-chart="), bare.count('class="empty"')) == (0, 3)
    assert (listed.count("data-chart="), listed.count('class="empty"'), "No use has been confirmed yet." in listed) == (1, 2, True)
