import { type Context, Hono } from 'hono';
import type { RowRecord } from '../score/scorer.js';
import type { ServeLimits } from './limits.js';
import type { ModelService } from './modelService.js';
import { ProblemList } from './problem.js';
import { createRecordValidator } from './recordValidator.js';
import { limitBody, readJson } from './requestBody.js';

/** `POST /predict` (one record) and `POST /batch_predict` (an array of records, or `{ instances: [...] }`). */
export function predictRoutes(service: ModelService, limits: ServeLimits): Hono {
  const { schema, rules } = service.scorer;
  const validator = createRecordValidator(schema.fields, rules);
  const app = new Hono();
  const limit = limitBody(limits.maxBodyBytes);

  app.post('/predict', limit, async (context) => {
    const body = await readJson(context);
    const problems = new ProblemList(limits.maxProblems);
    if (!validator.validate(body, ['body'], problems)) return refuse(context, problems);
    return context.json(service.predict([body])[0]!);
  });

  app.post('/batch_predict', limit, async (context) => {
    const body = await readJson(context);
    const problems = new ProblemList(limits.maxProblems);
    const { rows, path } = rowsOf(body, problems);
    if (rows.length > limits.maxBatchRows) {
      const message = `expected at most ${limits.maxBatchRows} rows, got ${rows.length}`;
      problems.add('too_long', path, message);
      return refuse(context, problems);
    }
    for (let row = 0; row < rows.length && !problems.full; row++) {
      validator.validate(rows[row], ['body', row], problems);
    }
    if (problems.problems.length > 0) return refuse(context, problems);
    const predictions = service.predict(rows as readonly RowRecord[]);
    return context.json({ count: predictions.length, predictions });
  });

  return app;
}

/** The rows of a batch, in either of its two shapes. */
function rowsOf(
  body: unknown,
  problems: ProblemList,
): { rows: readonly unknown[]; path: (string | number)[] } {
  if (Array.isArray(body)) return { rows: body, path: ['body'] };
  if (typeof body !== 'object' || body === null) {
    problems.add('list_type', ['body'], 'expected an array of records, or { "instances": [...] }');
    return { rows: [], path: ['body'] };
  }
  for (const name of Object.keys(body)) {
    if (name === 'instances') continue;
    const hint = 'expected an array of records, or "instances" and nothing else';
    problems.add('extra_forbidden', ['body', name.slice(0, 100)], hint);
  }
  const path = ['body', 'instances'];
  if (!Object.hasOwn(body, 'instances')) {
    problems.add('missing', path, 'field required');
    return { rows: [], path };
  }
  const { instances } = body as { instances: unknown };
  if (Array.isArray(instances)) return { rows: instances, path };
  problems.add('list_type', path, 'expected an array of records');
  return { rows: [], path };
}

function refuse(context: Context, { problems }: ProblemList): Response {
  return context.json({ detail: problems }, 422);
}
