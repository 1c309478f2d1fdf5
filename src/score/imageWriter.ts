const PAGE_BYTES = 1 << 16;
/** the compiler of the kernel assumes that nothing lies below */
const FIRST_BYTE = 1024;

/** Hands out addresses, aligned to cache lines, and fills a memory of the size that came together. */
export class ImageWriter {
  /** the next address */
  end: number = FIRST_BYTE;
  readonly #parts: { address: number; data: ArrayBufferView }[] = [];

  reserve(byteLength: number): number {
    const address = this.end;
    this.end += Math.ceil(byteLength / 64) * 64;
    return address;
  }

  /** The address at which `data` will stand. It is copied by `finish`, so it may be filled until then. */
  place(data: ArrayBufferView): number {
    const address = this.reserve(data.byteLength);
    this.#parts.push({ address, data });
    return address;
  }

  /** A memory that a kernel may make larger. @throws {RangeError} when it cannot be had. */
  finish(): WebAssembly.Memory {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(this.end / PAGE_BYTES) });
    const target = new Uint8Array(memory.buffer);
    for (const { address, data } of this.#parts) {
      target.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
    }
    return memory;
  }
}
