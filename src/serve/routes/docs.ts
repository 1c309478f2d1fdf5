import { PAGE, pagePolicy } from '../docs/page.js';
import { textAnswer } from '../http/answers.js';
import type { Serving } from '../serving.js';

/** `GET /docs`: a page to read about the service and to try it, which loads nothing from elsewhere. */
export function addDocs({ router }: Serving): void {
  let policy: Promise<string> | undefined;
  router.get('/docs', { access: 'open' }, async () => {
    policy ??= pagePolicy();
    return textAnswer(PAGE, 'text/html; charset=utf-8', {
      'Content-Security-Policy': await policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
  });
}
