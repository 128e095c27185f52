"""The lesson's words with the learner's own numbers in them."""

from __future__ import annotations

from typing import Any

from tuiexplain.course.expressions import Reference, formatted, pick
from tuiexplain.course.lesson import value_array
from tuiexplain.course.markup import Citation, Renderer, Span, renderer
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.numbers import format_number


def told(desk: Desk, text: str, language: str) -> str:
    """``text`` of a block for :mod:`tuiexplain.views.prose`, citations filled in.

    A citation that names no run is of the run on the screen, with the learner's dials and edits.
    """
    if not text:
        return ""
    render = renderer(desk.session.bench.part, language, desk.session.block_id)
    render = Renderer(language, lambda cited: _cite(desk, cited), introduced=render.introduced)
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


def _cite(desk: Desk, cited: Citation) -> str:
    bench = desk.session.bench
    part = bench.part
    walked = bench.training_step <= bench.last_training_step
    elsewhere = part.lookup()

    def find(reference: Reference) -> Any:
        if reference.part is not None or reference.run is not None or reference.step == "last":
            return elsewhere(reference)
        default = 0 if walked else bench.training_step
        step = default if reference.step is None else int(reference.step)
        trace = bench.trace if step == bench.training_step else bench.run.trace_at(step)
        try:
            return pick(reference, value_array(trace, reference.name))
        except TraceError:
            return elsewhere(reference)

    number = part.expression(cited.expression).number(find)
    return formatted(number, cited.format) if cited.format else format_number(number)
