// Fails in every way that C has, when told to.

#include "faulty.h"
#include <stdlib.h>
#include <unistd.h>

uint32_t exports_faulty_double(uint32_t number) { return number * 2; }

void exports_faulty_panic(void) { abort(); }

void exports_faulty_reach_unreachable(void) { __builtin_trap(); }

static volatile int depth;

static int deeper(int above) {
  depth = above;
  return depth < 0 ? 0 : deeper(above + 1) + depth;
}

void exports_faulty_overflow_stack(void) { deeper(1); }

// What nobody looks at need not be allocated, as compilers see it.
static void *volatile block;

void exports_faulty_exhaust_memory(void) {
  do {
    block = malloc(1 << 20);
  } while (block != NULL);
  abort();
}

void exports_faulty_end_process(void) { exit(3); }

void exports_faulty_spin(void) {
  for (;;) {
    depth++;
  }
}

void exports_faulty_wait_in_host(uint64_t seconds) { sleep((unsigned)seconds); }
