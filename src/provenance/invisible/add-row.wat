;; Adds one row of the invisible mark to a row of pixels: addPattern() in add-pattern.ts, to the last bit, with SIMD.
;; kernel.ts lays out the memory. Build: npm run kernels.
(module
  (memory (export "memory") 1)

  ;; $pixels..$end: RGBA, four pixels at a time, so up to three behind the row are changed, too. $pattern: i8 a pixel. $strength: u8 for
  ;; four pixels. $thresholds: i16 a pixel, 64 of them over and over.
  (func (export "addRow") (param $pixels i32) (param $end i32) (param $pattern i32) (param $strength i32) (param $thresholds i32)
    (local $column i32) (local $delta v128)
    (loop $next
      ;; Levels of four pixels as i32, then as bytes of red, green and blue; 0 for alpha (lane -1 doesn't exist).
      (local.set $delta (i8x16.swizzle
        (i32x4.shr_s
          (i32x4.add
            (i32x4.mul
              (i32x4.extend_low_i16x8_s (i16x8.extend_low_i8x16_s (v128.load32_zero (local.get $pattern))))
              (i32x4.splat (i32.load8_u (local.get $strength))))
            (v128.load16x4_s (i32.add (local.get $thresholds) (local.get $column))))
          (i32.const 11))
        (v128.const i8x16 0 0 0 -1 4 4 4 -1 8 8 8 -1 12 12 12 -1)))
      ;; Pixels are unsigned: what is added and what is taken away are apart, each cut at 255 and 0.
      (v128.store (local.get $pixels) (i8x16.sub_sat_u
        (i8x16.add_sat_u (v128.load (local.get $pixels)) (i8x16.max_s (local.get $delta) (v128.const i64x2 0 0)))
        (i8x16.max_s (i8x16.neg (local.get $delta)) (v128.const i64x2 0 0))))
      (local.set $pattern (i32.add (local.get $pattern) (i32.const 4)))
      (local.set $strength (i32.add (local.get $strength) (i32.const 1)))
      (local.set $column (i32.and (i32.add (local.get $column) (i32.const 8)) (i32.const 127)))
      (br_if $next (i32.lt_u (local.tee $pixels (i32.add (local.get $pixels) (i32.const 16))) (local.get $end))))))
