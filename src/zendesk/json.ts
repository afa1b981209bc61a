/**
 * Reads JSON that somebody else wrote. One rule for numbers: no digit is lost without a word. In a response a number beyond 2^53 - 1
 * becomes the text of its digits; in an input a number that JavaScript cannot hold is refused.
 */
import { isSafeNumber, parse } from 'lossless-json';
import { findLeaves } from '../common/exact-numbers';
import type { Redact } from './redact';
import { UnexpectedShape } from './shape';

/** Zendesk's own responses are five deep. What is thousands deep can be read, but not written again: the stack ends. */
const MAX_DEPTH = 50;

/**
 * Whether a text may hold a number that JavaScript rounds: one of 16 digits or with an exponent. It finds some in strings, too. All
 * other texts are left to `JSON.parse`, which is ten times as fast as a parser that keeps the digits.
 */
const MAY_BE_INEXACT = /(?:^|[\s:,[])-?(?=[\d.]*[eE]|[\d.]{16})\d/;

/**
 * Reads a response. Throws `SyntaxError` for what is not JSON, `UnexpectedShape` for what is nested too deep. `cutDepth`: what is too
 * deep becomes null instead, so that one job does not spoil the others of a response.
 */
export function readJson(text: string, { cutDepth = false } = {}): unknown {
  const value: unknown = JSON.parse(text);
  const isExact = !MAY_BE_INEXACT.test(text);
  if (isTooDeep(value, cutDepth && isExact))
    throw new UnexpectedShape(`the body is nested more than ${MAX_DEPTH} deep`);
  if (isExact) return value;
  return parseNumbers(text, (digits) => {
    const number = Number(digits);
    return Math.abs(number) > Number.MAX_SAFE_INTEGER ? digits : number;
  });
}

/** What is wrong with an input that is JSON. Quotes nothing of it but names of fields. */
export class UnusableJson extends Error {
  override readonly name = 'UnusableJson';
  constructor(
    message: string,
    /** Offset of the first number that is refused, in characters. */
    readonly offset = 0,
  ) {
    super(message);
  }
}

/**
 * Reads an input. Throws `SyntaxError` for what is not JSON, `UnusableJson` for a number whose digits JavaScript cannot hold and for what
 * is nested too deep.
 */
export function readInputJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isTooDeep(value)) throw new UnusableJson(`nested more than ${MAX_DEPTH} deep`);
  if (MAY_BE_INEXACT.test(text)) refuseInexact(text);
  return value;
}

class Inexact {
  constructor(readonly ordinal: number) {}
}

function refuseInexact(text: string): void {
  let numbers = 0;
  const marked = parseNumbers(text, (digits) => {
    const ordinal = numbers++;
    return isSafeNumber(digits) ? 0 : new Inexact(ordinal);
  });
  const [first] = findLeaves(marked, (leaf) => leaf instanceof Inexact);
  if (!first) return;
  const where = first.path === '' ? '' : `${first.path}: `;
  throw new UnusableJson(
    `${where}a number with more digits than JavaScript can hold: write it in quotes`,
    offsetOfNumber(text, (first.leaf as Inexact).ordinal),
  );
}

function offsetOfNumber(text: string, ordinal: number): number {
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g);
  const numbers = [...tokens].filter(([token]) => !token.startsWith('"'));
  return numbers[ordinal]!.index;
}

/** For texts that are JSON and not too deep: the parser calls itself. Of fields with the same name the last one counts, as always. */
function parseNumbers(text: string, parseNumber: (digits: string) => unknown): unknown {
  return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** `cut`: makes null of what is too deep, in place. */
function isTooDeep(value: unknown, cut = false): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    if (cut && depth === MAX_DEPTH) level.forEach(clearContainers);
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function clearContainers(container: Record<string, unknown>): void {
  for (const [key, inner] of Object.entries(container)) if (isContainer(inner)) container[key] = null;
}

/** Strikes secrets out of what `readJson` read, however they were escaped. */
export function redactJson(value: unknown, redact: Redact): unknown {
  const text = JSON.stringify(value);
  const struck = redact(text);
  return struck === text ? value : JSON.parse(struck);
}
