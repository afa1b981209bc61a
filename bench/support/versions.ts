/** What figures depend on that has a version: printed above every table. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const NODE_ZENDESK_FILES = require.resolve('node-zendesk');

/** `Node 22.1.0, Temporal SDK 1.24.0, …`; parts that a benchmark adds come last. */
export function versions(...parts: string[]): string {
  return [`Node ${process.versions.node}`, `Temporal SDK ${sdkVersion()}`, ...parts].join(', ');
}

export function nodeZendeskVersion(): string {
  // Its package.json is not among its exports.
  return `node-zendesk ${versionIn(path.join(path.dirname(NODE_ZENDESK_FILES), '../package.json'))}`;
}

function sdkVersion(): string {
  return versionIn(require.resolve('@temporalio/worker/package.json'));
}

function versionIn(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
