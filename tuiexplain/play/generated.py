"""Data made here: the six sets of TensorFlow Playground, and two with more classes.

Points lie in the square from -6 to 6. ``noise`` is a share (0 to 0.5). The recipes of ``circle``,
``xor``, ``gauss``, ``spiral``, ``plane`` and ``hills`` are those of the playground's ``dataset.ts``
(https://github.com/tensorflow/playground), drawn by NumPy's generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tuiexplain.play.dataset import Dataset, split
from tuiexplain.play.design import Design

STREAM = 1
"""Sets the numbers drawn for data apart from those for weights and batches of the same seed."""
RADIUS = 5.0
PLANE_RADIUS = 6.0

Draws = np.random.Generator
Points = tuple[np.ndarray, np.ndarray]
"""Points ``(rows, 2)``, and the class or the number of each ``(rows,)``."""


def circle(rows: int, noise: float, draws: Draws) -> Points:
    """Class 1 within half the radius, class 0 in a ring around it."""
    inner = rows // 2
    radius = np.concatenate(
        [draws.uniform(0, RADIUS / 2, inner), draws.uniform(0.7 * RADIUS, RADIUS, rows - inner)]
    )
    angle = draws.uniform(0, 2 * math.pi, rows)
    points = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    seen = points + draws.uniform(-RADIUS, RADIUS, (rows, 2)) * noise
    return points, (np.hypot(*seen.T) < RADIUS / 2).astype(np.int64)


def xor(rows: int, noise: float, draws: Draws) -> Points:
    """Class 1 where both coordinates have the same sign; a gap along the axes."""
    points = draws.uniform(-RADIUS, RADIUS, (rows, 2))
    points += np.where(points > 0, 0.3, -0.3)
    seen = points + draws.uniform(-RADIUS, RADIUS, (rows, 2)) * noise
    return points, (seen[:, 0] * seen[:, 1] >= 0).astype(np.int64)


def gauss(rows: int, noise: float, draws: Draws) -> Points:
    """Two normal clouds around (2, 2), class 1, and (-2, -2), class 0."""
    classes = np.arange(rows) % 2
    spread = math.sqrt(0.5 + 7 * noise)
    return (4.0 * classes - 2)[:, None] + draws.normal(0, spread, (rows, 2)), classes


def spiral(rows: int, noise: float, draws: Draws) -> Points:
    """Two arms of one and three quarters of a turn."""
    return _arms(2, 1.75, rows, noise, draws)


def arms(rows: int, noise: float, draws: Draws) -> Points:
    """Three arms of a spiral, three quarters of a turn each: three classes."""
    return _arms(3, 0.75, rows, noise, draws)


def _arms(count: int, turns: float, rows: int, noise: float, draws: Draws) -> Points:
    classes = np.arange(rows) % count
    along = (np.arange(rows) // count) / math.ceil(rows / count)
    radius, angle = RADIUS * along, 2 * math.pi * (turns * along + classes / count)
    points = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    return points + draws.uniform(-1, 1, (rows, 2)) * noise, classes


def blobs(rows: int, noise: float, draws: Draws) -> Points:
    """Four normal clouds, one in each quarter: four classes."""
    classes = np.arange(rows) % 4
    angle = math.pi / 4 + math.pi / 2 * classes
    middles = 4.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    return middles + draws.normal(0, math.sqrt(0.5 + 7 * noise), (rows, 2)), classes


def plane(rows: int, noise: float, draws: Draws) -> Points:
    """A number that grows evenly towards one corner: from -1.2 to 1.2."""
    points = draws.uniform(-PLANE_RADIUS, PLANE_RADIUS, (rows, 2))
    seen = points + draws.uniform(-PLANE_RADIUS, PLANE_RADIUS, (rows, 2)) * noise
    return points, seen.sum(axis=1) / 10


HILLS = np.array(
    [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]]
)
"""The middle of each hill (or hollow) of ``hills``, and its height."""


def hills(rows: int, noise: float, draws: Draws) -> Points:
    """A number: three hills and three hollows, each a cone of radius 2; flat between them."""
    points = draws.uniform(-PLANE_RADIUS, PLANE_RADIUS, (rows, 2))
    seen = points + draws.uniform(-PLANE_RADIUS, PLANE_RADIUS, (rows, 2)) * noise
    distance = np.hypot(*(seen[:, None, :] - HILLS[None, :, :2]).transpose(2, 0, 1))
    heights = HILLS[:, 2] * np.clip(1 - distance / 2, 0, 1)
    return points, heights[np.arange(rows), np.abs(heights).argmax(axis=1)]


class Recipe(NamedTuple):
    """How a data set is made, and how many classes it has (0: numbers)."""

    make: Callable[[int, float, Draws], Points]
    classes: int


RECIPES = {
    "circle": Recipe(circle, 2),
    "xor": Recipe(xor, 2),
    "gauss": Recipe(gauss, 2),
    "spiral": Recipe(spiral, 2),
    "arms": Recipe(arms, 3),
    "blobs": Recipe(blobs, 4),
    "plane": Recipe(plane, 0),
    "hills": Recipe(hills, 0),
}


def generate(design: Design) -> Dataset:
    """The data of a design that names one of :data:`RECIPES`."""
    recipe = RECIPES[design.data]
    draws = np.random.default_rng([design.seed, STREAM])
    points, targets = recipe.make(design.examples, design.noise / 100, draws)
    train, test = split(len(points), design.train_share / 100, draws)
    classes = tuple(str(i) for i in range(recipe.classes))
    return Dataset(design.data, ("x1", "x2"), points, targets, classes, train, test)
