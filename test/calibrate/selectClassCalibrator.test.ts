import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitTemperature, selectClassCalibrator } from '../../src/calibrate/index.js';
import { createRandom } from '../../src/core/random.js';
import { classProbabilities } from '../../src/model/multiclass.js';

const ROWS = 900;
const OUTPUTS = 3;

/** Margins that are right about the classes, multiplied by `excess`: how many times too sure they are. */
function draw(excess: number) {
  const random = createRandom(3);
  const margins = new Float64Array(ROWS * OUTPUTS).map(() => 1.5 * random.normal());
  const probabilities = classProbabilities('softmax', margins, OUTPUTS);
  const labels = Float64Array.from({ length: ROWS }, (_, row) => {
    let rest = random.uniform();
    for (let k = 0; k < OUTPUTS - 1; k++) {
      rest -= probabilities[row * OUTPUTS + k]!;
      if (rest < 0) return k;
    }
    return OUTPUTS - 1;
  });
  return {
    margins: margins.map((margin) => margin * excess),
    labels,
    outputCount: OUTPUTS,
    folds: Uint8Array.from({ length: ROWS }, (_, row) => row % 5),
    foldCount: 5,
    link: 'softmax' as const,
  };
}

test('margins that are three times too sure get a temperature of about three', () => {
  const { calibrator, scores } = selectClassCalibrator(draw(3));
  assert.is(calibrator.kind, 'temperature');
  const { temperature } = calibrator as { temperature: number };
  assert.ok(temperature > 2.6 && temperature < 3.4, String(temperature));
  assert.ok(scores.temperature! < scores.none!);
});

test('only the kinds that are asked for', () => {
  const input = draw(3);
  const none = selectClassCalibrator({ ...input, kinds: ['none'] });
  assert.equal(none.calibrator, { kind: 'none' });
  assert.equal(Object.keys(none.scores), ['none']);
  const flat = { ...draw(1), margins: new Float64Array(ROWS * OUTPUTS) };
  assert.is(selectClassCalibrator(flat).calibrator.kind, 'none');
  const asked = selectClassCalibrator({ ...flat, kinds: ['temperature'] });
  assert.is(asked.calibrator.kind, 'temperature');
});

test('a fold is scored at the temperature of the others', () => {
  const input = draw(2);
  const { scores } = selectClassCalibrator(input);
  let loss = 0;
  for (let fold = 0; fold < 5; fold++) {
    const rows = [...input.folds.keys()];
    const others = rows.filter((row) => input.folds[row] !== fold);
    const calibrator = fitTemperature(
      Float64Array.from(others.flatMap((row) => marginsOf(input.margins, row))),
      others.map((row) => input.labels[row]!),
      OUTPUTS,
      'softmax',
    );
    for (const row of rows.filter((row) => input.folds[row] === fold)) {
      const own = Float64Array.from(marginsOf(input.margins, row));
      loss -= Math.log(
        classProbabilities('softmax', own, OUTPUTS, calibrator)[input.labels[row]!]!,
      );
    }
  }
  assert.ok(Math.abs(scores.temperature! - loss / ROWS) < 1e-12);
});

function marginsOf(margins: Float64Array, row: number): number[] {
  return [...margins.subarray(row * OUTPUTS, (row + 1) * OUTPUTS)];
}

test('lengths that do not fit are refused', () => {
  const input = draw(1);
  assert.throws(
    () => selectClassCalibrator({ ...input, folds: input.folds.subarray(1) }),
    /900 labels, but 899 folds/,
  );
  assert.throws(
    () => selectClassCalibrator({ ...input, margins: input.margins.subarray(1) }),
    /2699 probabilities|2699 margins/,
  );
});

test.run();
