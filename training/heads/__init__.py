"""Synthetic heads with exact ground truth; see README.md.

    pack = load_pack(assets); head = Head(pack, identity(7)); moves = motion(3, 50)
    frame = render(head, moves.state(0), view(pack, 5, 256))
"""

from .head import Head
from .performance import Motion, State, moments, motion
from .pack import Pack, load_pack
from .people import Identity, identity
from .scene import background, camera, light, sensor

__all__ = ['Head', 'Identity', 'Motion', 'Pack', 'State', 'background', 'camera', 'identity', 'light', 'load_pack', 'moments', 'motion', 'sensor']
