"""A GPT-2 from a local folder in the Hugging Face layout."""

import json

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from safetensors.torch import save_file  # noqa: E402

from tuiexplain.lab.adapting.start import started_from  # noqa: E402
from tuiexplain.lab.data import Text, codec_from_json, open_source  # noqa: E402
from tuiexplain.lab.data.bpe import BytePairs, learn  # noqa: E402
from tuiexplain.lab.data.gpt2_tokens import GPT2Tokens, byte_signs, gpt2_pieces  # noqa: E402
from tuiexplain.lab.devices import choose  # noqa: E402
from tuiexplain.lab.errors import LabError  # noqa: E402
from tuiexplain.lab.gpt2_folder import settings_of  # noqa: E402
from tuiexplain.lab.models import build  # noqa: E402
from tuiexplain.lab.models.gpt2 import load_gpt2  # noqa: E402
from tuiexplain.lab.presets import preset  # noqa: E402
from tuiexplain.lab.trainer import Trainer  # noqa: E402

CONFIG = {
    "model_type": "gpt2",
    "architectures": ["GPT2LMHeadModel"],
    "n_layer": 2,
    "n_head": 2,
    "n_embd": 16,
    "n_positions": 32,
    "vocab_size": 300,
    "activation_function": "gelu_new",
    "layer_norm_epsilon": 1e-5,
}
TEXT = "It's 1984: the clock, the the clocks... strike thirteen; 天地 _x_ \n\n  end" * 3


@pytest.fixture
def folder(tmp_path):
    """As Hugging Face lays it out, with random weights and 299 tokens."""
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    torch.manual_seed(0)
    shapes = {"wte.weight": (300, 16), "wpe.weight": (32, 16)}
    for layer in range(2):
        for name, (rows, columns) in {
            "attn.c_attn": (16, 48),
            "attn.c_proj": (16, 16),
            "mlp.c_fc": (16, 64),
            "mlp.c_proj": (64, 16),
        }.items():
            shapes[f"h.{layer}.{name}.weight"] = (rows, columns)
            shapes[f"h.{layer}.{name}.bias"] = (columns,)
    for norm in ("h.0.ln_1", "h.0.ln_2", "h.1.ln_1", "h.1.ln_2", "ln_f"):
        shapes |= {f"{norm}.weight": (16,), f"{norm}.bias": (16,)}
    weights = {f"transformer.{name}": 0.3 * torch.randn(shape) for name, shape in shapes.items()}
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    merges = learn(TEXT.encode(), 256 + 30)
    tokens = BytePairs(merges)
    signs = byte_signs()

    def sign(token):
        return "".join(signs[byte] for byte in tokens.decode([token]))

    lines = [f"{sign(a)} {sign(b)}" for a, b in merges]
    (tmp_path / "merges.txt").write_text("#version: 0.2\n" + "\n".join(lines) + "\n")
    numbers = {sign(token): (token + 5) % tokens.size for token in range(tokens.size)}
    (tmp_path / "vocab.json").write_text(json.dumps({**numbers, "<|endoftext|>": 299}))
    return tmp_path


def loaded(folder):
    settings = settings_of(folder, preset("gpt"))
    model = build(settings, settings.vocabulary)
    load_gpt2(folder, model)
    return settings, model.eval()


def test_scores_are_those_of_transformers(folder):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    _, model = loaded(folder)
    theirs = transformers.GPT2LMHeadModel.from_pretrained(folder).eval()
    tokens = torch.randint(300, (2, 32))
    with torch.no_grad():
        torch.testing.assert_close(model(tokens), theirs(tokens).logits, atol=1e-4, rtol=1e-4)


def test_tokens_are_those_of_transformers(folder):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    theirs = transformers.GPT2Tokenizer.from_pretrained(folder)
    assert GPT2Tokens.of(folder, 300).encode(TEXT).tolist() == theirs(TEXT)["input_ids"]


def test_every_weight_arrives(folder):
    settings, model = loaded(folder)
    assert (settings.layers, settings.context, settings.gelu) == (2, 32, "tanh")
    assert abs(model.lm_head.weight.std().item() - 0.3) < 0.02
    block = model.transformer["h"][1]
    assert block.mlp.c_fc.weight.shape == (64, 16)
    x = torch.randn(1, 3, 16)
    by_hand = torch.nn.functional.gelu(
        x @ stored(folder, "h.1.mlp.c_fc.weight") + stored(folder, "h.1.mlp.c_fc.bias"),
        approximate="tanh",
    ) @ stored(folder, "h.1.mlp.c_proj.weight") + stored(folder, "h.1.mlp.c_proj.bias")
    torch.testing.assert_close(block.mlp(x), by_hand)


def stored(folder, name):
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "pt") as opened:
        return opened.get_tensor(f"transformer.{name}")


def test_a_shorter_context_reads_the_same(folder):
    settings, model = loaded(folder)
    short = build(settings.changed(context=8), 300)
    load_gpt2(folder, short)
    tokens = torch.randint(300, (1, 8))
    torch.testing.assert_close(short.eval()(tokens), model(tokens))


def test_text_comes_back(folder):
    codec = GPT2Tokens.of(folder, 300)
    tokens = codec.encode(TEXT)
    assert codec.decode(tokens) == TEXT
    assert codec.decode([299]) == ""
    assert codec.token(299) == "<299>"
    again = codec_from_json(json.loads(json.dumps(codec.as_json())))
    assert again.encode(TEXT).tolist() == tokens.tolist()
    assert gpt2_pieces(b"It's 12 o'clock") == [b"It", b"'s", b" 12", b" o", b"'", b"clock"]


def test_it_is_trained_on_in_its_own_tokens(folder, tmp_path):
    data = tmp_path / "data.txt"
    data.write_text(TEXT * 20)
    source = open_source(settings_of(folder, preset("gpt")).changed(data=str(data), context=16))
    assert isinstance(source, Text)
    assert source.classes == 300
    assert source.codec.unit == "gpt2"


def test_its_adapters_start_from_its_weights(folder, tmp_path):
    data = tmp_path / "data.txt"
    data.write_text(TEXT * 20)
    asked = settings_of(folder, preset("gpt")).changed(data=str(data), context=16, method="lora")
    run = Trainer(asked, open_source(asked), choose(asked), started_from(asked))
    tokens = torch.arange(16)[None]
    assert run.trained < run.parameters
    assert torch.equal(run.model.eval()(tokens), loaded(folder)[1](tokens))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda f: (f / "config.json").unlink(), "config.json: no such file"),
        (lambda f: (f / "config.json").write_text("{"), "is not JSON"),
        (lambda f: (f / "config.json").write_text('{"model_type": "llama"}'), "type llama"),
        (lambda f: (f / "model.safetensors").write_bytes(b"PK"), "no weights could be read"),
        (
            lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"),
            "is pickled and could run code",
        ),
        (lambda f: save_file({"wte.weight": torch.zeros(300, 16)}, f / "model.safetensors"), "wpe"),
    ],
)
def test_a_folder_that_cannot_be_loaded(folder, spoil, told):
    spoil(folder)
    with pytest.raises(LabError, match=told) as fault:
        loaded(folder)
    assert "\n" not in str(fault.value)


def test_a_folder_without_its_tokens(folder):
    (folder / "merges.txt").unlink()
    with pytest.raises(LabError, match=r"vocab.json and merges.txt are needed"):
        GPT2Tokens.of(folder, 300)
