import type { Random } from '../../../src/core/random.js';
import type { Section } from '../../../src/quantize/container.js';
import { decodeBlob } from '../../../src/quantize/decodeBlob.js';
import { concat, framePayload, frameSections, mapHeader, sectionsOf } from './blobFrame.js';
import {
  type ByteMutation,
  claimLength,
  cutOrDouble,
  flipBytes,
  plantForeign,
  truncate,
} from './mutateBytes.js';
import { mutateTree } from './mutateTree.js';
import { redrawModel } from './redrawModel.js';
import type { SeedBlob } from './seedBlobs.js';

const BYTE_MUTATIONS: readonly ByteMutation[] = [
  flipBytes,
  flipBytes,
  cutOrDouble,
  claimLength,
  truncate,
  plantForeign,
];

/** What is done to a blob; all but the first leave the frame right, so that the checks behind it are reached. */
const STRATEGIES = {
  /** any bytes of the file, checksum and all */
  raw: ({ bytes }, _, random) => anyBytes(bytes, random),
  /** any bytes of the payload */
  payload: ({ bytes }, _, random) => framePayload(anyBytes(bytes.subarray(16), random)),
  /** any bytes of a section */
  section: ({ bytes }, _, random) => withSection(bytes, random, (body) => anyBytes(body, random)),
  /** a section by its structure */
  tree: ({ bytes }, donor, random) =>
    withSection(bytes, random, (body) =>
      mutateTree(body, pick(modelSections(donor.bytes), random).body, random),
    ),
  /** sections of two models put together */
  splice({ bytes }, donor, random) {
    const others = new Map(sectionsOf(donor.bytes).map((section) => [section.name, section]));
    const sections = sectionsOf(bytes).map((section) =>
      random.integer(3) === 0 ? (others.get(section.name) ?? section) : section,
    );
    return frameSections(sections);
  },
  /** sections left out, doubled, renamed, shuffled, required or not */
  sections({ bytes }, _, random) {
    const sections = sectionsOf(bytes);
    const at = random.integer(sections.length);
    const chosen = sections[at]!;
    const choice = random.integer(6);
    if (choice === 0) sections.splice(at, 1);
    else if (choice === 1) sections.push(chosen);
    else if (choice === 2) sections[at] = { ...chosen, name: 'future' };
    else if (choice === 3) sections[at] = { ...chosen, required: !chosen.required };
    else if (choice === 4) random.shuffle(sections);
    else return framePayload(concat([mapHeader(random.integer(70_000)), bytes.subarray(19)]));
    return frameSections(sections);
  },
  /** a predictor and a calibrator that keep the rules, and that no trainer makes */
  redraw({ bytes }, _, random) {
    const drawn = redrawModel(decodeBlob(bytes), random);
    const names = drawn.map(({ name }) => name);
    // the shares are those of the nodes that were
    const kept = sectionsOf(bytes).filter(({ name }) => ![...names, 'shares'].includes(name));
    return frameSections([...kept, ...drawn]);
  },
} satisfies Record<string, (seed: SeedBlob, donor: SeedBlob, random: Random) => Uint8Array>;

export type Strategy = keyof typeof STRATEGIES;

/** In the shares in which they are drawn. */
const DRAWN: readonly Strategy[] = [
  'raw',
  ...Array<Strategy>(2).fill('payload'),
  ...Array<Strategy>(5).fill('section'),
  ...Array<Strategy>(7).fill('tree'),
  'splice',
  'sections',
  ...Array<Strategy>(3).fill('redraw'),
];

export interface MutatedBlob {
  strategy: Strategy;
  seed: string;
  bytes: Uint8Array;
}

/** Draws a blob, and what to do to it. The same random numbers give the same bytes. */
export function mutateBlob(seeds: readonly SeedBlob[], random: Random): MutatedBlob {
  const seed = pick(seeds, random);
  const strategy = pick(DRAWN, random);
  return {
    strategy,
    seed: seed.name,
    bytes: STRATEGIES[strategy](seed, pick(seeds, random), random),
  };
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[random.integer(items.length)]!;
}

function anyBytes(bytes: Uint8Array, random: Random): Uint8Array {
  return pick(BYTE_MUTATIONS, random)(bytes, random);
}

/** The sections that hold MessagePack. */
function modelSections(blob: Uint8Array): Section[] {
  return sectionsOf(blob).filter(({ name }) => name !== 'note');
}

function withSection(
  blob: Uint8Array,
  random: Random,
  mutate: (body: Uint8Array) => Uint8Array,
): Uint8Array {
  const { name } = pick(modelSections(blob), random);
  return frameSections(
    sectionsOf(blob).map((section) =>
      section.name === name ? { ...section, body: mutate(section.body) } : section,
    ),
  );
}
