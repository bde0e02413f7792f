;; A component of the world `text`. It returns each string as the units that it was given, so it
;; is right for any encoding; tests replace the one that it names.
(component
  (core module $code
    (memory (export "memory") 1)
    ;; The end of what is allocated. Nothing is ever freed.
    (global $top (mut i32) (i32.const 64))

    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32)
      (result i32)
      (local $address i32)
      ;; Round up to the alignment, and take the space.
      (local.set $address
        (i32.and
          (i32.sub (i32.add (global.get $top) (local.get $align)) (i32.const 1))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $address) (local.get $size)))
      (block $fits
        (br_if $fits
          (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $fits
          (i32.ne
            (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 2)))
            (i32.const -1)))
        unreachable)
      (memory.copy (local.get $address) (local.get $old)
        (select (local.get $old-size) (local.get $size)
          (i32.lt_u (local.get $old-size) (local.get $size))))
      (local.get $address))

    ;; The address of a pair of an address and a length.
    (func $pair (param $address i32) (param $length i32) (result i32)
      (i32.store (i32.const 8) (local.get $address))
      (i32.store (i32.const 12) (local.get $length))
      (i32.const 8))

    (func (export "echo") (param $address i32) (param $length i32) (result i32)
      (call $pair (local.get $address) (local.get $length)))

    (func (export "reverse") (param $address i32) (param $length i32) (result i32)
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
      (call $pair (local.get $address) (local.get $length)))

    (func (export "length") (param $address i32) (param $length i32) (result i32)
      (local.get $length)))

  (core instance $code (instantiate $code))
  (alias core export $code "memory" (core memory $memory))
  (alias core export $code "realloc" (core func $realloc))
  (func (export "echo") (param "value" string) (result string)
    (canon lift (core func $code "echo")
      (memory $memory) (realloc $realloc) string-encoding=utf8))
  (func (export "reverse") (param "values" (list string)) (result (list string))
    (canon lift (core func $code "reverse")
      (memory $memory) (realloc $realloc) string-encoding=utf8))
  (func (export "length") (param "value" string) (result u32)
    (canon lift (core func $code "length")
      (memory $memory) (realloc $realloc) string-encoding=utf8)))
