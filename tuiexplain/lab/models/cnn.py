"""A small convolutional network: two convolutions, each halved by pooling, and one linear layer."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from tuiexplain.lab.settings import Settings


class CNN(nn.Module):
    """Square grey images in, a score for each class out.

    On 8x8 digits with width 4: lesson 14's 666 parameters.
    """

    def __init__(self, settings: Settings, classes: int) -> None:
        super().__init__()
        width = settings.width
        self.conv1 = nn.Conv2d(1, width, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(width, 2 * width, kernel_size=3, padding=1)
        self.drop = nn.Dropout(settings.dropout)
        self.head = nn.Linear(2 * width * (settings.pixels // 4) ** 2, classes)

    def forward(self, images: Tensor) -> Tensor:
        """images: (batch, 1, side, side); scores: (batch, classes)."""
        h1 = F.relu(self.conv1(images))
        pooled1 = F.max_pool2d(h1, 2)  # half the side
        h2 = F.relu(self.conv2(pooled1))
        pooled2 = F.max_pool2d(h2, 2)  # a quarter
        flat = self.drop(pooled2.flatten(1))
        return self.head(flat)
