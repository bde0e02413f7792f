;; The part of a concurrent bridge that is the same for all worlds. The generator puts imports, the
;; memory, `$top`, and the tables before it, and the functions of the world behind it.
;;
;; One task runs as long as the instance lives. It takes commands from the host, one after the other,
;; begins what they say, and tells the host what has ended. All calls of the plugin are made by this
;; task, because a call must not outlive the task that made it: wasmtime 48 traps when the result
;; comes (https://github.com/bytecodealliance/wasmtime/issues/13890). And nothing is cancelled while
;; another task of this component waits for its end, which wasmtime does not expect either.
;;
;; Memory: at 16 the command, at 64 the free lists of the heap, at 1024
;; 16 bytes for each kind of stream, and behind them the heap.

;; ---- The heap -----------------------------------------------------------------------------------
;;
;; A block is a power of two: in 8 bytes its exponent and the next block of a chain, then what it
;; holds. What is free is in a list for each exponent. Nothing that is held has no block.

(func $alloc (param $size i32) (result i32)
  (local $exponent i32) (local $list i32) (local $block i32) (local $end i64)
  (if (i32.gt_u (local.get $size) (i32.const 0x7ffffff8)) (then unreachable))
  (local.set $exponent (i32.sub (i32.const 32)
    (i32.clz (i32.or (i32.add (local.get $size) (i32.const 7)) (i32.const 15)))))
  (local.set $list (i32.add (i32.const 64) (i32.shl (local.get $exponent) (i32.const 2))))
  (local.set $block (i32.load (local.get $list)))
  (if (local.get $block)
    (then (i32.store (local.get $list) (i32.load offset=8 (local.get $block))))
    (else
      (local.set $block (global.get $top))
      (local.set $end (i64.add (i64.extend_i32_u (local.get $block))
        (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $exponent)))))
      (call $grow-to (local.get $end))
      (global.set $top (i32.wrap_i64 (local.get $end)))))
  (i32.store (local.get $block) (local.get $exponent))
  (i32.store offset=4 (local.get $block) (i32.const 0))
  (i32.add (local.get $block) (i32.const 8)))

;; An end past the last address asks for more pages than there can be.
(func $grow-to (param $end i64)
  (local $pages i64)
  (local.set $pages (i64.sub
    (i64.shr_u (i64.add (local.get $end) (i64.const 65535)) (i64.const 16))
    (i64.extend_i32_u (memory.size))))
  (if (i64.gt_s (local.get $pages) (i64.const 0)) (then
    (if (i32.eq (memory.grow (i32.wrap_i64 (local.get $pages))) (i32.const -1))
      (then unreachable)))))

(func $free (param $address i32)
  (local $block i32) (local $list i32)
  (local.set $block (i32.sub (local.get $address) (i32.const 8)))
  (local.set $list (i32.add (i32.const 64)
    (i32.shl (i32.load (local.get $block)) (i32.const 2))))
  (i32.store offset=8 (local.get $block) (i32.load (local.get $list)))
  (i32.store (local.get $list) (local.get $block)))

;; What adapters allocate with, at any time. The largest alignment is 8, which all blocks have.
(func $realloc (export "cabi_realloc")
  (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
  (local $new i32)
  (if (i32.eqz (local.get $size)) (then
    (if (local.get $old-size) (then (call $free (local.get $old))))
    (return (local.get $align))))
  (if (i32.eqz (local.get $old-size)) (then (return (call $alloc (local.get $size)))))
  (if (i32.le_u (local.get $size) (i32.sub
        (i32.shl (i32.const 1) (i32.load (i32.sub (local.get $old) (i32.const 8))))
        (i32.const 8)))
    (then (return (local.get $old))))
  (local.set $new (call $alloc (local.get $size)))
  (memory.copy (local.get $new) (local.get $old) (local.get $old-size))
  (call $free (local.get $old))
  (local.get $new))

;; Adds a block to the chain of what comes in.
(func $keep (param $address i32)
  (i32.store offset=4 (i32.sub (local.get $address) (i32.const 8)) (global.get $chain))
  (global.set $chain (local.get $address)))

;; Frees a chain.
(func $release (param $chain i32)
  (local $next i32)
  (loop $each
    (if (local.get $chain) (then
      (local.set $next (i32.load offset=4 (i32.sub (local.get $chain) (i32.const 8))))
      (call $free (local.get $chain))
      (local.set $chain (local.get $next))
      (br $each)))))

;; ---- What comes in and what goes out ------------------------------------------------------------
;;
;; A buffer that comes in stays where adapters have put it. What has addresses in it is copied out
;; of it first, because parts of it may overlap; in the copy each address is replaced, after it was
;; checked to lie in this buffer. What has none is used where it is.
;;
;; What goes out is gathered in one buffer, which may move while it grows: so places in it are
;; relative to `$base`, which is 0 for what comes in.

(global $chain (mut i32) (i32.const 0))
(global $in (mut i32) (i32.const 0))
(global $in-length (mut i32) (i32.const 0))
(global $base (mut i32) (i32.const 0))
(global $out (mut i32) (i32.const 0))
(global $out-length (mut i32) (i32.const 0))
(global $out-capacity (mut i32) (i32.const 0))

;; Takes a buffer in that has at least so many bytes.
(func $receive (param $address i32) (param $length i32) (param $least i64)
  (if (i64.lt_u (i64.extend_i32_u (local.get $length)) (local.get $least)) (then unreachable))
  (global.set $in (local.get $address))
  (global.set $in-length (local.get $length))
  (global.set $chain (i32.const 0))
  (if (local.get $length) (then (call $keep (local.get $address)))))

;; Room for so many bytes of what comes in.
(func $room (param $size i32) (result i32)
  (local $address i32)
  (local.set $address (call $alloc (local.get $size)))
  (call $keep (local.get $address))
  (local.get $address))

;; A copy of the front of the buffer.
(func $front (param $size i32) (result i32)
  (local $address i32)
  (local.set $address (call $room (local.get $size)))
  (memory.copy (local.get $address) (global.get $in) (local.get $size))
  (local.get $address))

;; Starts a buffer that goes out.
(func $send
  (if (i32.eqz (global.get $out)) (then
    (global.set $out (call $alloc (i32.const 4088)))
    (global.set $out-capacity (i32.const 4088))))
  (global.set $out-length (i32.const 0))
  (global.set $base (global.get $out)))

;; Reserves a place in what goes out.
(func $reserve (param $size i32) (param $align i32) (result i32)
  (local $start i32) (local $end i64) (local $capacity i64) (local $new i32)
  (local.set $start (i32.and
    (i32.add (global.get $out-length) (i32.sub (local.get $align) (i32.const 1)))
    (i32.sub (i32.const 0) (local.get $align))))
  (local.set $end
    (i64.add (i64.extend_i32_u (local.get $start)) (i64.extend_i32_u (local.get $size))))
  (if (i64.gt_u (local.get $end) (i64.extend_i32_u (global.get $out-capacity))) (then
    (local.set $capacity
      (i64.mul (i64.extend_i32_u (global.get $out-capacity)) (i64.const 2)))
    (if (i64.lt_u (local.get $capacity) (local.get $end))
      (then (local.set $capacity (local.get $end))))
    (if (i64.gt_u (local.get $capacity) (i64.const 0x7fffffff)) (then unreachable))
    (local.set $new (call $alloc (i32.wrap_i64 (local.get $capacity))))
    (memory.copy (local.get $new) (global.get $out) (global.get $out-length))
    (call $free (global.get $out))
    (global.set $out (local.get $new))
    (global.set $base (local.get $new))
    (global.set $out-capacity (i32.wrap_i64 (local.get $capacity)))))
  ;; What was in the gap before is nobody's business.
  (memory.fill (i32.add (global.get $out) (global.get $out-length)) (i32.const 0)
    (i32.sub (local.get $start) (global.get $out-length)))
  (global.set $out-length (i32.wrap_i64 (local.get $end)))
  (local.get $start))

;; Copies to the end of what goes out.
(func $append (param $from i32) (param $size i32) (param $align i32) (result i32)
  (local $to i32)
  (local.set $to (call $reserve (local.get $size) (local.get $align)))
  (memory.copy (i32.add (global.get $base) (local.get $to)) (local.get $from) (local.get $size))
  (local.get $to))

;; Replaces the address at a place by that where the elements are from now on, and returns their
;; place. `$deep`: they have addresses in them.
(func $move (param $at i32) (param $length i32) (param $size i32) (param $align i32)
  (param $deep i32) (result i32)
  (local $bytes i64) (local $from i32)
  (local.set $bytes
    (i64.mul (i64.extend_i32_u (local.get $length)) (i64.extend_i32_u (local.get $size))))
  (local.set $from (i32.load (i32.add (global.get $base) (local.get $at))))
  (if (result i32) (global.get $base)
    (then
      (call $move-out (local.get $at) (local.get $from) (i32.wrap_i64 (local.get $bytes))
        (local.get $align)))
    (else
      (call $move-in (local.get $at) (local.get $from) (local.get $bytes) (local.get $align)
        (local.get $deep)))))

(func $move-in (param $at i32) (param $from i32) (param $bytes i64) (param $align i32)
  (param $deep i32) (result i32)
  (local $to i32)
  (if (i64.eqz (local.get $bytes))
    (then (local.set $to (local.get $align)))
    (else
      (if (i32.lt_u (local.get $from) (i32.const 1024)) (then unreachable))
      (local.set $from (i32.sub (local.get $from) (i32.const 1024)))
      (if (i64.gt_u (i64.add (i64.extend_i32_u (local.get $from)) (local.get $bytes))
            (i64.extend_i32_u (global.get $in-length)))
        (then unreachable))
      (local.set $to (i32.add (global.get $in) (local.get $from)))
      (if (local.get $deep) (then
        (local.set $from (local.get $to))
        (local.set $to (call $room (i32.wrap_i64 (local.get $bytes))))
        (memory.copy (local.get $to) (local.get $from) (i32.wrap_i64 (local.get $bytes)))))))
  (i32.store (local.get $at) (local.get $to))
  (local.get $to))

(func $move-out (param $at i32) (param $from i32) (param $bytes i32) (param $align i32)
  (result i32)
  (local $to i32)
  (local.set $to (call $reserve (local.get $bytes) (local.get $align)))
  (if (local.get $bytes) (then
    (memory.copy
      (i32.add (global.get $base) (local.get $to)) (local.get $from) (local.get $bytes))
    (call $free (local.get $from))))
  (i32.store (i32.add (global.get $base) (local.get $at))
    (i32.add (local.get $to) (i32.const 1024)))
  (local.get $to))

;; Moves what each of so many elements points to.
(func $each (param $fix i32) (param $at i32) (param $count i32) (param $size i32)
  (loop $next
    (if (local.get $count) (then
      (call_indirect $fixes (type $fix) (local.get $at) (local.get $fix))
      (local.set $at (i32.add (local.get $at) (local.get $size)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))))

;; ---- What is under way --------------------------------------------------------------------------
;;
;; Of each thing that was begun there is a block:
;;   0 its number, which the host gave it   4 what: 0 a call, 1 a read, 2 a write
;;   8 the function or the kind   12 the chain of what came in
;;   16 where its result, or its elements, are   20 how many elements to write
;;   24 how many are written   28 its waitable   32 whether it was cancelled
;; `$under-way` has its address at the place of its waitable.

(global $under-way (mut i32) (i32.const 0))
(global $under-way-length (mut i32) (i32.const 0))
(global $number (mut i32) (i32.const 0))
(global $set (mut i32) (i32.const 0))

(func $begun (param $what i32) (param $of i32) (param $place i32) (result i32)
  (local $it i32)
  (local.set $it (call $alloc (i32.const 36)))
  (i32.store (local.get $it) (global.get $number))
  (i32.store offset=4 (local.get $it) (local.get $what))
  (i32.store offset=8 (local.get $it) (local.get $of))
  (i32.store offset=12 (local.get $it) (global.get $chain))
  (i32.store offset=16 (local.get $it) (local.get $place))
  (i64.store offset=20 align=4 (local.get $it) (i64.const 0))
  (i64.store offset=28 align=4 (local.get $it) (i64.const 0))
  (global.set $chain (i32.const 0))
  (local.get $it))

(func $find (param $waitable i32) (result i32)
  (if (i32.ge_u (local.get $waitable) (global.get $under-way-length))
    (then (return (i32.const 0))))
  (i32.load (call $entry (local.get $waitable))))

(func $entry (param $waitable i32) (result i32)
  (i32.add (global.get $under-way) (i32.shl (local.get $waitable) (i32.const 2))))

;; Notes what is under way with a waitable.
(func $note (param $waitable i32) (param $it i32)
  (local $length i32) (local $new i32)
  (if (i32.ge_u (local.get $waitable) (global.get $under-way-length)) (then
    (local.set $length (i32.or (i32.mul (local.get $waitable) (i32.const 2)) (i32.const 15)))
    (local.set $new (call $alloc (i32.shl (local.get $length) (i32.const 2))))
    (memory.fill (local.get $new) (i32.const 0) (i32.shl (local.get $length) (i32.const 2)))
    (if (global.get $under-way) (then
      (memory.copy (local.get $new) (global.get $under-way)
        (i32.shl (global.get $under-way-length) (i32.const 2)))
      (call $free (global.get $under-way))))
    (global.set $under-way (local.get $new))
    (global.set $under-way-length (local.get $length))))
  (i32.store (call $entry (local.get $waitable)) (local.get $it)))

;; What is under way with a number.
(func $find-number (param $number i32) (result i32)
  (local $waitable i32) (local $it i32)
  (loop $next
    (if (i32.lt_u (local.get $waitable) (global.get $under-way-length)) (then
      (local.set $it (call $find (local.get $waitable)))
      (if (local.get $it) (then
        (if (i32.eq (i32.load (local.get $it)) (local.get $number))
          (then (return (local.get $it))))))
      (local.set $waitable (i32.add (local.get $waitable) (i32.const 1)))
      (br $next))))
  (i32.const 0))

;; It goes on.
(func $pending (param $it i32) (param $waitable i32)
  (i32.store offset=28 (local.get $it) (local.get $waitable))
  (call $note (local.get $waitable) (local.get $it))
  (call $waitable-join (local.get $waitable) (global.get $set)))

;; It goes on no longer. An end may be passed on from here, so it leaves the set.
(func $settled (param $it i32)
  (local $waitable i32)
  (local.set $waitable (i32.load offset=28 (local.get $it)))
  (call $note (local.get $waitable) (i32.const 0))
  (call $waitable-join (local.get $waitable) (i32.const 0))
  (if (i32.eqz (i32.load offset=4 (local.get $it)))
    (then (call $subtask-drop (local.get $waitable)))))

;; It has ended.
(func $end (param $it i32) (param $code i32)
  (local $what i32) (local $place i32)
  (local.set $what (i32.load offset=4 (local.get $it)))
  (local.set $place (i32.load offset=16 (local.get $it)))
  (call $send)
  (if (i32.eqz (local.get $what)) (then
    (if (i32.eq (local.get $code) (i32.const 2)) (then
      (call_indirect $results (type $result)
        (local.get $place) (i32.load offset=8 (local.get $it)))))))
  (if (i32.eq (local.get $what) (i32.const 1)) (then
    (call $elements-out
      (i32.load offset=8 (local.get $it)) (local.get $place) (local.get $code))))
  (global.set $base (i32.const 0))
  (call $release (i32.load offset=12 (local.get $it)))
  ;; What is written belongs to the chain.
  (if (i32.lt_u (local.get $what) (i32.const 2)) (then
    (if (local.get $place) (then (call $free (local.get $place))))))
  (call $report (i32.load (local.get $it)) (local.get $code))
  (call $free (local.get $it)))

;; Tells the host that something has ended, with what goes out.
(func $report (param $number i32) (param $code i32)
  (call $ended
    (local.get $number) (local.get $code) (global.get $out) (global.get $out-length)))

;; A call that returned this status.
(func $called (param $it i32) (param $status i32)
  (local $code i32) (local $waitable i32)
  (local.set $code (i32.and (local.get $status) (i32.const 15)))
  (local.set $waitable (i32.shr_u (local.get $status) (i32.const 4)))
  (call $started (local.get $it) (local.get $code))
  (if (local.get $waitable)
    (then (call $pending (local.get $it) (local.get $waitable)))
    (else (call $end (local.get $it) (local.get $code)))))

;; A call has read its arguments when it has started.
(func $started (param $it i32) (param $code i32)
  (if (local.get $code) (then
    (call $release (i32.load offset=12 (local.get $it)))
    (i32.store offset=12 (local.get $it) (i32.const 0)))))

;; ---- Streams and futures ------------------------------------------------------------------------
;;
;; Of each kind:
;;   0 the size of an element   4 how many are read at once   8 whether it is a future
;;   12 what moves what an element points to, or -1

(func $kind (param $kind i32) (result i32)
  (if (i32.ge_u (local.get $kind) (table.size $reads)) (then unreachable))
  (i32.add (i32.const 1024) (i32.shl (local.get $kind) (i32.const 4))))

(func $elements-out (param $kind i32) (param $place i32) (param $code i32)
  (local $of i32) (local $count i32)
  (local.set $of (call $kind (local.get $kind)))
  (local.set $count (if (result i32) (i32.load offset=8 (local.get $of))
    (then (i32.eqz (local.get $code)))
    (else (i32.shr_u (local.get $code) (i32.const 4)))))
  (drop (call $append (local.get $place)
    (i32.mul (local.get $count) (i32.load (local.get $of))) (i32.const 8)))
  (call $fix-elements (local.get $of) (i32.const 0) (local.get $count)))

(func $fix-elements (param $of i32) (param $at i32) (param $count i32)
  (local $fix i32)
  (local.set $fix (i32.load offset=12 (local.get $of)))
  (if (i32.ne (local.get $fix) (i32.const -1)) (then
    (call $each
      (local.get $fix) (local.get $at) (local.get $count) (i32.load (local.get $of))))))

;; The reader and the writer of a new one go out.
(func $make (param $kind i32)
  (call $send)
  (drop (call $reserve (i32.const 8) (i32.const 8)))
  (i64.store (global.get $base) (call_indirect $makes (type $make) (local.get $kind)))
  (global.set $base (i32.const 0))
  (call $report (global.get $number) (i32.const 0)))

(func $read (param $kind i32) (param $reader i32) (param $most i32)
  (local $of i32) (local $place i32) (local $it i32) (local $code i32)
  (local.set $of (call $kind (local.get $kind)))
  (if (i32.or (i32.load offset=8 (local.get $of))
        (i32.gt_u (local.get $most) (i32.load offset=4 (local.get $of))))
    (then (local.set $most (i32.load offset=4 (local.get $of)))))
  (local.set $place
    (call $alloc (i32.mul (local.get $most) (i32.load (local.get $of)))))
  (local.set $it (call $begun (i32.const 1) (local.get $kind) (local.get $place)))
  (local.set $code (call_indirect $reads (type $transfer)
    (local.get $reader) (local.get $place) (local.get $most) (local.get $kind)))
  (if (i32.eq (local.get $code) (i32.const -1))
    (then (call $pending (local.get $it) (local.get $reader)))
    (else (call $end (local.get $it) (local.get $code)))))

(func $write (param $kind i32) (param $writer i32) (param $count i32)
  (param $elements i32) (param $length i32)
  (local $of i32) (local $it i32) (local $code i32) (local $bytes i64)
  (local.set $of (call $kind (local.get $kind)))
  (if (i32.load offset=8 (local.get $of)) (then (local.set $count (i32.const 1))))
  (local.set $bytes
    (i64.mul (i64.extend_i32_u (local.get $count)) (i64.load32_u (local.get $of))))
  (call $receive (local.get $elements) (local.get $length) (local.get $bytes))
  (if (i64.eqz (local.get $bytes)) (then (local.set $elements (i32.const 8))))
  (if (i32.ne (i32.load offset=12 (local.get $of)) (i32.const -1)) (then
    (local.set $elements (call $front (i32.wrap_i64 (local.get $bytes))))
    (call $fix-elements (local.get $of) (local.get $elements) (local.get $count))))
  (local.set $it (call $begun (i32.const 2) (local.get $kind) (local.get $elements)))
  (i32.store offset=20 (local.get $it) (local.get $count))
  (i32.store offset=28 (local.get $it) (local.get $writer))
  (local.set $code (call $written (local.get $it) (call $write-rest (local.get $it))))
  (if (i32.eq (local.get $code) (i32.const -1))
    (then (call $pending (local.get $it) (local.get $writer)))
    (else (call $end (local.get $it) (local.get $code)))))

(func $write-rest (param $it i32) (result i32)
  (local $kind i32) (local $done i32)
  (local.set $kind (i32.load offset=8 (local.get $it)))
  (local.set $done (i32.load offset=24 (local.get $it)))
  (call_indirect $writes (type $transfer)
    (i32.load offset=28 (local.get $it))
    (i32.add (i32.load offset=16 (local.get $it))
      (i32.mul (local.get $done) (i32.load (call $kind (local.get $kind)))))
    (i32.sub (i32.load offset=20 (local.get $it)) (local.get $done))
    (local.get $kind)))

;; Goes on with a write of which a part was done: the code of the whole, or -1 if it blocks.
(func $written (param $it i32) (param $code i32) (result i32)
  (local $done i32)
  (if (i32.load offset=8 (call $kind (i32.load offset=8 (local.get $it))))
    (then (return (local.get $code))))
  (loop $next
    (if (i32.eq (local.get $code) (i32.const -1)) (then (return (local.get $code))))
    (local.set $done (i32.add
      (i32.load offset=24 (local.get $it)) (i32.shr_u (local.get $code) (i32.const 4))))
    (i32.store offset=24 (local.get $it) (local.get $done))
    (local.set $code (i32.and (local.get $code) (i32.const 15)))
    (if (i32.and
          (i32.eqz (local.get $code))
          (i32.lt_u (local.get $done) (i32.load offset=20 (local.get $it))))
      (then
        (local.set $code (call $write-rest (local.get $it)))
        (br $next))))
  (i32.or (i32.shl (local.get $done) (i32.const 4)) (local.get $code)))

(func $cancel (param $number i32)
  (local $it i32) (local $code i32)
  (local.set $it (call $find-number (local.get $number)))
  (if (i32.eqz (local.get $it)) (then (return)))
  (if (i32.load offset=32 (local.get $it)) (then (return)))
  (i32.store offset=32 (local.get $it) (i32.const 1))
  ;; A write does not go on with its rest.
  (i32.store offset=20 (local.get $it) (i32.const 0))
  (local.set $code (call $request-cancel (local.get $it)))
  (if (i32.eq (local.get $code) (i32.const -1)) (then (return)))
  (call $settled (local.get $it))
  (call $end (local.get $it) (local.get $code)))

(func $request-cancel (param $it i32) (result i32)
  (local $what i32) (local $waitable i32)
  (local.set $what (i32.load offset=4 (local.get $it)))
  (local.set $waitable (i32.load offset=28 (local.get $it)))
  (if (i32.eqz (local.get $what)) (then (return (call $subtask-cancel (local.get $waitable)))))
  (if (i32.eq (local.get $what) (i32.const 1)) (then
    (return (call_indirect $read-cancels (type $exchange)
      (local.get $waitable) (i32.load offset=8 (local.get $it))))))
  (call $written (local.get $it)
    (call_indirect $write-cancels (type $exchange)
      (local.get $waitable) (i32.load offset=8 (local.get $it)))))

;; ---- The task -----------------------------------------------------------------------------------
;;
;; A command is six words: what to do (0 call, 1 read, 2 write, 3 make, 4 and 5 drop a reader or a
;; writer, 6 cancel), its number, a function or a kind, an end, and a count; then a list of bytes.

(global $asking (mut i32) (i32.const 0))

;; Obeys all commands that there are, and then waits for the next.
(func $ask
  (local $status i32)
  (loop $next
    (local.set $status (call $next-command (i32.const 16)))
    (if (i32.eq (local.get $status) (i32.const 2)) (then
      (call $obey)
      (br $next))))
  (global.set $asking (i32.shr_u (local.get $status) (i32.const 4)))
  (call $waitable-join (global.get $asking) (global.get $set)))

(func $obey
  (local $what i32) (local $of i32) (local $end i32) (local $count i32)
  (local $data i32) (local $length i32)
  (local.set $what (i32.load (i32.const 16)))
  (global.set $number (i32.load (i32.const 20)))
  (local.set $of (i32.load (i32.const 24)))
  (local.set $end (i32.load (i32.const 28)))
  (local.set $count (i32.load (i32.const 32)))
  (local.set $data (i32.load (i32.const 36)))
  (local.set $length (i32.load (i32.const 40)))
  (block $cancel (block $drop-writer (block $drop-reader (block $make (block $write (block $read
    (block $call
      (br_table $call $read $write $make $drop-reader $drop-writer $cancel (local.get $what)))
    (return (call_indirect $begins (type $begin)
      (local.get $data) (local.get $length) (local.get $of))))
    (return (call $read (local.get $of) (local.get $end) (local.get $count))))
    (return (call $write (local.get $of) (local.get $end) (local.get $count)
      (local.get $data) (local.get $length))))
    (return (call $make (local.get $of))))
    (return (call_indirect $reader-drops (type $drop) (local.get $end) (local.get $of))))
    (return (call_indirect $writer-drops (type $drop) (local.get $end) (local.get $of))))
  (call $cancel (global.get $number)))

(func $run (result i32)
  (global.set $set (call $waitable-set-new))
  (call $ask)
  (call $wait))

;; What the task returns to wait.
(func $wait (result i32)
  (i32.or (i32.shl (global.get $set) (i32.const 4)) (i32.const 2)))

(func $happened (param $event i32) (param $waitable i32) (param $code i32) (result i32)
  (local $it i32)
  (if (i32.eq (local.get $waitable) (global.get $asking)) (then
    (if (i32.eq (local.get $code) (i32.const 2)) (then
      (call $waitable-join (local.get $waitable) (i32.const 0))
      (call $subtask-drop (local.get $waitable))
      (call $obey)
      (call $ask)))
    (return (call $wait))))
  (local.set $it (call $find (local.get $waitable)))
  (if (local.get $it) (then
    (call $went-on (local.get $it) (local.get $code))))
  (call $wait))

(func $went-on (param $it i32) (param $code i32)
  (local $what i32)
  (local.set $what (i32.load offset=4 (local.get $it)))
  (if (i32.eqz (local.get $what)) (then
    (call $started (local.get $it) (local.get $code))
    (if (i32.lt_u (local.get $code) (i32.const 2)) (then (return)))))
  (if (i32.eq (local.get $what) (i32.const 2)) (then
    (local.set $code (call $written (local.get $it) (local.get $code)))
    (if (i32.eq (local.get $code) (i32.const -1)) (then (return)))))
  (call $settled (local.get $it))
  (call $end (local.get $it) (local.get $code)))
