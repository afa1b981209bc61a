/** Writes the table of operations into docs/operations.md and the README, from the code: `npx tsx dev/operations-table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tie } from '../src/common/starting';
import { OPERATIONS, type Operation } from '../src/zendesk/operations';

const BEGIN = '<!-- operations: begin -->';
const END = '<!-- operations: end -->';

/** The whole table as Markdown, one row an operation. */
function operationsTable(): string {
  const header = ['`operation`', 'Request', 'Records', 'Beside them', 'Safe to repeat', 'Rows tied by'];
  const rows = Object.entries<Operation>(OPERATIONS).map(([name, operation]) => [
    code(name),
    code(request(name, operation)),
    records(operation),
    beside(name, operation),
    safety(operation),
    ties(operation),
  ]);
  return markdown([header, ...rows]);
}

/** The table for those who only want to know what there is. */
function shortTable(): string {
  const rows = Object.entries<Operation>(OPERATIONS).map(([name, operation]) => [
    code(name),
    records(operation),
    safety(operation),
  ]);
  return markdown([['`operation`', 'Records', 'Safe to repeat'], ...rows]);
}

/** The documents with such a table, and what makes it. */
export const DOCUMENTS: [path: string, table: () => string][] = [
  [join(__dirname, '../docs/operations.md'), operationsTable],
  [join(__dirname, '../README.md'), shortTable],
];

/** The document with what is between its marks replaced. */
export function withTable(document: string, table: string): string {
  return document.replace(new RegExp(`${BEGIN}[^]*${END}`), () => `${BEGIN}\n\n${table}\n\n${END}`);
}

function request(name: string, { method, path = name, always }: Operation): string {
  return `${method} /api/v2/${path}${always ? `?${new URLSearchParams(always).toString()}` : ''}`;
}

function records({ items, needs = [], selects = [], actions }: Operation): string {
  const keys = needs.map((one) => one.map(code).join(' or ')).join(' and ');
  const forms = [
    ...(items === undefined ? [] : [`${code('items')}${keys === '' ? '' : ` with ${keys}`}`]),
    ...selects.map(code),
  ];
  return forms.length === 0 ? '-' : `${forms.join(', or ')}${actions ? ' as the action wants' : ''}`;
}

function beside(
  name: string,
  { path = name, query = [], externalIdQuery = [], body = {}, actions = {}, jobFields = [], selects }: Operation,
): string {
  const fields = Object.keys(body).map((field) => `${field}${body[field]?.endsWith('?') ? '?' : ''}`);
  const job = Object.keys(actions).length === 0 ? [] : ['action', ...jobFields];
  const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, param]) => param);
  return (
    [
      ...(fields.length === 0 ? [] : [`${code(`body: { ${fields.join(', ')} }`)}${selects ? ' with ids' : ''}`]),
      ...(job.length === 0 ? [] : [code(`body: { job: { ${job.join(', ')} } }`)]),
      ...[...params, ...query.map((param) => `${param}?`)].map((param) => code(`params.${param}`)),
      ...externalIdQuery.map((param) => `${code(`params.${param}?`)} with \`externalIds\``),
    ].join(', ') || '-'
  );
}

function safety({ repeatSafe, actions = {} }: Operation): string {
  if (typeof repeatSafe === 'boolean') return repeatSafe ? 'yes' : 'no';
  if (repeatSafe === 'plain updates') return 'yes, but not with a comment, `safe_update` or `updated_stamp`';
  const unsafe = Object.keys(actions).filter((action) => !actions[action]?.repeatSafe);
  return unsafe.length === 0 ? 'yes' : `all actions but ${unsafe.map(code).join(', ')}`;
}

const TIES: Record<Tie, string> = {
  index: "Zendesk's index",
  order: 'order',
  id: 'id, else order',
  key: 'external id or e-mail, else order',
};

function ties({ tie, actions = {} }: Operation): string {
  const used = new Set(Object.values(actions).map((action) => action.tie));
  return used.size > 1 ? 'by action' : TIES[[...used][0] ?? tie];
}

function markdown([header = [], ...rows]: string[][]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (require.main === module) {
  for (const [path, table] of DOCUMENTS) writeFileSync(path, withTable(readFileSync(path, 'utf8'), table()));
}
