from django.contrib import admin

from books.models import Book


@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    list_display = ("title", "author", "read")
    list_filter = ("read",)
    search_fields = ("title", "author")
