"""Sizes against the published ones, and that every network turns frames into pictures. Needs PyTorch: python3 bench/peers/test_networks.py"""

import sys
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from networks.blocks import expected_places, grid, heatmaps, warp  # noqa: E402
from networks.convnext import ConvNeXt  # noqa: E402
from networks.count import macs, parameters  # noqa: E402
from networks.liveportrait import rotation  # noqa: E402
from networks.published import MILLIONS, PEERS  # noqa: E402
from networks.resnet import ResNet18  # noqa: E402
from networks.tpsmm import spline_flows  # noqa: E402

META = torch.device('meta')  # shapes without numbers: counting costs nothing


def made(name: str):
    with META:
        return PEERS[name]().eval()


def frame_macs(name: str) -> float:
    with META, torch.inference_mode():
        network = made(name)
        frame = torch.zeros(1, 3, network.side, network.side)
        kept = network.source(frame)
        return macs(network, lambda: network(frame, kept)) / 1e9


class Sizes(unittest.TestCase):
    def test_liveportrait_has_the_published_parameters_part_by_part(self):
        network = made('liveportrait')
        for part, millions in MILLIONS['liveportrait'].items():
            ours = parameters(getattr(network, part)) / 1e6
            self.assertLess(abs(ours / millions - 1), 0.02, f'{part}: {ours} M')

    def test_backbones_have_their_papers_parameters_and_multiply_adds(self):
        for build, millions, billions in ((lambda: ConvNeXt(1000), 28.6, 4.47), (ResNet18, 11.69, 1.82)):
            with META:
                network, picture = build().eval(), torch.zeros(1, 3, 224, 224)
                self.assertLess(abs(parameters(network) / 1e6 / millions - 1), 0.02)
                self.assertLess(abs(macs(network, lambda: network(picture)) / 1e9 / billions - 1), 0.02)

    def test_the_others_stay_as_large_as_their_configurations_make_them(self):
        # No table of their authors gives these; they pin our reading of the published configurations (README.md).
        for name, millions, billions in (('fomm', 59.8, 44.6), ('tpsmm', 73.9, 121.9), ('liveportrait', 130.1, 622.6)):
            self.assertLess(abs(parameters(made(name)) / 1e6 / millions - 1), 0.01, name)
            self.assertLess(abs(frame_macs(name) / billions - 1), 0.01, name)


class Pictures(unittest.TestCase):
    def test_frames_come_out_at_their_size_and_finite(self):
        torch.manual_seed(1)
        for name in ('fomm', 'tpsmm'):  # LivePortrait takes a core half a minute: `shapes` below
            network = PEERS[name]().eval()
            with torch.inference_mode():
                photo, frame = torch.rand(2, 1, 3, 256, 256)
                out = network(frame, network.source(photo))
            self.assertEqual(out.shape, (1, 3, 256, 256), name)
            self.assertTrue(torch.isfinite(out).all(), name)
            self.assertGreater(out.std().item(), 0, name)

    def test_liveportrait_doubles_the_side(self):
        with META, torch.inference_mode():
            network, frame = made('liveportrait'), torch.zeros(1, 3, 256, 256)
            self.assertEqual(network(frame, network.source(frame)).shape, (1, 3, 512, 512))


class Between(unittest.TestCase):
    """What is computed between the networks is work, too: it has to be the right work."""

    def test_identity_flow_leaves_a_picture_where_it_is(self):
        x = torch.rand(1, 2, 8, 6)
        places = (grid(8, 6, like=x) * torch.tensor([5 / 6, 7 / 8]))[None]  # pixel centres
        self.assertLess((warp(x, places) - x).abs().max().item(), 1e-5)

    def test_a_peak_is_found_and_drawn_where_it_is(self):
        logits = torch.full((1, 1, 9, 9), -9.0)
        logits[0, 0, 2, 6] = 9
        places, _ = expected_places(logits)
        self.assertLess((places[0, 0] - torch.tensor([0.5, -0.5])).abs().max().item(), 1e-4)
        heat = heatmaps(places, grid(9, 9, like=logits))[0, 0]
        self.assertEqual(divmod(heat.argmax().item(), 9), (2, 6))

    def test_splines_take_driving_points_to_source_points(self):
        torch.manual_seed(2)
        driving, shift = torch.rand(1, 50, 2) * 1.6 - 0.8, torch.tensor([0.1, -0.2])
        flows = spline_flows(driving, driving + shift, driving.view(10, 5, 2)[:1])
        # Regularised, as published: near, not on.
        self.assertLess((flows[0, 0, 0] - (driving[0, :5] + shift)).abs().max().item(), 0.1)

    def test_rotations_rotate(self):
        a = torch.tensor([0.3]), torch.tensor([-0.5]), torch.tensor([0.2])
        self.assertLess((rotation(*a)[0] @ rotation(*a)[0].T - torch.eye(3)).abs().max().item(), 1e-6)
        self.assertLess((rotation(*[torch.zeros(1)] * 3)[0] - torch.eye(3)).abs().max().item(), 1e-6)


if __name__ == '__main__':
    torch.set_num_threads(1)
    unittest.main()
