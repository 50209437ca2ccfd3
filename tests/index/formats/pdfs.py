"""Writes small PDF files: what a test puts on a page is all that is on it."""

from __future__ import annotations

from collections.abc import Sequence

Words = tuple[float, float, float, str]
"""Left and baseline, in points from the lower left corner, size of the letters, text."""


def pdf(
    pages: Sequence[Sequence[Words]], *, title: str = "", rotate: int = 0, image: bool = False
) -> bytes:
    """A PDF of pages of 595 by 842 points, in Helvetica."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    kids = []
    for words in pages:
        shown = "\n".join(
            f"BT /F1 {size} Tf {left} {base} Td ({_escaped(text)}) Tj ET"
            for left, base, size, text in words
        )
        if image:
            shown += "\nq 400 0 0 600 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Rotate {rotate} /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {len(objects) + 2} 0 R >>"
        )
        length = len(shown.encode("cp1252", "replace"))
        objects.append(f"<< /Length {length} >>\nstream\n{shown}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({_escaped(title)}) /CreationDate (D:20200101000000Z) >>")
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252", "replace")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(out)
    out += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode()
    return out


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def column(lines: Sequence[str], left: float, top: float, size: float = 10) -> list[Words]:
    """Lines below each other, with usual space between them."""
    return [(left, top - number * 1.2 * size, size, line) for number, line in enumerate(lines)]
