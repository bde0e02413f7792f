// Fails in every way that JavaScript has, when told to.

export function double(number) {
  return number * 2;
}

export function panic() {
  throw new Error("told to");
}

export function reachUnreachable() {
  return undefined.nothing;
}

export function overflowStack() {
  return overflowStack() + 1;
}

export function exhaustMemory() {
  const blocks = [];
  while (true) {
    blocks.push(new Uint8Array(1 << 20).fill(1));
  }
}

// It has no process to end.
export function endProcess() {
  throw new Error("told to");
}

export function spin() {
  while (true) {}
}

// It has nothing that waits but promises, which nobody waits for here.
export function waitInHost(seconds) {
  const end = Date.now() + Number(seconds) * 1000;
  while (Date.now() < end) {}
}
