"""The demo till: one page of static modules that speaks to the public API and to nothing else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.i18n import JavaScriptCatalog

# No inline script or style and no other host: what is typed at a till cannot become code.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

words = JavaScriptCatalog.as_view(packages=["promotions"])


@require_GET
def till(request: HttpRequest) -> HttpResponse:
    """Answer the till page; it holds no data, the browser asks the API with the till's token."""
    response = render(request, "till/till.html")
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Referrer-Policy"] = "same-origin"
    return response
