/** Where Prometheus comes from, which the tests of the dashboard and of the alert rules run. */
import path from 'node:path';
import { readdir } from 'node:fs/promises';
import { buildOnce, builtBefore, isExecutable, which } from './build-once';
import { runCommand } from './run-command';

export interface PrometheusExecutables {
  prometheus: string;
  promtool: string;
}

const FETCHED = 'prometheus-debian';

const ADVICE = `There is no Prometheus to use. Any of these gives one:
  - set PROMETHEUS_PATH to a folder with \`prometheus\` and \`promtool\` (https://prometheus.io/download)
  - put both on PATH, as a package manager does
  - on Debian or Ubuntu, let the package be fetched: nothing is installed, but apt has to know it (apt-get update)`;

/**
 * The folder `PROMETHEUS_PATH`, PATH, or Debian's package, fetched once and unpacked in the cache: nothing is installed. What a
 * person named is taken or refused, never replaced.
 */
export async function resolvePrometheus(log: (line: string) => void): Promise<PrometheusExecutables> {
  const named = process.env['PROMETHEUS_PATH'];
  if (named) {
    const found = inFolder(named);
    if ((await isExecutable(found.prometheus)) && (await isExecutable(found.promtool))) return found;
    throw new Error(`PROMETHEUS_PATH names ${named}, where prometheus and promtool are not`);
  }
  const [prometheus, promtool] = [await which('prometheus'), await which('promtool')];
  if (prometheus && promtool) return { prometheus, promtool };
  return inFolder(path.join((await builtBefore(FETCHED)) ?? (await fetchFromDebian(log)), 'usr/bin'));
}

const inFolder = (folder: string): PrometheusExecutables => ({
  prometheus: path.join(folder, 'prometheus'),
  promtool: path.join(folder, 'promtool'),
});

async function fetchFromDebian(log: (line: string) => void): Promise<string> {
  if (!(await which('apt-get')) || !(await which('dpkg-deb'))) throw new Error(ADVICE);
  return await buildOnce(
    FETCHED,
    async (folder) => {
      log(`Fetching Debian's package of Prometheus, this once (20 MB)`);
      try {
        await runCommand('apt-get', ['download', 'prometheus'], { cwd: folder, log });
        const deb = (await readdir(folder)).find((file) => file.endsWith('.deb'))!;
        await runCommand('dpkg-deb', ['--extract', deb, '.'], { cwd: folder, log });
      } catch (error) {
        throw new Error(ADVICE, { cause: error });
      }
    },
    { log },
  );
}
