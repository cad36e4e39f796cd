"""Our pages on paper: PDF made by WeasyPrint, which is let at our own style sheets and nothing else.

Needs the system library Pango; importing this module raises OSError where that is missing.
"""

import logging
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urljoin

import segno
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = Path(__file__).parent / "static"
logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of every property that only screens need


class Shelf(URLFetcher):
    """What a page may draw on: our static files, read from the disk, and what it carries itself as data. No request ever leaves."""

    def __init__(self, page: str):
        super().__init__(allowed_protocols=["data"], allow_redirects=False)
        self._files = {urljoin(page, f"/static/{path.name}"): path for path in STATIC.iterdir()}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The file or the data behind a URL; raises ValueError for anything from elsewhere."""
        if url in self._files:
            return URLFetcherResponse(url, self._files[url].read_bytes(), {"Content-Type": guess_type(url)[0]})
        return super().fetch(url, headers)


def pdf(html: str, address: str) -> bytes:
    """The page that stands at `address`, printed: tagged for screen readers (PDF/UA-1), its Chinese font embedded as far as it is used."""
    return HTML(string=html, base_url=address, url_fetcher=Shelf(address)).write_pdf(pdf_variant="pdf/ua-1")


def quick_response_code(address: str) -> str:
    """A QR code that leads a phone's camera to an address, to be put into a page as data."""
    return segno.make(address, error="m").svg_data_uri(border=0)
