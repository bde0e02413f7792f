;; A caller that is a puppet: each function of the contract is exported as it is imported, with
;; the addresses and numbers in the hands of whoever drives it. What comes back stays in memory.
(component
  (import "first-class:worlds/instances@0.1.0" (instance $contract
    (type $fields (record
      (field "code" u32) (field "source" string) (field "function" string)
      (field "message" string) (field "details" (list string)) (field "limit" u64)))
    (export "failure" (type $failure (eq $fields)))
    (type $names (result (list string) (error $failure)))
    (type $number (result u32 (error $failure)))
    (type $buffer (result (list u8) (error $failure)))
    (type $maybe (option $failure))
    (type $nothing (result (error $failure)))
    (export "available" (func (param "world" (list u8)) (result $names)))
    (export "load" (func (param "source" string) (param "world" (list u8)) (result $number)))
    (export "load-bytes" (func
      (param "component" (list u8)) (param "world" (list u8)) (result $number)))
    (export "respawn" (func (param "instance" u32) (result $nothing)))
    (export "is-alive" (func (param "instance" u32) (result bool)))
    (export "invoke" (func
      (param "instance" u32) (param "function" u32) (param "arguments" (list u8))
      (result $buffer)))
    (export "invoke-scalar" (func
      (param "instance" u32) (param "function" u32)
      (param "a" u64) (param "b" u64) (param "c" u64) (param "d" u64) (result u64)))
    (export "scalar-failure" (func (result $maybe)))
    (export "supports" (func (param "instance" u32) (param "function" u32) (result bool)))
    (export "release" (func (param "instance" u32)))))

  (core module $memory
    (type $release (func (param i32)))
    (memory (export "memory") 1)
    ;; The end of what is allocated.
    (global $top (export "top") (mut i32) (i32.const 1024))
    ;; Holds `release` of the contract, for an allocator that calls it.
    (table (export "table") 1 funcref)

    (func $allocate (export "allocate") (param $align i32) (param $size i32) (result i32)
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

    ;; What the host calls for space for what it returns. It knows all sizes, so it moves nothing.
    (func (export "realloc")
      (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (call $allocate (local.get $align) (local.get $size)))

    ;; The same for what the driver places here; no test changes this one.
    (func (export "place-realloc") (param i32 i32 i32 i32) (result i32)
      (call $allocate (local.get 2) (local.get 3))))

  (core instance $memory (instantiate $memory))
  (alias core export $memory "memory" (core memory $bytes))
  (alias core export $memory "realloc" (core func $realloc))
  (alias core export $memory "place-realloc" (core func $place-realloc))

  (alias export $contract "available" (func $available'))
  (alias export $contract "load" (func $load'))
  (alias export $contract "load-bytes" (func $load-bytes'))
  (alias export $contract "respawn" (func $respawn'))
  (alias export $contract "is-alive" (func $is-alive'))
  (alias export $contract "invoke" (func $invoke'))
  (alias export $contract "invoke-scalar" (func $invoke-scalar'))
  (alias export $contract "scalar-failure" (func $scalar-failure'))
  (alias export $contract "supports" (func $supports'))
  (alias export $contract "release" (func $release'))
  (core func $available (canon lower (func $available') (memory $bytes) (realloc $realloc)))
  (core func $load (canon lower (func $load') (memory $bytes) (realloc $realloc)))
  (core func $load-bytes (canon lower (func $load-bytes') (memory $bytes) (realloc $realloc)))
  (core func $respawn (canon lower (func $respawn') (memory $bytes) (realloc $realloc)))
  (core func $is-alive (canon lower (func $is-alive')))
  (core func $invoke (canon lower (func $invoke') (memory $bytes) (realloc $realloc)))
  (core func $invoke-scalar (canon lower (func $invoke-scalar')))
  (core func $scalar-failure
    (canon lower (func $scalar-failure') (memory $bytes) (realloc $realloc)))
  (core func $supports (canon lower (func $supports')))
  (core func $release (canon lower (func $release')))

  (core module $code
    (import "memory" "memory" (memory 1))
    (import "memory" "top" (global $top (mut i32)))
    (import "memory" "table" (table 1 funcref))
    (import "memory" "allocate" (func $allocate (param i32 i32) (result i32)))
    (import "contract" "available" (func $available (param i32 i32 i32)))
    (import "contract" "load" (func $load (param i32 i32 i32 i32 i32)))
    (import "contract" "load-bytes" (func $load-bytes (param i32 i32 i32 i32 i32)))
    (import "contract" "respawn" (func $respawn (param i32 i32)))
    (import "contract" "is-alive" (func $is-alive (param i32) (result i32)))
    (import "contract" "invoke" (func $invoke (param i32 i32 i32 i32 i32)))
    (import "contract" "invoke-scalar"
      (func $invoke-scalar (param i32 i32 i64 i64 i64 i64) (result i64)))
    (import "contract" "scalar-failure" (func $scalar-failure (param i32)))
    (import "contract" "supports" (func $supports (param i32 i32) (result i32)))
    (import "contract" "release" (func $release (param i32)))
    (elem (i32.const 0) func $release)

    ;; Where the host leaves the result of a call.
    (global $answer i32 (i32.const 64))

    ;; The code of the failure that the host answered with, or else 0.
    (func $code (result i32)
      (if (result i32) (i32.load8_u (global.get $answer))
        (then (i32.load offset=8 (global.get $answer)))
        (else (i32.const 0))))

    (func (export "reset") (global.set $top (i32.const 1024)))
    (func (export "allocate") (param $size i32) (result i32)
      (call $allocate (i32.const 8) (local.get $size)))
    (func (export "place") (param $address i32) (param $length i32) (result i32)
      (local.get $address))
    (func (export "peek") (param $address i32) (param $length i32) (result i32)
      (i32.store (i32.const 48) (local.get $address))
      (i32.store (i32.const 52) (local.get $length))
      (i32.const 48))

    (func (export "raw-available") (param i32 i32) (result i32)
      (call $available (local.get 0) (local.get 1) (global.get $answer))
      (call $code))
    (func (export "raw-load") (param i32 i32 i32 i32) (result i32)
      (call $load (local.get 0) (local.get 1) (local.get 2) (local.get 3) (global.get $answer))
      (call $code))
    (func (export "raw-load-bytes") (param i32 i32 i32 i32) (result i32)
      (call $load-bytes
        (local.get 0) (local.get 1) (local.get 2) (local.get 3) (global.get $answer))
      (call $code))
    (func (export "raw-respawn") (param i32) (result i32)
      (call $respawn (local.get 0) (global.get $answer))
      (call $code))
    (func (export "raw-is-alive") (param i32) (result i32)
      (call $is-alive (local.get 0)))
    (func (export "raw-invoke") (param i32 i32 i32 i32) (result i32)
      (call $invoke (local.get 0) (local.get 1) (local.get 2) (local.get 3) (global.get $answer))
      (call $code))
    (func (export "raw-invoke-scalar") (param i32 i32 i64 i64 i64 i64) (result i32)
      (local $result i64)
      (local.set $result (call $invoke-scalar
        (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)))
      ;; A failure lies where that of a `result` does, and a number in its place.
      (i32.store8 (global.get $answer) (i32.const 0))
      (if (i64.eq (local.get $result) (i64.const 0xb6d0_c4f5_91e2_37a8))
        (then (call $scalar-failure (global.get $answer))))
      (if (i32.eqz (i32.load8_u (global.get $answer)))
        (then (i64.store offset=8 (global.get $answer) (local.get $result))))
      (call $code))
    (func (export "raw-supports") (param i32 i32) (result i32)
      (call $supports (local.get 0) (local.get 1)))
    (func (export "raw-release") (param i32)
      (call $release (local.get 0))))

  (core instance $code (instantiate $code
    (with "memory" (instance $memory))
    (with "contract" (instance
      (export "available" (func $available))
      (export "load" (func $load))
      (export "load-bytes" (func $load-bytes))
      (export "respawn" (func $respawn))
      (export "is-alive" (func $is-alive))
      (export "invoke" (func $invoke))
      (export "invoke-scalar" (func $invoke-scalar))
      (export "scalar-failure" (func $scalar-failure))
      (export "supports" (func $supports))
      (export "release" (func $release))))))

  ;; Forgets all that was placed and returned.
  (func (export "reset") (canon lift (core func $code "reset")))
  (func (export "allocate") (param "size" u32) (result u32)
    (canon lift (core func $code "allocate")))
  ;; Copies bytes in, and says where they are.
  (func (export "place") (param "bytes" (list u8)) (result u32)
    (canon lift (core func $code "place") (memory $bytes) (realloc $place-realloc)))
  (func (export "peek") (param "address" u32) (param "length" u32) (result (list u8))
    (canon lift (core func $code "peek") (memory $bytes)))

  (func (export "raw-available") (param "world" u32) (param "length" u32) (result u32)
    (canon lift (core func $code "raw-available")))
  (func (export "raw-load")
    (param "source" u32) (param "source-length" u32) (param "world" u32)
    (param "world-length" u32) (result u32)
    (canon lift (core func $code "raw-load")))
  (func (export "raw-load-bytes")
    (param "component" u32) (param "component-length" u32) (param "world" u32)
    (param "world-length" u32) (result u32)
    (canon lift (core func $code "raw-load-bytes")))
  (func (export "raw-respawn") (param "instance" u32) (result u32)
    (canon lift (core func $code "raw-respawn")))
  (func (export "raw-is-alive") (param "instance" u32) (result u32)
    (canon lift (core func $code "raw-is-alive")))
  (func (export "raw-invoke")
    (param "instance" u32) (param "function" u32) (param "arguments" u32) (param "length" u32)
    (result u32)
    (canon lift (core func $code "raw-invoke")))
  (func (export "raw-invoke-scalar")
    (param "instance" u32) (param "function" u32)
    (param "a" u64) (param "b" u64) (param "c" u64) (param "d" u64) (result u32)
    (canon lift (core func $code "raw-invoke-scalar")))
  (func (export "raw-supports") (param "instance" u32) (param "function" u32) (result u32)
    (canon lift (core func $code "raw-supports")))
  (func (export "raw-release") (param "instance" u32)
    (canon lift (core func $code "raw-release"))))
