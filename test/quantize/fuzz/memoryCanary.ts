/**
 * The kernel has a memory of its own, which the host fills with tables when it loads a model. Scoring may write buffers, which are
 * all zero at that time, and nothing else: a block that holds anything after loading must hold the same for ever.
 */
export interface Canary {
  /** of all memories that loading made */
  byteLength: number;
  /** @throws when a table was written to, or the empty bytes at the beginning, where addresses that are wrong tend to point. */
  check(): void;
}

/** Regions begin at multiples of this many bytes. */
const BLOCK_WORDS = 4;
/** below the first region */
const EMPTY_WORDS = 256;

/** Does something that loads a scorer, and keeps what is in the memories that came of it. */
export async function watchMemories<T>(
  load: () => Promise<T>,
): Promise<{ value: T; canary: Canary }> {
  const { Memory } = WebAssembly;
  const memories: WebAssembly.Memory[] = [];
  class Watched extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      memories.push(this);
    }
  }
  WebAssembly.Memory = Watched;
  try {
    const value = await load();
    return { value, canary: createCanary(memories) };
  } finally {
    WebAssembly.Memory = Memory;
  }
}

function createCanary(memories: readonly WebAssembly.Memory[]): Canary {
  const kept = memories.map(({ buffer }) => new Uint32Array(buffer.slice(0)));
  return {
    byteLength: kept.reduce((sum, words) => sum + words.byteLength, 0),
    check() {
      kept.forEach((before, index) => {
        checkWords(before, new Uint32Array(memories[index]!.buffer));
      });
    },
  };
}

function checkWords(before: Uint32Array, now: Uint32Array): void {
  if (before.length !== now.length) throw new Error("the kernel's memory has grown");
  for (let block = 0; block < before.length; block += BLOCK_WORDS) {
    let isTable = block < EMPTY_WORDS;
    let isChanged = false;
    for (let at = block; at < block + BLOCK_WORDS; at++) {
      if (before[at] !== 0) isTable = true;
      if (before[at] !== now[at]) isChanged = true;
    }
    if (isTable && isChanged) {
      throw new Error(`the kernel wrote to a table, within 16 bytes of ${4 * block}`);
    }
  }
}
