import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  FOREST_DEFAULTS,
  FOREST_TABLE,
  TREE_DEFAULTS,
  TREE_TABLE,
} from '../../src/train/forestOptions.js';
import { fitGbdt } from '../../src/train/gbdt.js';
import { GBDT_DEFAULTS, GBDT_TABLE, type GbdtOptions } from '../../src/train/gbdtOptions.js';
import { CONSTRAINT_DEFAULTS } from '../../src/train/grow/constraints.js';
import { fitForest, fitTree } from '../../src/train/randomForest.js';
import { syntheticMatrix } from './syntheticMatrix.js';

const DATA = syntheticMatrix(50, 1);

/** Options that no command line can set. */
const STRUCTURED = ['onProgress', 'validation', 'metric', 'continueFrom'];

function fails(options: object, message: RegExp): void {
  assert.throws(() => fitGbdt(DATA, options as Partial<GbdtOptions>), message);
}

test('an unknown option is an error with the nearest name', () => {
  fails({ numTree: 3 }, /unknown gbdt option "numTree"; did you mean "numTrees"\?/);
  assert.throws(() => fitForest(DATA, { learningRate: 1 } as object), /unknown forest option/);
  assert.throws(() => fitTree(DATA, { numTrees: 1 } as object), /unknown tree option/);
});

test('an option out of its range is an error with the range', () => {
  fails({ maxBins: 300 }, /"maxBins" expected an integer in \[2, 255\], got 300/);
  fails({ numTrees: 1.5 }, /"numTrees" expected an integer/);
  fails({ subsample: 0 }, /"subsample" expected a number above 0, got 0/);
  fails({ learningRate: NaN }, /"learningRate" expected a number/);
  fails({ growPolicy: 'lossguide' }, /"growPolicy" expected one of leafwise, depthwise, symmetric/);
  fails({ kernel: 'gpu' }, /"kernel" expected one of auto, simd, javascript/);
});

test('every default is within its range, and every option is in its table', () => {
  for (const [table, defaults, fit] of [
    [GBDT_TABLE, GBDT_DEFAULTS, fitGbdt],
    [FOREST_TABLE, FOREST_DEFAULTS, fitForest],
    [TREE_TABLE, TREE_DEFAULTS, fitTree],
  ] as const) {
    fit(DATA, { ...defaults } as object);
    const untabled = [...STRUCTURED, ...Object.keys(CONSTRAINT_DEFAULTS)];
    const names = Object.keys(defaults).filter((name) => !untabled.includes(name));
    assert.equal(names.sort(), Object.keys(table).sort());
    for (const spec of Object.values(table)) assert.ok(spec.description && spec.elsewhere);
  }
});

test.run();
