;; A plugin of the world `target`. It is honest; tests change a line of it.
(module
  (import "[export]test:target/things@0.1.0" "[resource-new]thing"
    (func $new (param i32) (result i32)))
  (import "[export]test:target/things@0.1.0" "[resource-rep]thing"
    (func $number (param i32) (result i32)))
  (import "[export]test:target/things@0.1.0" "[resource-drop]thing"
    (func $drop (param i32)))
  (import "[export]test:target/things@0.1.0" "[resource-new]other"
    (func $new-other (param i32) (result i32)))

  (memory (export "memory") 1)
  (table $table 1 funcref)
  ;; The end of what is allocated.
  (global $top (mut i32) (i32.const 1024))
  (global $total (mut i64) (i64.const 0))
  (global $ended (mut i32) (i32.const 0))
  ;; For `claim-text` and `claim-texts`: no UTF-8, and a text that is too long for the memory.
  (data (i32.const 128) "\ff\fe\00\00\00\00\01\00\ff\ff\ff\ff")

  (func $start)
  (start $start)

  (func $allocate (param $align i32) (param $size i32) (result i32)
    (local $address i32) (local $missing i32)
    (local.set $address
      (i32.and
        (i32.sub (i32.add (global.get $top) (local.get $align)) (i32.const 1))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $top (i32.add (local.get $address) (local.get $size)))
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (global.get $top) (i32.const 65535)) (i32.const 16))
        (memory.size)))
    (block $fits
      (br_if $fits (i32.le_s (local.get $missing) (i32.const 0)))
      (br_if $fits (i32.ne (memory.grow (local.get $missing)) (i32.const -1)))
      unreachable)
    (local.get $address))

  ;; Texts are UTF-8 on both sides, so nothing that was allocated changes its size.
  (func (export "cabi_realloc")
    (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (call $allocate (local.get $align) (local.get $size)))

  ;; Forgets all arguments and results.
  (func $reset (global.set $top (i32.const 1024)))

  (func $pair (param $address i32) (param $length i32) (result i32)
    (i32.store (i32.const 16) (local.get $address))
    (i32.store (i32.const 20) (local.get $length))
    (i32.const 16))

  ;; The sum of so many numbers, of 1 or 4 bytes each, every `$step` bytes.
  (func $sum (param $address i32) (param $count i32) (param $step i32) (param $wide i32)
    (result i64)
    (local $sum i64)
    (call $reset)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum
          (i64.add (local.get $sum)
            (if (result i64) (local.get $wide)
              (then (i64.load32_u (local.get $address)))
              (else (i64.load8_u (local.get $address))))))
        (local.set $address (i32.add (local.get $address) (local.get $step)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  (func (export "nothing"))
  (func (export "add") (param $value i64) (result i64)
    (global.set $total (i64.add (global.get $total) (local.get $value)))
    (global.get $total))
  (func (export "echo") (param $address i32) (param $length i32) (result i32)
    (call $pair (local.get $address) (local.get $length)))
  (func (export "cabi_post_echo") (param i32)
    (call $reset))

  (func (export "truth") (param i32) (result i32) (local.get 0))
  (func (export "letter") (param i32) (result i32) (local.get 0))
  (func (export "rank") (param i32) (result i32) (local.get 0))
  (func (export "permit") (param i32) (result i32) (local.get 0))
  (func (export "choose") (param i32 i32 i32) (result i32) (call $reset) (local.get 0))
  (func (export "perhaps") (param i32 i32) (result i32) (local.get 0))
  (func (export "outcome") (param i32 i32 i32) (result i32) (call $reset) (local.get 0))
  (func (export "bits") (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))

  (func (export "narrow") (param i32 i32 i32 i32) (result i64)
    (i64.extend_i32_s
      (i32.add
        (i32.add (local.get 0) (local.get 1))
        (i32.add (local.get 2) (local.get 3)))))
  (func (export "many") (param $record i32) (result i64)
    (call $sum (local.get $record) (i32.const 17) (i32.const 4) (i32.const 1)))
  (func $bytes (export "bytes") (param i32 i32) (result i64)
    (call $sum (local.get 0) (local.get 1) (i32.const 1) (i32.const 0)))
  (func (export "two-lists") (param i32 i32 i32 i32) (result i64)
    (i64.add
      (call $bytes (local.get 0) (local.get 1))
      (call $bytes (local.get 2) (local.get 3))))
  (func (export "words") (param i32 i32) (result i64)
    (call $sum (local.get 0) (local.get 1) (i32.const 4) (i32.const 1)))
  (func (export "truths") (param i32 i32) (result i64)
    (call $sum (local.get 0) (local.get 1) (i32.const 1) (i32.const 0)))
  (func (export "letters") (param i32 i32) (result i64)
    (call $sum (local.get 0) (local.get 1) (i32.const 4) (i32.const 1)))
  (func (export "choices") (param i32 i32) (result i64)
    (call $sum (local.get 0) (local.get 1) (i32.const 12) (i32.const 0)))
  (func (export "texts") (param i32 i32) (result i64)
    (call $sum (i32.add (local.get 0) (i32.const 4)) (local.get 1) (i32.const 8) (i32.const 1)))

  (func (export "claim-truth") (param i32) (result i32) (local.get 0))
  (func (export "claim-letter") (param i32) (result i32) (local.get 0))
  (func (export "claim-level") (param i32) (result i32) (local.get 0))
  (func (export "claim-choice") (param i32) (result i32)
    (i32.store (i32.const 32) (local.get 0))
    (i32.const 32))
  (func (export "claim-bytes") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1)))
  (func (export "claim-words") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1)))
  (func (export "claim-text") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1)))
  (func (export "claim-texts") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1)))

  ;; A thing is its number, and nothing more.
  (func (export "test:target/things@0.1.0#[constructor]thing") (param $value i32) (result i32)
    (call $new (local.get $value)))
  (func (export "test:target/things@0.1.0#[method]thing.value") (param $thing i32) (result i32)
    (local.get $thing))
  (func (export "test:target/things@0.1.0#[dtor]thing") (param $thing i32)
    (global.set $ended (i32.add (global.get $ended) (i32.const 1))))
  (func (export "test:target/things@0.1.0#[constructor]other") (result i32)
    (call $new-other (i32.const 0)))

  ;; Ends a thing, and returns its number.
  (func $take (param $handle i32) (result i32)
    (local $taken i32)
    (local.set $taken (call $number (local.get $handle)))
    (call $drop (local.get $handle))
    (local.get $taken))
  (func (export "test:target/things@0.1.0#consume") (param i32 i32) (result i32)
    (i32.add (call $take (local.get 0)) (call $take (local.get 1))))
  (func (export "test:target/things@0.1.0#gather")
    (param $address i32) (param $count i32) (result i32)
    (local $sum i32)
    (call $reset)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum
          (i32.add (local.get $sum) (call $take (i32.load (local.get $address)))))
        (local.set $address (i32.add (local.get $address) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (func (export "test:target/things@0.1.0#lend-and-give") (param i32 i32) (result i32)
    (i32.add (local.get 0) (call $take (local.get 1))))
  (func (export "test:target/things@0.1.0#give-and-lend") (param i32 i32) (result i32)
    (i32.add (call $take (local.get 0)) (local.get 1)))
  (func (export "test:target/things@0.1.0#sum") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "test:target/things@0.1.0#perhaps") (param i32 i32) (result i32)
    (if (local.get 0) (then (drop (call $take (local.get 1)))))
    (local.get 0))
  (func (export "test:target/things@0.1.0#ended") (result i32)
    (global.get $ended))
  (func (export "test:target/things@0.1.0#claim") (param i32) (result i32)
    (local.get 0)))
