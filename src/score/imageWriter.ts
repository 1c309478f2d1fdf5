const PAGE_BYTES = 1 << 16;
/** the compiler of the kernel assumes that nothing lies below */
const FIRST_BYTE = 1024;

/** Hands out addresses, aligned to cache lines, and fills a memory of the size that came together. */
export class ImageWriter {
  #end = FIRST_BYTE;
  readonly #parts: { address: number; bytes: Uint8Array }[] = [];

  reserve(byteLength: number): number {
    const address = this.#end;
    this.#end += Math.ceil(byteLength / 64) * 64;
    return address;
  }

  /** The address at which `data` will stand. It is copied by `finish`, so it may be filled until then. */
  place(data: ArrayBufferView): number {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const address = this.reserve(bytes.length);
    this.#parts.push({ address, bytes });
    return address;
  }

  /** @throws {RangeError} when the memory cannot be had. */
  finish(): WebAssembly.Memory {
    const pages = Math.ceil(this.#end / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const target = new Uint8Array(memory.buffer);
    for (const { address, bytes } of this.#parts) target.set(bytes, address);
    return memory;
  }
}
