"""The ground of all tables: the session's owner, typed columns for money, instants and states, constraint names."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from equipment_share.domain.money import Money

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class MoneyColumn(TypeDecorator[Money]):
    """`Money` as whole fen in a BIGINT: SQLite has no exact decimal."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        """Fen out of Money; anything else is a fault of ours."""
        if value is not None and not isinstance(value, Money):
            raise TypeError(f"a money column takes Money, not {value!r}")
        return None if value is None else value.fen

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        """Money out of fen (PostgreSQL sums BIGINT to NUMERIC)."""
        return None if value is None else Money(int(value))


class UtcColumn(TypeDecorator[datetime]):
    """An aware instant kept in UTC. SQLite forgets zones, so naive values are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC in; naive only for SQLite's text."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant column takes aware times")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = BigInteger().with_variant(Integer(), "sqlite")
"""A key: 64 bits everywhere, and SQLite's own row number."""


class Base(DeclarativeBase):
    """What every table is made of. Inherit from this, never from `db.Model`: mypy would see `Any`."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            int: BigInteger().with_variant(Integer(), "sqlite"),
            datetime: UtcColumn,
            Money: MoneyColumn,
            enum.Enum: Enum(
                enum.Enum, native_enum=False, create_constraint=False, length=32, values_callable=lambda kind: [m.value for m in kind]
            ),
            dict[str, Any]: JSON,
            list[Any]: JSON,
            str: String(200),
        },
    )


def utc(moment: datetime) -> datetime:
    """What an aggregate of instants answers, aware: SQLite gives it as naive time, or as text."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


db = SQLAlchemy(model_class=Base)
