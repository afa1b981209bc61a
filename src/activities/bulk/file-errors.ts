/** What the file system reports, for messages and for the decision whether to try again. */

/** Conditions that pass by themselves, or that an operator can end while the run waits. */
const TRANSIENT = ['EAGAIN', 'EBUSY', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'ESTALE', 'ETIMEDOUT'];

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Whether the file system may do the same a little later. False for an error that is not of the file system. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.includes(codeOf(error) ?? '');
}

/** Undefined where there is no such file; any other error is thrown. */
export async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
