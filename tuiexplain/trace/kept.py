"""Results that are kept with what they are about."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

Owner = TypeVar("Owner")
P = ParamSpec("P")
R = TypeVar("R")
Asker = TypeVar("Asker", bound=Callable[..., Any])
KEEPS = "_kept_results"
"""The attribute that holds them: a name that no owner has for something else."""
_FOR_NOW: list[Callable[[], None]] = []
"""What empties each of the caches that :func:`forget` empties."""
Asked = Callable[Concatenate[Owner, P], R]


def kept_with_first(most: int) -> Callable[[Asked[Owner, P, R]], Asked[Owner, P, R]]:
    """Keep the last ``most`` results of a function in its first argument, by the other arguments.

    They go when that object goes. A cache of the function's own (``lru_cache``) would hold on to
    the traces and lessons that it was asked about, long after they were left.
    """

    def decorated(function: Asked[Owner, P, R]) -> Asked[Owner, P, R]:
        @wraps(function)
        def ask(owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> R:
            results: OrderedDict[Any, R]
            of_each = vars(owner).setdefault(KEEPS, {})
            results = of_each.setdefault(function, OrderedDict())
            asked = (args, *kwargs.items())
            if asked in results:
                results.move_to_end(asked)
                return results[asked]
            found = results[asked] = function(owner, *args, **kwargs)
            if len(results) > most:
                results.popitem(last=False)
            return found

        return ask

    return decorated


def kept_for_now(most: int) -> Callable[[Asker], Asker]:
    """Keep the last ``most`` results of a function until :func:`forget`.

    For pictures and the like, which belong to nobody: a line on the screen holds on to all that
    Textual has made of it, a thousand of them to a hundred megabytes.
    """

    def decorated(function: Asker) -> Asker:
        keeping = lru_cache(most)(function)
        _FOR_NOW.append(keeping.cache_clear)
        return cast(Asker, keeping)

    return decorated


def forget() -> None:
    """What was kept for now is not needed any more."""
    for empty in _FOR_NOW:
        empty()
