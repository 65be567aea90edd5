"""Consistent styles, batches, the protocol of the crops. Needs PyTorch and a build; no heads pack."""

import dataclasses
import sys
import unittest
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'training'), str(ROOT / 'training' / 'tests')]
import augment  # noqa: E402
import data  # noqa: E402
import model  # noqa: E402
import train  # noqa: E402
from batches import make_batch, moved, moves, refine  # noqa: E402
from draft_crops import COMMAND, PLANES, SHAPES, SURFACE, TARGET, DraftCrops, Job  # noqa: E402
from face_state import CANONICAL_SHAPE, EYES  # noqa: E402
from groups import CPU, TINY, WithPairs, write_group  # noqa: E402
from pairs import PairSet  # noqa: E402


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


    def test_groups_are_used_alike_however_late_they_come(self):
        pairs = PairSet(CPU, 3)
        for number in range(3):
            write_group(self.folder / f'group-{number:06d}.npz', seed=number, couples=1)
        random = torch.Generator().manual_seed(0)
        targets = {}

        def take(number: int, steps: int) -> None:
            pairs.add(self.folder / f'group-{number:06d}.npz')
            for drawn, _, _ in list(pairs.every('mouth'))[-4:]:
                targets.update({plane.numpy().tobytes(): number for plane in drawn.planes})
            for _ in range(steps):
                for plane in pairs.couples('mouth', 1, random).planes:
                    seen[targets[plane.numpy().tobytes()]] += 1

        seen = [0, 0, 0]
        take(0, 20)
        take(1, 40)
        take(2, 60)
        self.assertTrue(all(65 <= count <= 95 for count in seen), seen)  # by chance alone: 120, 80, 40

    def test_a_group_too_many_replaces_the_oldest(self):
        pairs = PairSet(CPU, 2)
        for number in range(3):
            write_group(self.folder / f'group-{number:06d}.npz', seed=number)
            pairs.add(self.folder / f'group-{number:06d}.npz')
        self.assertEqual((len(pairs), len(pairs.labels)), (2, 2))
        with np.load(self.folder / 'group-000002.npz') as file:
            np.testing.assert_array_equal(next(pairs.every('mouth'))[0].planes.numpy(), file['mouth'][0])

    def test_moved_couples_keep_what_belongs_together(self):
        place, zoom = moves(64, torch.Generator().manual_seed(3), CPU)
        still = zoom == 1
        self.assertTrue(0.3 < still.float().mean() < 0.7)
        x = torch.rand(128, 2, 24, 36)
        out = moved(x, place)
        torch.testing.assert_close(out[still], x[still])
        self.assertGreater((out - x)[~still].abs().mean(), 0.1)
        # A disc stays one, as much larger as the factor says.
        rows, cols = torch.meshgrid(torch.arange(48.0), torch.arange(72.0), indexing='ij')
        disc = ((rows - 23.5).hypot(cols - 35.5) < 12).float().expand(128, 1, -1, -1)
        torch.testing.assert_close(moved(disc, place).sum((1, 2, 3)) / disc.sum((1, 2, 3)), zoom**2, atol=0.03, rtol=0.02)

    def test_groups_of_another_process_come_as_they_appear(self):
        follower = data.Follower(self.folder / 'shared')
        self.assertIsNone(follower.next(0))
        (self.folder / 'shared').mkdir()
        for number in (7, 900_001):
            write_group(data.group_path(self.folder / 'shared', number))
        self.assertEqual([follower.next(0) for _ in range(3)], [7, 900_001, None])


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


class ProductCrops(unittest.TestCase):
    """Runs the product (`npm run build` first)."""

    def setUp(self):
        self.drafts = DraftCrops()
        self.addCleanup(self.drafts.close)

    @staticmethod
    def job(present: bool = True, lent: bool = False) -> Job:
        """Two frames of a face that stays as it is, in a picture of smooth noise. `lent`: the jaw falls, and a darker photo of that moment is at hand."""
        rs = np.random.RandomState(0)
        points = np.zeros((478, 3), np.float32)
        points[:468] = CANONICAL_SHAPE
        for eye in EYES:
            points[eye['iris']] = points[eye['corners']].mean(0) + np.array([[0, 0, 0], [1, 0, 0], [0, -1, 0], [-1, 0, 0], [0, 1, 0]]) * 0.07
        points = (points * 30 + [80, 76, 0]).astype(np.float32)
        picture = np.kron(rs.randint(60, 200, (20, 20, 3)), np.ones((8, 8, 1))).astype(np.uint8)
        light = np.full((160, 160), 128, np.uint8)
        light[:, 80:] = 150
        both, target = np.stack([picture, picture]), points.copy()
        lenders = 0
        if lent:
            lenders = 1
            target[[14, 87, 178, 88, 95, 317, 402, 318, 324, 17, 84, 181, 91, 314, 405, 321], 1] += 8
        targets = np.stack([target, target])
        return Job(present, picture, light, points, picture, points, targets, both, both, targets, (both // 2)[:lenders], targets[:lenders])

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

    def test_another_photo_lends_what_it_shows_better(self):
        job = self.job(lent=True)
        alone = dataclasses.replace(job, lenders=job.lenders[:0], lender_points=job.lender_points[:0])
        with_photo, without = (self.drafts.make(j).planes['mouth'].astype(int) for j in (job, alone))
        for first in (0, 3):  # source and warp
            self.assertGreater(np.abs(with_photo[:, first : first + 3] - without[:, first : first + 3]).mean(), 2)
        # Lips that open show nothing of a photo with shut ones.
        self.assertLess((with_photo[:, 6] < 128).sum(), (without[:, 6] < 128).sum() / 2)

    def test_a_child_that_ends_is_an_error(self):
        drafts = DraftCrops(command=(*COMMAND[:1], '-e', 'process.exit(3)'))
        self.addCleanup(drafts.close)
        with self.assertRaisesRegex(RuntimeError, 'draft-crops.mjs'):
            drafts.make(self.job())


if __name__ == '__main__':
    unittest.main()
