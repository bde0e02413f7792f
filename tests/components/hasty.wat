;; Calls an import of the world `hasty` when it is instantiated.
(component
  (import "note" (func $note (param "number" u32)))
  (core func $note_core (canon lower (func $note)))
  (core module $m
    (import "" "note" (func $note (param i32)))
    (func $start (call $note (i32.const 1)))
    (start $start)
    (func (export "run")))
  (core instance $i (instantiate $m (with "" (instance (export "note" (func $note_core))))))
  (func (export "run") (canon lift (core func $i "run"))))
