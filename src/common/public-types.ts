/** The shapes that callers of all entries meet: inputs, results, progress and the details of errors. */
export type {
  BulkFailure,
  Named as SinkRef,
  Named as SourceRef,
  RemainingRecords,
  RunZendeskBulkInput,
  RunZendeskBulkResult,
  UncertainBatch,
  ZendeskBulkProgress,
} from './bulk-types';
export type {
  BulkEndedDetails,
  FieldProblem,
  InputInvalidDetails,
  JobEndedDetails,
  JobsEndedDetails,
  LastSeen,
  StartFailedDetails,
  StartUncertainDetails,
  TroubleDetails as FailureDetails,
  WaitGivenUpDetails,
  WaitRefusedDetails,
  ZendeskErrorDetails,
} from './error-details';
export type { Trouble as Failure } from './polling';
export type { StartCandidate } from './starting';
export type * from './types';
