;; The arithmetic of a dense network four numbers at a time (128-bit SIMD): dense layers, SiLU, and sums of softplus.
;; Everything lies in one memory that the caller lays out; addresses are in bytes, counts in numbers, and inputs, outputs, counts
;; and batches are multiples of four. No loops over layers, no allocation: see kernel.mjs.
(module
  (import "host" "memory" (memory 1))

  ;; exp of each lane, within 2e-7 of its value; the reduction and the polynomial are those of Cephes (expf)
  (func $exp (param $x v128) (result v128)
    (local $n v128) (local $r v128)
    (local.set $x (f32x4.min (f32x4.max (local.get $x) (v128.const f32x4 -87 -87 -87 -87)) (v128.const f32x4 87 87 87 87)))
    (local.set $n (f32x4.nearest (f32x4.mul (local.get $x) (v128.const f32x4 1.44269504 1.44269504 1.44269504 1.44269504))))
    (local.set $r (f32x4.sub (local.get $x) (f32x4.mul (local.get $n) (v128.const f32x4 0.693359375 0.693359375 0.693359375 0.693359375))))
    (local.set $r (f32x4.add (local.get $r) (f32x4.mul (local.get $n) (v128.const f32x4 2.12194440e-4 2.12194440e-4 2.12194440e-4 2.12194440e-4))))
    (local.set $x (v128.const f32x4 1.9875691500e-4 1.9875691500e-4 1.9875691500e-4 1.9875691500e-4))
    (local.set $x (f32x4.add (f32x4.mul (local.get $x) (local.get $r)) (v128.const f32x4 1.3981999507e-3 1.3981999507e-3 1.3981999507e-3 1.3981999507e-3)))
    (local.set $x (f32x4.add (f32x4.mul (local.get $x) (local.get $r)) (v128.const f32x4 8.3334519073e-3 8.3334519073e-3 8.3334519073e-3 8.3334519073e-3)))
    (local.set $x (f32x4.add (f32x4.mul (local.get $x) (local.get $r)) (v128.const f32x4 4.1665795894e-2 4.1665795894e-2 4.1665795894e-2 4.1665795894e-2)))
    (local.set $x (f32x4.add (f32x4.mul (local.get $x) (local.get $r)) (v128.const f32x4 1.6666665459e-1 1.6666665459e-1 1.6666665459e-1 1.6666665459e-1)))
    (local.set $x (f32x4.add (f32x4.mul (local.get $x) (local.get $r)) (v128.const f32x4 5.0000001201e-1 5.0000001201e-1 5.0000001201e-1 5.0000001201e-1)))
    (local.set $x (f32x4.add (f32x4.mul (f32x4.mul (local.get $x) (local.get $r)) (local.get $r)) (f32x4.add (local.get $r) (v128.const f32x4 1 1 1 1))))
    (f32x4.mul (local.get $x)
      (i32x4.shl (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $n)) (v128.const i32x4 127 127 127 127)) (i32.const 23))))

  (func $total (param $a v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
      (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))

  ;; target[b, o] = bias[o] + sum over i of weight[o, i] * source[b, i]. Four examples share each weight that is read, so that
  ;; four accumulators are in flight.
  (func (export "dense") (param $weight i32) (param $bias i32) (param $source i32) (param $target i32)
                         (param $inputs i32) (param $outputs i32) (param $batch i32)
    (local $row i32) (local $o i32) (local $w i32) (local $end i32) (local $s i32) (local $t i32) (local $step i32) (local $v v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $base f32)
    (local.set $step (i32.shl (local.get $inputs) (i32.const 2)))
    (loop $examples
      (local.set $o (i32.const 0))
      (local.set $row (local.get $weight))
      (loop $rows
        (local.set $a (v128.const f32x4 0 0 0 0))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $s (local.get $source))
        (local.set $w (local.get $row))
        (local.set $end (i32.add (local.get $row) (local.get $step)))
        (loop $columns
          (local.set $v (v128.load (local.get $w)))
          (local.set $t (i32.add (local.get $s) (local.get $step)))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (v128.load (local.get $s)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $v) (v128.load (local.get $t)))))
          (local.set $t (i32.add (local.get $t) (local.get $step)))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $v) (v128.load (local.get $t)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $t) (local.get $step))))))
          (local.set $s (i32.add (local.get $s) (i32.const 16)))
          (br_if $columns (i32.lt_u (local.tee $w (i32.add (local.get $w) (i32.const 16))) (local.get $end))))
        (local.set $base (f32.load (i32.add (local.get $bias) (i32.shl (local.get $o) (i32.const 2)))))
        (local.set $t (i32.add (local.get $target) (i32.shl (local.get $o) (i32.const 2))))
        (f32.store (local.get $t) (f32.add (local.get $base) (call $total (local.get $a))))
        (local.set $t (i32.add (local.get $t) (i32.shl (local.get $outputs) (i32.const 2))))
        (f32.store (local.get $t) (f32.add (local.get $base) (call $total (local.get $b))))
        (local.set $t (i32.add (local.get $t) (i32.shl (local.get $outputs) (i32.const 2))))
        (f32.store (local.get $t) (f32.add (local.get $base) (call $total (local.get $c))))
        (local.set $t (i32.add (local.get $t) (i32.shl (local.get $outputs) (i32.const 2))))
        (f32.store (local.get $t) (f32.add (local.get $base) (call $total (local.get $d))))
        (local.set $row (local.get $end))
        (br_if $rows (i32.lt_u (local.tee $o (i32.add (local.get $o) (i32.const 1))) (local.get $outputs))))
      (local.set $source (i32.add (local.get $source) (i32.shl (local.get $step) (i32.const 2))))
      (local.set $target (i32.add (local.get $target) (i32.shl (local.get $outputs) (i32.const 4))))
      (br_if $examples (i32.gt_s (local.tee $batch (i32.sub (local.get $batch) (i32.const 4))) (i32.const 0)))))

  ;; v / (1 + exp(-v)) in place
  (func (export "silu") (param $at i32) (param $count i32)
    (local $end i32) (local $v v128)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (loop $numbers
      (local.set $v (v128.load (local.get $at)))
      (v128.store (local.get $at) (f32x4.div (local.get $v) (f32x4.add (v128.const f32x4 1 1 1 1) (call $exp (f32x4.neg (local.get $v))))))
      (br_if $numbers (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end)))))

  ;; For each row: the sum of max(v, 0) and the product of 1 + exp(-|v|), as two doubles; softplus sums to the first plus the
  ;; logarithm of the second, which stays finite up to 1000 columns.
  (func (export "softplus") (param $at i32) (param $columns i32) (param $rows i32) (param $out i32)
    (local $end i32) (local $v v128) (local $sum v128) (local $product v128)
    (loop $row
      (local.set $end (i32.add (local.get $at) (i32.shl (local.get $columns) (i32.const 2))))
      (local.set $sum (v128.const f64x2 0 0))
      (local.set $product (v128.const f64x2 1 1))
      (loop $column
        (local.set $v (v128.load (local.get $at)))
        (local.set $sum (f64x2.add (local.get $sum) (f64x2.promote_low_f32x4 (f32x4.max (local.get $v) (v128.const f32x4 0 0 0 0)))))
        (local.set $sum (f64x2.add (local.get $sum) (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
            (f32x4.max (local.get $v) (v128.const f32x4 0 0 0 0)) (local.get $v)))))
        (local.set $v (call $exp (f32x4.neg (f32x4.abs (local.get $v)))))
        (local.set $product (f64x2.mul (local.get $product) (f64x2.add (v128.const f64x2 1 1) (f64x2.promote_low_f32x4 (local.get $v)))))
        (local.set $product (f64x2.mul (local.get $product) (f64x2.add (v128.const f64x2 1 1) (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v))))))
        (br_if $column (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
      (f64.store (local.get $out) (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum))))
      (f64.store offset=8 (local.get $out) (f64.mul (f64x2.extract_lane 0 (local.get $product)) (f64x2.extract_lane 1 (local.get $product))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $row (i32.gt_s (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))) (i32.const 0))))))
