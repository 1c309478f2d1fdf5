/**
 * What `/docs` does: reads `openapi.json` beside it and makes a form of each operation. Text goes in as text, never as HTML:
 * names of fields come from someone's data.
 */
export const PAGE_SCRIPT: string = String.raw`
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const main = document.querySelector('main');
const tokenInput = document.querySelector('#token');
let schemas = {};

const resolve = (schema = {}) => {
  const name = schema.$ref && schema.$ref.split('/').pop();
  return name ? schemas[name] : schema;
};
const typeText = (given) => {
  const schema = resolve(given);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.oneOf) return schema.oneOf.map(typeText).join(' | ');
  if (schema.type === 'array') return typeText(schema.items) + '[]';
  return [].concat(schema.type ?? 'any').join(' | ');
};
const fieldTable = (given) => {
  let schema = resolve(given);
  if (schema.oneOf) schema = resolve(schema.oneOf[0]);
  if (schema.type === 'array') schema = resolve(schema.items);
  if (!schema.properties) return '';
  const head = make('tr', {}, make('th', { textContent: 'field' }), make('th', { textContent: 'type' }), make('th', { textContent: '' }));
  const rows = Object.entries(schema.properties).map(([name, property]) => {
    const optional = schema.required?.includes(name) ? '' : 'Optional. ';
    return make('tr', {}, make('td', { textContent: name }), make('td', { textContent: typeText(property) }),
      make('td', { textContent: optional + (resolve(property).description ?? '') }));
  });
  return make('table', {}, head, ...rows);
};
const exampleOf = (given, type) => {
  const record = schemas.Record?.examples?.[0] ?? {};
  const names = Object.keys(record);
  const cell = (value) => (value === null ? '' : /[",\n\r]/.test(value) ? '"' + String(value).replaceAll('"', '""') + '"' : value);
  if (type === 'text/csv') return [names, names.map((name) => record[name])].map((cells) => cells.map(cell).join(',')).join('\n') + '\n';
  if (type === 'application/x-ndjson') return JSON.stringify(record) + '\n' + JSON.stringify(record) + '\n';
  const fill = (schema) => {
    const known = resolve(schema);
    if (known.examples) return known.examples[0];
    if (known.oneOf) return fill(known.oneOf[0]);
    if (known.enum) return known.enum[0];
    if (known.type === 'array') return [fill(known.items)];
    if (known.type !== 'object') return known.type === 'number' ? 0 : known.format === 'date-time' ? new Date().toISOString() : 'text';
    return Object.fromEntries((known.required ?? []).map((name) => [name, fill(known.properties[name])]));
  };
  return JSON.stringify(fill(given), null, 2);
};
const pretty = (text, type) => {
  try { return type.includes('json') && !type.includes('ndjson') ? JSON.stringify(JSON.parse(text), null, 2) : text; } catch { return text; }
};
const curlText = (method, address, type, body) => {
  const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";
  const parts = ['curl', quoted(address)];
  if (method !== 'get') parts.splice(1, 0, '-X', method.toUpperCase());
  if (tokenInput.value) parts.push('-H', quoted('Authorization: Bearer <token>'));
  if (body !== undefined) parts.push('-H', quoted('Content-Type: ' + type), '--data-binary', quoted(body));
  return parts.join(' ');
};

const form = (path, method, operation) => {
  const inside = make('div', { className: 'inside' });
  if (operation.description) inside.append(make('p', { className: 'hint', textContent: operation.description }));
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map((parameter) => {
    const select = make('select', { ariaLabel: parameter.name, name: parameter.name });
    select.append(make('option', { value: '', textContent: '' }), ...parameter.schema.enum.map((value) => make('option', { value, textContent: value })));
    return { select, row: make('label', { className: 'row' }, make('code', { textContent: parameter.name }), select, make('span', { className: 'hint', textContent: parameter.description })) };
  });
  const content = operation.requestBody?.content;
  let type, text;
  if (content) {
    const table = fieldTable(content['application/json'].schema);
    if (table) inside.append(make('h3', { textContent: 'Body' }), table);
    type = make('select', { ariaLabel: 'content type' }, ...Object.keys(content).map((value) => make('option', { value, textContent: value })));
    text = make('textarea', { ariaLabel: 'body', spellcheck: false });
    const fill = () => { text.value = exampleOf(content[type.value].schema, type.value); text.rows = Math.min(16, text.value.split('\n').length + 1); };
    type.onchange = fill;
    fill();
    inside.append(make('h3', { textContent: 'Try it' }), text);
  }
  for (const { row } of query) inside.append(row);
  const status = make('span', { className: 'status', role: 'status' });
  const answer = make('pre', { hidden: true, tabIndex: 0 });
  const send = make('button', { textContent: 'Send', type: 'button' });
  const copy = make('button', { textContent: 'Copy as curl', type: 'button', className: 'plain' });
  const address = () => {
    const url = new URL('.' + path, location.href);
    for (const { select } of query) if (select.value !== '') url.searchParams.set(select.name, select.value);
    return url.href;
  };
  copy.onclick = async () => {
    await navigator.clipboard.writeText(curlText(method, address(), type?.value, text?.value));
    status.className = 'status';
    status.textContent = 'copied';
  };
  send.onclick = async () => {
    send.disabled = true;
    const headers = tokenInput.value ? { authorization: 'Bearer ' + tokenInput.value } : {};
    if (type) headers['content-type'] = type.value;
    const started = performance.now();
    try {
      const response = await fetch(address(), { method: method.toUpperCase(), headers, body: text?.value });
      const body = await response.text();
      status.className = 'status ' + (response.ok ? 'good' : 'bad');
      status.textContent = response.status + ' in ' + (performance.now() - started).toFixed(1) + ' ms';
      answer.textContent = pretty(body, response.headers.get('content-type') ?? '');
      answer.hidden = false;
    } catch (error) {
      status.className = 'status bad';
      status.textContent = error.message;
    }
    send.disabled = false;
  };
  inside.append(make('div', { className: 'row' }, send, copy, ...(type ? [type] : []), status), answer);
  return inside;
};

const show = (api) => {
  schemas = api.components.schemas;
  document.title = api.info.title;
  document.querySelector('h1').textContent = api.info.title;
  document.querySelector('.lead').textContent = api.info.description + ' Version ' + api.info.version + '.';
  const sections = api.tags.map((tag) => {
    const section = make('section', {}, make('h2', { textContent: tag.name }), make('p', { className: 'hint', textContent: tag.description }));
    for (const [path, methods] of Object.entries(api.paths)) for (const [method, operation] of Object.entries(methods)) {
      if (operation.tags[0] !== tag.name) continue;
      const title = make('summary', {}, make('span', { className: 'method ' + method, textContent: method.toUpperCase() }),
        make('span', { className: 'path', textContent: path }), make('span', { className: 'about', textContent: operation.summary }));
      const details = make('details', { className: 'operation' }, title);
      // forms are made when they are first looked at
      details.addEventListener('toggle', () => details.append(form(path, method, operation)), { once: true });
      if (path === '/predict') details.open = true;
      section.append(details);
    }
    return section;
  });
  main.querySelector('#operations').replaceChildren(...sections);
};

const load = async () => {
  const headers = tokenInput.value ? { authorization: 'Bearer ' + tokenInput.value } : {};
  const response = await fetch('./openapi.json', { headers });
  document.querySelector('#access').hidden = response.status !== 401 && !tokenInput.value;
  if (response.ok) show(await response.json());
  else document.querySelector('.lead').textContent = response.status === 401 ? 'A token is needed to see more.' : 'openapi.json answered ' + response.status + '.';
};
document.querySelector('#access').addEventListener('submit', (event) => { event.preventDefault(); load(); });
load();
`;
