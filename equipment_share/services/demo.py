"""Use case of a demonstration: a pool that looks like a year of a city, the same from the same seed, clearly marked as sample."""

from __future__ import annotations

import csv
import gc
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from equipment_share.adapters.passwords import hashed
from equipment_share.adapters.pinyin import pinyin_key
from equipment_share.adapters.samples import sample_programmes
from equipment_share.domain.access import Kind, Role
from equipment_share.domain.errors import Refused
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day, months_later
from equipment_share.domain.pricing import ANYBODY, Mode, PriceItem, PriceUnit
from equipment_share.domain.tariffs import Terms
from equipment_share.models.instruments import Instrument
from equipment_share.models.outbox import Fact, Letter
from equipment_share.models.people import SYSTEM, Organisation, OrganisationState, User
from equipment_share.queries.people import is_empty
from equipment_share.services.demo_planning import plan_ahead
from equipment_share.services.demo_year import live_a_year
from equipment_share.services.instruments.listing import add_instrument, add_prices
from equipment_share.services.people.people import ADMINS
from equipment_share.services.transaction import answered_in_one
from equipment_share.services.vouchers.programmes import draft_programme, publish_version

DATA = Path(__file__).resolve().parent.parent / "data"
PASSWORD = "Demo-haining-2026"  # noqa: S105 - printed by `dev.py run`, refused outside a demonstration database
MARK = "(示例)"
OWNERS = (
    "鹃湖大学分析测试中心", "鹃湖大学材料学院", "鹃湖大学生命科学院", "鹃湖大学信息学院", "钱江应用技术学院", "钱江师范学院理化实验中心",
    "潮乡新材料研究院", "潮乡纺织科学研究院", "皮革技术研究所", "潮乡半导体装备研究院", "智能制造创新中心", "环境监测科学研究所",
    "计量测试技术研究院", "特种设备检验研究院", "生物医药公共平台", "新能源电池检测中心", "光电技术研究院", "食品药品检验研究院",
    "尖山精密仪器有限公司", "海潮检测技术有限公司",
)  # fmt: skip
TRADES = ("新材料", "纺织", "皮革", "光电", "机械", "电子", "生物", "医药", "环保", "能源", "食品", "化工")
NAMES = ("潮生", "观澜", "硖川", "盐官", "尖山", "许村", "长安", "袁花", "斜桥", "丁桥")
FAMILY = "陈沈朱王徐张吴周许金钱陆姚俞顾蒋郁褚祝查"
GIVEN = (
    "思源", "敏", "嘉怡", "建华", "雨桐", "志远", "晓燕", "文博", "丽娟", "海涛", "静", "子涵", "国良", "慧", "俊杰", "雅琴", "明", "佳宁", "永康", "婷",
    "立新", "若兰", "浩然", "秀英", "振宇", "梦洁", "伟", "书恒", "红梅", "宇航", "诗雨",
)  # fmt: skip
"""20 family and 31 given names: no two of 620 people are called the same."""
STAFF = {
    Role.BUREAU_CLERK: "", Role.BUREAU_REVIEWER: "", Role.BUREAU_LEADER: "", Role.FINANCE: "", Role.AUDITOR: "",
}  # fmt: skip


class NotEmpty(Refused):
    """There is something here already."""

    code = "taken"


def load_demo(*, instruments: int = 330, bookings: int = 1200, seed: int = 20240522, force: bool = False, at: datetime) -> dict[str, int]:
    """Make the demonstration pool in one transaction.

    Raises: NotEmpty unless forced.
    """
    if not is_empty() and not force:
        raise NotEmpty()
    with _no_search_for_garbage():
        made = answered_in_one(lambda session: _load(session, instruments, bookings, random.Random(seed), at))  # noqa: S311 - sample data
    answered_in_one(
        lambda session: session.execute(update(Letter).values(sent_at=Letter.made_at))
    )  # nobody waits for a year of sample post
    return made


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """A year of rows stays until the commit: looking through it for garbage again and again finds next to nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load(session: Session, instruments: int, bookings: int, dice: random.Random, at: datetime) -> dict[str, int]:
    born = _a_year_before(at)
    secret = hashed(PASSWORD)
    owners = [_organisation(session, f"{name}{MARK}", Kind.OWNER, dice, born) for name in OWNERS]
    for number, house in enumerate(owners, 1):
        house.address, house.phone = f"海宁市示例路{number}号", f"0573-{number:08d}"  # no such number is given out
    firms = [_organisation(session, _firm_name(i), Kind.FIRM, dice, born) for i in range(60)]
    for index, firm in enumerate(firms):
        if index >= 20 and index % 2:
            continue  # not every firm is entitled
        firm.tags = [{"tag": ("tech_sme", "hnte", "team", "incubated")[index % 4 if index % 3 else 0], "valid_until": None}]
    bureau = _organisation(session, f"海宁市科学技术局{MARK}", Kind.BUREAU, dice, born, code="HNKJJ")
    platform = _organisation(session, f"共享平台{MARK}", Kind.PLATFORM, dice, born, code="PLATFORM")
    people = _people(session, owners, firms, bureau, platform, secret, born)
    _programmes(people, born)
    made = _instruments(session, owners, people, instruments, dice, born)
    session.add(Fact(name="demo", value=str(at.date())))
    session.flush()
    done = live_a_year(session, made, firms, people, bookings, dice, born=born, at=at)
    plan_ahead(made, people, at=at)
    return {"instruments": len(made), "owners": len(owners), "firms": len(firms), **done}


def _a_year_before(at: datetime) -> datetime:
    day = months_later(bureau_day(at), -12)
    return at.replace(year=day.year, month=day.month, day=day.day, hour=1, minute=0, second=0, microsecond=0)


def _firm_name(index: int) -> str:
    return f"海宁{NAMES[index % 10]}{TRADES[index % 12]}科技有限公司{MARK}"


QUESTIONS = [
    {"key": "material", "label": "样品材料", "label_en": "Material of the sample", "kind": "text"},
    {"key": "thickness", "label": "厚度", "label_en": "Thickness", "kind": "number", "unit": "mm"},
    {"key": "storage", "label": "保存温度", "label_en": "Storage temperature", "kind": "choice", "choices": ["20 °C", "4 °C", "-20 °C"]},
]
"""What an instrument that takes samples asks, none of it needed, so that a visitor can skip it."""


ADD_ONS = (
    ("PREP", "制样服务", "Sample preparation", "staff", Money(15_000)),
    ("STUB", "样品台及导电胶", "Sample stub with conductive tape", "consumables", Money(3_000)),
    ("POST", "样品寄回", "Return of the sample by post", "shipping", Money(2_000)),
)
"""What every fifth instrument offers beside the time."""


def _organisation(session: Session, name: str, kind: Kind, dice: random.Random, at: datetime, code: str = "") -> Organisation:
    organisation = Organisation(
        code=code or sample_uscc(dice), name=name, name_key=pinyin_key(name)[:400], kind=kind, state=OrganisationState.VERIFIED,
        region="haining", is_sample=True, bank_account=f"62{dice.randrange(10**15):015d}", made_at=at,
    )  # fmt: skip
    session.add(organisation)
    session.flush()
    return organisation


def sample_uscc(dice: random.Random) -> str:
    """A credit code whose check digits hold, of the region of Haining (330481); for sample data only."""
    from stdnum.cn import uscc  # only a demonstration needs to make one

    body = "91330481MA" + "".join(dice.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(7))
    return body + str(uscc.calc_check_digit(body))


def _people(
    session: Session,
    owners: list[Organisation],
    firms: list[Organisation],
    bureau: Organisation,
    platform: Organisation,
    secret: str,
    at: datetime,
) -> dict[str, User]:
    wanted: list[tuple[str, Role, Organisation]] = [(role.value, role, bureau) for role in STAFF]
    wanted += [("bureau_reviewer_2", Role.BUREAU_REVIEWER, bureau), ("admin", Role.ADMIN, platform)]
    wanted += [("firm_user", Role.FIRM_USER, firms[0]), ("firm_admin", Role.FIRM_ADMIN, firms[0])]
    wanted += [(f"firm_user_{n}", Role.FIRM_USER, firms[n - 1]) for n in range(2, 18)]
    wanted += [("owner_operator", Role.OWNER_OPERATOR, owners[0]), ("owner_admin", Role.OWNER_ADMIN, owners[0])]
    wanted += [("owner_operator_2", Role.OWNER_OPERATOR, owners[1])]
    wanted += [(f"firm_{firm.id}", Role.FIRM_ADMIN, firm) for firm in firms[1:]]
    wanted += [(f"owner_{owner.id}", Role.OWNER_ADMIN, owner) for owner in owners[1:]]
    people = {}
    for number, (name, role, organisation) in enumerate(wanted):
        called = FAMILY[number % len(FAMILY)] + GIVEN[number % len(GIVEN)]
        user = User(email=f"{name}@demo.example", name=called, role=role, organisation_id=organisation.id, password_hash=secret, made_at=at)
        if role in ADMINS.values():
            organisation.contact_name = called
        people[name] = user
        session.add(user)
    session.flush()
    return people


def _programmes(people: Mapping[str, User], at: datetime) -> None:
    for code in ("HN", "SH", "YH", "TJ"):
        draft_programme(sample_programmes()[code], by=people["bureau_clerk"], at=at)
        publish_version(code, 1, by=people["bureau_reviewer"], at=at)


def _instruments(
    session: Session, owners: list[Organisation], people: Mapping[str, User], count: int, dice: random.Random, at: datetime
) -> list[Instrument]:
    with (DATA / "instrument_models.csv").open(encoding="utf-8", newline="") as source:
        models = list(csv.DictReader(source))
    made = []
    for index in range(count):
        model, owner = models[index % len(models)], owners[(index * 7 + index // len(models)) % len(owners)]
        hour = Money(int(model["yuan_per_hour"]) * 100 + (0 if index < len(models) else dice.choice((-2000, 0, 2000))))
        made.append(_instrument(session, owner, model, index, hour, at))
    return made


def _instrument(session: Session, owner: Organisation, model: Mapping[str, str], index: int, hour: Money, at: datetime) -> Instrument:
    modes = [Mode.GUIDED, *([Mode.SELF_OPERATE] if index % 2 else []), *([Mode.COMMISSIONED] if index % 3 == 0 else [])]
    fields = {
        "inner_code": f"HN{index + 1:04d}", "name_zh": model["name_zh"], "name_en": model["name_en"], "manufacturer": model["manufacturer"],
        "model": model["model"], "class_code": model["class_code"], "functions": model["function"], "modes": [mode.value for mode in modes],
        "location": f"{index % 5 + 1}号楼{index % 4 + 1}0{index % 9 + 1}室", "contact_name": "值班机主",
        "hours": [{"weekday": day, "from": "08:00", "to": "20:00" if index % 5 else "24:00"} for day in range(1, 6 + (index % 4 == 0))],
        "questions": QUESTIONS if Mode.COMMISSIONED in modes else [],
        "rules": {"grid_minutes": 30, "min_minutes": 30, "max_minutes": 720, "cancel_fee_bp": 2000, "no_show_fee_fen": 10_000,
                  **({"auto_approve": True} if index % 9 == 0 else {})},
    }  # fmt: skip
    instrument = add_instrument(session, owner, fields, at=at)
    setup = Money(5000) if index % 4 == 0 else ZERO
    items = [
        PriceItem(mode, PriceUnit.SAMPLE if mode is Mode.COMMISSIONED else PriceUnit.HOUR, Money(hour.fen // 2) if mode is Mode.COMMISSIONED else hour,
                  setup_fee=setup if mode is Mode.COMMISSIONED else ZERO)
        for mode in modes
    ]  # fmt: skip
    items += [
        PriceItem(mode, PriceUnit.ITEM, each, code=code, name=name, kind=kind, name_en=name_en)
        for mode in modes if index % 5 == 0
        for code, name, name_en, kind, each in ADD_ONS
    ]  # fmt: skip
    terms = Terms(urgent_bp=15_000 if index % 6 == 0 else None)
    add_prices(session, instrument, items, valid_from=bureau_day(at), valid_to=None, user_class=ANYBODY, terms=terms, by=SYSTEM, at=at)
    return instrument
