import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

for (const file of readdirSync('examples').filter((name) => name.endsWith('.mjs'))) {
  test(`examples/${file} runs and says something`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [`examples/${file}`], {
      encoding: 'utf8',
    });
    assert.is(status, 0, stderr);
    // a module that only helps the others prints nothing
    assert.is(stdout.length > 0, file !== 'example-blob.mjs', stdout);
    assert.is(stderr, '');
  });
}

test.run();
