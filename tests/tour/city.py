"""A city in full work: the portfolio with its log, the mails of seven days, and one of everything that can be pending.

Fixture ``working_city`` is an installation over a copy of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from sqlalchemy import select

from pmo.db.models.changes import ChangeRequestRecord
from pmo.db.models.comments import CommentRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.models.sign_in import AddressChangeRecord, PasswordLinkRecord
from pmo.db.models.templates import TemplateRecord
from pmo.db.models.updates import UpdateRecord
from pmo.domain.voices import Confidence, Level
from pmo.jobs.simulation import simulate
from pmo.mail import address_links, password_links
from pmo.mail.drafts import MailKind
from pmo.mail.row_links import RowLink
from pmo.mail.unsubscribing import Subscription, unsubscribe_url
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.absences import AbsencePlan, set_absence
from pmo.services.acts import Act
from pmo.services.changes import request_change
from pmo.services.comments import reply_to_comment, write_comment
from pmo.services.files import check_evidence, store_evidence
from pmo.services.imports import enter_events, read_log
from pmo.services.lifecycle import pause_milestone, pause_project
from pmo.services.milestones import Evidence, claim_completion, move_forecast
from pmo.services.own_address import ask_for_address
from pmo.services.password_links import Moments, invite
from pmo.services.saved_views import save_view
from pmo.services.second_factors import begin_app
from pmo.services.templates import add_examples
from pmo.services.updates import Said, ask_back, give_confidence, give_curator_view, send_update
from tests.conftest import DATA

TODAY = date(2020, 2, 4)
EVENING = datetime(2020, 2, 4, 13, 0, tzinfo=UTC)
DAYS = (date(2020, 1, 27), TODAY)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

AKIM, CURATOR, OWNER, MANAGER = "akim.alm", "deputy-da5.alm", "head-police.alm", "manager-police-1.alm"
OFFICE, OFFICE_HEAD, ADMINISTRATOR, OBSERVER = "analyst.alm", "pmo-head.alm", "admin.alm", "observer.alm"


@dataclass
class WorkingCity:
    """An installation on the evening of Tuesday 4 February 2020, and where the things are that pages are about.

    ``PROJECT`` is off track: of its milestone ``LATE`` everybody up to the akim was told, ``CLAIMED`` waits for the
    office, ``INDICATOR`` is reported monthly, its update was asked back, its change request waits for the curator.
    ``OVERDUE`` is of another project: its manager was told and has moved the date, which the owner may confirm.
    """

    PROJECT, LATE, CLAIMED, INDICATOR = "DP-10", "DP-10-M3", "DP-10-M5", "DP-10-I1"
    OVERDUE = "DP-11-M2"
    STOPPED, STOPPED_MILESTONE, TOLD_INDICATOR = "DP-18", "DP-22-M5", "DP-13-I1"

    runtime: Runtime

    def project(self, code: str) -> int:
        """Id of a project."""
        return self._id(ProjectRecord, code)

    def milestone(self, code: str) -> int:
        """Id of a milestone."""
        return self._id(MilestoneRecord, code)

    def indicator(self, code: str) -> int:
        """Id of an indicator."""
        return self._id(IndicatorRecord, code)

    def template(self, code: str) -> int:
        """Id of a template."""
        return self._id(TemplateRecord, code)

    @cached_property
    def update(self) -> int:
        """Id of the update that the curator may ask back."""
        return self._newest(UpdateRecord)

    @cached_property
    def comment(self) -> int:
        """Id of the curator's comment on the project."""
        return self._newest(CommentRecord)

    @cached_property
    def change_request(self) -> int:
        """Id of the request for new dates."""
        return self._newest(ChangeRequestRecord)

    @cached_property
    def digest(self) -> int:
        """Id of the akim's weekly digest."""
        kind = OutgoingMailRecord.kind == MailKind.DIGEST_WEEKLY.value
        with self.runtime.reading() as session:
            found = session.scalar(
                select(OutgoingMailRecord.id).where(kind, OutgoingMailRecord.recipient_id == AKIM).limit(1)
            )
        assert found is not None
        return found

    @property
    def way_out_of_the_digest(self) -> str:
        """The path in the foot of the akim's digest that ends it."""
        settings = self.runtime.settings
        address = unsubscribe_url(settings.base_url, settings.secret_keys, Subscription(AKIM, MailKind.DIGEST_WEEKLY))
        assert address is not None
        return address.removeprefix(settings.base_url or "")

    @cached_property
    def way_to_a_password(self) -> str:
        """The path of a fresh link by which a post sets its password."""
        wall = self.runtime.clock_on_the_wall.now()
        with self.runtime.writing() as session:
            actor = actor_for(session, ADMINISTRATOR, TODAY)
            assert actor is not None
            invite(session, actor, OWNER, Moments(self.runtime.now(), wall), self.runtime.settings)
        token = self._newest_link(PasswordLinkRecord).token(self.runtime.settings.secret_keys, password_links.SALT)
        return f"{password_links.PATH}{token}"

    @cached_property
    def way_to_an_address(self) -> str:
        """The path of a fresh link by which the manager's new address begins to hold."""
        wall = self.runtime.clock_on_the_wall.now()
        settings = self.runtime.settings
        with self.runtime.writing() as session:
            at = Moments(self.runtime.now(), wall)
            ask_for_address(session, MANAGER, "manager-police@almaty.example", at, settings)
        token = self._newest_link(AddressChangeRecord).token(settings.secret_keys, address_links.SALT)
        return f"{address_links.PATH}{token}"

    def _id(self, record: type[ProjectRecord | MilestoneRecord | IndicatorRecord], code: str) -> int:
        with self.runtime.reading() as session:
            found = session.scalar(select(record.id).where(record.code == code))
        assert found is not None, code
        return found

    def _newest(
        self,
        record: type[UpdateRecord | ChangeRequestRecord | CommentRecord],
    ) -> int:
        with self.runtime.reading() as session:
            found = session.scalar(select(record.id).order_by(record.id.desc()).limit(1))
        assert found is not None, record.__tablename__
        return found

    def _newest_link(self, record: type[PasswordLinkRecord | AddressChangeRecord]) -> RowLink:
        with self.runtime.reading() as session:
            found = session.scalars(select(record).order_by(record.id.desc()).limit(1)).one()
        return RowLink.to(found.id, found.created_at if isinstance(found, PasswordLinkRecord) else found.asked_at)


def fill(runtime: Runtime) -> None:
    """Makes the city of an installation that holds the portfolio: the log up to today, the jobs of seven mornings."""
    log = read_log(DATA / "demo_log.yaml")
    with runtime.writing() as session:
        enter_events(session, [event for event in log.events if event.day < DAYS[0]], runtime.now())
    simulate(runtime, *DAYS, log)
    _leave_things_pending(WorkingCity(runtime))


def _leave_things_pending(city: WorkingCity) -> None:
    project = city.project(city.PROJECT)
    late, claimed = city.milestone(city.LATE), city.milestone(city.CLAIMED)
    with city.runtime.writing() as session:

        def by(person: str) -> Act:
            actor = actor_for(session, person, TODAY)
            assert actor is not None, person
            return Act(actor=actor, at=city.runtime.now(), on=TODAY, recorded_at=city.runtime.now())

        scanned = check_evidence("протокол 17-1.pdf", PDF, len(PDF), None)
        paper = store_evidence(session, by(MANAGER), project, scanned)
        evidence = Evidence(document_number="17-1", document_date=date(2020, 1, 30), file_id=paper.id)
        claim_completion(session, by(MANAGER), claimed, date(2020, 1, 30), evidence)
        move_forecast(session, by(MANAGER), late, date(2020, 3, 2), "procurement_delay", "Торги объявлены повторно.")
        other = "manager-es-1.alm"
        moved = city.milestone(city.OVERDUE)
        move_forecast(session, by(other), moved, date(2020, 2, 20), "permit_delay", "Согласование продлено.")
        request_change(
            session, by(MANAGER), project, {city.LATE: date(2020, 3, 2)}, "procurement_delay", "Повторные торги."
        )
        decision = "Разрешить закупку из одного источника."
        send_update(session, by(MANAGER), project, Said(0, "Подрядчик сменён.", decision, Level.CURATOR))
        update = session.scalars(select(UpdateRecord.id).order_by(UpdateRecord.id.desc())).first()
        assert update is not None
        ask_back(session, by(CURATOR), update, "Когда закончатся торги?")
        give_curator_view(session, by(CURATOR), project, 2, "Подрядчик новый, а сроки прежние.")
        written = write_comment(session, by(OFFICE), project, "Протокол торгов есть.\nСрок жалоб до 10 февраля.")
        reply_to_comment(session, by(MANAGER), project, written, "Жалоб пока нет.")
        write_comment(session, by(CURATOR), project, "Прошу держать в курсе.", city.LATE)
        add_examples(session, by(OFFICE))
        give_confidence(session, by(OFFICE), project, Confidence.LOW, "Торги уже срывались дважды.")
        pause_project(
            session,
            by(AKIM),
            city.project(city.STOPPED),
            date(2020, 1, 20),
            "funding_suspended",
            "Ждём уточнения бюджета.",
        )
        pause_milestone(
            session, by(AKIM), city.milestone(city.STOPPED_MILESTONE), date(2020, 1, 20), "funding_suspended", "То же."
        )
        begin_app(session, MANAGER, city.runtime.settings.secret_keys)
        save_view(session, by(AKIM), "Красные", "status=off_track")
        set_absence(
            session, by(OFFICE), AbsencePlan("head-soc.alm", "head-edu.alm", date(2020, 2, 5), date(2020, 2, 14))
        )
