"""The API's own description: the committed document, as it was generated from the routes (`make openapi`)."""

import functools
from pathlib import Path

from aws_lambda_powertools.event_handler import Response
from orrery.api.entrance import resolver, routes, serve

router = routes()


@functools.cache
def document() -> str:
    return Path(__file__).with_name("openapi.json").read_text()


@router.get("/spec/v1.0", include_in_schema=False)
def get_spec() -> Response[str]:
    return Response(status_code=200, content_type="application/json", body=document(), headers={"Cache-Control": "public, max-age=300"})


app = resolver(router, prefix="")
handler = serve(app, authenticate=None)
