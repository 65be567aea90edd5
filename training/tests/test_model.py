"""The networks: what they can and can't do by construction, folded identities, whitening, the optimiser. Needs PyTorch; no heads pack."""

import copy
import dataclasses
import sys
import unittest
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'training'), str(ROOT / 'training' / 'tests')]
import model  # noqa: E402
import muon  # noqa: E402
import train  # noqa: E402
from config import Config  # noqa: E402
from draft_crops import SHAPES  # noqa: E402
from groups import CPU  # noqa: E402


class SoftTones(unittest.TestCase):
    def test_a_mouth_cannot_redraw_single_teeth_nor_take_the_drivers(self):
        torch.manual_seed(0)
        spread = {}
        for soft in (True, False):
            refiner = model.Refiner((4, 8, 8), 4, 'mouth' if soft else 'eye')
            torch.nn.init.normal_(refiner.out.conv.weight[: model.TONES], 0, 1)
            controls = refiner(torch.rand(1, model.PACKED, 32, 48), torch.zeros(1, 4))
            gain = torch.log2(controls.gain)
            spread[soft] = (gain[..., 1:] - gain[..., :-1]).abs().mean() / gain.std()
            self.assertEqual(controls.choice.max().item() < 1e-12, soft)
            self.assertFalse(refiner.soften.weight.requires_grad)
        self.assertLess(spread[True], 0.6 * spread[False])


class FaceTones(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.refiner = model.Refiner((4, 8, 8), 4, 'face')
        self.crop = torch.rand(2, model.CHANNELS, 72, 56)
        self.crop[:, 13], self.crop[:, 14] = 1, -1
        self.crop[:, 13, :, :10] = -0.2  # outside of the outline
        self.crop[:, 14, 40:44, 20:40] = 0.1  # a mouth

    def draw(self) -> tuple[torch.Tensor, model.Controls]:
        with torch.no_grad():
            controls = self.refiner(model.pack(self.crop), torch.zeros(2, 4))
            draft = self.crop[:, 7:10]
            return model.composite(controls, draft, model.redrawn(controls, draft, torch.zeros_like(draft), torch.zeros_like(draft))) - draft, controls

    def test_skin_is_shaded_and_nothing_else(self):
        torch.nn.init.normal_(self.refiner.out.conv.weight[: model.TONES], 0, 1)
        change, controls = self.draw()
        self.assertLess(max(controls.choice.max().item(), controls.back.max().item()), 1e-12)
        self.assertEqual(change[..., :10].abs().max(), 0)
        self.assertEqual(change[..., 41:43, 21:39].abs().max(), 0)
        self.assertGreater(change[..., 20:30, 20:40].abs().mean(), 0.05)
        self.assertTrue((controls.alpha[..., 10:30, 20:40] == 1).all())

    def test_alpha_stays_open_whatever_is_learnt(self):
        change, controls = self.draw()
        self.assertLess(change.abs().max(), 0.1)  # Starts at the draft
        optimizer = torch.optim.Adam(self.refiner.parameters(), 0.1)
        for _ in range(3):
            optimizer.zero_grad()
            self.refiner(model.pack(self.crop), torch.zeros(2, 4)).alpha.sum().backward()
            optimizer.step()
        torch.testing.assert_close(self.draw()[1].alpha, controls.alpha)

    def test_what_is_done_to_the_whole_face_is_taken_back(self):
        torch.nn.init.constant_(self.refiner.out.conv.bias[: model.TONES], 0.5)
        torch.nn.init.zeros_(self.refiner.out.conv.weight[: model.TONES])
        change, controls = self.draw()
        self.assertLess(change.abs().max(), 1e-4)
        # A spot stays, and what surrounds it gives way.
        tones = torch.zeros(1, 3, 36, 28)
        tones[..., 18, 14] = 0.5
        spot = model.local(controls._replace(residual=tones, gain=torch.ones_like(tones), alpha=torch.ones(1, 1, 72, 56))).residual
        self.assertGreater(spot[0, 0, 18, 14], 0.45)
        self.assertLess(spot[0, 0, 18, 16], 0)

    def test_contours_are_half_open(self):
        distance = torch.tensor([[0.0, -1], [1, 0], [1, -1], [-1, -1], [1, 1]])[:, :, None, None]
        torch.testing.assert_close(model.skin(distance).flatten(), torch.tensor([0.5, 0.5, 1, 0, 0]))


class Network(unittest.TestCase):
    def test_budget(self):
        refiners = train.make_refiners(Config())
        macs = model.count_macs(refiners['mouth'], *train.SHAPES['mouth']) + 2 * model.count_macs(refiners['eye'], *train.SHAPES['eye'])
        self.assertLess(macs, 0.33e9)  # "about 0.3" is what a frame may cost
        face = train.make_refiners(dataclasses.replace(Config(), kinds=('face',)))['face']
        self.assertLess(model.count_macs(face, *SHAPES['face']), 0.04e9)

    def test_folded_identity_is_the_modulated_one(self):
        torch.manual_seed(0)
        refiner = model.Refiner((4, 8, 8), 4)
        for style in refiner.styles.values():
            torch.nn.init.normal_(style.weight, 0, 0.5)
        x, vector = torch.rand(1, model.PACKED, 24, 32), torch.randn(1, 4)
        with torch.no_grad():
            wanted = refiner.head(x, refiner.modulation(vector))
            folded = copy.deepcopy(refiner)
            for name, (weight, bias) in refiner.folded(vector).items():
                getattr(folded, name).conv.weight.copy_(weight)
                getattr(folded, name).conv.bias.copy_(bias)
            torch.testing.assert_close(folded.head(x, {}), wanted, atol=1e-5, rtol=1e-5)

    def test_whitening_folds_into_plain_weights(self):
        torch.manual_seed(0)
        layer = model.WhitenedConv(6, 4)
        base = torch.randn(1000, 2)
        samples = torch.cat([base, base + 0.05 * torch.randn(1000, 2), 0.3 * torch.randn(1000, 2)], 1) + 0.5
        layer.whiten(samples)
        white = (samples - layer.mean) @ layer.whitening.T
        torch.testing.assert_close(torch.cov(white.T), torch.eye(6), atol=0.4, rtol=0)
        # In the middle: at the border the padding is zero before whitening, as the runtime's is.
        x = torch.rand(1, 6, 8, 8)
        wanted = layer(x)
        moved = torch.einsum('ij,njhw->nihw', layer.whitening, x - layer.mean.view(1, -1, 1, 1))
        inside = torch.nn.functional.conv2d(moved, layer.weight, layer.bias)
        torch.testing.assert_close(wanted[..., 1:-1, 1:-1], inside, atol=1e-4, rtol=1e-4)
        layer.fold()
        torch.testing.assert_close(layer(x), wanted, atol=1e-5, rtol=1e-5)

    def test_muon_steps_are_nearly_orthogonal(self):
        torch.manual_seed(0)
        matrices = [torch.randn(shape) for shape in ((8, 30), (30, 8), (12, 5))]
        together = muon.orthogonal(matrices)
        for matrix, found in zip(matrices, together):
            values = torch.linalg.svdvals(found)
            self.assertTrue(0.5 < values.min() and values.max() < 1.4)
            torch.testing.assert_close(found, muon.orthogonal([matrix])[0], atol=1e-4, rtol=1e-4)  # the others leave no trace

    def test_starts_at_the_draft(self):
        torch.manual_seed(0)
        refiner = model.Refiner(Config().mouth_widths, 24)
        crop = torch.rand(2, model.CHANNELS, 64, 96)
        draft, warp, driver = crop[:, 7:10], crop[:, 3:6], crop[:, 10:13]
        with torch.no_grad():
            controls = refiner(model.pack(crop), refiner.embed(crop[:, :3]))
            image = model.composite(controls, draft, model.redrawn(controls, draft, warp, driver))
        self.assertLess((image - draft).abs().mean(), 0.03)
        self.assertLess((image - draft).abs().mean(), 0.2 * (warp - draft).abs().mean())

    def test_no_alpha_is_the_draft_and_full_alpha_is_what_was_chosen(self):
        draft, warp, driver = torch.rand(3, 1, 3, 8, 8)

        def draw(alpha: float, back: float, choice: float, gain: float = 1.0, residual: float = 0.0) -> torch.Tensor:
            tones = torch.ones(1, 3, 4, 4)
            controls = model.Controls(residual * tones, gain * tones, *(v * torch.ones(1, 1, 8, 8) for v in (alpha, back, choice)))
            return model.composite(controls, draft, model.redrawn(controls, draft, warp, driver))

        torch.testing.assert_close(draw(0, 1, 1, 2, 1), draft)
        torch.testing.assert_close(draw(1, 0, 0), draft)
        torch.testing.assert_close(draw(1, 1, 0), warp)
        torch.testing.assert_close(draw(1, 1, 1), driver)
        torch.testing.assert_close(draw(0.5, 1, 0, 2, 0.25), 0.5 * draft + 0.5 * (2 * warp + 0.25))

    def test_warp_is_out_of_reach_where_it_shows_nothing(self):
        valid = torch.zeros(1, 1, 48, 64)
        valid[..., 20] = 1
        controls = model.controls_of(torch.ones(1, model.HEAD, 24, 32), torch.zeros(1, 1, 1, 1), valid)
        self.assertEqual(controls.choice.abs().sum(), 0)
        torch.testing.assert_close(controls.back[..., 20], torch.sigmoid(torch.ones(1, 1, 48)))
        self.assertEqual(controls.back[..., 21].abs().sum(), 0)

    def test_border_is_the_drafts(self):
        edge = model.feather(48, 64, CPU)
        self.assertEqual(edge[0].abs().sum() + edge[-1].abs().sum() + edge[:, 0].abs().sum() + edge[:, -1].abs().sum(), 0)
        self.assertEqual(edge[24, 32], 1)


if __name__ == '__main__':
    unittest.main()
