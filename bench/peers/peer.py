"""One peer over a clip, end to end: decode, network, encode. Prints one line of JSON; race.mjs starts it.

    python3 bench/peers/peer.py fomm --clip CLIP --photo PHOTO --frames 6 --output OUT.mp4 [--threads 2] [--device cuda]

The published pipelines also find and crop faces in each frame; that is left out, in the peers' favour. The photo's features
are computed once, not with each frame.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import time

import torch

from networks.count import macs, parameters
from networks.published import PEERS


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('peer', choices=PEERS)
    parser.add_argument('--clip', required=True)
    parser.add_argument('--photo', required=True, help='a square picture')
    parser.add_argument('--output', required=True)
    parser.add_argument('--ffmpeg', default='ffmpeg')
    parser.add_argument('--frames', type=int, default=6, help='of which the first one warms up')
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--device', default='cpu', help='cpu: float32; cuda: half precision where PyTorch thinks it safe, as LivePortrait runs')
    parser.add_argument('--spawned', type=float, default=None, help='when this process was asked for, seconds of the epoch')
    return parser.parse_args()


def decoder(ffmpeg: str, path: str, side: int, frames: int) -> subprocess.Popen:
    square = f"crop='min(iw,ih)':'min(iw,ih)',scale={side}:{side}"
    command = [ffmpeg, '-v', 'error', '-i', path, '-vf', square, '-frames:v', str(frames), '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def encoder(ffmpeg: str, path: str, side: int) -> subprocess.Popen:
    raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{side}x{side}', '-r', '25', '-i', '-']
    command = [ffmpeg, '-y', '-v', 'error', *raw, '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', path]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def to_tensor(data: bytes, side: int, device: torch.device) -> torch.Tensor:
    pixels = torch.frombuffer(bytearray(data), dtype=torch.uint8).view(1, side, side, 3)
    return pixels.to(device).permute(0, 3, 1, 2).float() / 255


def to_bytes(picture: torch.Tensor) -> bytes:
    return (picture[0].float().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().cpu().numpy().tobytes()


class Lap:
    """Wall and CPU milliseconds since it was made; a GPU's work included in the first."""

    def __init__(self, device: torch.device):
        self.device = device
        self.since = self.now()

    def now(self) -> tuple[float, float]:
        if self.device.type == 'cuda':
            torch.cuda.synchronize()
        return time.perf_counter(), time.process_time()

    def stop(self) -> tuple[float, float]:
        wall, cpu = self.now()
        return (wall - self.since[0]) * 1000, (cpu - self.since[1]) * 1000


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@torch.inference_mode()
def run(o: argparse.Namespace) -> dict:
    spawned = o.spawned or time.time()
    torch.manual_seed(1)
    torch.set_num_threads(o.threads)
    torch.set_flush_denormal(True)
    device = torch.device(o.device)
    network = PEERS[o.peer]().eval().to(device)
    side = network.side
    still = decoder(o.ffmpeg, o.photo, side, 1)
    photo = to_tensor(still.communicate()[0], side, device)
    frames, network_laps, laps = decoder(o.ffmpeg, o.clip, side, o.frames), [], []
    sink = encoder(o.ffmpeg, o.output, network.output_side)
    startup, startup_cpu = None, 0.0
    with torch.autocast(device.type, torch.float16, enabled=device.type == 'cuda'):
        kept = network.source(photo)
        for _ in range(o.frames):
            lap = Lap(device)
            data = frames.stdout.read(side * side * 3)
            if len(data) < side * side * 3:
                break
            frame = to_tensor(data, side, device)
            inner = Lap(device)
            picture = network(frame, kept)
            network_laps.append(inner.stop())
            sink.stdin.write(to_bytes(picture))
            laps.append(lap.stop())
            if startup is None:
                startup, startup_cpu = time.time() - spawned, time.process_time()
    sink.stdin.close()
    if frames.wait() or sink.wait():
        raise RuntimeError('ffmpeg failed')
    with torch.device('meta'):
        shapes = PEERS[o.peer]().eval()
        blank = torch.zeros(1, 3, side, side)
        held = shapes.source(blank)
        each, once = macs(shapes, lambda: shapes(blank, held)), macs(shapes, lambda: shapes.source(blank))
    steady, inner = laps[1:] or laps, network_laps[1:] or network_laps
    media = children_seconds() / len(laps) * 1000
    return {
        'peer': o.peer, 'device': torch.cuda.get_device_name() if device.type == 'cuda' else 'cpu', 'torch': torch.__version__,
        'frames': len(laps), 'side': network.output_side, 'startupSeconds': startup, 'startupCpuSeconds': startup_cpu,
        'msPerFrame': min(wall for wall, _ in steady), 'medianMsPerFrame': sorted(wall for wall, _ in steady)[len(steady) // 2],
        'cpuMsPerFrame': min(cpu for _, cpu in steady) + media, 'mediaCpuMsPerFrame': media,
        'networkMs': min(wall for wall, _ in inner), 'networkCpuMs': min(cpu for _, cpu in inner),
        'gpuPeakMB': torch.cuda.max_memory_allocated() / 1e6 if device.type == 'cuda' else None,
        'parameters': {name: parameters(part) for name, part in shapes.named_children()}, 'macsPerFrame': each, 'macsOnce': once,
    }  # fmt: skip


if __name__ == '__main__':
    print(json.dumps(run(options())))
