"""Fetch the vendored files of `static/` and `tests/vendor/` again (maintainer: `make assets`).

Needs npm, which is used as a download client only: no package script is run. Each archive must have exactly
the checksum written here, so the same files come out on every machine. To move to a newer version, change its
version, run `npm view NAME@VERSION dist.integrity`, write that down, and look at the difference first.
"""

import base64
import hashlib
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"


@dataclass(frozen=True)
class Package:
    """One npm archive: `files` maps a path inside it to a path in this repository."""

    name: str
    version: str
    sha512: str
    files: dict[str, str]


BOOTSTRAP = Package(
    "bootstrap",
    "5.3.9",
    "20cU0rcfw8WdxtVbmfU+xT2EjvVTw9Ror/h1Qvd7DXCujRg8OO9mdBCsmTHdJFf3BuadmBNJtgIuUXsBqSkk/w==",
    {
        "dist/css/bootstrap.min.css": "static/css/bootstrap.min.css",
        "dist/js/bootstrap.bundle.min.js": "static/js/bootstrap.bundle.min.js",
        "LICENSE": "static/licences/bootstrap.txt",
    },
)
HTMX = Package(
    "htmx.org",
    "4.0.1",
    "oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
    {
        "dist/htmx.min.js": "static/js/htmx.min.js",
        "LICENSE": "static/licences/htmx.txt",
    },
)
# The complete fonts are for PDF and charts; browsers get the subsets made below.
GOLOS = Package(
    "@expo-google-fonts/golos-text",
    "0.4.2",
    "BBGCN2hd8Wof4USWcV3SmUvC2Me5GozHMDEoKPqZeAA4RutKQf+9asG/iSTVsHGXsD6z7RytQgq/VcFqZcXq3Q==",
    {
        "400Regular/GolosText_400Regular.ttf": "static/fonts/ttf/GolosText-400.ttf",
        "600SemiBold/GolosText_600SemiBold.ttf": "static/fonts/ttf/GolosText-600.ttf",
        "700Bold/GolosText_700Bold.ttf": "static/fonts/ttf/GolosText-700.ttf",
        "LICENSE_FONT": "static/licences/golos-text.txt",
    },
)
TABLER = Package(
    "@tabler/icons",
    "3.51.0",
    "0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==",
    {"LICENSE": "static/licences/tabler-icons.txt"},
)
AXE = Package(
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    {
        "axe.min.js": "tests/vendor/axe.min.js",
        "LICENSE": "tests/vendor/axe-LICENSE.txt",
        "LICENSE-3RD-PARTY.txt": "tests/vendor/axe-LICENSE-3RD-PARTY.txt",
    },
)

WEB_FONTS = {
    "static/fonts/ttf/GolosText-400.ttf": "static/fonts/golos-400.woff2",
    "static/fonts/ttf/GolosText-600.ttf": "static/fonts/golos-600.woff2",
}
# Latin, Cyrillic with the Kazakh letters, thin and narrow spaces, dashes and quotes, per mille, euro, tenge,
# rouble, numero, arrows, minus, about equal, not more, not less.
WEB_FONT_CHARACTERS = (
    "U+0020-017F,U+0400-052F,U+2009-2026,U+202F,U+2030,U+2039-203A,U+20AC,U+20B8,U+20BD,U+2116,"
    "U+2190-2193,U+2212,U+2248,U+2264-2265"
)

ICONS = """
    alert-octagon alert-triangle arrow-back-up arrow-down-right arrow-left arrow-right
    arrow-up-right ban bell bookmark briefcase building calendar chart-line check chevron-down chevron-left
    chevron-right circle-check circle-dashed clipboard-check clock download external-link eye
    file-text filter flag help-circle history home inbox info-circle language link list-check lock
    login logout mail menu-2 minus moon paperclip pencil player-pause player-play
    player-skip-forward plus report-analytics search settings shield-check sun table target trash
    upload user users x
"""

STROKE = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


def vendor_assets() -> None:
    """Write every vendored file, the web fonts and the icon sprite; the same bytes each time."""
    for package in (BOOTSTRAP, HTMX, GOLOS, AXE, TABLER):
        with unpacked(package) as folder:
            for source, target in package.files.items():
                write(ROOT / target, (folder / source).read_bytes())
            if package is TABLER:
                write(STATIC / "icons.svg", sprite(folder / "icons" / "outline").encode())
    for complete, web in WEB_FONTS.items():
        subset_font(ROOT / complete, ROOT / web)


@contextmanager
def unpacked(package: Package) -> Iterator[Path]:
    """The package's files in a temporary folder; ValueError if it is another archive than written here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        [archive] = folder.glob("*.tgz")
        found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != package.sha512:
            raise ValueError(f"{package.name} {package.version}: sha512 is {found}, expected {package.sha512}")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        yield folder / "package"


def sprite(folder: Path) -> str:
    """One SVG with a symbol per icon, shown by `<svg class="icon"><use href="…/icons.svg#flag"/></svg>`."""
    symbols = []
    for name in sorted(ICONS.split()):
        drawing = (folder / f"{name}.svg").read_text(encoding="utf-8")
        # The first path of each icon is an invisible square as large as the icon.
        shapes = [
            shape
            for shape in re.findall(r"<(?!svg)[a-z]+ [^>]*/>", drawing)
            if 'stroke="none" d="M0 0h24v24H0z"' not in shape
        ]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {STROKE}>{"".join(shapes)}</symbol>')
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def subset_font(complete: Path, web: Path) -> None:
    """As WOFF2, the characters our languages need and every layout feature (tabular figures, fractions)."""
    subset.main(
        [
            str(complete),
            "--flavor=woff2",
            "--layout-features=*",
            f"--unicodes={WEB_FONT_CHARACTERS}",
            f"--output-file={web}",
        ]
    )


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    print(f"{path.relative_to(ROOT)}  {len(content):,} bytes")


if __name__ == "__main__":
    vendor_assets()
