// Records with strings and missing values: cross-validated, calibrated, with a decision threshold.
import { tableFromRecords } from 'coppice/data';
import { trainTable } from 'coppice/lifecycle';
import { encodeBlob } from 'coppice/quantize';
import { loadScorer } from 'coppice/score';

const plans = ['free', 'team', 'enterprise'];
const customers = Array.from({ length: 1500 }, (_, i) => {
  const plan = plans[i % 3];
  const tickets = (i * 7) % 11;
  const minutes = i % 13 === 0 ? null : (i * 29) % 600;
  const churned = (tickets > 6 && plan !== 'enterprise') || (minutes ?? 0) < 20 ? 'yes' : 'no';
  return { plan, tickets, minutes, churned };
});

const { model, candidates } = trainTable(tableFromRecords(customers), {
  target: 'churned',
  positive: 'yes',
  derived: { minutes_per_ticket: 'minutes / max(tickets, 1)' },
  targetPrecision: 0.9,
});
const { mean, sd } = candidates[0].summary.rocAuc;
console.log(`ROC-AUC ${mean.toFixed(4)} ± ${sd.toFixed(4)} in cross-validation`);
console.log(
  `threshold ${model.threshold.value.toFixed(4)}, target precision reached: ${model.threshold.reached}`,
);

const scorer = await loadScorer(encodeBlob(model));
const [probability] = scorer.predict([{ plan: 'free', tickets: 9, minutes: null }]);
console.log(`free, 9 tickets: ${probability.toFixed(4)} → ${scorer.label(probability)}`);
