import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the package: both `src/node` and every folder of `dist` are two levels below it. */
export const PACKAGE_ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** The version in `package.json`. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
