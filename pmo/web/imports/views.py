"""Loading a file: first what it would change and everything that is wrong with it, then, by a second button, the same
content for good.

The content waits between the two in the page itself, packed and signed: nothing is stored, nothing can be swapped.
"""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from pmo.domain.access import Action, may_in_city
from pmo.domain.errors import NotAllowed, RuleBroken
from pmo.domain.secret_keys import oldest_first
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.services.imports import NOUNS, OUTCOMES, ImportPlan, ImportRefused, apply_import, plan_import
from pmo.web.access import needs
from pmo.web.acts import Answer, form_page, saved
from pmo.web.context import actor, city, runtime
from pmo.web.forms import Form, UploadField, required

imports = Blueprint("imports", __name__)

LARGEST_PACKED = 450_000
"""Bytes of the packed content in a form; Flask takes half a megabyte of form fields."""
LARGEST_UNPACKED = 20 * 1024 * 1024
GOOD_FOR = 60 * 60
"""Seconds between the preview and the button."""


class FileForm(Form):
    """The file."""

    file = UploadField(_("File"), [required(_("Choose a file."))], render_kw={"accept": ".yaml,.yml,.xlsx"})


class ApplyForm(Form):
    """The second button; its only content is the packed file."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file between preview and button."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """The beginning of the content's SHA-256, to compare by eye."""
        return sha256(self.content).hexdigest()[:16]


@imports.route("/import", methods=["GET", "POST"])
@needs(Action.IMPORT)
def index() -> Answer:
    """The file is chosen; then its preview is shown. Nothing is changed."""
    form = FileForm()
    if form.validate_on_submit():
        upload = form.file.data
        with form.answering():
            limit = runtime().settings.max_upload
            parcel = Parcel(upload.filename, upload.read(limit + 1))
            if len(parcel.content) > limit:
                raise RuleBroken("file_too_large", "file", megabytes=limit // (1024 * 1024))
            return _preview(parcel)
    return form_page("imports/index.html", form)


@imports.post("/import/application")
@needs(Action.IMPORT)
def apply() -> Answer:
    """The very content that was previewed is loaded, whole or not at all."""
    form = ApplyForm()
    parcel = _unpacked(request.form.get("parcel", ""))
    if parcel is None or not form.validate_on_submit():
        again = FileForm()
        again.refuse(RuleBroken("preview_expired", "file"))
        return form_page("imports/index.html", again)
    try:
        with runtime().writing() as session:
            plan = plan_import(session, parcel.content, parcel.name)
            if foreign := _foreign_cities(plan):
                raise NotAllowed(f"{Action.IMPORT.value} {', '.join(foreign)}")
            apply_import(session, plan, runtime().clock_on_the_wall.now())
    except ImportRefused:
        return _preview(parcel)
    return saved(gettext("%(file)s is loaded.", file=parcel.name), url_for("home.show"))


def _preview(parcel: Parcel) -> Answer:
    with runtime().reading() as session:
        plan = plan_import(session, parcel.content, parcel.name)
    rows = [(noun, {outcome: plan.outcomes[outcome, noun] for outcome in OUTCOMES}) for noun in NOUNS]
    packed = _packed(parcel)
    return form_page(
        "imports/preview.html",
        ApplyForm(),
        plan=plan,
        parcel=parcel,
        packed=packed if len(packed) <= LARGEST_PACKED else None,
        foreign=_foreign_cities(plan),
        rows=[(noun, counts) for noun, counts in rows if any(counts.values())],
    )


def _foreign_cities(plan: ImportPlan) -> list[str]:
    """Cities in the file for which the visitor has no right to import."""
    cities = {row.id for row in plan.portfolio.cities} if plan.portfolio else set()
    cities |= {row.city for row in plan.portfolio.projects} if plan.portfolio else set()
    cities |= {event.city or city().id for event in plan.events}
    return sorted(one for one in cities if not may_in_city(actor(), Action.IMPORT, one))


def _packed(parcel: Parcel) -> str:
    return _signer().dumps([parcel.name, b85encode(zlib.compress(parcel.content, 9)).decode()])


def _unpacked(text: str) -> Parcel | None:
    try:
        name, packed = _signer().loads(text, max_age=GOOD_FOR)
    except (BadSignature, ValueError):
        return None
    content = zlib.decompressobj().decompress(b85decode(packed), LARGEST_UNPACKED)
    return Parcel(name, content)


def _signer() -> URLSafeTimedSerializer:
    keys = oldest_first(runtime().settings.secret_keys)
    return URLSafeTimedSerializer(keys, salt="import preview", signer_kwargs={"digest_method": sha256})
