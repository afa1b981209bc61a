/** The inputs that start a job, derived from the table of operations: `operation` decides what goes with it. */
import type { RecordTie } from '../common/starting';
import type { BodyField, JobAction, Operation, OPERATIONS } from './operations';

type Operations = typeof OPERATIONS;

/** A record's number in Zendesk: a positive whole number, or its digits. */
export type RecordId = number | string;

/**
 * What starts one job: `operation` and, as it allows,
 * - `items`: 1 to 100 records, in Zendesk's own field names; or
 * - `ids` or `externalIds`: 1 to 100 of records that exist, each once; with
 * - `body`: the rest of the body, as in `{ ticket: { priority: 'high' } }` beside `ids`, `{ job: { action } }` beside `items`;
 * - `params`: those in the braces of the operation's path, and query parameters.
 * docs/operations.md has the table.
 */
export type StartJobInput = {
  [Name in keyof Operations]: { operation: Name } & Params<PathOf<Name, Operations[Name]>, QueryOf<Operations[Name]>> &
    Records<Operations[Name]>;
}[keyof Operations];

/** A start that is ready to be sent. Plain JSON. */
export interface StartRequest {
  operation: string;
  method: Operation['method'];
  /** From the origin on, as in `/api/v2/tickets/35436/merge`. */
  path: string;
  query: Record<string, string>;
  /** Undefined: none is sent. */
  body: unknown;
  /** How many records the job is about; null where Zendesk alone knows (resource collections). */
  records: number | null;
  /** A second job with the same records would leave everything as the first one did. */
  repeatSafe: boolean;
  /** `job_type`s that such a job was seen with; empty where nobody knows. */
  jobTypes: string[];
  tie: RecordTie;
}

type PathOf<Name, O> = O extends { path: infer Path } ? Path : Name;
type QueryOf<O> = (O extends { query: readonly (infer Key extends string)[] } ? Key : never) | ExternalIdQuery<O>;
type ExternalIdQuery<O> = O extends { externalIdQuery: readonly (infer Key extends string)[] } ? Key : never;
type PathKeys<Path> = Path extends `${string}{${infer Key}}${infer Rest}` ? Key | PathKeys<Rest> : never;

type Params<Path, Query extends string> = [PathKeys<Path>] extends [never]
  ? { params?: [Query] extends [never] ? Record<string, never> : { [Key in Query]?: string | number | boolean } }
  : { params: Record<PathKeys<Path>, RecordId> };

/** Each way in which an operation takes its records. What is not named must not be there. */
type Records<O> =
  | (O extends { items: string }
      ? O extends { actions: infer Actions }
        ? Jobs<Actions, JobFields<O>>
        : Items<O> & NoExternalIdQuery<O>
      : never)
  | (O extends { selects: readonly (infer Key)[] }
      ? Key extends string
        ? Only<Record<Key, readonly RecordId[]> & Body<O>> &
            (Key extends 'externalIds' ? unknown : NoExternalIdQuery<O>)
        : never
      : never)
  | (O extends { items: string } | { selects: unknown } ? never : Only<Body<O>>);

/** What goes with external ids only. */
type NoExternalIdQuery<O> = [ExternalIdQuery<O>] extends [never]
  ? unknown
  : { params?: { [Key in ExternalIdQuery<O>]?: never } };

type Only<Given> = Given & { [Key in Exclude<'items' | 'ids' | 'externalIds' | 'body', keyof Given>]?: never };

/** A record, in Zendesk's own field names. */
// `any`, as interfaces are assignable to no index of `unknown`.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Item = { [field: string]: any };

type Items<O> = Only<{ items: readonly (Item & Needs<O>)[] }>;

type Jobs<Actions, Fields extends string> = {
  [Action in keyof Actions]: Only<{
    items: readonly (Actions[Action] extends { keys: string } ? RecordId : Item & Needs<Actions[Action]>)[];
    body: { job: { action: Action } & { [Field in Fields]: object } };
  }>;
}[keyof Actions];
type JobFields<O> = O extends { jobFields: readonly (infer Field extends string)[] } ? Field : never;

type Needs<O> = O extends Required<Pick<JobAction, 'needs'>> ? AllOf<O['needs']> : unknown;
type AllOf<Lists> = Lists extends readonly [readonly (infer Key)[], ...infer Rest] ? OneOf<Key> & AllOf<Rest> : unknown;
type OneOf<Key> = Key extends string ? Record<Key, RecordId> : never;

type Body<O> = O extends { body: infer Fields extends Record<string, BodyField> } ? { body: BodyOf<Fields> } : object;
type BodyOf<Fields> = {
  [Key in keyof Fields as Fields[Key] extends `${string}?` ? never : Key]: BodyValue[Fields[Key] & BodyField];
} & {
  [Key in keyof Fields as Fields[Key] extends `${string}?` ? Key : never]?: BodyValue[Fields[Key] & BodyField];
};
interface BodyValue {
  object: object;
  ids: readonly RecordId[];
  'text?': string;
  'flag?': boolean;
}
