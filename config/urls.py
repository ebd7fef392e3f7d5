"""Where every address leads."""

from django.contrib import admin
from django.urls import include, path

from config.till import till, words

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("till/", till, name="till"),
    path("till/words.js", words, name="till-words"),
]
