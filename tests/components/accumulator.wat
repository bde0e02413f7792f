;; A component of the world `accumulator` that imports nothing and keeps only a total.
(component
  (core module $code
    (global $total (mut i64) (i64.const 0))
    (func $start)
    (start $start)
    (func $add (export "add") (param $value i64) (result i64)
      (global.set $total (i64.add (global.get $total) (local.get $value)))
      (global.get $total))
    (func (export "hold") (param $bytes i32)))
  (core instance $code (instantiate $code))
  (func (export "add") (param "value" s64) (result s64)
    (canon lift (core func $code "add")))
  (func (export "hold") (param "bytes" u32)
    (canon lift (core func $code "hold"))))
