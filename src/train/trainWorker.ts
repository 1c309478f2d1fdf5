// A worker of trainGbdtAsync: leads a fit, or helps the one that does.
import { sentError } from '../core/sentError.js';
import { type ParentPort, parentPort } from '../core/thread.js';
import { boostTrees } from './gbdt.js';
import { helpToBin } from './team/sharedBins.js';
import { helpTeam } from './team/teamHelper.js';
import { createTeam } from './team/teamKernel.js';
import type { Invited, TrainingReply, TrainingRequest } from './trainingMessages.js';

const port = parentPort();

port?.listen((message) => {
  const request = message as TrainingRequest | Invited;
  if (request.kind === 'binning') helpToBin(request.binning);
  else if (request.kind === 'team') helpTeam(request.team);
  else fit(port, request);
});

/** Answers with progress, and then with the fit or what went wrong. */
function fit(to: ParentPort, { data, options, wantsProgress, workers }: TrainingRequest): void {
  const post = (reply: TrainingReply): void => to.post(reply);
  const onProgress: NonNullable<typeof options.onProgress> = (progress) =>
    post({ kind: 'progress', progress });
  try {
    const team =
      workers > 1
        ? createTeam(workers, {
            binning: (binning) => post({ kind: 'binning', binning }),
            team: (memory) => post({ kind: 'team', team: memory }),
          })
        : undefined;
    post({
      kind: 'done',
      fit: boostTrees(data, { ...options, ...(wantsProgress && { onProgress }) }, team),
    });
  } catch (error) {
    post({ kind: 'failed', error: sentError(error) });
  }
}
