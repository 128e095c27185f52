"""Names: what the source code calls the values that were recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import nn

from tuiexplain.lab.recording.assembly import Assembly
from tuiexplain.lab.recording.known import Known, Modules
from tuiexplain.lab.recording.made import Made
from tuiexplain.lab.recording.stored import Stored
from tuiexplain.trace import source
from tuiexplain.trace.event import Phase
from tuiexplain.trace.value import Kind


@dataclass
class _Wish:
    """The variable that a value was assigned to, and the module whose code that was."""

    variable: str = ""
    scope: str = ""
    ends_module: bool = False
    """Whether this is what its module returned, as far as can be seen."""


@dataclass
class Names:
    """The name of each value, and which parameter it belongs to."""

    assembly: Assembly
    modules: Modules
    leaves: dict[int, Known]
    """What is known of values that no operation made, by value."""
    names: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, Kind] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)

    def give(self) -> None:
        """Name every value: first those that were there before, then those that were made."""
        for stored, _ in self.assembly.ledger.leaves:
            known = self.leaves.get(id(stored))
            self._name(stored, known.name if known else "in")
            if known is not None and known.kind is Kind.PARAMETER:
                self.owners[id(stored)] = known.name
            elif known is not None and known.owner:
                self.owners[id(stored)] = known.owner
        wishes = self._wishes()
        versions = _by_root(self.assembly)
        parts = _parts(self.assembly.made)
        for made in self.assembly.made:
            self._inherit_owner(made)
            known = self.leaves.get(id(made.output))
            if made.phase is Phase.BACKWARD and made.about is not None:
                position, count = parts[id(made.output)]
                number = f"#{position}" if position < count else ""
                self.names[id(made.output)] = f"{self.names[id(made.about)]}.grad{number}"
            elif id(made.output) in versions:
                root, position, count = versions[id(made.output)]
                number = f"#{position}" if position < count else ""
                self._name(made.output, f"{self.names[id(root)]}'{number}")
                if made.phase is Phase.FORWARD:
                    before = self.leaves.get(id(root))
                    self.kinds[id(made.output)] = before.kind if before else Kind.ACTIVATION
            elif known is not None:
                self._name(made.output, known.name)
                self.kinds[id(made.output)] = known.kind
                self.owners[id(made.output)] = known.owner
            else:
                self._name(made.output, self._made_name(made, wishes))

    def _name(self, stored: Stored, name: str) -> None:
        count = self._taken.get(name, 0) + 1
        self._taken[name] = count
        self.names[id(stored)] = name if count == 1 else f"{name}#{count}"

    def _inherit_owner(self, made: Made) -> None:
        if made.phase is Phase.BACKWARD and made.about is not None:
            owner = self.owners.get(id(made.about))
        elif made.phase is Phase.UPDATE:
            owner = next((o for s in made.inputs if (o := self.owners.get(id(s)))), None)
        else:
            return
        if owner:
            self.owners[id(made.output)] = owner

    def _made_name(self, made: Made, wishes: dict[int, _Wish]) -> str:  # noqa: PLR0911
        """The variable; else the module that returned it; else what the operation did."""
        wish = wishes.get(id(made.output))
        if wish is not None and wish.variable:
            return wish.variable
        if made.op == "t":
            return f"{self.names[id(made.inputs[0])]}ᵀ"
        if made.op == "rewritten":
            return self.names[id(made.inputs[0])].partition("#")[0]
        if made.phase is Phase.BACKWARD:
            of = self.names.get(id(made.answers), "")
            return f"{of}.grad.{made.op}" if of else made.op
        if made.phase is Phase.UPDATE:
            owner = self.owners.get(id(made.output), "")
            return f"{owner}.{made.op}".lstrip(".")
        module = self.modules.path(made.raw[8]).replace("/", ".")
        if wish is not None and wish.ends_module and module:
            return f"{module}.{made.part}".rstrip(".")
        return f"{module}.{made.op}".lstrip(".")

    # -- variables -------------------------------------------------------------------------------------

    def _wishes(self) -> dict[int, _Wish]:
        """For each value that forward made: the variable that the code assigned it to."""
        forward = [m for m in self.assembly.made if m.phase is Phase.FORWARD]
        wishes = {id(m.output): _Wish() for m in forward}
        for run in _runs(forward):
            last = run[-1]
            code, instruction = last.raw[6], last.raw[7]
            place = source.site(code, instruction) if code else None
            targets = source.assigned_names(place) if place else ()
            scope = self._scope(last)
            results = [m for m in run if m.call == last.call]
            for made in results:
                wish = wishes[id(made.output)]
                wish.scope, wish.variable = scope, _variable(made, results, targets)
            for made in _ends_of_modules(run):
                wishes[id(made.output)].ends_module = True
        scopes: dict[str, set[str]] = {}
        for wish in wishes.values():
            if wish.variable:
                scopes.setdefault(wish.variable, set()).add(wish.scope)
        for wish in wishes.values():
            if wish.variable and len(scopes[wish.variable]) > 1:
                wish.variable = f"{wish.scope}.{wish.variable}".lstrip(".")
        return wishes

    def _scope(self, made: Made) -> str:
        """The module whose code ran the operation, or called a module of torch's that did."""
        module, within = made.raw[8], made.raw[9]
        path = self.modules.path(module)
        if within is not None:
            path = self.modules.path(within).rpartition("/")[0]
        return path.replace("/", ".")


def _variable(made: Made, results: Sequence[Made], targets: tuple[str, ...]) -> str:
    """Which of the assignment's variables one output of its last operation is."""
    if len(targets) == 1 and targets[0]:
        return f"{targets[0]}.{made.part}" if made.part else targets[0]
    index = made.attrs.get("pick")
    if len(targets) == len(results) and isinstance(index, int) and index < len(targets):
        return targets[index]
    return ""


def _runs(forward: Sequence[Made]) -> list[list[Made]]:
    """Operations that one execution of one expression ran.

    What runs within a module of torch's is one execution, even where it runs modules of the
    user's in between (as a Sequential does).
    """
    runs: list[list[Made]] = []
    latest: dict[tuple[object, int, int], list[Made]] = {}
    previous: list[Made] | None = None
    for made in forward:
        within = made.raw[9]
        key = (made.raw[6], made.raw[7], id(within))
        run = latest.get(key)
        joins = run is not None and (run is previous or _only_within(run, runs, within))
        if run is None or not joins:
            run = latest[key] = []
            runs.append(run)
        run.append(made)
        previous = run
    return runs


def _only_within(run: list[Made], runs: list[list[Made]], within: nn.Module | None) -> bool:
    """Whether everything that ran since ``run`` ran within the module ``within``."""
    if within is None:
        return False
    parts = {id(m) for m in within.modules()}
    since = runs[next(i for i, r in enumerate(runs) if r is run) + 1 :]
    return bool(since) and all(id(m.raw[8]) in parts for r in since for m in r)


def _ends_of_modules(run: Sequence[Made]) -> list[Made]:
    """The last operation of each module in a run."""
    return [
        made
        for made, after in zip(run, [*run[1:], None], strict=True)
        if after is None or after.raw[8] is not made.raw[8]
    ]


def _by_root(assembly: Assembly) -> dict[int, tuple[Stored, int, int]]:
    """For each value that replaced a leaf: the leaf, and which of how many versions it is."""
    versions: dict[int, list[Stored]] = {}
    roots: dict[int, Stored] = {}
    for made in assembly.made:
        root = assembly.roots.get(id(made.output))
        if root is not None:
            roots[id(root)] = root
            versions.setdefault(id(root), []).append(made.output)
    return {
        id(stored): (roots[key], position, len(chain))
        for key, chain in versions.items()
        for position, stored in enumerate(chain, start=1)
    }


def _parts(events: Sequence[Made]) -> dict[int, tuple[int, int]]:
    """For each gradient: which of how many parts of the same gradient it is; the last is all."""
    found: dict[int, list[Stored]] = {}
    for made in events:
        if made.phase is Phase.BACKWARD and made.about is not None:
            found.setdefault(id(made.about), []).append(made.output)
    return {
        id(stored): (position, len(parts))
        for parts in found.values()
        for position, stored in enumerate(parts, start=1)
    }
