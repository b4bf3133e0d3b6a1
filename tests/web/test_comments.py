"""Comments in a browser without JavaScript: read by everybody, written by those who work, withdrawn with a trace."""

from __future__ import annotations

import pytest

from pmo.services.comments import LONGEST, reply_to_comment, withdraw_comment, write_comment
from tests.cast import Town
from tests.web.markup import Element
from tests.web.pages import Page
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

RUDE = "<script>alert('x')</script>\n\nSecond & last."


@pytest.fixture
def page_of(town: Town) -> str:
    return f"/projects/{town.project()}"


def write(town: Town, text: str = "Poles are up.", person: str = "manager", item: str | None = None) -> int:
    with town.writing() as session:
        return write_comment(session, town.act(person), town.project(), text, item)


def section(page: Page) -> Element:
    return next(one for one in page.tree.all("section") if one["aria-labelledby"] == "comments")


def heading(page: Page) -> str:
    return page.tree.one("h2", id="comments").text


def test_an_empty_section_says_what_to_do_to_those_who_may(pages_in_town: PagesOf, page_of: str) -> None:
    assert heading(pages_in_town("manager").get(page_of)) == "Comments 0"
    assert "Write what the figures do not tell" in section(pages_in_town("manager").get(page_of)).text
    shown = section(pages_in_town("observer").get(page_of))
    assert "Those who manage and steer the project write here." in shown.text
    assert shown.all("a") == []


def test_a_comment_is_written_read_and_counted(pages_in_town: PagesOf, page_of: str) -> None:
    pages = pages_in_town("curator")
    address = pages.get(page_of).links["Write a comment"]
    form = pages.get(address)
    page = pages.submit(form, address, text=RUDE, item="DP-10-M1")
    assert page.path == page_of
    assert "The comment is saved." in page.text
    for person in ("observer", "manager", "admin"):
        shown = pages_in_town(person).get(page_of)
        assert heading(shown) == "Comments 1"
        (words,) = section(shown).all("p", class_="comment-text")
        assert "".join(str(piece) for piece in words.children) == RUDE
        assert "curator · 31 January 2020 · DP-10-M1" in section(shown).text


def test_a_fault_is_named_at_its_field_and_the_words_are_kept(pages_in_town: PagesOf, page_of: str) -> None:
    pages = pages_in_town("manager")
    address = f"{page_of}/comments/new"
    page = pages.submit(pages.get(address), address, 422)
    assert page.errors == ["Fill in this field."]
    long = "word " * (LONGEST // 5 + 1)
    page = pages.submit(page, address, 422, text=long, item="DP-10-I1")
    assert page.errors == [f"At most {LONGEST} characters."]
    assert long.strip() in page.tree.one("textarea").text
    chosen = [option["value"] for option in page.tree.all("option") if "selected" in option]
    assert chosen == ["DP-10-I1"]


def test_a_comment_may_be_asked_for_from_the_page_of_a_milestone_or_an_indicator(
    pages_in_town: PagesOf, town: Town
) -> None:
    pages = pages_in_town("manager")
    for page_of, code in (
        (f"/milestones/{town.milestone()}", "DP-10-M1"),
        (f"/indicators/{town.indicator()}", "DP-10-I1"),
    ):
        form = pages.get(pages.get(page_of).links["Write a comment"])
        page = pages.submit(form, f"/projects/{town.project()}/comments/new", text=f"About {code}.")
        assert page.path == page_of
        assert f"«About {code}.»" in page.text
        assert "Write a comment" not in pages_in_town("observer").get(page_of).links
    with_items = section(pages.get(f"/projects/{town.project()}")).text
    assert "DP-10-M1" in with_items
    assert "DP-10-I1" in with_items


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("akim", 200),
        ("curator", 200),
        ("owner", 200),
        ("manager", 200),
        ("colleague", 200),
        ("pmo-head", 200),
        ("analyst", 200),
        ("observer", 403),
        ("admin", 403),
        ("manager-b", 404),
        ("curator-b", 404),
        ("outsider", 404),
    ],
)
def test_each_post_meets_the_door_it_should(
    pages_in_town: PagesOf, town: Town, page_of: str, person: str, status: int
) -> None:
    comment = write(town, person="owner")
    pages = pages_in_town(person)
    for address in (f"{page_of}/comments/new", f"{page_of}/comments/{comment}/reply"):
        pages.get(address, status)
        answer = pages.post(address, text="Seen.")
        assert answer.status_code == (303 if status == 200 else status)
    takes_back = {"owner": 200, "pmo-head": 200, "analyst": 200}.get(person, 403 if status == 200 else status)
    address = f"{page_of}/comments/{comment}/withdrawal"
    pages.get(address, takes_back)
    assert pages.post(address).status_code == (303 if takes_back == 200 else takes_back)


def test_a_post_without_its_token_is_refused(pages_in_town: PagesOf, page_of: str) -> None:
    pages = pages_in_town("manager")
    answer = pages.client.post(f"{page_of}/comments/new", base_url=pages.base_url, data={"text": "Forged."})
    assert answer.status_code == 400
    assert "Forged." not in pages.get(page_of).text


def test_a_reply_stands_under_its_comment(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    write(town)
    pages = pages_in_town("curator")
    page = pages.get(page_of)
    (address,) = [link for link in page.links.values() if link.endswith("/reply")]
    form = pages.get(address)
    assert "Poles are up." in form.text
    assert pages.submit(form, address, 422).errors == ["Fill in this field."]
    page = pages.submit(form, address, text="All of them?")
    (thread,) = section(page).all("li", class_="comment")[0].all("ul", class_="comments")
    assert "All of them?" in thread.text
    assert heading(page) == "Comments 2"
    assert len([link for link in page.links.values() if link.endswith("/reply")]) == 1  # a reply is not answered


def test_a_withdrawal_asks_once_and_leaves_its_trace(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    write(town)
    pages = pages_in_town("manager")
    (address,) = [link for link in pages.get(page_of).links.values() if link.endswith("/withdrawal")]
    assert [link for link in pages_in_town("owner").get(page_of).links.values() if link.endswith("/withdrawal")] == []
    page = pages.submit(pages.get(address), address)
    assert heading(page) == "Comments 0"
    assert "withdrawn by manager on 31 January 2020" in section(page).text
    assert "Poles are up." not in page.text
    assert "Comment withdrawn" in page.text  # the full history
    again = pages.get(address)
    assert [form for form in again.tree.all("form") if form["action"] == address] == []


def test_a_past_day_shows_what_stood_then_and_offers_nothing(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    comment = write(town.at("2020-01-20"))
    with town.writing() as session:
        reply_to_comment(session, town.act("owner"), town.project(), comment, "Thank you.")
        withdraw_comment(session, town.act("analyst"), town.project(), comment)
    pages = pages_in_town("manager")
    before = section(pages.get(f"{page_of}?as_of=2020-01-19"))
    assert "Nobody had commented by this day." in before.text
    then = pages.get(f"{page_of}?as_of=2020-01-20")
    assert "Poles are up." in section(then).text
    assert "Thank you." not in then.text
    assert heading(then) == "Comments 1"
    assert [link for link in then.links.values() if "/comments/" in link] == []


def test_new_comments_are_among_what_changed_and_withdrawn_ones_are_not(pages_in_town: PagesOf, town: Town) -> None:
    write(town.at("2020-01-20"), "Long ago.")
    write(town, "Poles are up.", item="DP-10-M1")
    with town.writing() as session:
        withdraw_comment(session, town.act("manager"), town.project(), write(town, "A slip of the pen."))
    page = pages_in_town("akim").get("/changes?since=2020-01-30")
    assert "New comments 1" in page.text
    assert "«Poles are up.»" in page.text
    assert "DP-10-M1" in page.text
    assert "Long ago." not in page.text
    assert "A slip of the pen." not in page.text
    assert "Poles are up." not in pages_in_town("manager-b").get("/changes?since=2020-01-30").text
    assert "Poles are up." in pages_in_town("akim").get("/changes?since=2020-01-30&kind=comment").text


def test_older_comments_fold(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    for number in range(8):
        write(town, f"Note {number}.")
    shown = section(pages_in_town("observer").get(page_of))
    assert shown.one("summary").text == "2 earlier comments"
    assert "Note 7." in shown.all("li", class_="comment")[0].text
