import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** ms between two looks. */
const EVERY = 50;

/** In bytes, the most that it holds while it goes on. What is garbage by then is not counted: it is as large as the collector's patience. */
export async function memoryHeldBy(work: () => Promise<unknown>): Promise<number> {
  const before = inUse();
  let most = before;
  const look = () => (most = Math.max(most, inUse()));
  const looks = setInterval(look, EVERY);
  try {
    await work();
  } finally {
    look();
    clearInterval(looks);
  }
  return most - before;
}

function inUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
