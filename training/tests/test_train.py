"""The parts around the network: consistent styles, folded identities, resuming, export. Needs PyTorch; no heads pack."""

import copy
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
import crops  # noqa: E402
import export  # noqa: E402
import golden_crops  # noqa: E402
import model  # noqa: E402
import train  # noqa: E402
from batches import make_batch, refine  # noqa: E402
from config import Config  # noqa: E402
from data import PairSet  # noqa: E402

torch.set_num_threads(1)
TINY = Config(mouth_widths=(4, 6, 8, 8), eye_widths=(4, 6, 8, 8), identity=4, batch=2, steps=8, warmup=1, gan_from=0.5)


def write_group(path: Path, seed: int = 0, people: int = 3, couples: int = 2, sources: int = 2) -> None:
    """A group of noise in the shapes of a real one."""
    rs = np.random.RandomState(seed)
    frames = 2 * couples
    iris = rs.rand(people, frames, 3, 2).astype(np.float32)
    iris[:, :, 0] = 0  # the mouth has none

    def noise(*shape):
        return rs.randint(0, 256, shape).astype(np.uint8)

    np.savez(
        path,
        mouth_patch=noise(people, frames, 96, 128, 3), eye_patch=noise(people, frames, 2, 80, 96, 3),
        mouth_distance=noise(people, frames, 64, 96, 2), eye_distance=noise(people, frames, 2, 48, 64, 2),
        iris=iris, opening=rs.rand(people, frames, 3).astype(np.float16), source=np.array([[0, 2]] * people),
        mouth_flow=rs.randn(people, sources, frames, 64, 96, 2).astype(np.float16), eye_flow=rs.randn(people, sources, frames, 2, 48, 64, 2).astype(np.float16),
        mouth_valid=noise(people, sources, frames, 64, 96), eye_valid=noise(people, sources, frames, 2, 48, 64),
    )  # fmt: skip


def make_grid(height: int, width: int) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing='ij')
    return torch.stack([x, y], -1)


class WithPairs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        write_group(self.folder / 'group.npz')
        self.pairs = PairSet(torch.device('cpu'), 2)
        self.pairs.add(self.folder / 'group.npz')


class Batches(WithPairs):
    def test_shapes_and_ranges(self):
        for kind, (h, w) in train.SHAPES.items():
            batch = make_batch(self.pairs, kind, 3, torch.Generator().manual_seed(1), 0.5)
            self.assertEqual(tuple(batch.input.shape), (6, model.CHANNELS, h, w))
            self.assertEqual(tuple(batch.target.shape), (6, 3, h, w))
            self.assertTrue(torch.isfinite(batch.input).all())
            self.assertTrue((batch.target >= 0).all() and (batch.target <= 1).all())

    def test_couples_share_sitter_and_differ_in_time(self):
        raw = self.pairs.couples('mouth', 8, torch.Generator().manual_seed(2))
        torch.testing.assert_close(raw['source'][:8], raw['source'][8:])
        self.assertEqual((raw['moved'] - make_grid(64, 96)).abs().max(), 0)
        moved = self.pairs.couples('eye', 8, torch.Generator().manual_seed(2))['moved']
        self.assertGreater((moved - make_grid(48, 64)).abs().max(), 0)
        self.assertFalse(torch.equal(raw['target'][:8], raw['target'][8:]))
        self.assertFalse(torch.equal(raw['target'], raw['driver']))

    def test_dropped_driver_leaves_no_trace(self):
        batch = make_batch(self.pairs, 'mouth', 3, torch.Generator().manual_seed(1), 1.0)
        self.assertEqual(batch.present.sum(), 0)
        self.assertEqual(batch.input[:, 7:10].abs().sum(), 0)
        refiner = model.Refiner(TINY.mouth_widths, TINY.identity)
        image, _ = refine(refiner, batch)
        batch.driver = torch.rand_like(batch.driver)
        torch.testing.assert_close(refine(refiner, batch)[0], image)

    def test_same_seed_same_batch(self):
        one, two = (make_batch(self.pairs, 'eye', 3, torch.Generator().manual_seed(7), 0.3) for _ in range(2))
        torch.testing.assert_close(one.input, two.input, rtol=0, atol=0)


class Appearance(unittest.TestCase):
    def test_source_and_target_share_a_style(self):
        x = torch.rand(8, 3, 80, 96, generator=torch.Generator().manual_seed(0))
        for seed in range(4):
            source, target = augment.paint(x, x.clone(), torch.Generator().manual_seed(seed))
            torch.testing.assert_close(source, target)

    def test_grading_a_grey_portrait_removes_the_drivers_colour(self):
        random = torch.Generator().manual_seed(0)
        driver = torch.rand(2, 3, 48, 64, generator=random)
        source = torch.rand(2, 1, 48, 64, generator=random).expand(-1, 3, -1, -1)
        everywhere = torch.ones(2, 1, 48, 64)
        graded = model.grade(driver, everywhere, source, everywhere)
        self.assertLess((graded - graded.mean(1, keepdim=True)).abs().max(), 0.01)
        torch.testing.assert_close(graded.clamp(0, 1).mean((1, 2, 3)), source.mean((1, 2, 3)), atol=0.05, rtol=0)

    def test_identical_driver_stays_itself(self):
        x = torch.rand(2, 3, 48, 64, generator=torch.Generator().manual_seed(0)) * 0.5 + 0.3
        everywhere = torch.ones(2, 1, 48, 64)
        self.assertLess((model.grade(x, everywhere, x, everywhere) - x).abs().max(), 0.06)


class Network(unittest.TestCase):
    def test_budget(self):
        refiners = train.make_refiners(Config())
        macs = model.count_macs(refiners['mouth'], *train.SHAPES['mouth']) + 2 * model.count_macs(refiners['eye'], *train.SHAPES['eye'])
        self.assertLess(macs, 0.3e9)

    def test_folded_identity_is_the_modulated_one(self):
        torch.manual_seed(0)
        refiner = model.Refiner((4, 6, 8, 8), 4)
        for style in refiner.styles.values():
            torch.nn.init.normal_(style.weight, 0, 0.5)
        x, vector = torch.rand(1, model.CHANNELS, 48, 64), torch.randn(1, 4)
        with torch.no_grad():
            wanted = refiner(x, vector)
            folded = copy.deepcopy(refiner)
            for name, (weight, bias) in refiner.folded(vector).items():
                getattr(folded, name).conv.weight.copy_(weight)
                getattr(folded, name).conv.bias.copy_(bias)
            got = folded.controls(x, {})
        for a, b in zip(got, wanted):
            torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-5)

    def test_no_alpha_is_the_warp(self):
        warp, other = torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8)
        controls = model.Controls(torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 8), torch.ones(1, 3, 8, 8), torch.ones(1, 3, 8, 8))
        torch.testing.assert_close(model.composite(controls, warp, other, other), warp)

    def test_border_is_the_warps(self):
        edge = model.feather(48, 64, torch.device('cpu'))
        self.assertEqual(edge[0].abs().sum() + edge[-1].abs().sum() + edge[:, 0].abs().sum() + edge[:, -1].abs().sum(), 0)
        self.assertEqual(edge[24, 32], 1)


class Resuming(WithPairs):
    def steps(self, run, count):
        for _ in range(count):
            for kind in train.KINDS:
                batch = make_batch(self.pairs, kind, TINY.batch, train.generator_for(TINY, run.step, kind), TINY.driver_dropped)
                train.train_step(run, kind, batch, TINY, torch.device('cpu'))
            run.update_average()
            run.step += 1

    def test_an_interrupted_run_ends_where_an_unbroken_one_does(self):
        cpu = torch.device('cpu')
        unbroken = train.Run(TINY, cpu)
        self.steps(unbroken, 6)  # past the step from which the critics take part
        first = train.Run(TINY, cpu)
        self.steps(first, 3)
        first.save(self.folder)
        second = train.Run(TINY, cpu)
        second.load(self.folder, cpu)
        self.assertEqual(second.step, 3)
        self.steps(second, 3)
        for name, value in unbroken.average.state_dict().items():
            torch.testing.assert_close(second.average.state_dict()[name], value, msg=name)

    def test_export_is_what_the_manifest_says(self):
        run = train.Run(TINY, torch.device('cpu'))
        self.steps(run, 1)
        run.save(self.folder)
        refiners, checkpoint = export.read_checkpoint(self.folder / 'checkpoint.pt')
        export.round_to_half(refiners)
        manifest = export.write_weights(refiners, self.folder / 'standard', tier='standard', version='0.0.1', metrics={})
        blob = (self.folder / 'standard' / 'weights.bin').read_bytes()
        self.assertEqual(json.loads((self.folder / 'standard' / 'manifest.json').read_text()), manifest)
        self.assertEqual(hashlib.sha256(blob).hexdigest(), manifest['files'][0]['sha256'])
        self.assertEqual(checkpoint['step'], 1)
        entry = next(t for t in manifest['tensors'] if t['name'] == 'mouth.enter.weight')
        self.assertEqual(entry['shape'], [3, 3, model.CHANNELS, 4])
        count = int(np.prod(entry['shape']))
        stored = np.frombuffer(blob, '<f2', count, entry['offset']).reshape(entry['shape']).transpose(3, 2, 0, 1)
        np.testing.assert_array_equal(stored, refiners['mouth'].enter.conv.weight.detach().half().numpy())
        export.write_golden(refiners, self.folder, 'standard')
        index = json.loads((self.folder / 'refiner-standard.json').read_text())
        self.assertEqual(index['eye']['alpha']['shape'], [48, 64, 1])


class Crops(unittest.TestCase):
    def test_still_the_committed_ones(self):
        sys.argv = ['golden_crops.py', '--check']
        golden_crops.main()

    def test_validity(self):
        frame = crops.CropFrame(50, 50, 1, 0, 1.0, 1.0, 64, 48)
        y, x = np.mgrid[:48, :64].astype(float)
        self.assertTrue((crops.validity(np.stack([x, y], -1), frame, 200, 200) == 1).all())
        pulled_open = np.stack([x, np.full_like(y, 20)], -1)
        self.assertTrue((crops.validity(pulled_open, frame, 200, 200) == 0).all())
        mirrored = np.stack([63 - x, y], -1)
        self.assertTrue((crops.validity(mirrored, frame, 200, 200) == 0).all())
        self.assertEqual(crops.validity(np.stack([x, y], -1), frame, 40, 200)[24, 63], 0)

    def test_crop_frame_inverts(self):
        frame = crops.CropFrame(31.5, 40.2, np.cos(0.3), np.sin(0.3), 1.7, -1.0, 64, 48)
        x, y = frame.grid()
        i, j = frame.inside(x, y)
        moved = np.array(frame.inside(*frame.moved(3, -2).grid()))
        np.testing.assert_allclose(moved - np.array([i, j]), np.broadcast_to(np.array([3, -2])[:, None, None], moved.shape), atol=1e-9)
        np.testing.assert_allclose(i, np.broadcast_to(np.arange(64), (48, 64)), atol=1e-9)
        np.testing.assert_allclose(j, np.broadcast_to(np.arange(48)[:, None], (48, 64)), atol=1e-9)


if __name__ == '__main__':
    unittest.main()
