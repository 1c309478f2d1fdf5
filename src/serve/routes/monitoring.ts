import { canonicalJson } from '../../core/json.js';
import type { Label } from '../../monitor/index.js';
import { jsonAnswer, jsonText } from '../http/answers.js';
import type { Answer } from '../http/exchange.js';
import { Refusal, refuseForNow } from '../http/refusal.js';
import { checkJson, parseJson } from '../http/requestBody.js';
import { labelEntry } from '../predictions/labelEntry.js';
import { acceptLabels } from '../rows/acceptLabels.js';
import type { Serving } from '../serving.js';

const ACCESS = { access: 'monitoring' } as const;

/**
 * - `GET /monitoring/drift`: the decision and the evidence for it
 * - `GET` or `POST /monitoring/retraining_trigger`: the decision alone
 * - `POST /monitoring/labels`: what turned out to be true, by `prediction_id`
 * - `GET /monitoring/state`: a snapshot that merges with those of other workers
 */
export function addMonitoring(serving: Serving): void {
  const { router, current } = serving;
  const retrainingTrigger = (): Answer => jsonAnswer(current().monitor.retrainingTrigger());
  router.get('/monitoring/drift', ACCESS, () => jsonAnswer(current().monitor.drift()));
  router.get('/monitoring/retraining_trigger', ACCESS, retrainingTrigger);
  router.post('/monitoring/retraining_trigger', { ...ACCESS, maxBytes: 1024 }, retrainingTrigger);
  router.get('/monitoring/state', ACCESS, () => {
    const { monitor } = current();
    if (!monitor.state) throw new Refusal(501, 'this monitor gives no snapshots');
    return jsonText(canonicalJson(monitor.state()));
  });
  addLabels(serving);
}

function addLabels({ router, limits, current, now, log }: Serving): void {
  router.post(
    '/monitoring/labels',
    { ...ACCESS, maxBytes: limits.maxBodyBytes },
    async (exchange, body) => {
      checkJson(exchange);
      const value = parseJson(await exchange.text(body));
      const { monitor, scorer } = current();
      if (!monitor.labels) throw new Refusal(501, 'this monitor takes no labels');
      const labels = acceptLabels(value, scorer, limits);
      const at = now();
      if (log) await keep(labels, at);
      return jsonAnswer(monitor.labels(labels, at));
    },
  );

  /** Labels go into the log before they count, so that what was counted can be recomputed. */
  async function keep(labels: readonly Label[], at: number): Promise<void> {
    if (!log!.accepting) throw refuseForNow(503, 'the prediction log takes no more', 1);
    const timestamp = new Date(at).toISOString();
    const lines = labels.map((label) => labelEntry(label, timestamp)).join('');
    try {
      await log!.append(lines, labels.length);
    } catch {
      throw refuseForNow(503, 'the labels could not be logged', 1);
    }
  }
}
