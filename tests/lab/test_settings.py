"""Settings and presets: what is published, what is refused, and in which words."""

import pytest

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.presets import PRESETS, preset
from tuiexplain.lab.settings import MODELS, Settings


def test_every_model_has_every_preset():
    for model in MODELS:
        for name in PRESETS:
            assert preset(model, name).model == model


def test_nanogpt_settings_are_nanogpts():
    cpu = preset("gpt", "cpu")
    assert (cpu.layers, cpu.heads, cpu.width, cpu.context, cpu.batch) == (4, 4, 128, 64, 12)
    assert (cpu.steps, cpu.dropout, cpu.lr, cpu.min_lr, cpu.warmup) == (2000, 0, 1e-3, 1e-4, 100)
    assert (cpu.beta1, cpu.beta2, cpu.weight_decay, cpu.clip) == (0.9, 0.99, 0.1, 1)
    gpu = preset("gpt", "gpu")
    assert (gpu.layers, gpu.heads, gpu.width, gpu.context, gpu.batch) == (6, 6, 384, 256, 64)
    assert (gpu.steps, gpu.dropout, gpu.lr, gpu.min_lr) == (5000, 0.2, 1e-3, 1e-4)


def test_words_become_values():
    settings = Settings().with_words({"lr": "3e-4", "layers": "2", "bias": "true", "unit": "bpe"})
    assert (settings.lr, settings.layers, settings.bias, settings.unit) == (3e-4, 2, True, "bpe")
    assert settings.min_lr == pytest.approx(3e-5)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"layer": "2"}, "did you mean layers"),
        ({"layers": "two"}, "a whole number"),
        ({"layers": "0"}, "1 to 200"),
        ({"lr": "nan"}, "0 or more"),
        ({"lr": "inf"}, "0 or more"),
        ({"unit": "words"}, "characters, bytes, bpe, gpt2"),
        ({"heads": "3"}, "multiple of the heads"),
        ({"bias": "maybe"}, "true or false"),
        ({"min_lr": "1"}, "above lr"),
    ],
)
def test_a_slip_is_told_in_one_sentence(words, told):
    with pytest.raises(LabError, match=told) as fault:
        Settings().with_words(words)
    assert "\n" not in str(fault.value)


def test_unknown_names_offer_the_nearest():
    with pytest.raises(LabError, match="did you mean lstm"):
        preset("lsmt")
    with pytest.raises(LabError, match="tiny, cpu, medium, gpu"):
        preset("gpt", "huge")


def test_settings_travel_as_json():
    settings = preset("gru", "medium").changed(data="a.txt")
    assert Settings.from_json(settings.as_json()) == settings
    with pytest.raises(LabError, match="not the settings of a run"):
        Settings.from_json({"size": 3})


def test_what_a_resumed_run_may_change():
    settings = Settings()
    assert settings.fixed_difference(settings.changed(steps=9, lr=1, device="cpu")) is None
    assert settings.fixed_difference(settings.changed(layers=5)) == "layers"
    assert settings.fixed_difference(settings.changed(batch=5)) == "batch"
