;; One row of pixels of a warped picture: createPlainSampler() in plain.ts, to the last bit, with SIMD.
;; kernel.ts lays out the memory. Build: npm run kernels. One function, since V8 doesn't inline: a call per pixel costs half of the gain.
(module
  (memory (export "memory") 1)

  ;; Addresses are in bytes. The picture is RGBA; its last column and its last row are there twice.
  (global $source (export "source") (mut i32) (i32.const 0))
  (global $stride (export "stride") (mut i32) (i32.const 0))         ;; bytes from one row of the picture to the next
  (global $maxX (export "maxX") (mut f64) (f64.const 0))
  (global $maxY (export "maxY") (mut f64) (f64.const 0))
  (global $atRest (export "atRest") (mut f64) (f64.const 0))         ;; pixels
  (global $columns (export "columns") (mut i32) (i32.const 0))       ;; of cells
  (global $pixels (export "pixels") (mut i32) (i32.const 0))         ;; a pixel of the row: i32 16 * cell, i32 unused, f64 towards the next cell
  (global $places (export "places") (mut i32) (i32.const 0))         ;; scratch: f64 x, f64 y for each column of cells
  (global $out (export "out") (mut i32) (i32.const 0))               ;; RGBA
  (global $gain (export "gain") (mut i32) (i32.const 0))             ;; i32 red, green, blue, 4096 of each cell; 4096 is a factor of 1
  (global $gainX (export "gainX") (mut f64) (f64.const 0))
  (global $gainY (export "gainY") (mut f64) (f64.const 0))
  (global $gainInverse (export "gainInverse") (mut f64) (f64.const 0))
  (global $gainColumns (export "gainColumns") (mut i32) (i32.const 0))
  (global $gainRows (export "gainRows") (mut i32) (i32.const 0))

  ;; Draws $count pixels of row $y from column $x on. $flowX, $flowY: cells of the row of cells above; $below: 0..1 towards the next one.
  (func (export "row") (param $x i32) (param $y i32) (param $count i32) (param $flowX i32) (param $flowY i32) (param $below f64) (param $gained i32)
    (local $pixel i32) (local $o i32) (local $end i32) (local $at i32) (local $down i32) (local $same i32)
    (local $t v128) (local $a v128) (local $b v128) (local $whole v128)
    (local $place v128) (local $here v128) (local $last v128) (local $rest v128) (local $factor v128) (local $one v128) (local $m v128) (local $gainOrigin v128) (local $gainScale v128) (local $gainEnd v128)

    ;; The flow in this row at the columns of cells, mixed as a + (b - a) t: two cells at a time, the last with a neighbour that nobody reads.
    (local.set $at (global.get $places))
    (local.set $down (i32.shl (global.get $columns) (i32.const 2)))
    (local.set $end (i32.add (local.get $flowX) (local.get $down)))
    (local.set $t (f64x2.splat (local.get $below)))
    (loop $next
      (local.set $a (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $flowX))))
      (local.set $a (f64x2.add (local.get $a) (f64x2.mul (local.get $t) (f64x2.sub
        (f64x2.promote_low_f32x4 (v128.load64_zero (i32.add (local.get $flowX) (local.get $down))))
        (local.get $a)))))
      (local.set $b (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $flowY))))
      (local.set $b (f64x2.add (local.get $b) (f64x2.mul (local.get $t) (f64x2.sub
        (f64x2.promote_low_f32x4 (v128.load64_zero (i32.add (local.get $flowY) (local.get $down))))
        (local.get $b)))))
      (v128.store (local.get $at) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $b)))
      (v128.store offset=16 (local.get $at) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $b)))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (local.set $flowY (i32.add (local.get $flowY) (i32.const 8)))
      (br_if $next (i32.lt_u (local.tee $flowX (i32.add (local.get $flowX) (i32.const 8))) (local.get $end))))

    ;; What stays the same along the row; pairs are x, y.
    (local.set $pixel (global.get $pixels))
    (local.set $o (global.get $out))
    (local.set $end (i32.add (local.get $o) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $same (i32.add (global.get $source) (i32.add (i32.mul (local.get $y) (global.get $stride)) (i32.shl (local.get $x) (i32.const 2)))))
    (local.set $here (f64x2.replace_lane 1 (f64x2.splat (f64.convert_i32_s (local.get $x))) (f64.convert_i32_s (local.get $y))))
    (local.set $last (f64x2.replace_lane 1 (f64x2.splat (global.get $maxX)) (global.get $maxY)))
    (local.set $rest (f64x2.splat (global.get $atRest)))
    (local.set $down (i32.shl (global.get $gainColumns) (i32.const 4)))
    (local.set $gainOrigin (f64x2.replace_lane 1 (f64x2.splat (global.get $gainX)) (global.get $gainY)))
    (local.set $gainScale (f64x2.splat (global.get $gainInverse)))
    (local.set $gainEnd (f64x2.replace_lane 1
      (f64x2.splat (f64.convert_i32_s (i32.sub (global.get $gainColumns) (i32.const 1))))
      (f64.convert_i32_s (i32.sub (global.get $gainRows) (i32.const 1)))))
    (local.set $one (i32x4.splat (i32.const 4096)))
    (local.set $factor (local.get $one))

    (loop $next
      ;; Where the pixel comes from.
      (local.set $at (i32.add (global.get $places) (i32.load (local.get $pixel))))
      (local.set $a (v128.load (local.get $at)))
      (local.set $place (f64x2.add (local.get $a) (f64x2.mul
        (f64x2.sub (v128.load offset=16 (local.get $at)) (local.get $a))
        (v128.load64_splat offset=8 (local.get $pixel)))))

      ;; Factors of its colours; 1 outside the map.
      (if (local.get $gained) (then
        (local.set $factor (local.get $one))
        (local.set $m (f64x2.mul (f64x2.sub (local.get $place) (local.get $gainOrigin)) (local.get $gainScale)))
        (if (i64x2.all_true (v128.and (f64x2.ge (local.get $m) (v128.const f64x2 0 0)) (f64x2.lt (local.get $m) (local.get $gainEnd)))) (then
          (local.set $whole (i32x4.trunc_sat_f64x2_s_zero (local.get $m)))
          ;; To 1/256 cell, cut off.
          (local.set $m (i32x4.trunc_sat_f64x2_s_zero (f64x2.mul
            (f64x2.sub (local.get $m) (f64x2.convert_low_i32x4_s (local.get $whole)))
            (v128.const f64x2 256 256))))
          (local.set $at (i32.add (global.get $gain) (i32.shl
            (i32.add (i32.mul (i32x4.extract_lane 1 (local.get $whole)) (global.get $gainColumns)) (i32x4.extract_lane 0 (local.get $whole)))
            (i32.const 4))))
          ;; Along x in the row above and in the one below, then along y: 256 a + (b - a) w each time, 29 bits in the end.
          (local.set $t (i32x4.splat (i32x4.extract_lane 0 (local.get $m))))
          (local.set $a (v128.load (local.get $at)))
          (local.set $a (i32x4.add (i32x4.shl (local.get $a) (i32.const 8)) (i32x4.mul (i32x4.sub (v128.load offset=16 (local.get $at)) (local.get $a)) (local.get $t))))
          (local.set $at (i32.add (local.get $at) (local.get $down)))
          (local.set $b (v128.load (local.get $at)))
          (local.set $b (i32x4.add (i32x4.shl (local.get $b) (i32.const 8)) (i32x4.mul (i32x4.sub (v128.load offset=16 (local.get $at)) (local.get $b)) (local.get $t))))
          (local.set $factor (i32x4.shr_s (i32x4.add (v128.const i32x4 32768 32768 32768 32768) (i32x4.add
            (i32x4.shl (local.get $a) (i32.const 8))
            (i32x4.mul (i32x4.sub (local.get $b) (local.get $a)) (i32x4.splat (i32x4.extract_lane 1 (local.get $m))))))
            (i32.const 16)))))))

      (if (i32.and
            (i32x4.all_true (i32x4.eq (local.get $factor) (local.get $one)))
            (i64x2.all_true (f64x2.lt (f64x2.abs (f64x2.sub (local.get $place) (local.get $here))) (local.get $rest))))
        (then (i32.store (local.get $o) (i32.load (local.get $same))))
        (else
          ;; To 1/256 pixel, cut off: whole pixels give the address, the rest are weights.
          (local.set $place (i32x4.trunc_sat_f64x2_s_zero (f64x2.mul
            (f64x2.pmin (f64x2.pmax (local.get $place) (v128.const f64x2 0 0)) (local.get $last))
            (v128.const f64x2 256 256))))
          (local.set $at (i32.add (global.get $source) (i32.add
            (i32.mul (i32.shr_u (i32x4.extract_lane 1 (local.get $place)) (i32.const 8)) (global.get $stride))
            (i32.shl (i32.shr_u (i32x4.extract_lane 0 (local.get $place)) (i32.const 8)) (i32.const 2)))))
          (local.set $place (v128.and (local.get $place) (v128.const i32x4 255 255 255 255)))
          ;; Pixels above left, below left, above right, below right, as bytes; then the left and the right ones as u16.
          (local.set $a (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
            (v128.load64_zero (local.get $at))
            (v128.load64_zero (i32.add (local.get $at) (global.get $stride)))))
          (local.set $b (i16x8.extend_high_i8x16_u (local.get $a)))
          (local.set $a (i16x8.extend_low_i8x16_u (local.get $a)))
          ;; Along x: 256 a + (b - a) w lies in 0..65280, so what wraps around in between comes back.
          (local.set $a (i16x8.add
            (i16x8.shl (local.get $a) (i32.const 8))
            (i16x8.mul (i16x8.sub (local.get $b) (local.get $a)) (i16x8.splat (i32x4.extract_lane 0 (local.get $place))))))
          ;; Along y, in 32 bits.
          (local.set $b (i16x8.splat (i32x4.extract_lane 1 (local.get $place))))
          (local.set $a (i32x4.shr_u (i32x4.add (v128.const i32x4 32768 32768 32768 32768) (i32x4.add
            (i32x4.extmul_low_i16x8_u (local.get $a) (i16x8.sub (v128.const i16x8 256 256 256 256 256 256 256 256) (local.get $b)))
            (i32x4.extmul_high_i16x8_u (local.get $a) (local.get $b)))) (i32.const 16)))
          (if (i32.eqz (i32x4.all_true (i32x4.eq (local.get $factor) (local.get $one)))) (then
            (local.set $a (i32x4.shr_s (i32x4.add (v128.const i32x4 2048 2048 2048 2048) (i32x4.mul (local.get $a) (local.get $factor))) (i32.const 12)))))
          (local.set $a (i16x8.narrow_i32x4_s (local.get $a) (local.get $a)))
          (i32.store (local.get $o) (i32.or (i32.const 0xff000000) (i32x4.extract_lane 0 (i8x16.narrow_i16x8_u (local.get $a) (local.get $a)))))))

      (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
      (local.set $same (i32.add (local.get $same) (i32.const 4)))
      (local.set $here (f64x2.add (local.get $here) (v128.const f64x2 1 0)))
      (br_if $next (i32.lt_u (local.tee $o (i32.add (local.get $o) (i32.const 4))) (local.get $end))))))
