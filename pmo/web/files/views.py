"""Stored evidence goes out as an attachment that no browser opens as a page (RELIABILITY 4.3)."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.queries.files import file_content, file_seen_by
from pmo.web.access import needs
from pmo.web.context import actor, runtime

files = Blueprint("files", __name__)


@files.get("/files/<int:file_id>")
@needs(Action.VIEW)
def download(file_id: int) -> Response:
    """The file, for those who may see its project."""
    with runtime().reading() as session:
        file = file_seen_by(session, actor(), file_id)
        content = file_content(session, file)
    response = send_file(
        BytesIO(content), mimetype=file.media_type, as_attachment=True, download_name=file.name, etag=False
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
