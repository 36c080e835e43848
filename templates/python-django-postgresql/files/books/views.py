from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from books.forms import BookForm
from books.models import Book


def index(request: HttpRequest) -> HttpResponse:
    form = BookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("index")
    return render(request, "books/index.html", {"form": form, "books": Book.objects.all()})


@require_POST
def toggle(request: HttpRequest, book_id: int) -> HttpResponse:
    """Marks a book as read, or as unread again."""
    book = get_object_or_404(Book, pk=book_id)
    book.read = not book.read
    book.save(update_fields=["read"])
    return redirect("index")
