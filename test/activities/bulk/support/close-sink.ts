/**
 * A process that closes the NDJSON sink, and is killed at its n-th use of the file system: halfway through it, where it writes or
 * deletes. Prints how many uses there were if it lives.
 */
import fs, { existsSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { Writable } from 'node:stream';
import { ndjsonSink } from '../../../../src/activities/bulk/ndjson-sink';

const [path, runId, n] = process.argv.slice(2);
let uses = 0;

const isLast = (): boolean => (uses += 1) === Number(n);
const die = () => process.kill(process.pid, 'SIGKILL');

for (const name of ['mkdir', 'readdir', 'readFile', 'rename', 'rm', 'stat', 'writeFile'] as const) {
  const use = promises[name] as (...args: unknown[]) => Promise<unknown>;
  const counted = async (...args: unknown[]) => {
    if (isLast()) {
      if (name === 'rm') deleteHalf(String(args[0]));
      if (name === 'writeFile') writeHalf(String(args[0]), String(args[1]));
      die();
    }
    return await use(...args);
  };
  Object.assign(promises, { [name]: counted });
}

const { createWriteStream } = fs;
Object.assign(fs, {
  createWriteStream: (file: string, options: object) => {
    if (!isLast()) return createWriteStream(file, options);
    return new Writable({
      write(chunk: Buffer) {
        writeHalf(file, chunk.toString());
        die();
      },
    });
  },
});

/** Deletes every other file of a folder, if there is such a folder. */
function deleteHalf(folder: string): void {
  const files = existsSync(folder) && fs.statSync(folder).isDirectory() ? readdirSync(folder) : [];
  for (const file of files.filter((_, i) => i % 2 === 0)) unlinkSync(`${folder}/${file}`);
}

function writeHalf(file: string, text: string): void {
  writeFileSync(file, text.slice(0, text.length / 2));
}

async function close(): Promise<void> {
  await ndjsonSink.close!({ args: { path }, runId: runId! });
  console.log(`${uses} uses`);
}

void close();
