from django.urls import path

from books import views

urlpatterns = [
    path("", views.index, name="index"),
    path("books/<int:book_id>/toggle", views.toggle, name="toggle"),
]
