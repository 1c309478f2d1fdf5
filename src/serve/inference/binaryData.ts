import { type Datatype, invalid, NUMERIC_TYPES, type OutputTensor } from './tensor.js';

/**
 * The elements of a tensor that came as bytes: little endian, BYTES with a length of four bytes in front of each.
 * Open Inference Protocol, extension `binary_tensor_data`.
 * @throws {Refusal} 400 when the bytes are not as many elements.
 */
export function decodeBinary(bytes: Uint8Array, datatype: Datatype, count: number): unknown[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (datatype === 'BYTES') return decodeTexts(bytes, view, count);
  const [width, read] = NUMERIC_TYPES[datatype];
  if (bytes.length !== width * count) {
    throw invalid(`expected ${width * count} bytes of ${datatype}, got ${bytes.length}`);
  }
  return Array.from({ length: count }, (_, i) => read(view, i * width));
}

function decodeTexts(bytes: Uint8Array, view: DataView, count: number): string[] {
  // a byte order mark belongs to its element
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const texts: string[] = [];
  let at = 0;
  while (at + 4 <= bytes.length && texts.length <= count) {
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) break;
    texts.push(decoder.decode(bytes.subarray(at + 4, end)));
    at = end;
  }
  if (texts.length === count && at === bytes.length) return texts;
  throw invalid(`expected ${count} elements of BYTES, each after its length`);
}

/** The bytes of a tensor, as {@link decodeBinary} reads them. */
export function encodeBinary({ data }: OutputTensor): Uint8Array {
  if (data instanceof Float32Array) {
    const view = new DataView(new ArrayBuffer(4 * data.length));
    for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i]!, true);
    return new Uint8Array(view.buffer);
  }
  const encoder = new TextEncoder();
  const texts = data.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}
