from django.forms import ModelForm, TextInput

from books.models import Book


class BookForm(ModelForm):
    class Meta:
        model = Book
        fields = ("title", "author")
        widgets = {
            "title": TextInput(attrs={"placeholder": "Title", "aria-label": "Title"}),
            "author": TextInput(attrs={"placeholder": "Author", "aria-label": "Author"}),
        }
