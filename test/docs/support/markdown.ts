/** What tests need to read of the repository's Markdown. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '../../..');

export const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** The fenced blocks of a language, those inside lists too. */
export function codeBlocks(markdown: string, language: string): string[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\`$`, 'gm');
  return [...markdown.matchAll(fence)].map(([, , code]) => code!);
}

/** The text below a heading, up to the next one of its level or above. */
export function section(markdown: string, heading: string): string {
  const level = /^#+/.exec(heading)![0].length;
  const from = markdown.indexOf(`\n${heading}\n`);
  if (from < 0) throw new Error(`there is no heading "${heading}"`);
  const below = markdown.slice(from + heading.length + 2);
  const next = below.search(new RegExp(`^#{1,${level}} `, 'm'));
  return next < 0 ? below : below.slice(0, next);
}

/** The cells of all tables in a text, without their heads. */
export function tableRows(markdown: string): string[][] {
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
  const heads = rows.flatMap((row, i) => (/^\|[\s|:-]+\|$/.test(row) ? [i - 1, i] : []));
  return rows
    .filter((_, i) => !heads.includes(i))
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The `code` in a text. */
export const codeIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

/** Text and target of the links to files of this repository, code blocks apart. */
export function links(markdown: string): { text: string; target: string }[] {
  const prose = markdown.replace(/^ *```[\s\S]*?^ *```$/gm, '');
  return [...prose.matchAll(/\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g)]
    .map(([, text, target]) => ({ text: text!, target: target! }))
    .filter(({ target }) => !/^https?:/.test(target));
}
