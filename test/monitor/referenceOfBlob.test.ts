import { encode } from '@msgpack/msgpack';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, FormatError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { tableFromRecords } from '../../src/data/index.js';
import { trainTable } from '../../src/lifecycle/index.js';
import {
  buildReference,
  createMonitorState,
  observe,
  referenceOfBlob,
} from '../../src/monitor/index.js';
import { decodeBlob, encodeBlob, inspectBlob, readDrift } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { frameSections, sectionsOf } from '../quantize/fuzz/blobFrame.js';
import { mutateTree } from '../quantize/fuzz/mutateTree.js';

const records = Array.from({ length: 400 }, (_, i) => ({
  humidity: i % 9 === 0 ? null : (i * 13) % 100,
  wind: ['a', 'b', '__proto__'][i % 3]!,
  rain: (i * 13) % 100 > 70 ? 'yes' : 'no',
}));
const table = tableFromRecords(records);
const { model } = trainTable(table, {
  target: 'rain',
  positive: 'yes',
  options: { numTrees: 5 },
});
const plain = encodeBlob(model);
const probabilities = (await loadScorer(plain)).predict(
  records.map(({ humidity, wind }) => ({ humidity, wind })),
);
const reference = buildReference({
  schema: model.schema,
  table,
  task: 'binary',
  target: Uint8Array.from(records, ({ rain }) => Number(rain === 'yes')),
  predictions: Float64Array.from(probabilities),
  threshold: model.task === 'binary' ? model.threshold.value : 0,
});
const blob = encodeBlob(model, { drift: reference });

test('a blob carries its drift reference, which comes back as it went in', () => {
  assert.equal(referenceOfBlob(blob), reference);
  assert.is(referenceOfBlob(plain), undefined);
  assert.equal(decodeBlob(blob), decodeBlob(plain));
});

test('the section is optional and known by name', () => {
  const section = inspectBlob(blob).sections.find(({ name }) => name === 'drift');
  assert.ok(section?.known && !section.required && section.byteLength > 100);
  assert.throws(
    () => encodeBlob(model, { extra: { drift: new Uint8Array(1) } }),
    (error: unknown) => error instanceof ConfigError,
  );
});

test('anything else is refused, when it is written and when it is read', () => {
  assert.throws(
    () => encodeBlob(model, { drift: { ...reference, format: 'other' } }),
    /drift reference/,
  );
  const withBody = (body: Uint8Array): Uint8Array =>
    frameSections([...sectionsOf(plain), { name: 'drift', required: false, body }]);
  const wrong: [unknown, RegExp][] = [
    [{ ...reference, rowCount: 3 }, /add up to 3 rows/],
    [{ ...reference, fields: new Uint8Array(3) }, /binary/],
    [[], /drift reference.* expected an object/],
  ];
  for (const [content, reason] of wrong) {
    assert.throws(
      () => referenceOfBlob(withBody(encode(content))),
      (error: unknown) => error instanceof FormatError && reason.test(error.message),
    );
  }
  // a scorer does not look at it
  decodeBlob(withBody(Uint8Array.of(0xc1)));
  assert.throws(() => readDrift(withBody(Uint8Array.of(0xc1))), /0xc1/);
});

test('a mutated reference is refused with a FormatError, or counts rows', () => {
  const random = createRandom(11);
  const sections = sectionsOf(blob);
  const { body } = sections.find(({ name }) => name === 'drift')!;
  const donor = sections.find(({ name }) => name === 'features')!.body;
  let counted = 0;
  for (let i = 0; i < 1500; i++) {
    const mutated = mutateTree(body, donor, random);
    try {
      const state = createMonitorState(
        referenceOfBlob(frameSections([{ name: 'drift', required: false, body: mutated }]))!,
      );
      observe(state, records.slice(0, 5), probabilities.slice(0, 5));
      counted++;
    } catch (error) {
      assert.instance(error, FormatError, String((error as Error).stack));
    }
  }
  assert.ok(counted > 50 && counted < 1450);
});

test.run();
