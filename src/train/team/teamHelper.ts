import { controlOf, serve } from './control.js';
import { kernelOver, type TeamMemory } from './sharedKernel.js';
import { doShare, SHARED_FUNCTIONS } from './shares.js';

/** Makes this thread a helper of a team; never returns. */
export function helpTeam({ control, module, memory, tileBytes }: TeamMemory): never {
  const kernel = kernelOver(module, memory);
  const views = controlOf(control);
  return serve(views, (functionIndex, worker, workerCount) =>
    doShare(
      kernel,
      SHARED_FUNCTIONS[functionIndex]!,
      views.arguments,
      worker,
      workerCount,
      tileBytes,
    ),
  );
}
