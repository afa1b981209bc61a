import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../dev/free-port';
import { resolvePrometheus } from '../../dev/prometheus-executables';
import { eventually } from './eventually';

export interface Sample {
  metric: Record<string, string>;
  /** When, in seconds, and what. */
  value: [number, string];
}

export interface Prometheus {
  /** What an instant query finds now. Throws what Prometheus says of one that it cannot read. */
  query(promql: string): Promise<Sample[]>;
  /** `data` of an answer of its HTTP API. */
  get<Data>(path: string): Promise<Data>;
  stop(): Promise<void>;
}

/** A real Prometheus with an empty database, at a free port of the loopback interface. `config` is the path of its configuration. */
export async function startPrometheus(config: string): Promise<Prometheus> {
  const { prometheus } = await resolvePrometheus((line) => process.stderr.write(`${line}\n`));
  const data = await mkdtemp(path.join(tmpdir(), 'zendesk-jobs-prometheus-'));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${data}`, `--web.listen-address=${address}`];
  const child = spawn(prometheus, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'close');
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await eventually('Prometheus', async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended:\n${log}`);
    return await fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });

  async function get<Data>(what: string): Promise<Data> {
    const answer = (await (await fetch(`http://${address}/api/v1/${what}`)).json()) as { data: Data; error?: string };
    if (answer.error) throw new Error(`${what}: ${answer.error}`);
    return answer.data;
  }
  return {
    get,
    async query(promql) {
      return (await get<{ result: Sample[] }>(`query?${new URLSearchParams({ query: promql })}`)).result;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(data, { recursive: true });
    },
  };
}
