"""Codes to cut out: sheets of A4 with a QR code, the code and what it is good for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import segno

from promotions.models import CouponBatch

COLUMNS, ROWS = 3, 8
#: A sheet costs a tenth of a second, and nobody waits longer than one for a file.
MOST_CODES = COLUMNS * ROWS * 10
_WIDTH, _HEIGHT, _MARGIN = 63.0, 34.0, 10.0  # millimetres
_QR = 26.0


def print_codes(codes: Iterable[str], *, title: str, note: str, start: int = 0) -> bytes:
    """Return a PDF with at most MOST_CODES of the codes, from the one at `start` (0: the first)."""
    from fpdf import FPDF  # it brings 50 MB of fonts' machinery, which one page in a process needs

    pdf: Any = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_title(_latin(title))
    per_page = COLUMNS * ROWS
    for place, code in enumerate(islice(codes, start, start + MOST_CODES)):
        if place % per_page == 0:
            pdf.add_page()
        row, column = divmod(place % per_page, COLUMNS)
        _ticket(pdf, _MARGIN + column * _WIDTH, _MARGIN + row * _HEIGHT, (title, code, note))
    if not pdf.pages_count:
        pdf.add_page()
    return bytes(pdf.output())


def batch_codes(batch: CouponBatch) -> Iterable[str]:
    """Return the codes of a batch in the order they were issued."""
    coupons = batch.coupons.order_by("id").values_list("code", flat=True)
    if coupons.exists():
        return coupons.iterator(chunk_size=2_000)
    return batch.cards.order_by("id").values_list("card__code", flat=True).iterator()


def _ticket(pdf: Any, x: float, y: float, texts: tuple[str, str, str]) -> None:
    """Draw one code to cut out."""
    title, code, note = texts
    pdf.set_draw_color(190)
    pdf.rect(x, y, _WIDTH, _HEIGHT)
    _draw_qr(pdf, code, x + 3, y + 4)
    left, width = x + _QR + 5, _WIDTH - _QR - 7
    for text, size, style, top in ((title, 8, "B", 5), (code, 8, "", 15), (note, 6, "", 26)):
        pdf.set_xy(left, y + top)
        pdf.set_font("Helvetica" if text is not code else "Courier", style, size)
        pdf.multi_cell(width, size * 0.45, _latin(text)[:90], align="L")


def _draw_qr(pdf: Any, code: str, x: float, y: float) -> None:
    """Draw the QR code as runs of dark squares: sharp at any size, and small."""
    matrix = [list(row) for row in segno.make(code, error="m", micro=False).matrix]
    unit = _QR / len(matrix)
    pdf.set_fill_color(0)
    for line, cells in enumerate(matrix):
        start = 0
        while start < len(cells):
            end = start
            while end < len(cells) and cells[end]:
                end += 1
            if end > start:
                pdf.rect(x + start * unit, y + line * unit, (end - start) * unit, unit, style="F")
            start = end + 1


def _latin(text: str) -> str:
    """Return the text in the letters that every PDF has; others become question marks."""
    return text.encode("latin-1", "replace").decode("latin-1")
