"""What a careful person would write in an afternoon: the same answer as Everlong's token read, by FastAPI. Rows and keys are
in one SQLite file with a shared connection; FORM=def answers from FastAPI's thread pool, else on the event loop."""
import hashlib
import os
import sqlite3

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

app = FastAPI()
database = sqlite3.connect(os.environ["DATABASE"], check_same_thread=False)


def answer(name, request):
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    known = database.execute("SELECT scopes FROM keys WHERE hash = ?", (hashlib.sha256(key.encode()).hexdigest(),)).fetchone()
    if known is None:
        return JSONResponse({"title": "not authorised"}, 401)
    row = database.execute("SELECT token, fingerprint, expires_at, ig_user_id, version FROM tokens WHERE name = ?",
                           (name,)).fetchone()
    if row is None:
        return JSONResponse({"title": "no such channel"}, 404)
    etag = f'"{row[4]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return JSONResponse({"access_token": row[0], "fingerprint": row[1], "expires_at": row[2], "ig_user_id": row[3],
                         "version": row[4]}, headers={"ETag": etag, "Cache-Control": "no-store"})


if os.environ.get("FORM") == "def":
    @app.get("/v1/channels/{name}/token")
    def read_in_pool(name: str, request: Request):
        return answer(name, request)
else:
    @app.get("/v1/channels/{name}/token")
    async def read_on_loop(name: str, request: Request):
        return answer(name, request)
