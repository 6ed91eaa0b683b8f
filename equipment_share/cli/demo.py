"""`flask demo load`: the demonstration pool, and who may sign in to it."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from equipment_share.adapters.clock import now
from equipment_share.cli.speaking import plainly
from equipment_share.services.demo import PASSWORD, load_demo

demo = AppGroup("demo", help="Demonstration data, marked as sample.")
SIGN_INS = tuple(
    f"{name}@demo.example"
    for name in (
        "firm_user", "firm_admin", "owner_operator", "owner_admin", "bureau_clerk", "bureau_reviewer", "bureau_leader", "finance", "auditor", "admin",
    )
)  # fmt: skip


@demo.command("load")
@click.option("--instruments", default=330, show_default=True)
@click.option("--bookings", default=1200, show_default=True)
@click.option("--seed", default=20240522, show_default=True)
@click.option("--force", is_flag=True, help="Also into a database that is not empty.")
@plainly
def load(instruments: int, bookings: int, seed: int, force: bool) -> None:
    """Load the demonstration pool; the same seed gives the same data."""
    counts = load_demo(instruments=instruments, bookings=bookings, seed=seed, force=force, at=now())
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
    click.echo(f"sign in as {', '.join(SIGN_INS)} with {PASSWORD}")
