"""Tests of the head renderer. They need the heads pack: HEADS_ASSETS=DIR python3 -m pytest training/tests/test_heads.py"""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest

ASSETS = os.environ.get('HEADS_ASSETS')
TRAINING = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TRAINING)
pytestmark = pytest.mark.skipif(not ASSETS, reason='HEADS_ASSETS is not set to the heads pack')

if ASSETS:
    from heads import Head, State, identity, load_pack, moments, motion
    from heads.expressions import EXPRESSIONS
    from heads.materials import SEGMENT
    from heads.people import Beard
    from heads.points import mesh_points
    from heads.render import backward_flow, render, view
    from heads.shape import measures, neutral_shape

SIZE = 128


@pytest.fixture(scope='module')
def pack():
    return load_pack(ASSETS, half=True)


@pytest.fixture(scope='module')
def head(pack):
    plain = dataclasses.replace(identity(7), hair='bald', beard=None, glasses=None)
    return Head(pack, plain)


def state(pack, weights=None, pose=(0, 0, 0), gaze=(0, 0), tongue=(0, 0, 0)):
    return State(pack.weights(weights or {}), np.array(pose, float), np.array(gaze, float), np.array(tongue, float))


def shot(pack, head, *arguments, size=SIZE, zoom=0.75, **named):
    return render(head, state(pack, *arguments, **named), view(pack, 11, size, zoom))


def area(frame, *names):
    return int(np.isin(frame.truth.segment, [SEGMENT[n] for n in names]).sum())


def test_expression_names_are_those_of_the_pack(pack):
    assert EXPRESSIONS == pack.names


def test_same_seeds_give_the_same_picture_and_others_do_not(pack, head):
    again = Head(pack, head.who)
    scene, moves = view(pack, 5, 64), motion(3, 4)
    first, second = (render(h, moves.state(2), scene, truth=False).rgb for h in (head, again))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, render(head, moves.state(3), scene, truth=False).rgb)


def test_motion_does_not_depend_on_the_person():
    assert identity(4) == identity(4) and identity(4) != identity(5)
    a, b = motion(9, 40), motion(9, 40)
    for name in ('expression', 'pose', 'gaze', 'tongue'):
        assert np.array_equal(getattr(a, name), getattr(b, name))


def test_a_quarter_of_the_frames_are_strong_expressions():
    assert np.mean([motion(s, 120).strong.mean() for s in range(24)]) > 0.25
    for seed in range(5):
        assert moments(seed, 24).strong.mean() >= 0.25
        assert len(moments(seed, 24)) == 24


def test_flow_finds_the_same_surface_point(pack, head):
    source = shot(pack, head, {'mouthSmile': 0.2}).truth
    target = shot(pack, head, {'jawOpen': 0.5, 'browInnerUp': 0.8}, pose=(0.25, 0.05, 0.05)).truth
    flow, visible = backward_flow(head, target, source)
    at = np.clip(flow.astype(int), 0, SIZE - 1)
    found = source.uv[at[..., 1], at[..., 0]]
    same = (visible == 1) & (target.segment == SEGMENT['face']) & (found[..., 2] == 0)
    assert same.sum() > 0.5 * (target.segment == SEGMENT['face']).sum()
    # The nearest pixel's centre is up to 0.7 pixels off; a pixel is about 0.006 wide in the face's texture here.
    error = np.hypot(*(found - target.uv)[..., :2].transpose(2, 0, 1))[same]
    assert np.percentile(error, 95) < 0.012
    assert np.hypot(*(flow - np.stack(np.meshgrid(np.arange(SIZE), np.arange(SIZE)), -1) - 0.5).transpose(2, 0, 1))[same].mean() > 2


def test_flow_of_a_frame_to_itself_stays_and_opened_mouth_was_hidden(pack, head):
    shut = shot(pack, head).truth
    flow, visible = backward_flow(head, shut, shut)
    grid = np.stack(np.meshgrid(np.arange(SIZE), np.arange(SIZE)), -1) + 0.5
    assert np.abs(flow - grid).max() < 0.02 and visible.mean() > 0.995
    wide = shot(pack, head, {'jawOpen': 0.9, 'mouthLowerDown': 0.4}).truth
    mouth = np.isin(wide.segment, [SEGMENT[n] for n in ('mouth_socket', 'gums', 'tongue', 'teeth')])
    assert mouth.sum() > 100
    assert backward_flow(head, wide, shut)[1][mouth].mean() < 0.1


def test_landmarks_lie_on_the_surface_that_the_flow_follows(pack, head):
    one = shot(pack, head, {'jawOpen': 0.4}).truth
    two = shot(pack, head, {'mouthSmile': 0.7}, pose=(0.15, 0, 0)).truth
    flow, visible = backward_flow(head, two, one)
    for nose_or_brow in (30, 33, 19, 24):
        x, y = two.landmarks68[nose_or_brow]
        assert visible[int(y), int(x)]
        shift = flow[int(y), int(x)] - [int(x) + 0.5, int(y) + 0.5]
        assert np.abs(two.landmarks68[nose_or_brow] + shift - one.landmarks68[nose_or_brow]).max() < 0.6


def test_a_blink_shuts_every_eye(pack):
    for seed in (1, 2, 3, 9):
        person = Head(pack, dataclasses.replace(identity(seed), hair='bald', glasses=None))
        opened, shut = (shot(pack, person, {'eyeBlink': v}, size=192, zoom=0.6) for v in (0, 1))
        assert area(opened, 'iris', 'sclera') > 60
        assert area(shut, 'iris', 'sclera') < 0.06 * area(opened, 'iris', 'sclera')


def test_grins_show_teeth_and_the_tongue_comes_out(pack, head):
    grin = {'mouthSmile': 0.9, 'mouthUpperUp': 0.6, 'mouthLowerDown': 0.5}
    assert area(shot(pack, head), 'teeth') < 5 < 60 < area(shot(pack, head, grin), 'teeth')
    opened = {'jawOpen': 0.5, 'mouthLowerDown': 0.4}
    assert area(shot(pack, head, opened, tongue=(0, 1, 0)), 'tongue') > 1.2 * area(shot(pack, head, opened), 'tongue')


def test_iris_points_follow_the_gaze(pack, head):
    ahead, right = (shot(pack, head, gaze=(g, 0)).truth for g in (0, 0.35))
    for centre in (468, 473):
        i = centre
        assert right.points[i, 0] - ahead.points[i, 0] > 1.0
        rim = ahead.points[i + 1 : i + 5] - ahead.points[i]
        assert rim[0, 0] > 0 > rim[2, 0] and rim[1, 1] < 0 < rim[3, 1]
        x, y = ahead.points[i]
        assert ahead.segment[int(y), int(x)] == SEGMENT['iris']


def test_lids_and_lips_points_are_ordered(pack, head):
    at = shot(pack, head, {'jawOpen': 0.5}).truth.points
    assert at.shape == (478, 2) and mesh_points(pack).exact.sum() == 40 + 32 + 10
    assert at[0][1] < at[13][1] < at[14][1] < at[17][1] < at[152][1]
    for upper, lower in ((159, 145), (386, 374)):
        assert at[upper][1] < at[lower][1]
    assert at[61][0] < at[78][0] < at[308][0] < at[291][0]
    assert at[10][1] < at[105][1] < at[33][1] and at[234][0] < at[33][0] < at[263][0] < at[454][0]


def test_folds_darken_the_forehead_only_when_brows_rise(pack, head):
    assert np.abs(head.folds(pack.weights({'browInnerUp': 1, 'browOuterUp': 1}))).max() > 2 * np.abs(head.folds(pack.weights({}))).max()


def test_masculine_people_have_heavier_jaws(pack):
    who = identity(12)
    woman, man = (measures(pack, neutral_shape(pack, dataclasses.replace(who, sex=s))) for s in (-1.0, 1.0))
    assert man['jaw_width'] > woman['jaw_width'] and man['neck_width'] > woman['neck_width'] and man['brow_ridge'] > woman['brow_ridge']


def test_beards_glasses_and_hair_are_drawn(pack):
    who = dataclasses.replace(identity(7), hair='coils', beard=Beard('full', 0.5, 0.8, (0.02, 0.01, 0.01)), glasses=('round', (0.01, 0.01, 0.01), 0.15))
    frame = shot(pack, Head(pack, who))
    assert area(frame, 'beard') > 150 and area(frame, 'glasses') > 60 and area(frame, 'hair') > 200


def test_normals_and_depth_are_geometry(pack, head):
    truth = shot(pack, head).truth
    hit = truth.segment > 0
    assert np.allclose(np.linalg.norm(truth.normal[hit], axis=-1), 1, atol=1e-3)
    assert np.isfinite(truth.depth[hit]).all() and np.isinf(truth.depth[~hit]).all()
    nose, ear = truth.landmarks68[30].astype(int), truth.landmarks68[1].astype(int)
    assert truth.depth[nose[1], nose[0]] + 4 < truth.depth[ear[1], ear[0]]


def test_command_writes_everything_and_the_prepared_pack_needs_no_pillow(tmp_path):
    run = lambda *a: subprocess.run([sys.executable, *a], cwd=TRAINING, check=True, capture_output=True, text=True)
    run('-m', 'heads.prepare', '--assets', ASSETS, '--out', str(tmp_path / 'heads.npz'))
    run('-m', 'heads.render', '--assets', str(tmp_path / 'heads.npz'), '--seed', '7', '--frames', '2', '--size', '64', '--out', str(tmp_path / 'out'))
    assert sorted(os.listdir(tmp_path / 'out')) == ['frame_0000.png', 'frame_0001.png', 'gt.npz', 'identity.json', 'seg_0000.png', 'seg_0001.png', 'truth_0000.npz', 'truth_0001.npz']
    with np.load(tmp_path / 'out' / 'gt.npz') as gt:
        assert gt['expression'].shape == (2, 57) and gt['landmarks68'].shape == (2, 68, 2) and gt['points'].shape == (2, 478, 2)
    code = "import sys; sys.modules['PIL'] = None\nfrom heads import *\nfrom heads.render import render, view\np = load_pack(sys.argv[1]); render(Head(p, identity(1)), motion(1, 1).state(0), view(p, 1, 64))"
    run('-c', code, str(tmp_path / 'heads.npz'))
