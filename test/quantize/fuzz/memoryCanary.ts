/**
 * The kernel has a memory of its own, and fills it with tables when a model is loaded. Scoring may write the room for rows and
 * their predictions, and buffers, which are all zero at that time, and nothing else: outside of that room, a block that holds
 * anything after loading must hold the same for ever.
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

/** From, up to but without; in bytes. */
export type Room = readonly [number, number];

/**
 * Does something that loads a scorer, and keeps what is in the memories that came of it.
 * @param roomsOf - where in a memory rows and what becomes of them may be written over anything
 */
export async function watchMemories<T>(
  load: () => Promise<T>,
  roomsOf: (memory: WebAssembly.Memory) => readonly Room[] = () => [],
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
    return { value, canary: createCanary(memories, roomsOf) };
  } finally {
    WebAssembly.Memory = Memory;
  }
}

function createCanary(
  memories: readonly WebAssembly.Memory[],
  roomsOf: (memory: WebAssembly.Memory) => readonly Room[],
): Canary {
  const kept = memories.map(({ buffer }) => new Uint32Array(buffer.slice(0)));
  const rooms = memories.map(roomsOf);
  return {
    byteLength: kept.reduce((sum, words) => sum + words.byteLength, 0),
    check() {
      kept.forEach((before, index) => {
        checkWords(before, new Uint32Array(memories[index]!.buffer), rooms[index]!);
      });
    },
  };
}

function checkWords(before: Uint32Array, now: Uint32Array, rooms: readonly Room[]): void {
  if (before.length !== now.length) throw new Error("the kernel's memory has grown");
  for (let block = 0; block < before.length; block += BLOCK_WORDS) {
    let isTable = block < EMPTY_WORDS;
    let isChanged = false;
    for (let at = block; at < block + BLOCK_WORDS; at++) {
      if (before[at] !== 0) isTable = true;
      if (before[at] !== now[at]) isChanged = true;
    }
    if (!isTable || !isChanged) continue;
    if (!rooms.some(([from, to]) => 4 * block >= from && 4 * block < to)) {
      throw new Error(`the kernel wrote to a table, within 16 bytes of ${4 * block}`);
    }
  }
}
