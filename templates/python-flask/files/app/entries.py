"""The pages of the guest book."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.database import connection

LONGEST = 200

pages = Blueprint("entries", __name__)


@pages.get("/")
def index() -> str:
    entries = connection().execute("SELECT name, text FROM entries ORDER BY id DESC").fetchall()
    return render_template("index.html", entries=entries)


@pages.post("/")
def add() -> Response:
    name, text = (request.form.get(field, "").strip() for field in ("name", "text"))
    if name and text and max(len(name), len(text)) <= LONGEST:
        connection().execute("INSERT INTO entries (name, text) VALUES (?, ?)", [name, text])
    else:
        flash(f"A name and a text are needed, each of at most {LONGEST} characters.")
    return redirect(url_for(".index"))
