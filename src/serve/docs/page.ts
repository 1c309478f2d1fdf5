import { PAGE_SCRIPT } from './pageScript.js';
import { PAGE_STYLE } from './pageStyle.js';

/** The page of `/docs`, whole: it needs nothing but `openapi.json` beside it, and holds nothing of the model. */
export const PAGE: string = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Predictions</title>
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}</style>
<header><div>
  <h1>Predictions</h1>
  <p class="lead">Loading.</p>
  <form id="access" class="row" hidden>
    <label>Token <input id="token" type="password" autocomplete="off"></label>
    <button>Use</button>
  </form>
</div></header>
<main>
  <div id="operations"></div>
  <footer>The same as <a href="./openapi.json">openapi.json</a>. Made by coppice out of the schema of the model.</footer>
</main>
<script type="module">${PAGE_SCRIPT}</script>
</html>
`;

/** Allows the page its own script, its own style and requests to where it came from; nothing else. */
export async function pagePolicy(): Promise<string> {
  const [script, style] = await Promise.all([PAGE_SCRIPT, PAGE_STYLE].map(hashSource));
  return [
    "default-src 'none'",
    `script-src ${script}`,
    `style-src ${style}`,
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function hashSource(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}
