"""All pages. They come after the clients' routes, which they must not shadow; a repository's own page is the last."""

from __future__ import annotations

from grader.hub.pages import (
    community,
    create,
    device,
    discussion,
    edit,
    files,
    frame,
    history,
    listing,
    login,
    repo,
    settings,
    tokens,
)

routes = [
    *frame.routes,
    *listing.routes,
    *login.routes,
    *tokens.routes,
    *device.routes,
    *create.routes,
    *edit.routes,
    *files.routes,
    *history.routes,
    *community.routes,
    *discussion.routes,
    *settings.routes,
    *repo.routes,
]
