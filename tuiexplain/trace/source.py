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


def assigned_name(place: Site) -> str | None:
    """The variable that the expression at ``place`` is assigned to, if it is all of it.

    Of several that it is unpacked into (``top, where = p.max(dim=1)``), the first.
    """
    return next(iter(assigned_names(place)), None) or None


@lru_cache(maxsize=4096)
def assigned_names(place: Site) -> tuple[str, ...]:
    """The variables that the expression at ``place`` is unpacked into: ``q, k, v = …``."""
    span = (place.line, place.column, place.end_line, place.end_column)
    return _names_in(place.file, _stamp(place.file)).get(span, ())


def _stamp(file: str) -> int:
    linecache.checkcache(file)
    return hash(tuple(linecache.getlines(file)))


@lru_cache(maxsize=64)
def _names_in(file: str, _stamp: int) -> dict[tuple[int, int, int, int], tuple[str, ...]]:
    """For each assignment: the span of what ran (columns in bytes) → its targets."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return {}
    names = {}
    for node in ast.walk(tree):
        target, ran = _assignment(node)
        if target is None or ran is None:
            continue
        targets = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        found = tuple(_target_name(t) or "" for t in targets)
        if any(found) and ran.end_lineno is not None and ran.end_col_offset is not None:
            names[ran.lineno, ran.col_offset, ran.end_lineno, ran.end_col_offset] = found
    return names


def _assignment(node: ast.AST) -> tuple[ast.expr | None, ast.expr | ast.stmt | None]:
    """The target of an assignment and what runs for it: the right side, for ``+=`` all of it."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.targets[0], node.value
    if isinstance(node, ast.AnnAssign):
        return node.target, node.value
    if isinstance(node, ast.AugAssign):
        return node.target, node
    return None, None


def _target_name(target: ast.expr) -> str | None:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    return None


def forget_sources() -> None:
    """Read every file anew: one of them may have been edited."""
    site.cache_clear()
    assigned_names.cache_clear()
