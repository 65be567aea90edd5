"""The parts around the network: consistent styles, folded identities, resuming, export, the crops' protocol. Needs PyTorch; no heads pack."""

import copy
import dataclasses
import hashlib
import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'training'))
import augment  # noqa: E402
import data  # noqa: E402
import export  # noqa: E402
import model  # noqa: E402
import muon  # noqa: E402
import train  # noqa: E402
from batches import make_batch, refine  # noqa: E402
from config import Config  # noqa: E402
from data import PairSet  # noqa: E402
from draft_crops import COMMAND, PLANES, REGIONS, SHAPES, SURFACE, TARGET, DraftCrops, Job  # noqa: E402
from face_state import CANONICAL_SHAPE, EYES  # noqa: E402

torch.set_num_threads(1)
TINY = Config(mouth_widths=(4, 8, 8), eye_widths=(4, 8, 8), identity=4, batch=2, steps=8, warmup=1, gan_from=0.5)
FACE = dataclasses.replace(TINY, kinds=('face',), face_widths=(4, 8, 8))
CPU = torch.device('cpu')


def write_group(path: Path, seed: int = 0, jobs: int = 4, couples: int = 2, kinds: tuple = TINY.kinds) -> None:
    """A group of noise in the shapes of a real one; in every other job the driver is dropped."""
    rs = np.random.RandomState(seed)
    frames = 2 * couples

    def noise(*shape):
        return rs.randint(0, 256, shape).astype(np.uint8)

    crops = {}
    for kind in kinds:
        both = (2,) if kind == 'eye' else ()
        crops |= {kind: noise(jobs, *both, frames, 18, *SHAPES[kind]), f'{kind}_own': noise(jobs, *both, 3, *SHAPES[kind])}
    regions = sum(len(REGIONS[kind]) for kind in kinds)
    np.savez(
        path, **crops,
        opening=rs.rand(jobs, frames, regions).astype(np.float32), person=np.arange(jobs) % 2, driver=np.arange(jobs) % 2, portrait=np.zeros(jobs, int),
        present=np.arange(jobs) % 2 == 0, styled=np.arange(jobs) > 0, labels=np.array([json.dumps({'age': a}) for a in ('young', 'old')]),
    )  # fmt: skip


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

    def test_contours_are_half_open(self):
        distance = torch.tensor([[0.0, -1], [1, 0], [1, -1], [-1, -1], [1, 1]])[:, :, None, None]
        torch.testing.assert_close(model.skin(distance).flatten(), torch.tensor([0.5, 0.5, 1, 0, 0]))


class FaceRun(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_trains_measures_and_exports_the_face_alone(self):
        write_group(self.folder / 'group.npz', kinds=('face',))
        pairs = PairSet(CPU, 1)
        pairs.add(self.folder / 'group.npz')
        run = train.Run(FACE, CPU)
        run.whiten(pairs)
        before = copy.deepcopy(run.refiners['face'].out.conv.weight)
        for _ in range(2):
            parts = train.train_step(run, 'face', make_batch(pairs, 'face', 2, train.generator_for(FACE, run.step, 'face')), FACE, CPU)
            run.update_average()
            run.step += 1
        self.assertTrue(torch.isfinite(parts['face_loss']))
        self.assertFalse(torch.equal(before[: model.TONES], run.refiners['face'].out.conv.weight[: model.TONES]))
        self.assertEqual(set(key.split('_')[0] for key in train.evaluate(run.average, pairs)), {'face'})
        run.save(self.folder)
        refiners, _ = export.read_checkpoint(self.folder / 'checkpoint.pt')
        manifest = export.write_weights(refiners, self.folder / 'high', tier='high', version='0.0.1', metrics={})
        self.assertTrue(all(tensor['name'].startswith('face.') for tensor in manifest['tensors']))
        export.write_golden(refiners, self.folder, 'high')
        self.assertEqual(json.loads((self.folder / 'refiner-high.json').read_text())['face']['head']['shape'], [36, 28, model.HEAD])

    def test_every_region_has_its_own_opening(self):
        write_group(self.folder / 'group.npz', kinds=('mouth', 'eye', 'face'))
        pairs = PairSet(CPU, 1)
        pairs.add(self.folder / 'group.npz')
        with np.load(self.folder / 'group.npz') as file:
            openings = torch.from_numpy(file['opening'])
        for kind, region in (('mouth', 0), ('face', 3)):
            for job, (drawn, _, _) in enumerate(pairs.every(kind)):
                torch.testing.assert_close(drawn.opening, openings[job, :, region])
        eyes = torch.cat([drawn.opening for drawn, _, _ in pairs.every('eye')])
        self.assertTrue(all(any(torch.equal(value, other) for other in openings[..., 1:3].flatten()) for value in eyes))


class WithPairs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        write_group(self.folder / 'group.npz')
        self.pairs = PairSet(CPU, 2)
        self.pairs.add(self.folder / 'group.npz')


class Batches(WithPairs):
    def test_shapes_and_ranges(self):
        for kind, (h, w) in ((kind, train.SHAPES[kind]) for kind in TINY.kinds):
            batch = make_batch(self.pairs, kind, 3, torch.Generator().manual_seed(1))
            self.assertEqual(tuple(batch.input.shape), (6, model.PACKED, h // 2, w // 2))
            self.assertEqual(tuple(batch.target.shape), (6, 3, h, w))
            self.assertTrue(torch.isfinite(batch.input).all())
            self.assertTrue((batch.target >= 0).all() and (batch.target <= 1).all())

    def test_planes_are_where_the_network_expects_them(self):
        batch = make_batch(self.pairs, 'eye', 3, torch.Generator().manual_seed(1))
        crop = torch.nn.functional.pixel_shuffle(batch.input, 2)
        for start, plane in ((0, batch.source), (3, batch.warp), (6, batch.valid), (7, batch.draft), (10, batch.driver), (13, batch.distance)):
            torch.testing.assert_close(crop[:, start : start + plane.shape[1]], plane)
        torch.testing.assert_close(crop[:, 16, 0, 0], batch.present)

    def test_couples_share_sitter_and_differ_in_time(self):
        batch = make_batch(self.pairs, 'mouth', 8, torch.Generator().manual_seed(2))
        torch.testing.assert_close(batch.own[:8], batch.own[8:])
        torch.testing.assert_close(batch.present[:8], batch.present[8:])
        self.assertFalse(torch.equal(batch.target[:8], batch.target[8:]))

    def test_dropped_driver_leaves_no_trace(self):
        batch = make_batch(self.pairs, 'mouth', 8, torch.Generator().manual_seed(1))
        absent = batch.present == 0
        self.assertTrue(0 < absent.sum() < 16)
        self.assertEqual(batch.driver[absent].abs().sum(), 0)
        refiner = model.Refiner(TINY.mouth_widths, TINY.identity)
        image, _, _ = refine(refiner, batch)
        batch.driver = torch.rand_like(batch.driver)
        torch.testing.assert_close(refine(refiner, batch)[0][absent], image[absent])

    def test_same_seed_same_batch(self):
        one, two = (make_batch(self.pairs, 'eye', 3, torch.Generator().manual_seed(7)) for _ in range(2))
        torch.testing.assert_close(one.input, two.input, rtol=0, atol=0)

    def test_every_job_is_measured(self):
        for kind in TINY.kinds:
            seen = list(self.pairs.every(kind, 2))
            self.assertEqual([person for _, _, person in seen], [0, 1, 0, 1])
            self.assertTrue(all(len(drawn.planes) == 2 for drawn, _, _ in seen))


class Appearance(unittest.TestCase):
    def test_all_pictures_share_a_style(self):
        x = torch.rand(1, 3, 80, 96, generator=torch.Generator().manual_seed(0)).repeat(3, 1, 1, 1)
        styles = [augment.paint(x, torch.Generator().manual_seed(seed)) for seed in range(8)]
        for y in styles:
            torch.testing.assert_close(y[1:], y[:1].expand(2, -1, -1, -1))
        self.assertFalse(torch.equal(styles[0], styles[1]))

    def test_target_gets_the_surface_that_the_warp_carried(self):
        planes = np.zeros((2, PLANES, 4, 6), np.uint8)
        planes[:, SURFACE], planes[:, TARGET : TARGET + 3] = 128, 100
        planes[1, SURFACE, 2, 3] = 191
        out = data.answer(planes)
        self.assertTrue((out[0, 15:] == 100).all())
        light, luma = 63 / 127.5, 100 / 255
        self.assertEqual(out[1, 15, 2, 3], round(255 * (luma + light * (0.25 + luma))))
        self.assertEqual((out[1, 15:] != 100).sum(), 3)


class Network(unittest.TestCase):
    def test_budget(self):
        refiners = train.make_refiners(Config())
        macs = model.count_macs(refiners['mouth'], *train.SHAPES['mouth']) + 2 * model.count_macs(refiners['eye'], *train.SHAPES['eye'])
        self.assertLess(macs, 0.25e9)
        face = train.make_refiners(dataclasses.replace(Config(), kinds=('face',)))['face']
        self.assertLess(macs + model.count_macs(face, *SHAPES['face']), 0.3e9)

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
        for shape in ((8, 30), (30, 8)):
            values = torch.linalg.svdvals(muon.orthogonal(torch.randn(shape)))
            self.assertTrue(0.5 < values.min() and values.max() < 1.4)

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


class Resuming(WithPairs):
    def steps(self, run, count):
        for _ in range(count):
            for kind in TINY.kinds:
                batch = make_batch(self.pairs, kind, TINY.batch, train.generator_for(TINY, run.step, kind))
                train.train_step(run, kind, batch, TINY, CPU)
            run.update_average()
            run.step += 1

    def test_an_interrupted_run_ends_where_an_unbroken_one_does(self):
        unbroken = train.Run(TINY, CPU)
        self.steps(unbroken, 6)  # past the step from which the critics take part
        first = train.Run(TINY, CPU)
        self.steps(first, 3)
        first.save(self.folder)
        second = train.Run(TINY, CPU)
        second.load(self.folder, CPU)
        self.assertEqual(second.step, 3)
        self.steps(second, 3)
        for name, value in unbroken.average.state_dict().items():
            torch.testing.assert_close(second.average.state_dict()[name], value, msg=name)

    def test_evaluation_compares_with_warp_and_draft(self):
        run = train.Run(TINY, CPU)
        measured = train.evaluate(run.average, self.pairs)
        for kind in TINY.kinds:
            for name in ('', '_driver', '_nodriver', '_styled'):
                self.assertAlmostEqual(measured[f'{kind}{name}_of_draft'], 1, delta=0.1)
                self.assertGreater(measured[f'{kind}{name}_of_warp'], 0)

    def test_export_is_what_the_manifest_says(self):
        run = train.Run(TINY, CPU)
        run.whiten(self.pairs)
        self.steps(run, 1)
        run.save(self.folder)
        refiners, checkpoint = export.read_checkpoint(self.folder / 'checkpoint.pt')
        export.round_to_half(refiners)
        manifest = export.write_weights(refiners, self.folder / 'standard', tier='standard', version='0.0.1', metrics={})
        blob = (self.folder / 'standard' / 'weights.bin').read_bytes()
        self.assertEqual(json.loads((self.folder / 'standard' / 'manifest.json').read_text()), manifest)
        self.assertEqual(hashlib.sha256(blob).hexdigest(), manifest['files'][0]['sha256'])
        self.assertEqual(checkpoint['step'], 1)
        x, average = torch.rand(1, model.PACKED, 24, 32), run.average['eye']
        with torch.no_grad():  # folded and rounded, it still is the trained network
            torch.testing.assert_close(refiners['eye'].head(x, {}), average.head(x, {}), atol=0.05, rtol=0.05)
        entry = next(t for t in manifest['tensors'] if t['name'] == 'mouth.enter.weight')
        self.assertEqual(entry['shape'], [3, 3, model.PACKED, 4])
        count = int(np.prod(entry['shape']))
        stored = np.frombuffer(blob, '<f2', count, entry['offset']).reshape(entry['shape']).transpose(3, 2, 0, 1)
        np.testing.assert_array_equal(stored, refiners['mouth'].enter.conv.weight.detach().half().numpy())
        export.write_golden(refiners, self.folder, 'standard')
        index = json.loads((self.folder / 'refiner-standard.json').read_text())
        self.assertEqual(index['eye']['alpha']['shape'], [48, 64, 1])
        self.assertEqual(index['eye']['head']['shape'], [24, 32, model.HEAD])


class ProductCrops(unittest.TestCase):
    """Runs the product (`npm run build` first)."""

    def setUp(self):
        self.drafts = DraftCrops()
        self.addCleanup(self.drafts.close)

    @staticmethod
    def job(present: bool = True) -> Job:
        """Two frames of a face that stays as it is, in a picture of smooth noise."""
        rs = np.random.RandomState(0)
        points = np.zeros((478, 3), np.float32)
        points[:468] = CANONICAL_SHAPE
        for eye in EYES:
            points[eye['iris']] = points[eye['corners']].mean(0) + np.array([[0, 0, 0], [1, 0, 0], [0, -1, 0], [-1, 0, 0], [0, 1, 0]]) * 0.07
        points = (points * 30 + [80, 76, 0]).astype(np.float32)
        picture = np.kron(rs.randint(60, 200, (20, 20, 3)), np.ones((8, 8, 1))).astype(np.uint8)
        light = np.full((160, 160), 128, np.uint8)
        light[:, 80:] = 150
        both = np.stack([picture, picture])
        return Job(present, picture, light, points, picture, points, np.stack([points, points]), both, both, np.stack([points, points]))

    def test_a_face_that_stays_is_its_own_target(self):
        crops = self.drafts.make(self.job())
        planes = crops.planes['mouth'].astype(int)
        self.assertLessEqual(np.abs(planes[:, 3:6] - planes[:, TARGET : TARGET + 3]).max(), 2)
        self.assertLessEqual(np.abs(planes[:, 3:6] - crops.own['mouth'].astype(int)).max(), 2)
        self.assertGreater((planes[:, 6] == 255).mean(), 0.95)
        self.assertGreater(planes[0, 13, 32, 48], 128)
        self.assertEqual(set(np.unique(planes[:, SURFACE, :, [8, 88]])), {128, 150})
        self.assertEqual(crops.openings.shape, (2, 3))

    def test_a_whole_face_comes_alone(self):
        drafts = DraftCrops(('face',))
        self.addCleanup(drafts.close)
        crops = drafts.make(self.job())
        self.assertEqual({name: planes.shape for name, planes in crops.planes.items()}, {'face': (2, PLANES, *SHAPES['face'])})
        self.assertEqual((crops.openings.shape, crops.own['face'].shape), ((2, 1), (3, *SHAPES['face'])))
        planes = crops.planes['face'].astype(int)
        self.assertLessEqual(np.abs(planes[:, 3:6] - planes[:, TARGET : TARGET + 3]).max(), 2)
        self.assertEqual(planes[0, 13, 36, 28], 255)  # well inside the outline
        self.assertEqual(planes[0, 13, 0, 0], 0)
        self.assertTrue(0 < (planes[0, 14] > 127).mean() < 0.1)  # eyes and mouth

    def test_the_right_eye_is_mirrored(self):
        planes = self.drafts.make(self.job()).planes
        # The canonical face is symmetric: mirrored, both eyes have the same distances.
        np.testing.assert_allclose(planes['eye_left'][0, 13].astype(int), planes['eye_right'][0, 13], atol=12)

    def test_no_driver_no_pixels(self):
        planes = self.drafts.make(self.job(present=False)).planes
        self.assertTrue(all((p[:, 10:13] == 0).all() for p in planes.values()))
        self.assertTrue(self.drafts.make(self.job()).planes['mouth'][:, 10:13].any())

    def test_a_child_that_ends_is_an_error(self):
        drafts = DraftCrops(command=(*COMMAND[:1], '-e', 'process.exit(3)'))
        self.addCleanup(drafts.close)
        with self.assertRaisesRegex(RuntimeError, 'draft-crops.mjs'):
            drafts.make(self.job())


if __name__ == '__main__':
    unittest.main()
