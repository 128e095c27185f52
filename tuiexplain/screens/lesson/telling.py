"""The lesson's words, with the numbers of the lesson's own run in them."""

from __future__ import annotations

from tuiexplain.course.lesson import Part
from tuiexplain.course.markup import Span, renderer
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.kept import kept_with_first


def told(desk: Desk, text: str, language: str, block: str = "") -> str:
    """``text`` of a block (the step's, if none is named) for :mod:`tuiexplain.views.prose`.

    Citations are filled in. What the words claim holds for the run that they cite, so that is where
    their numbers come from, also when the learner has gone another way; see
    :attr:`Workbench.off_the_walk`.
    """
    session = desk.session
    if not text:
        return ""
    return told_in(session.bench.part, block or session.block_id, text, language)


@kept_with_first(512)
def told_in(part: Part, block: str, text: str, language: str) -> str:
    """As :func:`told`, for a block named by its id."""
    render = renderer(part, language, block)
    return "\n\n".join(
        ("- " if paragraph.bullet else "") + "".join(_marked(span) for span in paragraph.spans)
        for paragraph in render.paragraphs(text)
    )


def _marked(span: Span) -> str:
    if span.style == "strong":
        return f"**{span.text}**"
    if span.style == "code":
        return f"`{span.text}`"
    if span.style == "term":
        return f"[[{span.target}|{span.text}]]"
    return span.text
