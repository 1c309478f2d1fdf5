import type { Random } from '../../../src/core/random.js';
import { type Packed, type PackedMap, readMessagePack } from '../../../src/quantize/messagePack.js';
import { encodePacked, isMap } from './encodePacked.js';

/** Numbers where ranges end, types change and arithmetic goes wrong. */
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  7,
  8,
  16,
  127,
  128,
  253,
  254,
  255,
  256,
  4096,
  4097,
  65535,
  65536,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  -(2 ** 31),
  0.5,
  -1e-45,
  1e-45,
  5e-324,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  3.5e38,
  1e300,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Infinity,
  -Infinity,
  NaN,
];
const TEXTS = [
  '',
  'a',
  'number',
  'forest',
  'constructor',
  '__proto__',
  'softmax',
  'none',
  '\u0000',
];

/**
 * Changes one to three values of a section, knowing its structure: numbers at the ends of ranges, elements of another size or
 * order, entries dropped, doubled or swapped, keys renamed, types exchanged, a part of another section planted.
 * @param donor - a section of another blob
 */
export function mutateTree(body: Uint8Array, donor: Uint8Array, random: Random): Uint8Array {
  let root = readMessagePack(body.slice(), 'seed');
  for (let count = 1 + random.integer(3); count > 0; count--) {
    const places = placesOf(root);
    const place = places[random.integer(places.length + 1)];
    if (!place) root = mutateValue(root, donor, random);
    else place.put(mutateValue(place.value, donor, random));
  }
  return encodePacked(root);
}

interface Place {
  value: Packed;
  put(value: Packed): void;
}

/** Every value inside of a value. */
function placesOf(root: Packed, found: Place[] = []): Place[] {
  if (Array.isArray(root)) {
    root.forEach((value, index) => {
      found.push({ value, put: (next) => (root[index] = next) });
      placesOf(value, found);
    });
  } else if (isMap(root)) {
    for (const [key, value] of Object.entries(root)) {
      found.push({ value, put: (next) => (root[key] = next) });
      placesOf(value, found);
    }
  }
  return found;
}

function mutateValue(value: Packed, donor: Uint8Array, random: Random): Packed {
  const anything = random.integer(20);
  if (anything === 0) return randomValue(random);
  if (anything === 1) {
    const places = placesOf(readMessagePack(donor.slice(), 'donor'));
    return places[random.integer(places.length)]?.value ?? null;
  }
  if (typeof value === 'number') return mutateNumber(value, random);
  if (typeof value === 'string') return TEXTS[random.integer(TEXTS.length)]!;
  if (value instanceof Uint8Array) return mutateElements(value, random);
  if (Array.isArray(value)) return mutateList(value, random);
  if (isMap(value)) return mutateMap(value, random);
  return randomValue(random);
}

function mutateNumber(value: number, random: Random): number {
  const choice = random.integer(4);
  if (choice === 0) return value + 1;
  if (choice === 1) return value - 1;
  if (choice === 2) return -value;
  return NUMBERS[random.integer(NUMBERS.length)]!;
}

/** Elements of one, two, four or eight bytes, as integers or floats. */
function mutateElements(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  const width = [1, 2, 4, 8][random.integer(4)]!;
  const count = Math.floor(copy.length / width);
  const element = (index: number): Uint8Array => copy.subarray(index * width, (index + 1) * width);
  const at = random.integer(Math.max(1, count));
  switch (random.integer(6)) {
    case 0:
      return copy.slice(0, copy.length - width);
    case 1: {
      const longer = new Uint8Array(copy.length + width * (1 + random.integer(3)));
      longer.set(copy);
      return longer;
    }
    case 2: {
      if (count < 2) return copy;
      const other = random.integer(count);
      const held = element(at).slice();
      element(at).set(element(other));
      element(other).set(held);
      return copy;
    }
    case 3:
      return new Uint8Array(random.integer(4) * width);
    default:
      if (count > 0) element(at).set(elementOf(NUMBERS[random.integer(NUMBERS.length)]!, width));
      return copy;
  }
}

function elementOf(value: number, width: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  if (width === 8) view.setFloat64(0, value, true);
  else if (width === 4 && !Number.isInteger(value)) view.setFloat32(0, value, true);
  else view.setUint32(0, value >>> 0, true);
  return new Uint8Array(view.buffer, 0, width);
}

function mutateList(list: Packed[], random: Random): Packed[] {
  const copy = [...list];
  const at = random.integer(Math.max(1, copy.length));
  switch (random.integer(5)) {
    case 0:
      copy.splice(at, 1);
      return copy;
    case 1:
      copy.splice(at, 0, copy[random.integer(Math.max(1, copy.length))] ?? null);
      return copy;
    case 2:
      return random.shuffle(copy);
    case 3:
      return [];
    default: {
      const times = 1 + random.integer(40);
      return copy.length > 100 ? copy : Array.from({ length: times }, () => copy).flat();
    }
  }
}

function mutateMap(map: PackedMap, random: Random): PackedMap {
  const entries = Object.entries(map);
  const at = random.integer(Math.max(1, entries.length));
  const chosen = entries[at];
  if (!chosen) return { a: null };
  switch (random.integer(4)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries[at] = [TEXTS[random.integer(TEXTS.length)]!, chosen[1]];
      break;
    case 2:
      entries[at] = [chosen[0], entries[random.integer(entries.length)]![1]];
      break;
    default:
      entries.push([TEXTS[random.integer(TEXTS.length)]!, chosen[1]]);
  }
  return Object.fromEntries(entries);
}

function randomValue(random: Random): Packed {
  switch (random.integer(7)) {
    case 0:
      return null;
    case 1:
      return random.integer(2) === 0;
    case 2:
      return NUMBERS[random.integer(NUMBERS.length)]!;
    case 3:
      return TEXTS[random.integer(TEXTS.length)]!;
    case 4:
      return Uint8Array.from({ length: random.integer(20) }, () => random.integer(256));
    case 5:
      return [];
    default:
      return {};
  }
}
