"""From matplotlib's SVG to one that lives in a page under a strict content policy (LIBRARIES 2.8).

Styles become attributes, because the policy forbids style attributes; colours become ``currentColor`` with a class, so
that the page's theme decides; ids get a prefix, because a page holds several charts; the picture gets words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from pmo.charts.palette import CLASSES

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
DROPPED = ("metadata", "style")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
FONT = re.compile(r"(?:(?P<weight>\d+|bold) )?(?P<size>[\d.]+)px")
NUMBER = re.compile(r"-?\d+\.\d{2,}")


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a drawing that leads somewhere: what is drawn with ``set_url(address)`` is named by these words."""

    address: str
    words: str


def themed(raw: str, prefix: str, title: str, description: str, regions: Iterable[Region] = ()) -> str:
    """The drawing as an ``<svg>`` element for a page. ``prefix`` must be unique in the page; words are plain text.

    A picture is ``role="img"``. One with links is a group, because an image hides what is inside it from a reader of
    screens (LIBRARIES 2.8).
    """
    # The input is our own drawing, made a moment ago: nobody else's XML is read here.
    root = ElementTree.fromstring(raw)
    _drop(root)
    for element in root.iter():
        _attributes_for_style(element)
        _point_to_prefixed(element, prefix)
        _shorten(element)
    _prefix_ids(root, prefix)
    _name_links(root, {region.address: region.words for region in regions})
    _describe(root, prefix, title, description)
    return _serialised(root)


def _drop(root: Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if _tag(child) in DROPPED:
                parent.remove(child)


def _attributes_for_style(element: Element) -> None:
    style = _declarations(element.attrib.pop("style", ""))
    font = FONT.match(style.pop("font", ""))
    if font:
        style["font-size"] = font["size"]
        if font["weight"]:
            style["font-weight"] = "600"
    for name in ("font-family", "font-style", "font-variant", "font-stretch"):
        style.pop(name, None)
    if _tag(element) == "text" and "fill" not in style:
        style["fill"] = next(colour for colour, name in CLASSES.items() if name == "c-ink")
    for name, value in style.items():
        if value in CLASSES:
            element.set("class", CLASSES[value])
            value = "currentColor"
        element.set(name, value)


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}


def _point_to_prefixed(element: Element, prefix: str) -> None:
    for name, value in element.attrib.items():
        if name == f"{{{XLINK}}}href" and value.startswith("#"):
            element.set(name, f"#{prefix}-{value[1:]}")
        elif "url(#" in value:
            element.set(name, REFERENCE.sub(rf"url(#{prefix}-\1)", value))


def _prefix_ids(root: Element, prefix: str) -> None:
    """Keeps the ids that something points to; matplotlib names every group."""
    wanted = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == f"{{{XLINK}}}href":
                wanted.add(value[1:])
            wanted.update(REFERENCE.findall(value))
    for element in root.iter():
        name = f"{prefix}-{element.attrib.pop('id', '')}"
        if name in wanted:
            element.set("id", name)


def _name_links(root: Element, words: Mapping[str, str]) -> None:
    """Each link a title, its name and its tip; its area catches the pointer although nothing is painted there."""
    for link in root.iter(f"{{{SVG}}}a"):
        address = link.attrib.pop(f"{{{XLINK}}}href")
        link.attrib.pop("target", None)  # it leads on in the same window, as every link of a page
        link.attrib.update({"href": address, "class": "chart-link"})
        for area in link:
            area.set("pointer-events", "all")
        tip = Element(f"{{{SVG}}}title")
        tip.text = words[address]
        link.insert(0, tip)


def _shorten(element: Element) -> None:
    """Two decimals are a hundredth of a pixel; a turn by nothing is nothing."""
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    for name in ("d", "x", "y", "transform", "points", "width", "height"):
        if name in element.attrib:
            element.set(
                name, NUMBER.sub(lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), element.attrib[name])
            )


def _describe(root: Element, prefix: str, title: str, description: str) -> None:
    words: Mapping[str, str] = {"title": title, "desc": description}
    for place, (tag, text) in enumerate(words.items()):
        element = SubElement(root, f"{{{SVG}}}{tag}", {"id": f"{prefix}-{tag}"})
        element.text = text
        root.remove(element)
        root.insert(place, element)
    width, height = (root.attrib[name].removesuffix("pt") for name in ("width", "height"))
    root.attrib.update(
        {
            "class": "chart",
            "role": "group" if root.find(f".//{{{SVG}}}a") is not None else "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "width": width,
            "height": height,
        }
    )
    root.attrib.pop("version", None)


def _serialised(root: Element) -> str:
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", re.sub(r"  +", " ", text))


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
