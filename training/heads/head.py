"""One person assembled: mesh, hair, beard, glasses and garment as one list of corners and triangles, posed and occluded per frame."""

import numpy as np

from . import native
from .accessories import Garment, glasses, hair_cards
from .face import Face, rotation
from .folds import fold_weights
from .lashes import Lashes
from .materials import NUMBER, PART_MATERIAL, PART_SEGMENT, SEGMENT, Look
from .native import f32, i32, ptr
from .pack import FACE, TEETH_UPPER, Pack
from .regions import scalp_mask, smooth
from .shared import shared_maps
from .strands import beard_density, beard_strands, hairline_strands, scalp_strands

PIVOT = np.array([0, -6.0, 0], np.float32)  # the head turns about this point of the neck
SEGMENT_OF_CARD = {'lash': 'lashes', 'brow': 'brows', 'hair': 'hair', 'strand': 'hair', 'beard': 'beard', 'glasses': 'glasses'}
SHADOWLESS = ('lash', 'brow')
AO_DIRECTIONS = native.sphere(12, -0.25)  # per frame, for the front of the face
AO_REST = native.sphere(48, -0.5)  # once per person, for everything


class Head:
    """A person ready to be posed. `triangles` (t, 3) index corners; `material`, `segment` (t,); per corner `uv`, `colour`, `attr`, `rest`."""

    def __init__(self, pack: Pack, who):
        self.pack, self.who = pack, who
        self.shared = shared_maps(pack)
        self.face = Face(pack, who)
        rs = np.random.RandomState(who.seed + 90001)
        cards = {'lash': f'eyelashes{who.lash:02d}', 'brow': f'eyebrow{who.brow:03d}'}
        if pack.has_cards('hair', who.hair):
            cards['hair'] = who.hair
        self.look = Look(pack, who, cards)
        self._cards = [(k, dict(pack.card({'lash': 'lashes', 'brow': 'brows'}[k], n))) for k, n in cards.items() if k != 'hair']
        neutral = self.face.neutral
        if 'hair' in cards:
            self._cards.append(('hair', hair_cards(pack, who.hair, who.hair_side)))
            self._cards.append(('strand', hairline_strands(pack, neutral, who.hair, rs)))
        if who.hair in ('coils', 'crop'):
            self._cards.append(('strand', scalp_strands(pack, neutral, who.hair, rs)))
        if who.beard and who.beard.length > 0:
            self._cards.append(('beard', beard_strands(pack, neutral, who.beard, rs)))
        if who.glasses:
            self._cards.append(('glasses', glasses(pack, neutral, self.face.eyes, who.glasses[0], who.glasses[2])))
        self.garment = Garment(pack, who.neckline)
        self._assemble()
        self._occlude_rest()

    def _assemble(self) -> None:
        pack, who = self.pack, self.who
        m = np.array([NUMBER[PART_MATERIAL[p]] if p in PART_MATERIAL else -1 for p in range(17)])
        s = np.array([SEGMENT[PART_SEGMENT[p]] if p in PART_SEGMENT else 0 for p in range(17)])
        drawn = m[pack.triangle_part] >= 0
        tri, mat, seg = [pack.triangles[drawn]], [m[pack.triangle_part[drawn]]], [s[pack.triangle_part[drawn]]]
        n = len(pack.corner_vertex)
        uv, colour, attr = [self._eye_uv()], [self._mesh_colour()], [np.ones((n, 4), np.float32)]
        attr[0][:, 1] = self._stubble()[pack.corner_vertex]
        attr[0][:, 2] = self.shared.lips[pack.corner_vertex]
        self.slices, roots = {}, []
        for kind, card in self._cards:
            count = len(card['pos'])
            self.slices.setdefault(kind, slice(n, n + count))
            tri.append(i32(card['tri']) + n)
            mat.append(np.full(len(card['tri']), NUMBER[kind]))
            seg.append(np.full(len(card['tri']), SEGMENT[SEGMENT_OF_CARD[kind]]))
            uv.append(card.get('uv', np.zeros((count, 2))))
            colour.append(np.repeat(card.get('shade', np.ones(count))[:, None], 3, 1))
            a = np.zeros((count, 4), np.float32)
            a[:, 0], a[:, 3] = 1, card.get('fade', 1)
            attr.append(a)
            roots.append(card.get('root', np.full(count, -1)))
            n += count
        g = self.garment
        self.slices['cloth'] = slice(n, n + g.count)
        tri.append(g.triangles + n)
        mat.append(np.full(len(g.triangles), NUMBER['cloth']))
        seg.append(np.full(len(g.triangles), SEGMENT['cloth']))
        uv.append(g.uv)
        colour.append(np.tile(f32(who.cloth), (g.count, 1)))
        attr.append(np.tile(f32([1, 0, 0, 1]), (g.count, 1)))
        self.triangles, self.material, self.segment = i32(np.concatenate(tri)), i32(np.concatenate(mat)), np.concatenate(seg).astype(np.uint8)
        self.uv, self.colour, self.attr = f32(np.concatenate(uv)), f32(np.concatenate(colour)), f32(np.concatenate(attr))
        self.two_sided = i32(self.look.two_sided[self.material])
        self.caster = ~np.isin(self.material, [NUMBER[k] for k in SHADOWLESS])
        self.shadow_triangles, self.shadow_material = i32(self.triangles[self.caster]), i32(self.material[self.caster])
        self._roots = np.concatenate(roots)
        self._stack_cards()

    def _stack_cards(self) -> None:
        """One table for all cards: hair and glasses follow the identity only, the rest also the expression."""
        pack, cards = self.pack, self._cards
        first = len(pack.corner_vertex)
        moves = np.concatenate([np.full(len(c['pos']), k in ('brow', 'beard')) for k, c in cards])
        attach = np.concatenate([c['attach'].astype(np.int64) for _, c in cards])
        weight = np.concatenate([c['weight'].astype(np.float32) for _, c in cards])
        pos = np.concatenate([c['pos'] for _, c in cards]).astype(np.float32)
        # Cards of the pack are fitted to the mean face; ours (with roots, and glasses) were built on this person's.
        own = np.concatenate([np.full(len(c['pos']), 'root' in c or k == 'glasses') for k, c in cards])
        shift = self.face.neutral - pack.neutral
        pos += np.where(own[:, None], 0, (shift[attach] * weight[..., None]).sum(1))
        pos[:, 2] += np.concatenate([np.full(len(c['pos']), 0.12 if k in ('lash', 'brow') else 0) for k, c in cards])
        self._card_pos, self._moving = pos, np.flatnonzero(moves)
        lash = self.slices['lash']
        self._lash = slice(lash.start - first, lash.stop - first)
        self._lashes = Lashes(pack, pos[self._lash].copy(), self.face.neutral, self.face.eyes)
        self._attach, self._weight = attach[self._moving], weight[self._moving]
        # Strands borrow the normal of their skin. Other cards are cut along their uv seams: weld equal points for smooth normals.
        self._rooted, self._plain = np.flatnonzero(self._roots >= 0), np.flatnonzero(self._roots < 0)
        kind = np.concatenate([np.full(len(c['pos']), 1000.0 * j) for j, (_, c) in enumerate(cards)])
        _, place, weld = np.unique((pos + kind[:, None])[self._plain].round(3), axis=0, return_index=True, return_inverse=True)
        self._weld_first, self._weld = self._plain[place], weld.ravel()
        compact = np.full(len(pos), -1)
        compact[self._plain] = self._weld
        chosen = np.isin(self.material, [NUMBER[k] for k, c in cards if 'root' not in c])
        self._card_triangles = i32(compact[self.triangles[chosen] - first])

    def _eye_uv(self) -> np.ndarray:
        """Texture coordinates of all mesh corners; eyeballs look up their picture by the angle from the optical axis, iris and pupil at the person's size."""
        pack, who = self.pack, self.who
        uv = pack.corner_uv.copy()
        edge = 24.0 * who.iris_scale
        for centre, ids in zip(pack.eye_centre, pack.eye_vertices):
            q = np.isin(pack.corner_vertex, ids)
            r = pack.neutral[pack.corner_vertex[q]] - centre
            degrees = np.degrees(np.arctan2(np.hypot(r[:, 0], r[:, 1]), r[:, 2]))
            degrees = np.interp(degrees, [0, 6.5 * who.pupil, edge, 60, 180], [0, 6.5, 24.0, 60, 180])
            angle = np.arctan2(r[:, 1], r[:, 0])
            uv[q] = 0.5 + (degrees / 180)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
        return uv

    def _mesh_colour(self) -> np.ndarray:
        """Albedo factors of the mesh corners: moist red lid margins; each tooth its own tone, yellower at the gum, duller and bluer at the thin cutting edge."""
        pack, rs = self.pack, np.random.RandomState(self.who.teeth.seed + 1)
        out = np.ones((len(pack.neutral), 3))
        for piece in pack.teeth:
            y = self.face.neutral[piece, 1]
            upper = pack.part[piece[0]] == TEETH_UPPER
            depth = (y - y.min()) if upper else (y.max() - y)  # from the cutting edge
            gum = np.clip(depth / max(np.ptp(y), 1e-3) * 1.3 - 0.25, 0, 1)[:, None]
            canine = 1 - 0.05 * np.exp(-((abs(self.face.neutral[piece, 0].mean()) - 2.0) ** 2) * 4) * np.array([0.6, 1, 1.8])
            tone = (1 + rs.randn() * 0.035) * np.array([1, 1 - 0.02 * rs.rand(), 1 - 0.07 * rs.rand()]) * canine
            out[piece] = tone * (1 - gum * [0.10, 0.17, 0.27]) * (1 - np.exp(-depth / 0.2)[:, None] * [0.20, 0.15, 0.09])
        for (centre, radius) in self.face.eyes:
            margin = smooth(0.30, 0.10, np.linalg.norm(self.face.neutral - centre, axis=1) - radius) * (pack.part == FACE)
            out *= 1 - margin[:, None] * [0.30, 0.48, 0.50]
        return out[pack.corner_vertex]

    def _stubble(self) -> np.ndarray:
        """Painted hair roots per vertex, 0..1: scalp and beard."""
        who, out = self.who, np.zeros(len(self.pack.neutral), np.float32)
        if who.hair != 'bald':
            style = 'buzz' if who.hair in ('coils', 'crop') else who.hair
            out = scalp_mask(self.pack, style)
        if who.beard:
            out = np.maximum(out, beard_density(self.pack, who.beard.style) * who.beard.shadow)
        return out

    def geometry(self, state) -> tuple:
        """Corners (n, 3) and their normals, posed; and the unposed mesh vertices (26719, 3) with theirs."""
        pack = self.pack
        x = self.face.vertices(state.expression, state.gaze, state.tongue)
        vn = native.normals(x, pack.vertex_triangles)
        cards = self._card_pos.copy()
        cards[self._moving] += ((x - self.face.neutral)[self._attach] * self._weight[..., None]).sum(1)
        cards[self._lash] = self._lashes.place(x)
        card_normals = np.empty_like(cards)
        card_normals[self._plain] = native.normals(np.ascontiguousarray(cards[self._weld_first]), self._card_triangles)[self._weld]
        card_normals[self._rooted] = vn[self._roots[self._rooted]]
        cloth = self.garment.place(x, vn)
        points = np.concatenate([x[pack.corner_vertex], cards, cloth])
        normal = np.concatenate([vn[pack.corner_vertex], card_normals, native.normals(cloth, self.garment.triangles)])
        hair = self.slices.get('hair', slice(0, 0))  # cards hang to the shoulders; strands and glasses turn with the head
        points, normal = f32(points), f32(normal)
        native.LIB.turn(len(points), ptr(points), ptr(normal), ptr(f32(rotation(*state.pose))), ptr(PIVOT), hair.start, hair.stop)
        return points, normal, x, vn

    def pose_points(self, points: np.ndarray, pose) -> np.ndarray:
        """Points (k, 3) of the unposed head, turned with the head as the mesh is."""
        share = smooth(-15, -5, points[:, 1])[:, None]
        return points * (1 - share) + ((points - PIVOT) @ rotation(*pose).T + PIVOT) * share

    def _occlude_rest(self) -> None:
        from .performance import State

        points, normal, x, vn = self.geometry(State.rest(len(self.pack.names)))
        self.rest = points
        if self.who.stripes:
            cloth = self.slices['cloth']
            self.colour[cloth][(np.floor(points[cloth, 1] * 0.9) % 2) == 0] *= 0.55
        everything = i32(np.arange(len(points)))
        ao = native.ambient(points, normal, self.shadow_triangles, everything, AO_REST, 128, [0, 1, 0], 18.0, 0.45)
        self._ao_rest = np.clip(ao, 0.03, 1)
        self._ao_front_rest = self._front(x, vn)

    def _front(self, x, vn) -> np.ndarray:
        """Ambient occlusion of the shared front vertices by the front of the face alone."""
        s = self.shared
        return native.ambient(x, vn, s.front_triangles, s.front_vertices, AO_DIRECTIONS, 144, [0, 1.0, 8], 8.5, 0.13)

    def occlusion(self, x, vn) -> np.ndarray:
        """Ambient occlusion (corners,) of this expression: the resting one, changed by what the front of the face does."""
        pack, s = self.pack, self.shared
        now, ao = self._front(x, vn), self._ao_rest.copy()
        ratio = np.ones(len(pack.neutral), np.float32)
        ratio[s.front_vertices] = np.clip(now / np.maximum(self._ao_front_rest, 0.05), 0.15, 2.5)
        n = len(pack.corner_vertex)
        ao[:n] *= ratio[pack.corner_vertex]
        inner = np.full(len(pack.neutral), np.nan, np.float32)
        inner[s.front_vertices] = now
        # Where the lips meet, the finer map of the front tells better than the whole body's.
        lips = s.lip_corners
        lip = self.attr[lips, 2]
        ao[lips] += lip * (np.minimum(ao[lips], inner[pack.corner_vertex[lips]]) - ao[lips])
        # Light bounces about between teeth and lips, which plain occlusion does not know; it dies away towards the throat.
        mouth = s.mouth_corners
        ao[mouth] = np.nan_to_num(inner[pack.corner_vertex[mouth]], nan=0.0) ** 0.95 * s.throat[pack.corner_vertex[mouth]]
        eyes = s.eye_corners
        ao[eyes] = 0.30 + 0.70 * np.nan_to_num(inner[pack.corner_vertex[eyes]], nan=0.5) ** 0.7
        strands = self._rooted
        root = ao[pack.corner_of_vertex[self._roots[strands]]]
        ao[n + strands] = np.maximum(root, 0.2)
        return np.clip(ao, 0.02, 1)

    def folds(self, expression) -> np.ndarray:
        """Heights (512, 512) of the folds of an expression, model units."""
        weights = fold_weights(self.pack, expression, self.who.wrinkle_gain, self.who.wrinkle_base)
        return native.blend_maps(weights * self.shared.fold_scale, self.shared.folds)
