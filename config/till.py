"""The demo till: one page of static modules that speaks to the public API and to nothing else."""

from io import BytesIO

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET
from django.views.i18n import JavaScriptCatalog

# No inline script or style and no other host: what is typed at a till cannot become code.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

LONGEST_CODE = 64

words = JavaScriptCatalog.as_view(packages=["promotions"])


@require_GET
def till(request: HttpRequest) -> HttpResponse:
    """Answer the till page; it holds no data, the browser asks the API with the till's token."""
    response = render(request, "till/till.html")
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Referrer-Policy"] = "same-origin"
    return response


@require_GET
@cache_control(private=True, max_age=3600)
def qr(request: HttpRequest) -> HttpResponse:
    """Answer `?text=` of at most 64 characters as a QR code, an SVG image; it looks nothing up."""
    text = request.GET.get("text", "")
    if not 0 < len(text) <= LONGEST_CODE:
        return HttpResponseBadRequest()
    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", omitsize=True, border=2, light="#fff")
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
