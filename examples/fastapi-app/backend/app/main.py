"""A small application as thousands have it: it reads its Instagram token once, when it starts.

    cd backend && python3 -m uvicorn app.main:app --port 8080

Settings come from the environment, else from backend/.env:
    INSTAGRAM_ACCESS_TOKEN   the token
    INSTAGRAM_USER_ID        the professional account's number
    GRAPH_BASE               where the Graph API is; default https://graph.instagram.com
"""
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from dotenv import dotenv_values
from fastapi import FastAPI
from fastapi.responses import JSONResponse

GRAPH_VERSION = "v25.0"
TIMEOUT_S = 10

settings = {**dotenv_values(Path(__file__).resolve().parents[1] / ".env"), **os.environ}
TOKEN = settings.get("INSTAGRAM_ACCESS_TOKEN") or ""
USER_ID = settings.get("INSTAGRAM_USER_ID") or ""
GRAPH_BASE = (settings.get("GRAPH_BASE") or "https://graph.instagram.com").rstrip("/")

app = FastAPI(title="Everyday café")


@app.get("/health")
def health():
    return {"ok": True, "pid": os.getpid(), "has_token": bool(TOKEN)}


@app.get("/me")
def me():
    """The account behind the token: 200 with what Meta says, 502 with its error."""
    # On the Instagram login /me answers for the account; on the Facebook login the account is asked by its number.
    on_instagram = "graph.instagram.com" in GRAPH_BASE
    node, fields = ("me", "user_id,username") if on_instagram else (USER_ID, "id,username")
    address = f"{GRAPH_BASE}/{GRAPH_VERSION}/{urllib.parse.quote(node)}?fields={fields}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        try:
            error = json.load(refusal).get("error", {})
        except ValueError:
            error = {"message": f"HTTP {refusal.code}"}
        return JSONResponse({"error": error}, status_code=502)
    except OSError as problem:
        return JSONResponse({"error": {"message": str(problem)}}, status_code=502)
