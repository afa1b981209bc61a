/** Messages and stacks of failures are no payloads by themselves: with this they become one, which the codec encrypts. */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
