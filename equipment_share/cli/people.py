"""`flask organisation`, `flask user`, `flask token`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from equipment_share.adapters.clock import now
from equipment_share.cli.speaking import actor, plainly
from equipment_share.domain.access import Kind, Role
from equipment_share.queries.people import named_person, organisation_by_code
from equipment_share.services.people.people import invite_person, make_organisation
from equipment_share.services.people.signin import SCOPES, make_token

organisation = AppGroup("organisation", help="Organisations of the installation.")
user = AppGroup("user", help="People.")
token = AppGroup("token", help="Keys for programs.")
BY = click.option("--by", "by", help="E-mail of the person who acts; left out it is the system.")


@organisation.command("create")
@click.argument("code")
@click.argument("name")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), required=True)
@BY
@plainly
def create_organisation(code: str, name: str, kind: str, by: str | None) -> None:
    """Make a verified organisation CODE with NAME."""
    made = make_organisation(code, name, Kind(kind), by=actor(by), at=now())
    click.echo(f"created {made.kind.value} {made.code} {made.name}")


@user.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role if role not in (Role.VISITOR, Role.SYSTEM)]), required=True)
@click.option("--organisation", "code", required=True, help="Code of the organisation.")
@click.option("--name", default="")
@BY
@plainly
def create_user(email: str, role: str, code: str, name: str, by: str | None) -> None:
    """Let EMAIL in and print a one-time sign-in link."""
    made, raw = invite_person(email, Role(role), organisation_by_code(code).id, name=name, by=actor(by), at=now())
    click.echo(f"created {made.role.value} {made.email}")
    click.echo(f"{current_app.config['BASE_URL']}/link/{raw}")


@token.command("create")
@click.argument("email")
@click.option("--name", default="command line")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES))
@plainly
def create_token(email: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key for EMAIL; it is printed once, alone on the last line."""
    click.echo(make_token(name, list(scopes or SCOPES), by=named_person(email), at=now()))
