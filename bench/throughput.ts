/** How many waits for jobs that have ended a parent gets done a second, beside children that do nothing. */
import { inLab, type Lab } from './support/lab';
import { median, printTable, rounded, type Row } from './support/table';
import { versions } from './support/versions';

const CHILDREN = 200;
const ROUNDS = 3;

/** Workflow type of the children -> their inputs. The first is what the others are compared with; a wait, too, is one activity. */
const ways: Record<string, (lab: Lab) => unknown[]> = {
  doNothing: () => new Array(CHILDREN).fill(null),
  doNothingInActivity: () => new Array(CHILDREN).fill(null),
  awaitZendeskJob: ({ zendesk }) =>
    Array.from({ length: CHILDREN }, () => ({ jobId: zendesk.addJob({ duration: 0 }) })),
};

export async function throughput(): Promise<void> {
  await inLab(
    async (lab) => {
      const types = Object.keys(ways);
      const rates = new Map(types.map((type): [string, number[]] => [type, []]));
      // What is done but once, as opening connections, is no part of it.
      for (const type of types) await childrenASecond(lab, type);
      for (let round = 0; round < ROUNDS; round++) {
        for (const type of types) rates.get(type)!.push(await childrenASecond(lab, type));
      }
      const base = median(rates.get(types[0]!)!);
      printTable(
        `throughput: a parent starts ${CHILDREN} children at once and awaits them; children a second`,
        versions(lab.serverVersion),
        types.map((type) => row(type, rates.get(type)!, base)),
      );
    },
    { activities: { emptyActivity: async () => {} } },
  );
}

async function childrenASecond(lab: Lab, type: string): Promise<number> {
  const inputs = ways[type]!(lab);
  const start = performance.now();
  await (await lab.start('runChildren', type, inputs)).result();
  return (CHILDREN * 1000) / (performance.now() - start);
}

function row(child: string, rates: number[], base: number): Row {
  const rounds = rates.map((rate, i) => [`round ${i + 1}`, rounded(rate, 0)]);
  return {
    child,
    ...(Object.fromEntries(rounds) as Record<string, number>),
    median: rounded(median(rates), 0),
    'of doNothing': rounded(median(rates) / base),
  };
}
