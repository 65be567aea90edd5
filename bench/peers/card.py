"""The peers, and our networks as a yardstick, in PyTorch on a graphics card. Prints a line of JSON a row, after `@@answer `; bench/gpu starts it.

    python3 bench/peers/card.py --probe                                   # is there a card, and which PyTorch?
    python3 bench/peers/card.py --clip DRIVER.webp --photo PHOTO.jpg      # all rows

A frame of a peer is: decoded and scaled (Pillow), carried to the card, drawn, carried back; nothing is encoded and no face is looked for. Half
precision where PyTorch thinks it safe, as LivePortrait runs. `graph`: the network as one CUDA graph, without the time that Python takes to
launch its kernels.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Callable

import torch
from PIL import Image, ImageSequence

from networks.published import PEERS
from peer import to_bytes, to_tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'training'))
from model import PACKED, Refiner  # noqa: E402

ANSWER = '@@answer '
CROPS = {'mouth': ((32, 48, 64), 64, 96), 'eye': ((16, 32, 48), 48, 64), 'face': ((16, 32, 48), 72, 56)}
"""Widths, height and width of our networks."""
BATCHES = (1, 16)
REPEATS = 40


def median_ms(device: torch.device, work: Callable[[], object], repeats: int) -> float:
    """Of `repeats`, each waited for."""
    times = []
    for i in range(repeats + 3):  # the first three warm up
        since = now(device)
        work()
        times.append((now(device) - since) * 1000)
    return sorted(times[3:])[repeats // 2]


def now(device: torch.device) -> float:
    if device.type == 'cuda':
        torch.cuda.synchronize()
    return time.perf_counter()


def as_graph(work: Callable[[], torch.Tensor]) -> Callable[[], None]:
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def graph_row(device: torch.device, work: Callable[[], torch.Tensor], repeats: int) -> dict:
    """Milliseconds of a network as a graph; a network that can't be one says why."""
    try:
        return {'graphMs': median_ms(device, as_graph(work), repeats)}
    except RuntimeError as error:
        return {'graphError': str(error).splitlines()[0]}


def to_input(picture: Image.Image, side: int, device: torch.device) -> torch.Tensor:
    return to_tensor(picture.convert('RGB').resize((side, side), Image.Resampling.BILINEAR).tobytes(), side, device)


@torch.inference_mode()
def peer_row(name: str, clip: Path, photo: Path, device: torch.device, repeats: int) -> tuple[dict, Callable[[], torch.Tensor]]:
    """What it took, and its network on one frame."""
    began = time.perf_counter()
    held = torch.cuda.memory_allocated() if device.type == 'cuda' else 0
    with device:
        network = PEERS[name]().eval()
    if device.type == 'cuda':
        torch.cuda.reset_peak_memory_stats()

    def half() -> torch.autocast:
        return torch.autocast(device.type, torch.float16, enabled=device.type == 'cuda', cache_enabled=False)

    with half():
        kept = network.source(to_input(Image.open(photo), network.side, device))
        times, first = [], None
        frames = ImageSequence.Iterator(Image.open(clip))
        for _ in range(repeats + 3):
            since = now(device)
            picture = next(frames, None)
            if picture is None:
                break
            frame = to_input(picture, network.side, device)
            drawn = to_bytes(network(frame, kept))
            times.append((now(device) - since) * 1000)
            first = first or time.perf_counter() - began
        assert len(drawn) == network.output_side**2 * 3
        steady = sorted(times[3:] or times)
        row = {'msPerFrame': steady[len(steady) // 2], 'frames': len(times), 'side': network.output_side, 'firstFrameSeconds': first}

    def draw() -> torch.Tensor:
        with torch.inference_mode(), half():
            return network(frame, kept)

    row |= {'networkMs': median_ms(device, draw, repeats)}
    return row | {'onCardMB': (torch.cuda.max_memory_allocated() - held) / 1e6 if device.type == 'cuda' else None}, draw


@torch.inference_mode()
def network_row(kind: str, batch: int, device: torch.device, repeats: int) -> tuple[dict, Callable[[], torch.Tensor]]:
    widths, height, width = CROPS[kind]
    refiner = Refiner(widths, 24, kind).eval()
    refiner.enter.conv.fold()
    precision = torch.float16 if device.type == 'cuda' else torch.float32
    refiner.to(device, precision)
    crops = torch.rand(batch, PACKED, height // 2, width // 2, device=device).to(precision)

    def draw() -> torch.Tensor:
        with torch.inference_mode():
            return refiner.head(crops, {})

    ms = median_ms(device, draw, 5 * repeats)
    return {'rows': height, 'cols': width, 'runs': 5 * repeats, 'msPerRun': ms, 'msPerCrop': ms / batch}, draw


def answer(row: dict) -> None:
    numbers = {name: round(value, 3) if isinstance(value, float) else value for name, value in row.get('result', {}).items()}
    print(ANSWER + json.dumps(row | ({'result': numbers} if numbers else {})), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--probe', action='store_true')
    parser.add_argument('--clip', type=Path)
    parser.add_argument('--photo', type=Path)
    parser.add_argument('--device', default='cuda')
    parser.add_argument('--repeats', type=int, default=REPEATS)
    o = parser.parse_args()
    if o.probe:
        there = torch.cuda.is_available()
        detail = f'PyTorch {torch.__version__}, {torch.cuda.get_device_name()}' if there else f'PyTorch {torch.__version__} sees no CUDA device'
        answer({'supported': there, 'detail': detail})
        return
    torch.manual_seed(1)
    torch.backends.cudnn.benchmark = True
    device = torch.device(o.device)
    work = {f'peer {name}': lambda name=name: peer_row(name, o.clip, o.photo, device, o.repeats) for name in PEERS}
    work |= {f'network {kind} {batch}': lambda kind=kind, batch=batch: network_row(kind, batch, device, o.repeats) for kind in CROPS for batch in BATCHES}
    networks = {}
    for row, measure in work.items():
        began = time.perf_counter()
        try:
            result, networks[row] = measure()
            outcome = {'result': result}
        except Exception as error:  # one row's failure costs one row
            outcome = {'error': {'code': type(error).__name__, 'message': str(error).splitlines()[0] if str(error) else ''}}
        answer({'id': row} | outcome | {'seconds': round(time.perf_counter() - began, 2)})
    if device.type == 'cuda':
        # Last, and FOMM's at the very end: a capture that fails, as FOMM's did on an H100, makes all later ones fail.
        for row in sorted(networks, key=lambda name: name == 'peer fomm'):
            answer({'id': row, 'result': graph_row(device, networks[row], o.repeats)})


if __name__ == '__main__':
    main()
