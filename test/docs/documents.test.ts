/** The documentation says what the code does: its links, the tests it names, commands, variables, codes. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { EXIT_CODES_HELP } from '../../src/cli/exit-codes';
import { createProgram } from '../../src/cli/program';
import { METRICS } from '../../src/common/metrics';
import { codeIn, links, read, ROOT, section, tableRows } from './support/markdown';

const inRoot = readdirSync(ROOT).filter((file) => file.endsWith('.md'));
const inDocs = readdirSync(path.join(ROOT, 'docs')).map((file) => `docs/${file}`);
const inExamples = readdirSync(path.join(ROOT, 'examples')).map((example) => `examples/${example}/README.md`);
const documents = [...inRoot, ...inDocs, ...inExamples];

describe('links', () => {
  test.each(documents)('of %s lead to files and headings that are there', (file) => {
    expect(links(read(file)).flatMap(({ target }) => problemOf(file, target))).toEqual([]);
  });

  test('to tests bear the title of a test or of a group of tests', () => {
    const named = links(read('README.md')).filter(({ target }) => target.endsWith('.test.ts'));
    expect(named.length).toBeGreaterThan(15);
    const titled = (text: string, quoted: string) => new RegExp(`\\(\\s*(['"\`])${escaped(quoted)}\\1`).test(text);
    expect(named.filter(({ text, target }) => !titled(read(target), text))).toEqual([]);
  });

  test.each([
    ['missing.md', 'README.md: missing.md is not there'],
    ['LICENSE#terms', 'README.md: LICENSE has no heading #terms'],
  ])('%s would be noticed', (target, problem) => {
    expect(problemOf('README.md', target)).toEqual([problem]);
  });

  function problemOf(file: string, target: string): string[] {
    const [name = '', anchor] = target.split('#');
    const found = name === '' ? file : path.join(path.dirname(file), name);
    if (!existsSync(path.join(ROOT, found))) return [`${file}: ${found} is not there`];
    if (anchor === undefined || anchorsOf(read(found)).includes(anchor)) return [];
    return [`${file}: ${found} has no heading #${anchor}`];
  }

  /** As GitHub makes them. */
  function anchorsOf(markdown: string): string[] {
    const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!);
    return headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
  }
});

describe('docs/cli.md', () => {
  const document = read('docs/cli.md');
  const { commands } = createProgram();

  test('has every exit code, with its meaning', () => {
    const rows = tableRows(section(document, '## Exit codes')).map(([code, meaning]) => `${code} ${meaning}`);
    const help = EXIT_CODES_HELP.split('\n').slice(2);
    expect(rows).toEqual(help.map((line) => line.trim().replace(/ +/, ' ')));
  });

  test.each(commands.map((command) => [command.name(), command] as const))(
    'has every option of %s',
    (name, command) => {
      const text = section(document, `## ${name}`);
      const options = command.options.map(({ flags }) => flags);
      expect(options.filter((flags) => !codeIn(text.replace(/\s+/g, ' ')).includes(flags))).toEqual([]);
    },
  );
});

test('docs/worker.md has every environment variable of the worker', () => {
  const modules = [
    'worker',
    'worker-deployment',
    'workflow-cache',
    'start-timeout',
    'zendesk/accounts',
    'telemetry/settings',
  ];
  const code = modules.map((module) => read(`src/${module}.ts`)).join('\n');
  const variables = new Set(
    [...code.matchAll(/\b((?:ZENDESK|TEMPORAL|METRICS|LOG)_[A-Z_]+)(?='|: )/g)].map(([, name]) => name!),
  );
  const documented = tableRows(section(read('docs/worker.md'), '## Environment')).flatMap(([names]) => codeIn(names!));
  expect(variables.size).toBeGreaterThan(15);
  expect([...variables].filter((name) => !documented.includes(name))).toEqual([]);
});

describe('docs/observability.md', () => {
  const document = read('docs/observability.md');

  test('has every metric, as the code has it', () => {
    const rows = tableRows(section(document, '## Metrics')).map(([name, kind, labels, description]) => ({
      name: codeIn(name!)[0],
      kind,
      labels: codeIn(labels!),
      description,
    }));
    const code = Object.values(METRICS).map(({ name, kind, labels, description }) => ({
      name,
      kind,
      labels,
      description,
    }));
    expect(rows).toEqual(code);
  });

  test('says what to do about every alert', () => {
    const alerts = [...read('deploy/prometheus/zendesk-jobs.rules.yml').matchAll(/alert: (\w+)[^]*?severity: (\w+)/g)];
    const rows = tableRows(section(document, '## Dashboard and alerts')).filter(([name]) =>
      name!.startsWith('`Zendesk'),
    );
    expect(rows.map(([name, severity]) => [codeIn(name!)[0], severity])).toEqual(
      alerts.map(([, name, severity]) => [name, severity]),
    );
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
