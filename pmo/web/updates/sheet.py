"""The one form as a whole: its parts, everything that is wrong with them, and the answers that they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pmo.domain.errors import RuleBroken
from pmo.domain.voices import Level
from pmo.i18n import formats, gettext
from pmo.i18n.labels import label
from pmo.queries.update_sheet import OF_PROJECT, MilestonePart, ProjectPart, ReadingPart
from pmo.services.milestones import Evidence
from pmo.services.update_sheet import About, Answer, Confirmed, Done, Measured, Moved, Reported, SheetRefused
from pmo.services.updates import Said
from pmo.web.forms import Form, first_id
from pmo.web.updates.forms import DONE, MOVED, SAME, MilestonePartForm, PartForm, ProjectPartForm, ReadingPartForm

CARRIED = ("seen", "item", "standing_on", "answer", "view", "level", "reason_id")
"""Fields that nobody types: chosen or carried along."""


@dataclass(frozen=True, slots=True)
class Lost:
    """An answer to what the form no longer asks, because somebody else changed it; ``typed`` is shown again."""

    item: str
    typed: tuple[str, ...]


class Sheet:
    """The forms of all parts by key. ``says_all`` also confirms what nobody touched."""

    def __init__(
        self, parts: Sequence[ProjectPart], reasons: Sequence[tuple[str, str]], today: date, posted: Mapping[str, str]
    ) -> None:
        self.parts = parts
        self.lost = tuple(_lost(parts, posted))
        self.milestones = {
            part.key: _milestone_form(part, reasons, today) for whole in parts for part in whole.milestones
        }
        self.readings = {part.key: _reading_form(part) for whole in parts for part in whole.readings}
        self.projects = {whole.key: _project_form(whole) for whole in parts if whole.speaks}
        self.says_all = posted.get("say") == "all"
        self.refusals: tuple[tuple[str, str], ...] = ()

    @property
    def forms(self) -> dict[str, PartForm]:
        """Every part's form, in the order of the page."""
        found: dict[str, PartForm] = {}
        for whole in self.parts:
            for part in whole.items:
                found[part.key] = self.milestones.get(part.key) or self.readings[part.key]
            if whole.key in self.projects:
                found[whole.key] = self.projects[whole.key]
        return found

    @property
    def error_list(self) -> list[tuple[str | None, str]]:
        """(id of the field, sentence) of everything that is wrong; each names its item and its field."""
        wrong: list[tuple[str | None, str]] = []
        for key, form in self.forms.items():
            code = str(form.item.data)
            wrong += [(key, f"{code}: {text}") for part, text in self.refusals if part == key]
            for field in form:
                wrong += [(first_id(field), f"{code}, {field.label.text}: {error}") for error in field.errors]
        return wrong

    @property
    def status(self) -> int:
        """HTTP status of the page that shows it."""
        return 422 if self.error_list or self.lost else 200

    def validate(self) -> bool:
        """Whether everything typed has the right shape; all parts are looked at, so that all faults are named."""
        sound = [form.validate() for form in self.forms.values()]
        for form in self.milestones.values():
            sound.append(_is_complete(form))
        return all(sound) and not self.lost

    def answers(self) -> list[Answer]:
        """What was said: what was filled in, and with ``says_all`` that the rest is as it stands."""
        found: list[Answer] = []
        for whole in self.parts:
            for part in whole.milestones:
                found += self._of_milestone(whole, part)
            for reading in whole.readings:
                found += self._of_reading(whole, reading)
            if whole.speaks:
                found += self._of_project(whole)
        return found

    def show(self, refused: SheetRefused) -> None:
        """Puts what the services refused to where it belongs."""
        forms = self.forms
        for fault in refused.faults:
            form = forms[fault.key]
            if fault.newer is not None:
                form.look_again_at(fault.newer)
                self._refuse(
                    fault.key, gettext("Somebody saved this before you: compare, correct, and save once more.")
                )
            elif fault.rule is not None:
                self._show_rule(fault.key, form, fault.rule)

    def _show_rule(self, key: str, form: Form, rule: RuleBroken) -> None:
        if rule.field is not None and rule.field in form:
            form.refuse(rule)
            return
        form.refuse(RuleBroken(rule.code, None, **rule.values))
        self._refuse(key, form.refusals[-1])

    def _refuse(self, key: str, text: str) -> None:
        self.refusals = (*self.refusals, (key, text))

    def _of_milestone(self, whole: ProjectPart, part: MilestonePart) -> Iterator[Answer]:
        form = self.milestones[part.key]
        about = About(part.key, whole.id, part.task.subject.code, form.seen_entry)
        number = part.task.subject.id
        if form.answer.data == DONE and form.completed_on.data:
            evidence = Evidence(
                type_id=part.evidence_type_id,
                document_number=form.document_number.data,
                document_date=form.document_date.data,
                link=form.link.data,
                text=form.text.data,
            )
            yield Done(about, number, form.completed_on.data, evidence)
        elif form.answer.data == MOVED and form.expected_on.data and form.reason_id.data:
            yield Moved(about, number, form.expected_on.data, form.reason_id.data, form.text.data)
        elif form.answer.data == SAME or (self.says_all and not form.answer.data):
            confirmed = form.confirmed_day
            if confirmed and part.standing_on:
                yield Confirmed(about, number, confirmed)

    def _of_reading(self, whole: ProjectPart, part: ReadingPart) -> Iterator[Answer]:
        form = self.readings[part.key]
        if form.value.data is not None and part.period_end is not None:
            about = About(part.key, whole.id, part.task.subject.code, form.seen_entry)
            yield Measured(about, part.task.subject.id, part.period_end, form.value.data, form.text.data)

    def _of_project(self, whole: ProjectPart) -> Iterator[Answer]:
        form, voices = self.projects[whole.key], whole.voices
        question = voices.questions[0] if voices.questions else None
        said = Said(
            view=int(form.view.data) if form.view.data else None,
            text=form.text.data,
            decision=form.decision.data,
            level=Level(form.level.data) if form.level.data else None,
            question_id=question.id if question and form.reply.data else None,
            answer=form.reply.data if question else None,
        )
        last, view = voices.update, voices.view.view if voices.view else None
        wanted = (last.decision, last.level) if last else (None, None)
        is_new = said.text or said.answer or said.view != view or (said.decision, said.level) != wanted
        if is_new or self.says_all:
            yield Reported(About(whole.key, whole.id, whole.code, form.seen_entry, OF_PROJECT), said)


def _milestone_form(part: MilestonePart, reasons: Sequence[tuple[str, str]], today: date) -> MilestonePartForm:
    form = MilestonePartForm(
        prefix=part.key,
        seen=part.seen,
        item=part.task.subject.code,
        standing_on=part.standing_on.isoformat() if part.standing_on else None,
        completed_on=today,
    )
    still = gettext("Still on %(day)s", day=formats.day(part.standing_on)) if part.standing_on else None
    words = [(SAME, still), (DONE, gettext("Done")), (MOVED, gettext("Moved"))]
    form.answer.offer([(code, word) for code, word in words if word])
    form.reason_id.offer(reasons)
    for field in (form.completed_on, form.expected_on, form.reason_id):
        field.flags.required = True
    return form


def _reading_form(part: ReadingPart) -> ReadingPartForm:
    return ReadingPartForm(prefix=part.key, seen=part.seen, item=part.task.subject.code)


def _project_form(whole: ProjectPart) -> ProjectPartForm:
    last, view = whole.voices.update, whole.voices.view
    form = ProjectPartForm(
        prefix=whole.key,
        seen=whole.seen,
        item=whole.code,
        view=str(view.view) if view else None,
        decision=last.decision if last else None,
        level=last.level if last else None,
    )
    form.view.offer([(code, label("severity", code)) for code in ("0", "1", "2")])
    form.level.offer([(level.value, label("decision_level", level)) for level in Level], gettext("no decision wanted"))
    return form


def _is_complete(form: MilestonePartForm) -> bool:
    """Whether an answer brings what it needs; a part that is not answered needs nothing."""
    needed = {
        DONE: (("completed_on", gettext("Enter the date of completion.")),),
        MOVED: (
            ("expected_on", gettext("Enter the date you now expect.")),
            ("reason_id", gettext("Choose the reason.")),
        ),
    }.get(form.answer.data or "", ())
    missing = [(name, text) for name, text in needed if not form[name].data and not form[name].errors]
    for name, text in missing:
        form.lead(name, text)
    return not missing


def _lost(parts: Sequence[ProjectPart], posted: Mapping[str, str]) -> Iterator[Lost]:
    """Answers that were sent to parts which are not there any more."""
    keys = {part.key for whole in parts for part in whole.items}
    keys |= {whole.key for whole in parts if whole.speaks}
    for name, value in posted.items():
        key, _, field = name.rpartition("-")
        if field != "item" or key in keys or not value:
            continue
        typed = [
            text.strip()
            for other, text in posted.items()
            if other.startswith(f"{key}-") and other.removeprefix(f"{key}-") not in CARRIED and text.strip()
        ]
        told = posted.get(f"{key}-answer", "") in (DONE, MOVED) or not key.startswith("m")
        if typed and told:
            yield Lost(value, tuple(typed))
