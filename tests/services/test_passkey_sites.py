"""For whom a passkey is made: the host and the origin as browsers write them, however the setting is written."""

from __future__ import annotations

import pytest

from pmo.services.passkeys import Site, site_of


@pytest.mark.parametrize(
    ("base_url", "site"),
    [
        ("https://pmo.city.kz", Site("pmo.city.kz", "https://pmo.city.kz")),
        ("https://pmo.city.kz:8443", Site("pmo.city.kz", "https://pmo.city.kz:8443")),
        ("https://PMO.City.kz:443", Site("pmo.city.kz", "https://pmo.city.kz")),
        ("https://жоба.қаз", Site("xn--80abo6a.xn--80ao21a", "https://xn--80abo6a.xn--80ao21a")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://localhost:80", Site("localhost", "http://localhost")),
        ("http://127.0.0.1:8000", None),
        ("https://10.0.0.5", None),
        ("https://[2001:db8::1]", None),
        ("", None),
    ],
)
def test_a_passkey_is_for_the_site_as_browsers_write_it(base_url: str, site: Site | None) -> None:
    assert site_of(base_url) == site
