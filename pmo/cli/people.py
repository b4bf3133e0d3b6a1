"""``pmo user``."""

from __future__ import annotations

import sys

import click

from pmo.cli.frame import (
    FORMAT,
    chosen_cities,
    print_json,
    print_table,
    refuse,
    runtime_for_facts,
    runtime_for_service,
    say,
    unusable,
)
from pmo.domain.access import Role
from pmo.domain.errors import NotFound, RuleBroken
from pmo.queries.accounts import accounts
from pmo.queries.personal_data import personal_data
from pmo.services.accounts import add_person
from pmo.services.password_links import Moments, invite_from_server
from pmo.services.resealing import reseal


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("email")
@click.option("--city", required=True, help="Their city.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Their post.")
@click.option("--person", help="Id of the post; without it, the address. A post that is not known yet is made.")
@click.option("--language", type=click.Choice(["ru", "kk", "en"]), default="ru", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, city: str, role: str, person: str | None, language: str, password_stdin: bool) -> None:
    """Lets somebody sign in with EMAIL."""
    runtime = runtime_for_facts()
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    try:
        with runtime.writing() as session:
            known = add_person(session, email, city, Role(role), person, language, password, runtime.now())
    except RuleBroken as error:
        refuse(f"Not added: {error}")
    say(f"{known} signs in with {email}." if password else f"{known} is entered with {email}; no password was given.")


@user.command("invite")
@click.argument("email")
def invite(email: str) -> None:
    """Sends the post with EMAIL a link to set its password: good once and for an hour."""
    runtime = runtime_for_service()
    try:
        with runtime.writing() as session:
            at = Moments(runtime.now(), runtime.clock_on_the_wall.now())
            known = invite_from_server(session, email, at, runtime.settings)
    except NotFound:
        refuse(f"No active post has the address {email}: enter it with `pmo user add` first.")
    say(f"{known} is sent a link to set a password by the scheduler; it is good for an hour from now.")


@user.command("list")
@click.option("--city", help="One city only.")
@FORMAT
def list_accounts(city: str | None, form: str) -> None:
    """Everybody who is known."""
    runtime = runtime_for_facts()
    if city is not None:
        chosen_cities(runtime, city)
    with runtime.reading() as session:
        people = accounts(session, city)
    if form == "json":
        print_json(
            [
                {
                    "id": person.id,
                    "city": person.city,
                    "role": person.role,
                    "email": person.email,
                    "language": person.language,
                    "active": person.is_active,
                    "can_sign_in": person.can_sign_in,
                }
                for person in people
            ]
        )
        return
    print_table(
        ("id", "city", "role", "e-mail", "language", "signs in"),
        [
            (person.id, person.city, person.role, person.email, person.language, "yes" if person.can_sign_in else "")
            for person in people
        ],
    )


@user.command("reseal")
def reseal_apps() -> None:
    """Seals the secrets of authenticator apps with PMO_SECRET_KEY, so that PMO_SECRET_KEY_FALLBACKS may go."""
    runtime = runtime_for_facts()
    if not runtime.settings.secret_keys:
        unusable("PMO_SECRET_KEY must be set as it is for the service, the former secret in PMO_SECRET_KEY_FALLBACKS.")
    with runtime.writing() as session:
        done = reseal(session, runtime.settings.secret_keys)
    say(f"{len(done.anew)} sealed anew, {done.untouched} were sealed with the present secret.")
    if done.shut:
        refuse(
            f"No secret opens the app of {', '.join(done.shut)}: name the secret it was set up under in"
            " PMO_SECRET_KEY_FALLBACKS, or let an administrator remove the second factor on the page of sign-ins."
        )


@user.command("export")
@click.argument("person")
def export(person: str) -> None:
    """Prints everything that is kept of one PERSON (the id of the post) as JSON, for that person."""
    runtime = runtime_for_facts()
    try:
        with runtime.reading() as session:
            print_json(personal_data(session, person))
    except NotFound:
        refuse(f"There is no post {person!r}.")
