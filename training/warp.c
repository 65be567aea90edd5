/* The two hot loops of the product's warp, as src/geometry/raster.ts and src/generator/sampler.ts have them: doubles for
   arithmetic, floats for storage, the same order of operations. Compile without -ffast-math and without contraction. */
#include <math.h>
#include <stdint.h>

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

/* Draws n triangles into the flow (fx, fy), a grid of cols x rows cells, nearest first. */
void rasterise(int n, const int32_t *tri, const float *sx, const float *sy, const float *tx, const float *ty, const float *tz, double ox,
               double oy, double step, int cols, int rows, float *fx, float *fy, float *depth) {
  double inv = 1 / step, bx = (0.5 - ox) * inv - 0.5, by = (0.5 - oy) * inv - 0.5;
  for (int i = 0; i < cols * rows; i++) depth[i] = INFINITY;
  for (int t = 0; t < n; t++) {
    int a = tri[3 * t], b = tri[3 * t + 1], c = tri[3 * t + 2];
    double ax = tx[a] * inv + bx, ay = ty[a] * inv + by;
    double ex = tx[b] * inv + bx - ax, ey = ty[b] * inv + by - ay;
    double gx = tx[c] * inv + bx - ax, gy = ty[c] * inv + by - ay;
    double area = ex * gy - ey * gx;
    if (area < 1e-6 && area > -1e-6) continue;
    double x0 = most(0, ceil(ax + least(0, least(ex, gx)) - 1e-3)), x1 = least(cols - 1, floor(ax + most(0, most(ex, gx)) + 1e-3));
    double y0 = most(0, ceil(ay + least(0, least(ey, gy)) - 1e-3)), y1 = least(rows - 1, floor(ay + most(0, most(ey, gy)) + 1e-3));
    if (x0 > x1 || y0 > y1) continue;
    double k = 1 / area, ux = gy * k, uy = -gx * k, vx = -ey * k, vy = ex * k;
    double sax = sx[a], say = sy[a], saz = tz[a];
    double sbx = sx[b] - sax, sby = sy[b] - say, sbz = tz[b] - saz, scx = sx[c] - sax, scy = sy[c] - say, scz = tz[c] - saz;
    for (int y = (int)y0; y <= (int)y1; y++) {
      double dy = y - ay, lo = x0 - ax, hi = x1 - ax;
      double u0 = uy * dy + 1e-4, v0 = vy * dy + 1e-4, w0 = 1 - (uy + vy) * dy + 1e-4, wx = -(ux + vx);
      if (ux > 0) lo = most(lo, -u0 / ux);
      else if (ux < 0) hi = least(hi, -u0 / ux);
      else if (u0 < 0) continue;
      if (vx > 0) lo = most(lo, -v0 / vx);
      else if (vx < 0) hi = least(hi, -v0 / vx);
      else if (v0 < 0) continue;
      if (wx > 0) lo = most(lo, -w0 / wx);
      else if (wx < 0) hi = least(hi, -w0 / wx);
      else if (w0 < 0) continue;
      int from = (int)ceil(lo + ax), to = (int)floor(hi + ax);
      for (int x = from; x <= to; x++) {
        int o = y * cols + x;
        double dx = x - ax, u = ux * dx + uy * dy, v = vx * dx + vy * dy, z = saz + u * sbz + v * scz;
        if (z >= depth[o]) continue;
        depth[o] = (float)z;
        fx[o] = (float)(sax + u * sbx + v * scx);
        fy[o] = (float)(say + u * sby + v * scy);
      }
    }
  }
}

/* Source positions (px, py) of n output pixels (x, y): bilinear in the flow, held at its border. */
void flow_at(int n, const double *x, const double *y, double ox, double oy, double step, int cols, int rows, const float *fx,
             const float *fy, double *px, double *py) {
  double inv = 1 / step;
  for (int k = 0; k < n; k++) {
    double gx = least(cols - 1, most(0, (x[k] - ox + 0.5) * inv - 0.5)), gy = least(rows - 1, most(0, (y[k] - oy + 0.5) * inv - 0.5));
    int i = (int)gx, j = (int)gy;
    if (i > cols - 2) i = cols - 2;
    if (j > rows - 2) j = rows - 2;
    double tx = gx - i, ty = gy - j;
    int c = j * cols + i;
    double a = fx[c], b = fx[c + cols];
    a += (fx[c + 1] - a) * tx;
    b += (fx[c + cols + 1] - b) * tx;
    px[k] = a + (b - a) * ty;
    a = fy[c];
    b = fy[c + cols];
    a += (fy[c + 1] - a) * tx;
    b += (fy[c + cols + 1] - b) * tx;
    py[k] = a + (b - a) * ty;
  }
}

/* sampleFlow: 8-bit weights, RGBA in and out. out starts as a copy of the source. */
void sample_flow(const uint8_t *src, int width, int height, double ox, double oy, double step, int cols, int rows, const float *fx,
                 const float *fy, uint8_t *out) {
  int left = (int)most(0, ox), top = (int)most(0, oy), right = (int)least(width, floor(ox + cols * step)),
      bottom = (int)least(height, floor(oy + rows * step));
  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++) {
      double qx = x, qy = y, sx, sy;
      flow_at(1, &qx, &qy, ox, oy, step, cols, rows, fx, fy, &sx, &sy);
      if (fabs(sx - x) < 1. / 64 && fabs(sy - y) < 1. / 64) {
        for (int k = 0; k < 4; k++) out[(y * width + x) * 4 + k] = src[(y * width + x) * 4 + k];
        continue;
      }
      sx = least(width - 1, most(0, sx));
      sy = least(height - 1, most(0, sy));
      int ix = (int)sx, iy = (int)sy, wx = (int)((sx - ix) * 256), wy = (int)((sy - iy) * 256);
      int p = (iy * width + ix) * 4, q = ix < width - 1 ? p + 4 : p, down = iy < height - 1 ? width * 4 : 0;
      int w11 = wx * wy, w10 = (wx << 8) - w11, w01 = (wy << 8) - w11, w00 = 65536 - (wx << 8) - (wy << 8) + w11;
      for (int k = 0; k < 3; k++)
        out[(y * width + x) * 4 + k] = (src[p + k] * w00 + src[q + k] * w10 + src[p + down + k] * w01 + src[q + down + k] * w11 + 32768) >> 16;
      out[(y * width + x) * 4 + 3] = 255;
    }
}

/* Bilinear samples of an RGB picture at n positions, held at its border; 0..255. */
void sample_rgb(const uint8_t *src, int width, int height, int n, const double *x, const double *y, float *out) {
  for (int k = 0; k < n; k++) {
    double sx = least(width - 1, most(0, x[k])), sy = least(height - 1, most(0, y[k]));
    int ix = (int)sx, iy = (int)sy, right = ix < width - 1 ? 3 : 0, down = iy < height - 1 ? width * 3 : 0;
    double fx = sx - ix, fy = sy - iy;
    const uint8_t *p = src + (iy * width + ix) * 3;
    for (int c = 0; c < 3; c++)
      out[k * 3 + c] = (float)((p[c] * (1 - fx) + p[right + c] * fx) * (1 - fy) + (p[down + c] * (1 - fx) + p[down + right + c] * fx) * fy);
  }
}
