"""One candidate, served as our own server is: uvicorn, uvloop, httptools, frozen memory."""

from __future__ import annotations

import sys

import uvicorn

from domain.models import metadata
from runtime.process import settle_memory

from .floors import records, text
from .usual import usual

assert metadata, "every table is known, whichever of them a candidate reads"
CANDIDATES = {"text": text, "records": records, "strawberry": usual}


async def serve(name: str, port: int) -> None:
    """Serve a candidate until it is stopped."""
    app = await CANDIDATES[name]()
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http="httptools",
        loop="none",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
    )
    settle_memory()
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(sys.argv[1], int(sys.argv[2])))
