"""What counts as right. Pictures [N, 3, h, w] 0..1; couples are sample i and i + N/2."""

from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F

from augment import luma
from model import skin, smooth

EPSILON = 1e-3
REDRAWN = 0.15


def charbonnier(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Smooth absolute difference, [N, C, h, w]."""
    return torch.sqrt((a - b) ** 2 + EPSILON**2) - EPSILON


def region_weight(distance: torch.Tensor, kind: str) -> torch.Tensor:
    """[N, 1, h, w]: the inside of the mouth counts four times, eyeball and lids three times; of a face only the skin counts."""
    if kind == 'face':
        return skin(distance) + 1e-4
    if kind == 'mouth':
        return 1 + 3 * torch.sigmoid((distance[:, 1:2] + 0.05) * 40)
    return 1 + 2 * torch.sigmoid((distance[:, 0:1] + 0.25) * 25)


def weighted(difference: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return (difference * weight).sum() / (weight.sum() * difference.shape[1])


def gradient(a: torch.Tensor, b: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    d = a - b
    along, down = d[..., :, 1:] - d[..., :, :-1], d[..., 1:, :] - d[..., :-1, :]
    zero = torch.zeros_like(along)
    return weighted(charbonnier(along, zero), weight[..., :, 1:]) + weighted(charbonnier(down, torch.zeros_like(down)), weight[..., 1:, :])


def laplacian(a: torch.Tensor, b: torch.Tensor, weight: torch.Tensor, levels: int = 3) -> torch.Tensor:
    """The difference's pyramid: coarse tones are judged over areas, not pixel by pixel."""
    d, total = a - b, 0.0
    for level in range(levels):
        small = F.avg_pool2d(d, 2)
        band = d - F.interpolate(small, scale_factor=2, mode='nearest')
        total = total + 2**level * weighted(charbonnier(band, torch.zeros_like(band)), weight)
        d, weight = small, F.avg_pool2d(weight, 2)
    return total + 2**levels * weighted(charbonnier(d, torch.zeros_like(d)), weight)


def contrast(x: torch.Tensor) -> torch.Tensor:
    """[N, 1, h/4 - 1, w/4 - 1]: how much fine detail there is around each place, whatever it shows."""
    y = luma(x)
    band = y - F.avg_pool2d(y, 5, 1, 2, count_include_pad=False)
    return torch.sqrt(F.avg_pool2d(band * band, 8, 4) + 1e-5)


def texture(image: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """
    Where nobody can know the answer (whose teeth?), the other losses are least for a grey average of all of them; this one asks for
    as much detail as the target has, not for the same.
    """
    return weighted((contrast(image) - contrast(target)).abs(), F.avg_pool2d(weight, 8, 4))


def flicker(image: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Change from frame to frame must be the target's: what crawls in a video hides from losses on single frames."""
    n = len(image) // 2
    return weighted(charbonnier(image[n:] - image[:n], target[n:] - target[:n]), torch.maximum(weight[n:], weight[:n]))


def fill(residual: torch.Tensor, alpha: torch.Tensor, distance: torch.Tensor) -> torch.Tensor:
    """
    What the residual adds inside the mouth. Where teeth end nobody can know, and a residual hedges: it fills teeth and cavity with the
    grey between them, in the mean colour of all portraits. Gains can't: what is dark stays dark, and in the portrait's own hue.
    """
    inside = torch.sigmoid((distance[:, 1:2] + 0.05) * 40)
    return weighted((residual * alpha).abs(), inside + 1e-6) * inside.mean()


def picture_loss(image, behind, controls, target, draft, distance, kind: str, config) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The sum, and its parts for the log; `behind`: what stands behind alpha."""
    alpha = controls.alpha
    weight = region_weight(distance, kind)
    # Leaving the draft costs most where the draft was right.
    right = torch.exp(-charbonnier(draft, target).mean(1, keepdim=True) / 0.02)
    parts = {
        'charbonnier': weighted(charbonnier(image, target), weight),
        # A face's tones have no edges: what they are judged by is areas.
        'gradient': (0.1 if kind == 'face' else 0.5) * gradient(image, target, weight),
        'laplacian': (0.2 if kind == 'face' else 0.1) * laplacian(image, target, weight),
        'alpha': 0.004 * (alpha * right).mean(),
        'texture': config.texture * texture(image, target, weight),
        'flicker': 0.5 * flicker(image, target, weight),
        # Alpha near 0 hides what it should let through from all other losses, and the network would stay with the draft for good.
        'redrawn': REDRAWN * weighted(charbonnier(behind, target), weight),
    }
    if kind == 'mouth':
        parts['fill'] = config.fill * fill(smooth(controls.residual), alpha, distance)
    return sum(parts.values()), parts


class Critic(nn.Module):
    """Patch discriminator: picture and distances [N, 5, h, w] -> judgements of patches, and its features."""

    def __init__(self):
        super().__init__()
        widths = (5, 32, 64, 96)
        self.layers = nn.ModuleList([nn.utils.spectral_norm(nn.Conv2d(a, b, 4, 2, 1)) for a, b in zip(widths, widths[1:])])
        self.out = nn.utils.spectral_norm(nn.Conv2d(widths[-1], 1, 3, 1, 1))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        features = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.out(x), features


def critic_loss(critic: Critic, image: torch.Tensor, target: torch.Tensor, distance: torch.Tensor) -> torch.Tensor:
    """Hinge."""
    real, _ = critic(torch.cat([target, distance], 1))
    fake, _ = critic(torch.cat([image.detach(), distance], 1))
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def adversarial_loss(critic: Critic, image: torch.Tensor, target: torch.Tensor, distance: torch.Tensor) -> torch.Tensor:
    """Hinge of the generator and feature matching."""
    with torch.no_grad():
        _, wanted = critic(torch.cat([target, distance], 1))
    fake, seen = critic(torch.cat([image, distance], 1))
    return -fake.mean() + 5 * sum((a - b).abs().mean() for a, b in zip(seen, wanted))
