"""A page as a tree, read strictly: what a browser would forgive is an error here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NOT_SHOWN = {"script", "style", "title", "template"}


@dataclass
class Element:
    """A tag with its attributes; ``children`` are elements and pieces of text."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def walk(self) -> Iterator[Element]:
        """Itself and everything inside, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements inside with a tag and, where given, these attribute values (``class_`` and ``for_`` too)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if element.tag == tag and all(_has(element, name, value) for name, value in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements <{tag} {attributes}>"
        return found[0]

    def pieces(self) -> Iterator[str]:
        """Every piece of text that is shown."""
        if self.tag in NOT_SHOWN:
            return
        for child in self.children:
            if isinstance(child, Element):
                yield from child.pieces()
            elif child.strip():
                yield " ".join(child.split())

    @property
    def text(self) -> str:
        """All its text in one line."""
        return " ".join(self.pieces())

    @property
    def drawn_name(self) -> str:
        """Name of a part of a drawing: its own title."""
        return next("".join(map(str, child.children)) for child in self.children if isinstance(child, Element))


def read(html: str) -> tuple[Element, list[str]]:
    """The tree of a page, and what is wrong with its markup."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    faults = reader.faults + [f"<{element.tag}> is never closed" for element in reader.open[1:]]
    return reader.root, faults


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#page", {})
        self.open = [self.root]
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":  # where a word may break; the word is one
            return
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> says {name} twice" for name in set(names) if names.count(name) > 1]
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> closes <{self.open[-1].tag}>")

    def handle_data(self, data: str) -> None:
        here = self.open[-1].children
        if here and isinstance(here[-1], str):
            here[-1] += data
        else:
            here.append(data)


def _has(element: Element, name: str, value: str) -> bool:
    if name == "class":
        return value in element["class"].split()
    return element[name] == value
