;; The code of the world `plugin` in `plugin.wit`.
(module
  (import "[export]fuzz:contract/things" "[resource-new]counter" (func $new (param i32) (result i32)))
  (import "[export]fuzz:contract/things" "[resource-rep]counter" (func $rep (param i32) (result i32)))
  (import "[export]fuzz:contract/things" "[resource-drop]counter" (func $drop (param i32)))
  (memory (export "memory") 1)
  (global $total (mut i64) (i64.const 0))
  ;; The end of what is allocated. Nothing is ever freed.
  (global $top (mut i32) (i32.const 64))

  (func $realloc (export "cabi_realloc")
    (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $address i32)
    (local.set $address
      (i32.and
        (i32.sub (i32.add (global.get $top) (local.get $align)) (i32.const 1))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $top (i32.add (local.get $address) (local.get $size)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits
        (i32.ne (i32.const -1)
          (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1)))))
      unreachable)
    (local.get $address))

  ;; A counter is a word in memory.
  (func $counter (param $value i32) (result i32)
    (local $address i32)
    (local.set $address
      (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 4)))
    (i32.store (local.get $address) (local.get $value))
    (call $new (local.get $address)))
  (func (export "fuzz:contract/things#[constructor]counter") (param $start i32) (result i32)
    (call $counter (local.get $start)))
  (func (export "fuzz:contract/things#[method]counter.add") (param $self i32) (param $by i32)
    (result i32)
    (i32.store (local.get $self) (i32.add (i32.load (local.get $self)) (local.get $by)))
    (i32.load (local.get $self)))
  (func (export "fuzz:contract/things#[static]counter.merge") (param $one i32) (param $other i32)
    (result i32)
    (local $sum i32)
    (local.set $sum
      (i32.add (i32.load (call $rep (local.get $one))) (i32.load (local.get $other))))
    (call $drop (local.get $one))
    (call $counter (local.get $sum)))
  (func (export "fuzz:contract/things#[dtor]counter") (param $self i32)
    (i32.store (local.get $self) (i32.const -1)))

  (func (export "fuzz:contract/things#echo") (param $record i32) (result i32)
    (local.get $record))
  (func (export "fuzz:contract/things#reverse") (param $address i32) (param $length i32)
    (result i32)
    (local $low i32) (local $high i32) (local $kept i64)
    (local.set $low (local.get $address))
    (local.set $high
      (i32.add (local.get $address) (i32.mul (local.get $length) (i32.const 8))))
    (block $done
      (loop $next
        (local.set $high (i32.sub (local.get $high) (i32.const 8)))
        (br_if $done (i32.le_s (local.get $high) (local.get $low)))
        (local.set $kept (i64.load (local.get $low)))
        (i64.store (local.get $low) (i64.load (local.get $high)))
        (i64.store (local.get $high) (local.get $kept))
        (local.set $low (i32.add (local.get $low) (i32.const 8)))
        (br $next)))
    (i32.store (i32.const 8) (local.get $address))
    (i32.store (i32.const 12) (local.get $length))
    (i32.const 8))

  (func (export "add") (param $value i64) (result i64)
    (global.set $total (i64.add (global.get $total) (local.get $value)))
    (global.get $total))
  (func (export "mix") (param $a i32) (param $b f32) (param $c f64) (param $d i32) (result f64)
    (f64.mul
      (f64.add (f64.convert_i32_u (local.get $a)) (f64.promote_f32 (local.get $b)))
      (f64.sub (local.get $c) (f64.convert_i32_u (local.get $d)))))
  ;; It ends long before any deadline, however busy the machine is.
  (func (export "spin") (param $times i64)
    (local.set $times (i64.and (local.get $times) (i64.const 0xffff)))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $times)))
        (local.set $times (i64.sub (local.get $times) (i64.const 1)))
        (br $next))))
  (func (export "grow") (param $pages i32) (result i32)
    (memory.grow (local.get $pages)))
  (func (export "trap") unreachable)

  ;; Where an address and a length lie that are returned.
  (func $pair (param $address i32) (param $length i32) (result i32)
    (i32.store (i32.const 48) (local.get $address))
    (i32.store (i32.const 52) (local.get $length))
    (i32.const 48))
  (func (export "say") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1)))
  (func (export "scale") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1))))
