import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** In bytes, the most that is in use while it goes on. Not resident memory: that is as large as the collector's patience. */
export async function memoryTakenBy(work: () => Promise<unknown>): Promise<number> {
  collectGarbage();
  const before = inUse();
  let most = before;
  const look = () => (most = Math.max(most, inUse()));
  const looks = setInterval(look, 20);
  try {
    await work();
  } finally {
    look();
    clearInterval(looks);
  }
  return most - before;
}

function inUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
