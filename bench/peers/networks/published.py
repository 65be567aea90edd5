"""What is published of the networks' sizes, to check ours against. README.md says where from."""

from __future__ import annotations

from .fomm import Fomm
from .liveportrait import LivePortrait
from .tpsmm import Tpsmm

PEERS = {'liveportrait': LivePortrait, 'fomm': Fomm, 'tpsmm': Tpsmm}

MILLIONS = {
    # KwaiVGI/LivePortrait, assets/docs/speed.md
    'liveportrait': {'appearance': 0.84, 'motion': 28.12, 'warping': 45.53, 'generator': 55.37, 'retargeting': 0.23},
}
"""Millions of parameters a part."""
