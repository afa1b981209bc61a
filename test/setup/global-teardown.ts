import { rm } from 'node:fs/promises';
import { started } from './started';

export default async function globalTeardown(): Promise<void> {
  await started.server?.stop();
  if (started.folder) await rm(started.folder, { recursive: true, force: true });
}
