"""The refiner: two small U-Nets that predict controls for a correction of the draft at native resolution, not a picture.

    base = (1 - c) * ((1 - p) * draft + p * warp) + c * driver
    I    = (1 - a) * draft + a * (gain * base + residual)

a (where to change the draft), p (back to the warp) and c (the driver's pixels) have the crop's resolution; gain and residual half of
it, so tooth edges and brush strokes can only come from pictures. A mouth's are blurred besides, and it has no c: the draft has the
driver's teeth already, and a network that could redraw single teeth made them the average of all teeth. The network itself works at half resolution and below: pixels go in
2 x 2 at a time (space to depth) and masks come out so. No norm layers; the padding is explicit (tfjs pads otherwise than PyTorch).
What is known of the sitter is constant over a clip: it scales and shifts channels, and is folded into the weights once (`folded`).

Inputs, 17 channels at crop size: source RGB (eyes: moved with the iris), warp RGB, validity, draft RGB, graded driver RGB (0 when
dropped), signed distances to the contour and to what is inside it, opening height (constant plane), driver-present flag (constant plane).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F

CHANNELS = 17
PACKED = 4 * CHANNELS  # of the network's input at half resolution; channel c * 4 + dy * 2 + dx
TONES = 6  # of the head: residual and gain
HEAD = 18  # residual 3, gain 3, then three masks of 2 x 2 pixels
SLOPE = 0.2  # of leaky ReLU
SOFTNESS = 2.0  # standard deviation of the blur of a mouth's tones, pixels at half resolution: teeth are 3 to 4 wide
NEVER = -30.0  # logit of a mask that stays shut
NEARBY = 6.0  # standard deviation of what counts as around a place of a face, pixels at half resolution: a quarter of its width
FEATHER = 6  # crop pixels over which a fades to 0 at the crop's border


class Controls(NamedTuple):
    residual: torch.Tensor  # [N, 3, h/2, w/2] -1..1
    gain: torch.Tensor  # [N, 3, h/2, w/2] 1/2..2
    alpha: torch.Tensor  # [N, 1, h, w] 0..1, 0 = the draft
    back: torch.Tensor  # [N, 1, h, w] p: 0 = draft, 1 = warp
    choice: torch.Tensor  # [N, 1, h, w] c: 1 = driver


class WhitenedConv(nn.Conv2d):
    """
    A convolution that is learnt on whitened channels and computed on plain ones.

    The 68 channels are nearly the same picture several times: in that basis differences between them, which are what matters,
    have tiny gradients. `whiten` makes the channels uncorrelated and of one size; weights for plain channels follow from it.
    """

    def __init__(self, inputs: int, outputs: int):
        super().__init__(inputs, outputs, 3, padding=1)
        self.register_buffer('whitening', torch.eye(inputs))
        self.register_buffer('mean', torch.zeros(inputs))

    def whiten(self, samples: torch.Tensor, floor: float = 1e-3, keep: bool = False) -> None:
        """
        `samples` [n, inputs]; `floor`: variance below which a direction counts as noise. Call once, before training. `keep`: what is computed stays as it is.
        """
        plain, bias = self.plain()
        values, vectors = torch.linalg.eigh(torch.cov(samples.T))
        deviations = (values.clamp(min=0) + floor).sqrt()
        self.whitening.copy_((vectors / deviations) @ vectors.T)
        self.mean.copy_(samples.mean(0))
        if keep:
            self.weight.copy_(torch.einsum('ojhw,ij->oihw', plain, (vectors * deviations) @ vectors.T))
            self.bias.copy_(bias + plain.sum((2, 3)) @ self.mean)

    def plain(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Weight and bias for channels as they are."""
        weight = torch.einsum('oihw,ij->ojhw', self.weight, self.whitening)
        return weight, self.bias - weight.sum((2, 3)) @ self.mean

    @torch.no_grad()
    def fold(self) -> None:
        """Puts the whitening into the weights, for export."""
        weight, bias = self.plain()
        self.weight.copy_(weight)
        self.bias.copy_(bias)
        self.whitening.copy_(torch.eye(len(self.mean)))
        self.mean.zero_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # In full precision always: half of it would round away the small differences that this layer is about.
        with torch.autocast(x.device.type, enabled=False):
            return F.conv2d(x, *self.plain(), padding=1)


class Conv(nn.Module):
    """3x3 with one pixel of zeros around; `modulate` scales and shifts the result channel by channel."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, whitened: bool = False):
        super().__init__()
        # What PyTorch pads and what `F.pad` and no padding give is the same; the runtime pads by hand.
        self.conv = WhitenedConv(inputs, outputs) if whitened else nn.Conv2d(inputs, outputs, 3, stride, padding=1)
        nn.init.kaiming_normal_(self.conv.weight, SLOPE)
        nn.init.zeros_(self.conv.bias)

    def forward(self, x: torch.Tensor, modulation: tuple[torch.Tensor, torch.Tensor] | None = None) -> torch.Tensor:
        x = self.conv(x)
        if modulation is not None:
            scale, shift = modulation
            x = x * (1 + scale[:, :, None, None]) + shift[:, :, None, None]
        return x


def act(x: torch.Tensor) -> torch.Tensor:
    return F.leaky_relu(x, SLOPE)


def double(x: torch.Tensor) -> torch.Tensor:
    """Twice the size, nearest."""
    return F.interpolate(x, scale_factor=2, mode='nearest')


def smooth(x: torch.Tensor) -> torch.Tensor:
    """Half resolution to the crop's, bilinear between pixel centres."""
    return F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)


class Embedder(nn.Module):
    """[N, 3, h, w] the sitter's crop -> [N, identity]. Runs once a photo; the vectors of several photos are averaged."""

    def __init__(self, identity: int):
        super().__init__()
        self.layers = nn.ModuleList([Conv(3, 12, 2), Conv(12, 24, 2), Conv(24, 32, 2), Conv(32, 32, 2)])
        self.out = nn.Linear(32, identity)

    def forward(self, source: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            source = act(layer(source))
        return self.out(source.mean((2, 3)))


class Refiner(nn.Module):
    """
    The U-Net of one region and its embedder. The tones of a mouth are blurred, and it doesn't take the driver's pixels itself. A face only
    has tones, on all of the skin and nowhere else; they are soft because its crop is coarse, and local (`local`).
    """

    def __init__(self, widths: tuple, identity: int, kind: str = 'eye'):
        super().__init__()
        self.kind = kind
        w1, w2, w3 = widths
        self.embed = Embedder(identity)
        self.enter, self.same1 = Conv(PACKED, w1, whitened=True), Conv(w1, w1)
        self.down2, self.same2 = Conv(w1, w2, 2), Conv(w2, w2)
        self.down3, self.same3 = Conv(w2, w3, 2), Conv(w3, w3)
        self.up2 = Conv(w3 + w2, w2)
        self.up1, self.last1 = Conv(w2 + w1, w1), Conv(w1, w1)
        self.out = Conv(w1, HEAD)
        # Fixed, and kept with the weights: what a head means is one thing in the runtime for all networks.
        size = 9 if kind == 'mouth' else 1
        self.soften = nn.Conv2d(TONES, TONES, size, padding='same', bias=False).requires_grad_(False)
        self.soften.weight.copy_(torch.eye(TONES)[:, :, None, None] * blur_kernel(size, SOFTNESS))
        self.modulated = {'same2': w2, 'same3': w3, 'up2': w2, 'up1': w1}
        self.styles = nn.ModuleDict({name: nn.Linear(identity, 2 * width) for name, width in self.modulated.items()})
        for style in self.styles.values():
            nn.init.normal_(style.weight, 0, 0.01)
            nn.init.zeros_(style.bias)
        nn.init.normal_(self.out.conv.weight, 0, 0.01)
        # Start at the draft: half open, but what stands behind alpha is the draft, too.
        self.out.conv.bias.data[10:] = -3.0
        if kind != 'eye':
            shut = 10 if kind == 'face' else 14
            self.out.conv.weight.data[shut:] = 0
            self.out.conv.bias.data[shut:] = NEVER
        if kind == 'face':
            # Always open: a gain of 1 is the draft, too. What could close did, for good.
            self.out.conv.weight.data[6:10] = 0
            self.out.conv.bias.data[6:10] = -NEVER

    def modulation(self, vector: torch.Tensor) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        return {name: tuple(style(vector).chunk(2, 1)) for name, style in self.styles.items()}

    def head(self, x: torch.Tensor, modulation: dict) -> torch.Tensor:
        """x: [N, 68, h/2, w/2] -> [N, 18, h/2, w/2] raw."""
        m = modulation.get
        e1 = act(self.same1(act(self.enter(x))))
        e2 = act(self.same2(act(self.down2(e1)), m('same2')))
        deep = act(self.down3(e2))
        deep = deep + act(self.same3(deep, m('same3')))
        u2 = act(self.up2(torch.cat([double(deep), e2], 1), m('up2')))
        u1 = act(self.up1(torch.cat([double(u2), e1], 1), m('up1')))
        out = self.out(act(self.last1(u1)))
        return torch.cat([self.soften(out[:, :TONES]), out[:, TONES:]], 1)

    def forward(self, x: torch.Tensor, vector: torch.Tensor) -> Controls:
        """`x` [N, 68, h/2, w/2]: from `pack`; `vector` [N, identity]: from `embed`, of the sitter's crop."""
        controls = controls_of(self.head(x, self.modulation(vector)).float(), x[:, -1:, :1, :1].float(), F.pixel_shuffle(x[:, 24:28], 2).float())
        return local(controls._replace(alpha=controls.alpha * skin(F.pixel_shuffle(x[:, 52:60], 2).float()))) if self.kind == 'face' else controls

    def folded(self, vector: torch.Tensor) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """For one sitter, [1, identity]: weight and bias of each modulated convolution with the modulation inside."""
        out = {}
        for name, (scale, shift) in self.modulation(vector).items():
            conv = getattr(self, name).conv
            out[name] = (conv.weight * (1 + scale[0])[:, None, None, None], conv.bias * (1 + scale[0]) + shift[0])
        return out


def blur_kernel(size: int, deviation: float) -> torch.Tensor:
    """[size, size] Gaussian of sum 1."""
    x = torch.arange(size) - (size - 1) / 2
    line = torch.exp(-0.5 * (x / deviation) ** 2)
    return torch.outer(line, line) / line.sum() ** 2


def controls_of(head: torch.Tensor, present: torch.Tensor, valid: torch.Tensor) -> Controls:
    """
    Raw head [N, 18, h/2, w/2] -> controls. `present` [N, 1, 1, 1]: no driver, no choice. `valid` [N, 1, h, w]: where the source
    shows nothing (a shut mouth pulled open), the warp is a smear that would wipe out teeth; it can't be chosen there.
    """
    masks = torch.sigmoid(F.pixel_shuffle(head[:, 6:], 2))
    alpha = masks[:, 0:1] * feather(*masks.shape[2:], head.device)
    return Controls(torch.tanh(head[:, :3]), torch.exp2(torch.tanh(head[:, 3:6])), alpha, masks[:, 1:2] * valid, masks[:, 2:3] * present)


def skin(distance: torch.Tensor) -> torch.Tensor:
    """A face's distances [N, 2, h, w] -> [N, 1, h, w]: 0 outside of the outline and on mouth and eyes, half on the contours, else 1."""
    return (0.5 + 4 * distance[:, :1]).clamp(0, 1) * (0.5 - 6 * distance[:, 1:]).clamp(0, 1)


def local(controls: Controls) -> Controls:
    """
    Takes from a face's tones what they are around each place on average, weighted by alpha: folds and hollows stay. Light that sweeps over
    a whole face as it turns can't be known from one photo, and what was learnt of rendered lights was wrong under real ones.
    """
    weight = F.avg_pool2d(controls.alpha, 2)
    tones = torch.cat([controls.residual, torch.log2(controls.gain)], 1)
    mean = blurred(tones * weight) / blurred(weight).clamp(min=1e-3)
    residual, gain = (tones - mean).chunk(2, 1)
    return controls._replace(residual=residual, gain=torch.exp2(gain))


def blurred(x: torch.Tensor, deviation: float = NEARBY) -> torch.Tensor:
    """Gaussian with zeros around, [N, C, h, w]."""
    reach = round(3 * deviation)
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype) / deviation) ** 2)
    kernel = (line / line.sum()).expand(x.shape[1], 1, -1)
    x = F.conv2d(x, kernel[:, :, None], padding=(0, reach), groups=x.shape[1])
    return F.conv2d(x, kernel[..., None], padding=(reach, 0), groups=x.shape[1])


def feather(height: int, width: int, device: torch.device) -> torch.Tensor:
    """[height, width] 0 at the border, 1 from FEATHER pixels on: crops end without a seam."""

    def ramp(n: int) -> torch.Tensor:
        i = torch.arange(n, device=device, dtype=torch.float32)
        return (torch.minimum(i, n - 1 - i) / FEATHER).clamp(0, 1)

    return ramp(height)[:, None] * ramp(width)


def redrawn(controls: Controls, draft: torch.Tensor, warp: torch.Tensor, driver: torch.Tensor) -> torch.Tensor:
    """What stands in the draft's place where alpha is 1. `driver` finite everywhere, also where it isn't present."""
    residual, gain, _, p, c = controls
    kept = draft + p * (warp - draft)
    return smooth(gain) * (kept + c * (driver - kept)) + smooth(residual)


def composite(controls: Controls, draft: torch.Tensor, redrawn: torch.Tensor) -> torch.Tensor:
    return draft + controls.alpha * (redrawn - draft)


def network_input(source, warp, valid, draft, driver, distance, opening, present) -> torch.Tensor:
    """[N, 17, h, w]; `opening` and `present` [N]; `driver` 0 where it isn't present."""
    h, w = warp.shape[2:]

    def plane(v: torch.Tensor) -> torch.Tensor:
        return v.view(-1, 1, 1, 1).expand(-1, 1, h, w)

    return torch.cat([source, warp, valid, draft, driver, distance, plane(opening), plane(present)], 1)


def pack(crop: torch.Tensor) -> torch.Tensor:
    """[N, 17, h, w] -> [N, 68, h/2, w/2]."""
    return F.pixel_unshuffle(crop, 2)


def count_macs(refiner: Refiner, height: int, width: int) -> int:
    """Multiply-adds of one crop of `height` x `width`, without the embedder, which runs once a clip."""
    total = 0

    def add(module, _, output):
        nonlocal total
        total += output[0, 0].numel() * module.weight.numel()

    hooks = [m.register_forward_hook(add) for n, m in refiner.named_modules() if isinstance(m, nn.Conv2d) and not n.startswith('embed')]
    with torch.no_grad():
        device = next(refiner.parameters()).device
        refiner.head(torch.zeros(1, PACKED, height // 2, width // 2, device=device), {})
    for hook in hooks:
        hook.remove()
    return total
