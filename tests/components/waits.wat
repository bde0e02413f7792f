;; A component whose export is `async`, and which calls a host function that waits as WASI's second
;; preview has it: the component does not know that it waits.
(component
  (import "wait" (func $wait (param "call" u32)))
  (core func $wait' (canon lower (func $wait)))
  (core func $return (canon task.return))
  (core module $m
    (import "" "wait" (func $wait (param i32)))
    (import "" "return" (func $return))
    (func (export "run") (param i32) (result i32)
      local.get 0
      call $wait
      call $return
      i32.const 0)
    (func (export "callback") (param i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m (with "" (instance
    (export "wait" (func $wait'))
    (export "return" (func $return))))))
  (func (export "run") async (param "call" u32)
    (canon lift (core func $i "run") async (callback (core func $i "callback")))))
