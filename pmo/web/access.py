"""Every route says who may open it: ``@public``, ``@signed_in`` or ``@needs(Action.…)``; one that says nothing is shut.

``@by_token(TokenScope.…)`` is for programs (``pmo.web.api``); no cookie opens it.

``@enrolling`` is ``@signed_in`` also for a post that must set up a second factor first, ``@freshly_signed_in`` the same
after the password was proved within the last quarter of an hour; it is asked for again otherwise. ``@fully_signed_in``
is that, but not before the second factor is set up.

    @lifecycle.post("/projects/<int:project_id>/pause")
    @needs(Action.VIEW)
    def pause_project(project_id: int) -> Answer: …

The guard stands next to the function (below the route). It keeps out people whose post never has the right; whether
they have it for *this* project is asked with ``demand(scope, Action.PAUSE)`` (`pmo.web.acts` does), and once more by
the service. The guard of a page about one project is ``VIEW``: what is out of sight is then not found, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import RIGHTS, Action, Actor, ProjectScope, may
from pmo.domain.access_tokens import TokenScope
from pmo.domain.errors import NotAllowed, NotFound
from pmo.i18n import gettext
from pmo.web.bearers import admit_caller
from pmo.web.context import actor, has_ended, visitor, waiting, wall_now

View = TypeVar("View", bound=Callable[..., Any])
GUARD = "guard_of_the_route"


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may open a route; ``actions`` are rights of which one is enough.

    ``scope`` is what a token must carry where a route is for programs: such a route knows no
    cookie, the others no token.
    """

    is_public: bool = False
    actions: tuple[Action, ...] = ()
    while_enrolling: bool = False
    is_fresh: bool = False
    scope: TokenScope | None = None

    def admits(self, visitor: Actor) -> bool:
        """Whether somebody signed in may try."""
        return not self.actions or any(may_ever(visitor, action) for action in self.actions)


def public(view: View) -> View:
    """For everybody."""
    return _guarded(view, Guard(is_public=True))


def signed_in(view: View) -> View:
    """For everybody who is signed in."""
    return _guarded(view, Guard())


def enrolling(view: View) -> View:
    """For everybody who is signed in, also before the second factor that their post needs is set up."""
    return _guarded(view, Guard(while_enrolling=True))


def freshly_signed_in(view: View) -> View:
    """For changes of how one signs in (ASVS 7.5.1)."""
    return _guarded(view, Guard(while_enrolling=True, is_fresh=True))


def fully_signed_in(view: View) -> View:
    """The same, for what must not come before the second factor that the post needs: whoever stole a password alone
    could bind an identity or an address of their own with it."""
    return _guarded(view, Guard(is_fresh=True))


def by_token(scope: TokenScope) -> Callable[[View], View]:
    """For programs that bring a token of this scope."""
    return lambda view: _guarded(view, Guard(scope=scope))


def needs(*actions: Action) -> Callable[[View], View]:
    """For posts that hold one of the rights, be it for one project only."""
    return lambda view: _guarded(view, Guard(actions=actions))


def may_ever(actor: Actor, action: Action) -> bool:
    """Whether the actor, or a post they stand in for, has the right anywhere. For menus and guards."""
    return action in RIGHTS[actor.role] or any(may_ever(post, action) for post in actor.others)


def demand(scope: ProjectScope, *actions: Action) -> None:
    """Lets through who holds one of the rights on a project (DOMAIN 3.0). Raises NotFound out of sight, NotAllowed."""
    if not may(actor(), Action.VIEW, scope):
        raise NotFound
    if not any(may(actor(), action, scope) for action in actions):
        raise NotAllowed(actions[0].value)


def enforce() -> Response | None:
    """Before each request: the guard of the route. Nobody is sent to sign-in for an address that does not exist."""
    if request.endpoint is None:
        return None
    guard = guard_of(current_app, request.endpoint)
    if guard is None:
        raise NotFound
    if guard.is_public:
        return None
    if guard.scope is not None:
        admit_caller(guard.scope)
        return None
    found = visitor()
    if found is None:
        if has_ended():
            flash(gettext("Your session has ended. Please sign in again."), "info")
        page = "second_factor.show" if waiting() else "sign_in.show"
        return _led_to(page, next=_there(), lang=request.args.get("lang"))
    if found.must_enrol and not guard.while_enrolling:
        return _led_to("own_sign_in.show")
    if guard.is_fresh and not found.session.is_fresh(wall_now()):
        return _led_to("confirmation.show", next=_there() or url_for("own_sign_in.show"))
    if not guard.admits(found.actor):
        raise NotAllowed(guard.actions[0].value)
    return None


def _led_to(endpoint: str, **values: Any) -> Response:
    """To another page, by GET whatever was sent."""
    return redirect(url_for(endpoint, **values), 302 if request.method == "GET" else 303)


def _there() -> str | None:
    """Where a visitor wanted to go, if it can be opened again."""
    return request.full_path.rstrip("?") if request.method == "GET" else None


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """What a route declared, or None. Static files are public."""
    if endpoint == "static":
        return Guard(is_public=True)
    return getattr(app.view_functions.get(endpoint), GUARD, None)


def unguarded(app: Flask) -> list[str]:
    """Endpoints that declare nothing; the application refuses to start with any."""
    return sorted({rule.endpoint for rule in app.url_map.iter_rules() if guard_of(app, rule.endpoint) is None})


def _guarded(view: View, guard: Guard) -> View:
    setattr(view, GUARD, guard)
    return view
