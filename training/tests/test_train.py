"""Training, resuming, evaluation, export. Needs PyTorch; no heads pack."""

import argparse
import copy
import dataclasses
import hashlib
import json
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'training'), str(ROOT / 'training' / 'tests')]
import config as config_module  # noqa: E402
import export  # noqa: E402
import model  # noqa: E402
import train  # noqa: E402
from batches import make_batch  # noqa: E402
from groups import CPU, FACE, TINY, WithPairs, write_group  # noqa: E402
from pairs import PairSet  # noqa: E402


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
            parts = train.train_step(run, 'face', make_batch(pairs, 'face', 2, train.generator_for(FACE, run.step, 'face')), FACE, CPU, 0.0)
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


class Rates(unittest.TestCase):
    def test_follow_the_steps_or_the_minutes(self):
        config = config_module.Config(steps=1000, warmup=100, rate_end=0.1)
        self.assertAlmostEqual(train.rate_at(config, 49, 0.049), 0.5)
        self.assertAlmostEqual(train.rate_at(config, 100, 0.1), 1)
        self.assertAlmostEqual(train.rate_at(config, 550, 0.55), 0.55)
        self.assertAlmostEqual(train.rate_at(config, 1000, 1), 0.1)
        timed = config_module.Config(steps=10**6, warmup=100, rate_end=0.1, timed=True)
        self.assertAlmostEqual(train.rate_at(timed, 5000, 0.5), 0.55)
        self.assertAlmostEqual(train.rate_at(timed, 5000, 1.01), 0.1)


class Overrides(unittest.TestCase):
    def parsed(self, *words):
        parser = argparse.ArgumentParser()
        config_module.add_overrides(parser)
        return config_module.with_overrides(config_module.Config(), parser.parse_args(words).set)

    def test_adds_one_set_to_the_other(self):
        config = self.parsed('--set', 'seed=2', 'rate=0.5', '--set', 'kinds=mouth', '--set', 'timed=True')
        self.assertEqual((config.seed, config.rate, config.kinds, config.timed), (2, 0.5, ('mouth',), True))

    def test_says_what_is_no_setting(self):
        for word, message in (('sed=2', "received 'sed'"), ('timed=yes', "Expected True or False for timed but received 'yes'")):
            with self.assertRaisesRegex(SystemExit, message):
                self.parsed('--set', word)


class Bfloat16(unittest.TestCase):
    def test_only_where_the_processor_has_it(self):
        for capabilities, expected in (({'avx2': True, 'avx512_bf16': False, 'amx_bf16': False}, False), ({'avx512_bf16': True}, True)):
            with unittest.mock.patch('torch.cpu.get_capabilities', lambda found=capabilities: found):
                self.assertEqual(train.has_bf16(CPU), expected)
        self.assertTrue(train.has_bf16(torch.device('cuda')))


class Resuming(WithPairs):
    def steps(self, run, count):
        for _ in range(count):
            for kind in TINY.kinds:
                batch = make_batch(self.pairs, kind, TINY.batch, train.generator_for(TINY, run.step, kind))
                train.train_step(run, kind, batch, TINY, CPU, run.step / TINY.steps)
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

    def test_measures_what_there_are_pairs_of(self):
        write_group(self.folder / 'mouths.npz', kinds=('mouth',))
        mouths = PairSet(CPU, 1)
        mouths.add(self.folder / 'mouths.npz')
        both = train.Run(TINY, CPU).average
        self.assertEqual({name.split('_')[0] for name in train.evaluate(both, mouths)}, {'mouth'})
        self.assertEqual({name.split('_')[0] for name in train.evaluate(both, self.pairs)}, {'mouth', 'eye'})

    def test_exports_the_mean_of_several(self):
        run = train.Run(TINY, CPU)
        run.save(self.folder)
        own, _ = export.read_checkpoint(self.folder / 'checkpoint.pt')
        export.write_weights(own, self.folder / 'standard', tier='standard', version='0.0.1', metrics={})
        with torch.no_grad():
            for parameter in run.average.parameters():
                parameter.add_(0.25)
        (self.folder / 'other').mkdir()
        run.save(self.folder / 'other')
        mean, _ = export.read_mean(self.folder / 'other/checkpoint.pt', [self.folder / 'standard'])
        for wanted, received in zip(own.parameters(), mean.parameters()):
            torch.testing.assert_close(received, wanted + 0.125, atol=1e-3, rtol=1e-3)
        wide = train.Run(dataclasses.replace(TINY, mouth_widths=(48, 48, 64)), CPU)
        wide.save(self.folder)
        with self.assertRaisesRegex(SystemExit, 'same widths'):
            export.read_mean(self.folder / 'other/checkpoint.pt', [self.folder / 'checkpoint.pt'])
        with self.assertRaisesRegex(SystemExit, 'widths of another config'):
            export.read_mean(self.folder / 'checkpoint.pt', [self.folder / 'standard'])
        # What is taken from elsewhere has no part in the mean, and may be as wide as it likes.
        refiners, _ = export.read_checkpoint(self.folder / 'checkpoint.pt')
        export.write_weights(refiners, self.folder / 'wide', tier='high', version='0.0.1', metrics={})
        taken, _ = export.read_mean(self.folder / 'other/checkpoint.pt', [self.folder / 'checkpoint.pt'], {'mouth': self.folder / 'wide'})
        torch.testing.assert_close(taken['mouth'].out.conv.weight, refiners['mouth'].out.conv.weight, atol=1e-3, rtol=1e-3)
        self.assertEqual(list(taken), ['mouth', 'eye'])

    def test_starts_from_exported_weights(self):
        run = train.Run(TINY, CPU)
        run.whiten(self.pairs)
        self.steps(run, 2)
        run.groups_seen = 7
        run.save(self.folder)
        refiners, checkpoint = export.read_checkpoint(self.folder / 'checkpoint.pt')
        export.round_to_half(refiners)
        export.write_weights(refiners, self.folder / 'standard', tier='standard', version='0.0.1', metrics={'groups_seen': checkpoint['groups_seen']})
        started = train.Run(TINY, CPU)
        started.start(self.folder / 'standard')
        started.whiten(self.pairs)  # learns in that basis, and computes what it did
        self.assertEqual(started.groups_seen, 7)
        self.assertFalse(torch.equal(started.refiners['mouth'].enter.conv.whitening, torch.eye(model.PACKED)))
        for kind in TINY.kinds:
            batch = make_batch(self.pairs, kind, 2, torch.Generator().manual_seed(1))
            with torch.no_grad():
                wanted, vector = refiners[kind].embed(batch.own), started.average[kind].embed(batch.own)
                torch.testing.assert_close(vector, wanted)
                for one in (started.average, started.refiners):
                    received = one[kind].head(batch.input, one[kind].modulation(vector))
                    torch.testing.assert_close(received, refiners[kind].head(batch.input, refiners[kind].modulation(wanted)), atol=1e-3, rtol=1e-3)
        wide = train.Run(dataclasses.replace(TINY, eye_widths=(4, 8, 16)), CPU)  # its eye begins untrained
        wide.start(self.folder / 'standard')
        self.assertEqual(wide.started, {'mouth'})
        torch.testing.assert_close(wide.average['mouth'].out.conv.weight, refiners['mouth'].out.conv.weight)
        with self.assertRaisesRegex(SystemExit, "of the config's widths"):
            train.Run(FACE, CPU).start(self.folder / 'standard')

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


if __name__ == '__main__':
    unittest.main()
