// Loaded before every test file: properties draw the same cases on every run, so that a failure is the change's and not
// the day's. PROPERTY_SEED=random explores new cases; PROPERTY_SEED=<integer> repeats a run.
import fc from 'fast-check';

const given = process.env['PROPERTY_SEED'] ?? '20261123';
if (given !== 'random') fc.configureGlobal({ seed: Number(given) });
