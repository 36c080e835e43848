import os

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from books.models import Book

pytestmark = pytest.mark.django_db


def test_the_database_is_the_one_that_is_there(client: Client) -> None:
    expected = "postgresql" if "DATABASE_URL" in os.environ else "sqlite"
    assert client.get("/health").json() == {"status": "ok", "database": expected}


def test_a_book_is_added_and_read(client: Client) -> None:
    answer = client.post("/", {"title": "Emma", "author": "Jane Austen"}, follow=True)
    assert "Emma by Jane Austen" in answer.content.decode()
    book = Book.objects.get()
    assert not book.read

    client.post(reverse("toggle", args=[book.pk]))
    book.refresh_from_db()
    assert book.read
    assert "<s>Emma by Jane Austen</s>" in client.get("/").content.decode()


def test_a_book_without_an_author_is_refused_with_a_reason(client: Client) -> None:
    answer = client.post("/", {"title": "Emma", "author": ""})
    assert "This field is required." in answer.content.decode()
    assert not Book.objects.exists()


def test_what_is_not_there_is_not_found(client: Client) -> None:
    assert client.post(reverse("toggle", args=[7])).status_code == 404


def test_the_admin_knows_the_books(admin_client: Client) -> None:
    Book.objects.create(title="Emma", author="Jane Austen")
    assert "Jane Austen" in admin_client.get(reverse("admin:books_book_changelist")).content.decode()


def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run")
