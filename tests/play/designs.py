"""Designs drawn at random, every dial of them."""

import numpy as np

from tuiexplain.play import design as dials
from tuiexplain.play.design import Design, Layer

RATES = {"sgd": 0.02, "momentum": 0.002, "nesterov": 0.002}
"""Of the adaptive ones 0.01: they do not mind features of 36."""


def random_design(number: int) -> Design:
    """Design ``number`` of an endless list; it trains without blowing up."""
    draws = np.random.default_rng(number)

    def one_of(names):
        return str(draws.choice(list(names)))

    layers = tuple(
        Layer(
            units=int(draws.integers(3, 7)),
            activation=one_of(dials.ACTIVATIONS),
            norm=one_of(["none", "none", *dials.NORMS]),
            dropout=float(draws.choice([0.0, 0.0, 0.0, 0.3])),
            residual=bool(draws.integers(2)),
        )
        for _ in range(draws.integers(0, 4))
    )
    optimizer = one_of(dials.OPTIMIZERS)
    count = int(draws.integers(1, 8))
    return Design(
        data=one_of(dials.GENERATED),
        noise=10,
        examples=92,
        features=tuple(draws.permutation(dials.PLANE_FEATURES)[:count]),
        layers=layers,
        init=one_of(["uniform", "xavier", "kaiming"]),
        loss=one_of(dials.LOSSES),
        batch=int(draws.choice([4, 10, 17, 40, 100])),
        optimizer=optimizer,
        lr=RATES.get(optimizer, 0.01),
        schedule=one_of(dials.SCHEDULES),
        schedule_steps=20,
        clip=float(draws.choice([0.0, 0.0, 0.5])),
        penalty=one_of(dials.PENALTIES),
        penalty_rate=float(draws.choice([0.0, 0.01])),
        seed=number,
    )
