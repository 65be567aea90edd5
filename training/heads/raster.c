// Software renderer kernels: linear blending, vertex normals, z-buffer rasteriser, ambient occlusion, deferred shading, backward flow.
// Everything is single-threaded (run one process per core) and free of dependencies. Arrays are row-major; see native.py for shapes.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int w, h; const uint8_t *px; } Tex;   // RGBA8, gamma 2.2, row 0 = top = v 1
// alpha: 0 opaque, else the factor on texture alpha, dithered. kind: 0 plain, 1 skin, 2 eye, 3 inside of the mouth, 4 cloth, 5 hair
typedef struct { float tint[3], rough, spec, sss, alpha, bump, sat, mottle, freckle; int tex, two_sided, kind; } Mat;
typedef struct { float dir[3], col[3]; int shadow; } Light;
// Per corner: ao 0..1, stubble 0..1, lip 0..1, alpha factor 0..1
enum { AO, STUBBLE, LIP, ALPHA };

static float LIN[256];
static void init(void) { if (LIN[255] == 0) for (int i = 0; i < 256; i++) LIN[i] = powf(i / 255.f, 2.2f); }
static inline float clamp01(float x) { return x < 0 ? 0 : x > 1 ? 1 : x; }
static inline int clampi(int a, int n) { return a < 0 ? 0 : a >= n ? n - 1 : a; }
static inline float dot3(const float *a, const float *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void sample(const Tex *t, float u, float v, float o[4]) {     // bilinear, clamped, to linear light
  float x = u * t->w - .5f, y = (1 - v) * t->h - .5f; int xi = (int)floorf(x), yi = (int)floorf(y); float fx = x - xi, fy = y - yi;
  int x0 = clampi(xi, t->w), x1 = clampi(xi + 1, t->w), y0 = clampi(yi, t->h), y1 = clampi(yi + 1, t->h);
  const uint8_t *a = t->px + 4 * (y0 * t->w + x0), *b = t->px + 4 * (y0 * t->w + x1), *c = t->px + 4 * (y1 * t->w + x0), *d = t->px + 4 * (y1 * t->w + x1);
  float w0 = (1 - fx) * (1 - fy), w1 = fx * (1 - fy), w2 = (1 - fx) * fy, w3 = fx * fy;
  for (int k = 0; k < 3; k++) o[k] = w0 * LIN[a[k]] + w1 * LIN[b[k]] + w2 * LIN[c[k]] + w3 * LIN[d[k]];
  o[3] = (w0 * a[3] + w1 * b[3] + w2 * c[3] + w3 * d[3]) / 255.f;
}

// out[i] = base[i] + step * sum_k w[k] * basis[rows[k]][i], i < n
void blend(int n, const float *base, int nk, const int *rows, const float *w, const int16_t *basis, float step, float *out) {
  memcpy(out, base, sizeof(float) * n);
  for (int k = 0; k < nk; k++) { const int16_t *b = basis + (size_t)rows[k] * n; float s = w[k] * step; for (int i = 0; i < n; i++) out[i] += s * b[i]; }
}

// Adds w[k] x the signed 8-bit fold maps maps[rows[k]] (n texels each, 127 = height 1) to out.
void blend_maps(int n, int nk, const int *rows, const float *w, const int8_t *maps, float *out) {
  memset(out, 0, sizeof(float) * n);
  for (int k = 0; k < nk; k++) { const int8_t *b = maps + (size_t)rows[k] * n; float s = w[k] / 127.f; for (int i = 0; i < n; i++) out[i] += s * b[i]; }
}

void normals(int nv, const float *p, int nt, const int *t, float *n) {   // area-weighted, unit length
  memset(n, 0, sizeof(float) * 3 * nv);
  for (int i = 0; i < nt; i++) {
    const float *a = p + 3 * t[3 * i], *b = p + 3 * t[3 * i + 1], *c = p + 3 * t[3 * i + 2];
    float u[3], v[3]; for (int k = 0; k < 3; k++) u[k] = b[k] - a[k], v[k] = c[k] - a[k];
    float f[3] = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
    for (int j = 0; j < 3; j++) for (int k = 0; k < 3; k++) n[3 * t[3 * i + j] + k] += f[k];
  }
  for (int i = 0; i < nv; i++) { float *q = n + 3 * i, l = 1 / sqrtf(dot3(q, q) + 1e-20f); q[0] *= l; q[1] *= l; q[2] *= l; }
}

static inline float step01(float a, float b, float x) { float t = clamp01((x - a) / (b - a)); return t * t * (3 - 2 * t); }
// Turns points and normals by R (3x3) about the pivot, fading out down the neck (y -5 to -15); corners h0..h1-1 (hair cards) fade out slower.
void turn(int n, float *p, float *nrm, const float *R, const float *pivot, int h0, int h1) {
  for (int i = 0; i < n; i++) {
    float *a = p + 3 * i, *b = nrm + 3 * i, y = a[1], s = i >= h0 && i < h1 ? .35f * step01(-16, -8, y) + .65f * step01(-30, -6, y) : step01(-15, -5, y);
    float d[3] = {a[0] - pivot[0], a[1] - pivot[1], a[2] - pivot[2]}, c[3] = {b[0], b[1], b[2]};
    for (int k = 0; k < 3; k++) { a[k] += s * (dot3(R + 3 * k, d) + pivot[k] - a[k]); b[k] += s * (dot3(R + 3 * k, c) - c[k]); }
  }
}

static const float BAYER[4][4] = {{.03f, .53f, .16f, .66f}, {.78f, .28f, .91f, .41f}, {.22f, .72f, .09f, .59f}, {.97f, .47f, .84f, .34f}};
// scr: per corner x, y (pixels), depth (smaller = nearer), 1/w. zb/id/bary: per pixel depth, triangle (-1 none), perspective-correct b0, b1.
void raster(int nt, const int *tri, const int *tm, const float *scr, const float *uv, const float *attr, const Mat *mats, const Tex *tex, int W, int H, float *zb, int *id, float *bary) {
  init();
  for (int i = 0; i < W * H; i++) { zb[i] = 1e9f; if (id) id[i] = -1; }
  for (int t = 0; t < nt; t++) {
    const int *q = tri + 3 * t; const float *a = scr + 4 * q[0], *b = scr + 4 * q[1], *c = scr + 4 * q[2]; const Mat *m = mats + tm[t];
    float ar = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    if (a[3] <= 0 || b[3] <= 0 || c[3] <= 0 || fabsf(ar) < 1e-9f || (ar > 0 && !m->two_sided)) continue;
    int x0 = (int)ceilf(fminf(a[0], fminf(b[0], c[0])) - .5f), x1 = (int)floorf(fmaxf(a[0], fmaxf(b[0], c[0])) - .5f);
    int y0 = (int)ceilf(fminf(a[1], fminf(b[1], c[1])) - .5f), y1 = (int)floorf(fmaxf(a[1], fmaxf(b[1], c[1])) - .5f);
    if (x0 < 0) x0 = 0; if (y0 < 0) y0 = 0; if (x1 >= W) x1 = W - 1; if (y1 >= H) y1 = H - 1;
    float ia = 1 / ar;
    for (int y = y0; y <= y1; y++) for (int x = x0; x <= x1; x++) {
      float px = x + .5f, py = y + .5f;
      float w0 = ((b[0] - px) * (c[1] - py) - (b[1] - py) * (c[0] - px)) * ia, w1 = ((c[0] - px) * (a[1] - py) - (c[1] - py) * (a[0] - px)) * ia, w2 = 1 - w0 - w1;
      if (w0 < -1e-6f || w1 < -1e-6f || w2 < -1e-6f) continue;
      int i = y * W + x; float z = w0 * a[2] + w1 * b[2] + w2 * c[2]; if (z >= zb[i]) continue;
      float iw = 1 / (w0 * a[3] + w1 * b[3] + w2 * c[3]), B0 = w0 * a[3] * iw, B1 = w1 * b[3] * iw, B2 = 1 - B0 - B1;
      if (m->alpha > 0) {
        float al = m->alpha * (B0 * attr[4 * q[0] + ALPHA] + B1 * attr[4 * q[1] + ALPHA] + B2 * attr[4 * q[2] + ALPHA]), o[4];
        if (m->tex >= 0) { const float *ua = uv + 2 * q[0], *ub = uv + 2 * q[1], *uc = uv + 2 * q[2]; sample(tex + m->tex, B0 * ua[0] + B1 * ub[0] + B2 * uc[0], B0 * ua[1] + B1 * ub[1] + B2 * uc[1], o); al *= o[3]; }
        if (al <= BAYER[(y + (t >> 1)) & 3][(x + t) & 3]) continue;
      }
      zb[i] = z; if (id) { id[i] = t; bary[2 * i] = B0; bary[2 * i + 1] = B1; }
    }
  }
}

// Ambient occlusion (1 = open sky) at the nr points `rec` of p with normals n: parallel depth maps of the triangles from nd directions,
// each R x R over the cube of half-side `half` about `centre`. Triangles seen from behind don't occlude. bias: model units.
void ambient(int nv, const float *p, const float *n, int nt, const int *tri, int nr, const int *rec, int nd, const float *dirs, int R, const float *centre, float half, float bias, float *out) {
  float *scr = malloc(sizeof(float) * 3 * nv), *zb = malloc(sizeof(float) * R * R), *den = calloc(nr, sizeof(float)), k = R / (2 * half);
  memset(out, 0, sizeof(float) * nr);
  for (int d = 0; d < nd; d++) {
    const float *D = dirs + 3 * d; float h = 1 / sqrtf(D[0] * D[0] + D[2] * D[2] + 1e-9f), A[3] = {D[2] * h, 0, -D[0] * h};
    float B[3] = {D[1] * A[2] - D[2] * A[1], D[2] * A[0] - D[0] * A[2], D[0] * A[1] - D[1] * A[0]};
    for (int i = 0; i < nv; i++) { float q[3]; for (int j = 0; j < 3; j++) q[j] = p[3 * i + j] - centre[j]; scr[3 * i] = dot3(q, A) * k + R / 2; scr[3 * i + 1] = R / 2 - dot3(q, B) * k; scr[3 * i + 2] = -dot3(q, D); }
    for (int i = 0; i < R * R; i++) zb[i] = 1e9f;
    for (int t = 0; t < nt; t++) {
      const float *a = scr + 3 * tri[3 * t], *b = scr + 3 * tri[3 * t + 1], *c = scr + 3 * tri[3 * t + 2];
      float ar = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]); if (ar > -1e-9f) continue;
      int x0 = (int)ceilf(fminf(a[0], fminf(b[0], c[0])) - .5f), x1 = (int)floorf(fmaxf(a[0], fmaxf(b[0], c[0])) - .5f);
      int y0 = (int)ceilf(fminf(a[1], fminf(b[1], c[1])) - .5f), y1 = (int)floorf(fmaxf(a[1], fmaxf(b[1], c[1])) - .5f);
      if (x0 < 0) x0 = 0; if (y0 < 0) y0 = 0; if (x1 >= R) x1 = R - 1; if (y1 >= R) y1 = R - 1;
      float ia = 1 / ar;
      for (int y = y0; y <= y1; y++) for (int x = x0; x <= x1; x++) {
        float px = x + .5f, py = y + .5f, w0 = ((b[0] - px) * (c[1] - py) - (b[1] - py) * (c[0] - px)) * ia, w1 = ((c[0] - px) * (a[1] - py) - (c[1] - py) * (a[0] - px)) * ia, w2 = 1 - w0 - w1;
        if (w0 < 0 || w1 < 0 || w2 < 0) continue;
        float z = w0 * a[2] + w1 * b[2] + w2 * c[2]; if (z < zb[y * R + x]) zb[y * R + x] = z;
      }
    }
    for (int i = 0; i < nr; i++) {
      int v = rec[i]; float c = dot3(n + 3 * v, D); if (c <= 0) continue;
      float fx = scr[3 * v] - .5f, fy = scr[3 * v + 1] - .5f, lit = 0; int xi = (int)floorf(fx), yi = (int)floorf(fy); fx -= xi; fy -= yi;
      for (int e = 0; e < 4; e++) {   // bilinear over the four nearest texels
        int X = xi + (e & 1), Y = yi + (e >> 1); float w = ((e & 1) ? fx : 1 - fx) * ((e >> 1) ? fy : 1 - fy);
        if (X < 0 || Y < 0 || X >= R || Y >= R || scr[3 * v + 2] < zb[Y * R + X] + bias) lit += w;
      }
      out[i] += c * lit; den[i] += c;
    }
  }
  for (int i = 0; i < nr; i++) out[i] = den[i] > 1e-3f ? out[i] / den[i] : .5f;
  free(scr); free(zb); free(den);
}

static float hash(uint32_t x) { x ^= x >> 16; x *= 0x7feb352d; x ^= x >> 15; x *= 0x846ca68b; x ^= x >> 16; return (x >> 8) * (1.f / 16777216.f); }
static float noise3(float x, float y, float z) {   // value noise, -0.5..0.5
  int xi = floorf(x), yi = floorf(y), zi = floorf(z); float f[3] = {x - xi, y - yi, z - zi}, r = 0;
  for (int k = 0; k < 3; k++) f[k] = f[k] * f[k] * (3 - 2 * f[k]);
  for (int k = 0; k < 8; k++) { int a = k & 1, b = k >> 1 & 1, c = k >> 2; r += (a ? f[0] : 1 - f[0]) * (b ? f[1] : 1 - f[1]) * (c ? f[2] : 1 - f[2]) * hash((xi + a) * 73856093u ^ (yi + b) * 19349663u ^ (zi + c) * 83492791u); }
  return r - .5f;
}

static float height(const float *m, int S, float u, float v) {   // fold map, bilinear
  float x = u * S - .5f, y = (1 - v) * S - .5f; int xi = (int)floorf(x), yi = (int)floorf(y); float fx = x - xi, fy = y - yi;
  int x0 = clampi(xi, S), x1 = clampi(xi + 1, S), y0 = clampi(yi, S) * S, y1 = clampi(yi + 1, S) * S;
  return (m[y0 + x0] * (1 - fx) + m[y0 + x1] * fx) * (1 - fy) + (m[y1 + x0] * (1 - fx) + m[y1 + x1] * fx) * fy;
}

// Tilts N (posed) by the slope of the fold map over triangle (A, B, C); returns the height, model units.
static float fold(const float *m, int S, const float *pos, const float *uv, int A, int B, int C, float u, float v, float *N) {
  const float e = 1.f / S; float h = height(m, S, u, v), hu = (height(m, S, u + e, v) - height(m, S, u - e, v)) / (2 * e), hv = (height(m, S, u, v + e) - height(m, S, u, v - e)) / (2 * e);
  if (hu == 0 && hv == 0) return h;
  float e1[3], e2[3], f[3]; for (int k = 0; k < 3; k++) { e1[k] = pos[3 * B + k] - pos[3 * A + k]; e2[k] = pos[3 * C + k] - pos[3 * A + k]; }
  f[0] = e1[1] * e2[2] - e1[2] * e2[1]; f[1] = e1[2] * e2[0] - e1[0] * e2[2]; f[2] = e1[0] * e2[1] - e1[1] * e2[0];
  float a2 = dot3(f, f) + 1e-12f, d1 = hu * (uv[2 * B] - uv[2 * A]) + hv * (uv[2 * B + 1] - uv[2 * A + 1]), d2 = hu * (uv[2 * C] - uv[2 * A]) + hv * (uv[2 * C + 1] - uv[2 * A + 1]);
  float g[3] = {d1 * (e2[1] * f[2] - e2[2] * f[1]) + d2 * (f[1] * e1[2] - f[2] * e1[1]), d1 * (e2[2] * f[0] - e2[0] * f[2]) + d2 * (f[2] * e1[0] - f[0] * e1[2]), d1 * (e2[0] * f[1] - e2[1] * f[0]) + d2 * (f[0] * e1[1] - f[1] * e1[0])};
  float s = 1 / a2, l = sqrtf(dot3(g, g)) * s; if (l > 1.2f) s *= 1.2f / l;   // no slope beyond 50 degrees
  for (int k = 0; k < 3; k++) N[k] -= g[k] * s;
  return h;
}

// Per corner: pos (posed), rest (neutral, anchors the noise), nrm, uv, vcol (albedo factor), attr. sh: 3x9 irradiance / pi; sm: SxS shadow map
// of the lights that ask for one, M: 3x4 world -> map. lip: tint r g b, rough, spec. folds: FxF heights or NULL.
// pixel: side of a sample in model units. out: linear r g b, coverage.
void shade(int W, int H, const int *id, const float *bary, const int *tri, const int *tm, const float *pos, const float *rest, const float *nrm, const float *uv, const float *vcol, const float *attr, const Mat *mats, const Tex *tex,
           const float *sh, int nl, const Light *L, const float *cam, const float *sm, int S, const float *M, const float *hairc, const float *lip, const float *folds, int F, float pixel, float *out) {
  init();
  for (int i = 0; i < W * H; i++) {
    int t = id[i]; float *o = out + 4 * i; o[0] = o[1] = o[2] = o[3] = 0; if (t < 0) continue;
    o[3] = 1; const Mat *m = mats + tm[t]; int A = tri[3 * t], B = tri[3 * t + 1], C = tri[3 * t + 2]; float b0 = bary[2 * i], b1 = bary[2 * i + 1], b2 = 1 - b0 - b1;
    float P[3], N[3], V[3], R[3], alb[3], tx[4] = {1, 1, 1, 1}, rough = m->rough, spec = m->spec, sss = m->sss;
#define MIX(a, s, k) (b0 * a[s * A + k] + b1 * a[s * B + k] + b2 * a[s * C + k])
    for (int k = 0; k < 3; k++) { P[k] = MIX(pos, 3, k); N[k] = MIX(nrm, 3, k); R[k] = MIX(rest, 3, k); alb[k] = m->tint[k] * MIX(vcol, 3, k); }
    float occ = MIX(attr, 4, AO), stub = MIX(attr, 4, STUBBLE), lp = MIX(attr, 4, LIP), u = MIX(uv, 2, 0), v = MIX(uv, 2, 1);
    float f = m->kind == 4 ? 9 : m->kind == 3 ? 14 : 38, fine = m->bump * clamp01(2 - pixel * f);   // fades out where samples are too coarse for it
    if (fine > 0) {                                                 // pores, weave, taste buds: gradient of a 3D noise in the rest frame
      float e = .35f, n0, q[3] = {R[0] * f, R[1] * f, R[2] * f}; n0 = noise3(q[0], q[1], q[2]);
      for (int k = 0; k < 3; k++) { float s = q[k]; q[k] += e; N[k] -= fine * 2 * (1 - .6f * lp) * (noise3(q[0], q[1], q[2]) - n0); q[k] = s; }
    }
    if (m->kind == 1 && m->tex == 0 && folds) { float h = fold(folds, F, pos, uv, A, B, C, u, v, N); if (h < 0) occ *= 1 / (1 - 7 * h); }
    float l = 1 / sqrtf(dot3(N, N) + 1e-12f), nv = 0, lv = 0;
    for (int k = 0; k < 3; k++) { N[k] *= l; V[k] = cam[k] - P[k]; lv += V[k] * V[k]; }
    for (int k = 0; k < 3; k++) { V[k] /= sqrtf(lv); nv += N[k] * V[k]; }
    if (nv < 0 && m->two_sided) { nv = -nv; for (int k = 0; k < 3; k++) N[k] = -N[k]; }
    if (nv < .02f) nv = .02f;
    if (m->tex >= 0) { sample(tex + m->tex, u, v, tx); for (int k = 0; k < 3; k++) alb[k] *= tx[k]; }
    if (m->sat != 1) { float g = .3f * alb[0] + .6f * alb[1] + .1f * alb[2]; for (int k = 0; k < 3; k++) alb[k] = g + (alb[k] - g) * m->sat; }
    if (m->kind == 1) {
      float a = m->mottle * (noise3(R[0] * .45f + 7, R[1] * .45f, R[2] * .45f) + .6f * noise3(R[0] * 1.7f, R[1] * 1.7f + 3, R[2] * 1.7f)); alb[0] *= 1 + .5f * a; alb[1] *= 1 + a; alb[2] *= 1 + a;
      if (m->freckle > 0) { float f = clamp01((noise3(R[0] * 4.3f, R[1] * 4.3f, R[2] * 4.3f) + .5f * noise3(R[0] * 9, R[1] * 9, R[2] * 9) - .20f) * 6) * clamp01(.5f + 2 * noise3(R[0] * .6f, R[1] * .6f, 9)) * m->freckle; alb[0] *= 1 - .2f * f; alb[1] *= 1 - .36f * f; alb[2] *= 1 - .45f * f; }
      if (lp > 0) { for (int k = 0; k < 3; k++) alb[k] *= 1 + lp * (lip[k] - 1); rough += lp * (lip[3] - rough); spec += lp * (lip[4] - spec); }
    }
    if (stub > .004f) {                                             // cropped hair, hair roots, shaved beard: painted on the skin
      float n = noise3(R[0] * 16, R[1] * 16, R[2] * 16) + .6f * noise3(R[0] * 37, R[1] * 37, R[2] * 37), w = clamp01(stub * 1.25f + n * .5f * (stub < .95f) - .06f) * .93f;
      for (int k = 0; k < 3; k++) alb[k] += (hairc[k] * (.75f + .7f * n) - alb[k]) * w;
      rough += (.8f - rough) * w; sss *= 1 - w; spec *= 1 - .7f * w;
    }
    float D[3], Sp[3], Rf[3];
    for (int k = 0; k < 3; k++) {
      const float *c = sh + 9 * k; float d = c[0] + c[1] * N[1] + c[2] * N[2] + c[3] * N[0] + c[4] * N[0] * N[1] + c[5] * N[1] * N[2] + c[6] * (3 * N[2] * N[2] - 1) + c[7] * N[0] * N[2] + c[8] * (N[0] * N[0] - N[1] * N[1]);
      D[k] = (d > 0 ? d : 0) * (sss > 0 && k == 0 ? powf(occ, .75f) : occ); Rf[k] = 2 * nv * N[k] - V[k];
    }
    float f0 = spec * .08f, F5 = f0 + (1 - f0) * powf(1 - nv, 5) * (1 - rough * .8f) * (m->kind == 1 ? .35f * occ : 1);
    for (int k = 0; k < 3; k++) { const float *c = sh + 9 * k; float e = c[0] + c[1] * Rf[1] + c[2] * Rf[2] + c[3] * Rf[0]; Sp[k] = F5 * (e > 0 ? e : 0) * occ * .7f; }
    for (int j = 0; j < nl; j++) {
      const Light *q = L + j; float ndl = dot3(N, q->dir), vis = 1;
      if (q->shadow) {                                              // 5x5 percentage-closer filter
        float s[3]; for (int k = 0; k < 3; k++) s[k] = dot3(M + 4 * k, P) + M[4 * k + 3];
        float edge = s[2] - .4f - .1f * (m->kind == 5);
#define LIT(a, b) ({ int X = (int)(s[0] + (a) * 1.6f), Y = (int)(s[1] + (b) * 1.6f); X < 0 || Y < 0 || X >= S || Y >= S || sm[Y * S + X] > edge; })
        int probe = LIT(-2, -2) + LIT(-2, 2) + LIT(2, -2) + LIT(2, 2) + LIT(0, 0);   // inside light or shadow five taps tell
        if (probe == 0 || probe == 5) vis = probe / 5;
        else { vis = 0; for (int a = -2; a <= 2; a++) for (int b = -2; b <= 2; b++) vis += LIT(a, b); vis /= 25; }
      }
      vis *= fminf(1, occ * (q->shadow ? 5 : 1.6f));                // the shadow map is coarse and some lights have none
      if (m->kind == 3) vis *= sqrtf(occ);                          // hardly any direct light deep inside the mouth
      for (int k = 0; k < 3; k++) { float w = sss * (k == 0 ? .30f : k == 1 ? .15f : .09f), d = (ndl + w) / (1 + w); d = d > 0 ? d * d * (3 - 2 * d) * .35f + d * .65f : 0; D[k] += d * q->col[k] * (sss > 0 && k == 0 ? powf(vis, .8f) : vis); }
      if (ndl > 0 && vis > 0) {                                     // GGX
        float h[3], hl = 0, nh = 0, vh = 0; for (int k = 0; k < 3; k++) { h[k] = V[k] + q->dir[k]; hl += h[k] * h[k]; } hl = 1 / sqrtf(hl);
        for (int k = 0; k < 3; k++) { nh += N[k] * h[k] * hl; vh += V[k] * h[k] * hl; }
        float a2 = rough * rough; a2 *= a2; float dd = nh * nh * (a2 - 1) + 1, kk = (rough + 1) * (rough + 1) / 8;
        float sp = a2 / (3.14159f * dd * dd) / ((ndl * (1 - kk) + kk) * (nv * (1 - kk) + kk)) * (f0 + (1 - f0) * powf(1 - vh, 5) * (m->kind == 1 ? .35f : 1)) * .25f * ndl * vis; float most = m->kind == 1 ? .2f + lp : 6; if (sp > most) sp = most;   // no white rims on skin
        for (int k = 0; k < 3; k++) Sp[k] += sp * q->col[k];
      }
    }
    float wet = m->kind == 3 ? clamp01(occ * 1.6f) : 1;              // no glints on back teeth
    for (int k = 0; k < 3; k++) o[k] = alb[k] * D[k] + Sp[k] * wet;
  }
}

// Values v (corners, k) interpolated at n pixels; 0 where no triangle is.
void interpolate(int n, const int *id, const float *bary, const int *tri, int k, const float *v, float *out) {
  for (int i = 0; i < n; i++) {
    if (id[i] < 0) { for (int j = 0; j < k; j++) out[k * i + j] = 0; continue; }
    const int *t = tri + 3 * id[i]; float b0 = bary[2 * i], b1 = bary[2 * i + 1], b2 = 1 - b0 - b1;
    for (int j = 0; j < k; j++) out[k * i + j] = b0 * v[k * t[0] + j] + b1 * v[k * t[1] + j] + b2 * v[k * t[2] + j];
  }
}

// Box-filters SSxSS samples of `in` (linear r g b, coverage) to n x n pixels over the background.
void resolve(int n, int SS, const float *in, const float *bg, float *out) {
  for (int y = 0; y < n; y++) for (int x = 0; x < n; x++) {
    float s[4] = {0, 0, 0, 0}, k = 1.f / (SS * SS); for (int a = 0; a < SS; a++) for (int b = 0; b < SS; b++) { const float *q = in + 4 * ((size_t)(y * SS + a) * n * SS + x * SS + b); for (int j = 0; j < 4; j++) s[j] += q[j] * k; }
    for (int j = 0; j < 3; j++) out[3 * (y * n + x) + j] = s[j] + bg[3 * (y * n + x) + j] * (1 - s[3]);
  }
}

// Where the surface at every pixel of one frame (id, bary at n x n) lies in another: scr are the other frame's corners (raster's layout),
// zb its n x n depth. flow: source x, y in pixels; vis: 1 seen there, 0 hidden, outside or turned away. tol: relative depth tolerance.
void flow(int n, const int *id, const float *bary, const int *tri, const float *scr, const float *zb, const int *sid, const int *two, float tol, float *fl, uint8_t *vis) {
  for (int i = 0; i < n * n; i++) {
    int t = id[i]; if (t < 0) { fl[2 * i] = i % n + .5f; fl[2 * i + 1] = i / n + .5f; vis[i] = sid[i] < 0; continue; }
    const float *a = scr + 4 * tri[3 * t], *b = scr + 4 * tri[3 * t + 1], *c = scr + 4 * tri[3 * t + 2]; float b0 = bary[2 * i], b1 = bary[2 * i + 1], b2 = 1 - b0 - b1;
    float w0 = b0 / a[3], w1 = b1 / b[3], w2 = b2 / c[3], s = 1 / (w0 + w1 + w2); w0 *= s; w1 *= s; w2 *= s;   // perspective-correct to screen-linear
    float x = w0 * a[0] + w1 * b[0] + w2 * c[0], y = w0 * a[1] + w1 * b[1] + w2 * c[1], z = w0 * a[2] + w1 * b[2] + w2 * c[2];
    float ar = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    fl[2 * i] = x; fl[2 * i + 1] = y; vis[i] = 0; if (ar > 0 && !two[t]) continue;
    int X = (int)floorf(x), Y = (int)floorf(y); if (X < 0 || Y < 0 || X >= n || Y >= n) continue;
    for (int dy = -1; dy <= 1 && !vis[i]; dy++) for (int dx = -1; dx <= 1; dx++) {   // a neighbour's depth forgives slanted surfaces
      int q = clampi(Y + dy, n) * n + clampi(X + dx, n); if ((dx == 0 && dy == 0) ? z <= zb[q] * (zb[q] > 0 ? 1 + tol : 1 - tol) : sid[q] == t) { vis[i] = 1; break; }
    }
  }
}
