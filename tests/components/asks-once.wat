;; A plugin that asks its caller once, and adds to the answer.
(component
  (import "next" (func $next (param "n" u32) (result u32)))
  (core func $next' (canon lower (func $next)))
  (core module $m
    (import "" "next" (func $next (param i32) (result i32)))
    (func (export "run") (param i32) (result i32)
      local.get 0
      call $next
      i32.const 1
      i32.add))
  (core instance $i (instantiate $m (with "" (instance (export "next" (func $next'))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))
