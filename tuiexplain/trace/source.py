"""From a running frame to its place in the source, and to the name its result is given there."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache
from types import CodeType

from tuiexplain.trace.event import Site


@lru_cache(maxsize=4096)
def site(code: CodeType, instruction: int) -> Site | None:
    """Where the instruction at offset ``instruction`` (``f_lasti``) of ``code`` stands."""
    positions = list(code.co_positions())
    if not 0 <= instruction // 2 < len(positions):
        return None
    line, end_line, column, end_column = positions[instruction // 2]
    if line is None:
        return None
    return Site(code.co_filename, line, column or 0, end_line or line, end_column or 0)


@lru_cache(maxsize=4096)
def assigned_name(place: Site) -> str | None:
    """The variable that the expression at ``place`` is assigned to, if it is all of it."""
    return _names_in(place.file, _stamp(place.file)).get(
        (place.line, place.column, place.end_line, place.end_column)
    )


def _stamp(file: str) -> int:
    linecache.checkcache(file)
    return hash(tuple(linecache.getlines(file)))


@lru_cache(maxsize=64)
def _names_in(file: str, _stamp: int) -> dict[tuple[int, int, int, int], str]:
    """For each assignment: the span of its right side (columns in bytes) → its target."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return {}
    names = {}
    for node in ast.walk(tree):
        target: ast.expr | None = None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
        elif isinstance(node, ast.AnnAssign):
            target = node.target
        if target is None or node.value is None:  # type: ignore[attr-defined]
            continue
        name = _target_name(target)
        right: ast.expr = node.value  # type: ignore[attr-defined]
        if name and right.end_lineno is not None and right.end_col_offset is not None:
            span = (right.lineno, right.col_offset, right.end_lineno, right.end_col_offset)
            names[span] = name
    return names


def _target_name(target: ast.expr) -> str | None:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    return None
