/** A process that closes the NDJSON sink, and is killed at its n-th use of the file system; in the midst of it, where it deletes. */
import { existsSync, readdirSync, unlinkSync } from 'node:fs';
import fs from 'node:fs/promises';
import { ndjsonSink } from '../../../../src/activities/bulk/ndjson-sink';

const [path, runId, n] = process.argv.slice(2);
let uses = 0;

for (const name of ['access', 'readdir', 'readFile', 'rename', 'rm', 'writeFile'] as const) {
  const use = fs[name] as (...args: unknown[]) => Promise<unknown>;
  const counted = async (...args: unknown[]) => {
    uses += 1;
    if (uses === Number(n)) {
      if (name === 'rm') half(String(args[0]));
      process.kill(process.pid, 'SIGKILL');
    }
    return await use(...args);
  };
  Object.assign(fs, { [name]: counted });
}

/** Deletes every other file of a folder, if there is such a folder. */
function half(folder: string): void {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  for (const file of files.filter((_, i) => i % 2 === 0)) unlinkSync(`${folder}/${file}`);
}

async function close(): Promise<void> {
  await ndjsonSink.close!({ args: { path }, runId: runId! });
  console.log(`${uses} uses`);
}

void close();
