/** How `/docs` looks. Colours follow the reader's preference; nothing is loaded from anywhere. */
export const PAGE_STYLE: string = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfaf7, #15171a); --panel: light-dark(#ffffff, #1c1f23); --line: light-dark(#e4e0d8, #30343a);
  --ink: light-dark(#23262b, #e6e3dc); --quiet: light-dark(#6a6f76, #9aa0a8); --leaf: light-dark(#2e6b4a, #7fc79f);
  --sky: light-dark(#2b5d8c, #86b8e6); --alarm: light-dark(#a33b2a, #f0917f); --code: light-dark(#f4f2ec, #121417);
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
* { box-sizing: border-box; } [hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
main, header > div { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header { border-bottom: 1px solid var(--line); background: var(--panel); padding: 2rem 0 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; letter-spacing: -0.01em; font-weight: 650; }
h2 { margin: 2.25rem 0 0.25rem; font-size: 0.8rem; text-transform: uppercase; letter-spacing: 0.09em; color: var(--quiet); font-weight: 600; }
h3 { margin: 1.1rem 0 0.4rem; font-size: 0.85rem; color: var(--quiet); font-weight: 600; }
p { margin: 0.35rem 0; } a { color: var(--leaf); }
.lead, .hint { color: var(--quiet); } .hint { margin-bottom: 0.75rem; font-size: 0.9rem; }
dl.facts { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 1rem 0 0; }
dl.facts div { min-width: 0; } dt { font-size: 0.75rem; color: var(--quiet); } dd { margin: 0; font-family: var(--mono); font-size: 0.85rem; overflow-wrap: anywhere; }
details.operation { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; margin: 0.5rem 0; }
details.operation[open] { box-shadow: 0 1px 10px light-dark(rgb(40 40 30 / 0.06), rgb(0 0 0 / 0.3)); }
summary { cursor: pointer; display: flex; align-items: baseline; gap: 0.8rem; padding: 0.65rem 0.9rem; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:focus-visible, button:focus-visible, textarea:focus-visible, input:focus-visible, select:focus-visible { outline: 2px solid var(--leaf); outline-offset: 1px; border-radius: 6px; }
.method { font: 600 0.7rem/1.6 var(--mono); width: 3.4rem; text-align: center; border-radius: 4px; border: 1px solid currentColor; flex: none; }
.get { color: var(--sky); } .post { color: var(--leaf); }
.path { font: 0.9rem var(--mono); } summary .about { color: var(--quiet); font-size: 0.88rem; margin-left: auto; text-align: right; }
.inside { border-top: 1px solid var(--line); padding: 0.4rem 0.9rem 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; display: block; overflow-x: auto; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 0.75rem; }
th, td { padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; } td:nth-child(3) { min-width: 14rem; } td:first-child, td:nth-child(2) { font-family: var(--mono); white-space: nowrap; }
textarea, input, select { font: 0.85rem/1.5 var(--mono); color: inherit; background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.7rem; }
textarea { width: 100%; resize: vertical; min-height: 7rem; } input { padding: 0.3rem 0.6rem; } select { padding: 0.3rem 0.5rem; }
pre { margin: 0; font: 0.82rem/1.5 var(--mono); background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 0.6rem 0.8rem; overflow: auto; max-height: 26rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.row { display: flex; align-items: center; gap: 0.8rem; flex-wrap: wrap; margin: 0.8rem 0; }
button { font: 600 0.85rem system-ui, sans-serif; color: light-dark(#fff, #10201a); background: var(--leaf); border: 0; border-radius: 6px; padding: 0.45rem 1rem; cursor: pointer; }
button.plain { color: var(--ink); background: none; border: 1px solid var(--line); font-weight: 400; }
button[disabled] { opacity: 0.5; cursor: default; }
.status { font: 600 0.85rem var(--mono); } .good { color: var(--leaf); } .bad { color: var(--alarm); }
footer { color: var(--quiet); font-size: 0.85rem; margin: 3rem 0 2rem; }
@media (max-width: 40rem) {
  main, header > div { padding: 0 1rem; }
  table, tbody, thead, tr, td { display: block; } tr:has(th) { display: none; }
  tr { padding: 0.4rem 0; border-bottom: 1px solid var(--line); }
  td, td:nth-child(3) { min-width: 0; padding: 0; border: 0; } td:first-child, td:nth-child(2) { white-space: normal; overflow-wrap: anywhere; }
  td:first-child { font-weight: 600; }
  summary { flex-wrap: wrap; } summary .about { margin-left: 0; width: 100%; text-align: left; }
}
`;
