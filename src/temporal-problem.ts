/** What is wrong with Temporal or its settings, in the same words for the prebuilt worker and the command line. */
import { ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { fold } from './zendesk/text';

const DEFAULT_PORT = 7233;
const DEFAULT_ADDRESS = `localhost:${DEFAULT_PORT}`;

export type TemporalProblemType =
  'TemporalUnreachable' | 'TemporalRefused' | 'TemporalConfigurationError' | 'NamespaceNotFound';

/** The message is one line: what is wrong, where, and what to set. */
export class TemporalProblem extends Error {
  override readonly name = 'TemporalProblem';
  constructor(
    readonly type: TemporalProblemType,
    message: string,
    readonly details: object = {},
  ) {
    super(message);
  }
}

/** Where Temporal's variables point. */
export interface TemporalTarget {
  address: string;
  namespace: string;
  /** Whether the connection uses TLS. */
  tls: boolean;
}

/**
 * From Temporal's own variables and configuration file; empty variables count as not set. Throws `TemporalProblem` where they cannot
 * be used.
 */
export function temporalConfiguration(env: NodeJS.ProcessEnv = process.env) {
  try {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
      overrideEnvVars: withoutEmpty(env),
    });
    const { address = DEFAULT_ADDRESS, tls, apiKey } = connectionOptions;
    const target: TemporalTarget = { address, namespace, tls: Boolean(tls ?? apiKey) };
    const problems = [...addressProblems(address), ...variableProblems(env)];
    if (problems.length > 0) throw new Error(problems.join('; '));
    return { connectionOptions: { ...connectionOptions, address }, target };
  } catch (error) {
    // So fails @temporalio/envconfig for a file without a table of profiles.
    const problem = error instanceof TypeError ? 'the file has no [profile.<name>]' : fold(messageOf(error));
    throw new TemporalProblem(
      'TemporalConfigurationError',
      `Temporal's configuration (TEMPORAL_* variables, TEMPORAL_CONFIG_FILE) cannot be used: ${problem}`,
    );
  }
}

/** An empty TEMPORAL_GRPC_META_* variable removes a header. */
function withoutEmpty(env: NodeJS.ProcessEnv): Record<string, string> {
  const isSet = ([name, value]: [string, string | undefined]) =>
    Boolean(value) || name.startsWith('TEMPORAL_GRPC_META_');
  return Object.fromEntries(Object.entries(env).filter(isSet)) as Record<string, string>;
}

function addressProblems(address: string): string[] {
  const match = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::(\d+))?$/i.exec(address);
  const port = Number(match?.[1] ?? DEFAULT_PORT);
  const isSound = match !== null && port >= 1 && port <= 65_535;
  return isSound ? [] : [`the address: expected host:port as in ${DEFAULT_ADDRESS}, got ${JSON.stringify(address)}`];
}

/** What `@temporalio/envconfig` ignores without a word. */
function variableProblems(env: NodeJS.ProcessEnv): string[] {
  const switches = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'].filter(
    (name) => env[name] && !['1', '0', 'true', 'false'].includes(env[name]),
  );
  const isGiven = (part: string) => Boolean(env[`${part}_PATH`] || env[`${part}_DATA`]);
  const [certificate, key] = ['TEMPORAL_TLS_CLIENT_CERT', 'TEMPORAL_TLS_CLIENT_KEY'].map(isGiven);
  return [
    ...switches.map((name) => `${name}: expected true or false, got ${JSON.stringify(env[name])}`),
    ...(certificate && !key ? ['TEMPORAL_TLS_CLIENT_CERT_* is set without TEMPORAL_TLS_CLIENT_KEY_*'] : []),
    ...(key && !certificate ? ['TEMPORAL_TLS_CLIENT_KEY_* is set without TEMPORAL_TLS_CLIENT_CERT_*'] : []),
  ];
}

/** Is this an error of a Temporal client that may pass? */
export function isOutage(error: unknown): boolean {
  const meaning = meaningOf(error);
  return meaning === 'unreachable' || meaning === 'busy';
}

/** The problem behind an error of a Temporal client or worker; undefined for any other error. */
export function temporalProblem(error: unknown, target: TemporalTarget): TemporalProblem | undefined {
  const { address, namespace } = target;
  if (error instanceof NamespaceNotFoundError) return noNamespace(error.namespace, address);
  switch (meaningOf(error)) {
    case 'unreachable':
    case 'busy':
      return unreachable(target, reasonOf(error));
    case 'refused':
      return new TemporalProblem(
        'TemporalRefused',
        `Temporal at ${address} refused the request for namespace ${namespace}: ${reasonOf(error)}. ` +
          'Check TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and the TLS settings',
        { address, namespace },
      );
    case 'not found':
      return noNamespace(namespace, address);
    default:
      return undefined;
  }
}

/** For an error in connecting, whatever it is. */
export function connectProblem(error: unknown, target: TemporalTarget): TemporalProblem {
  return temporalProblem(error, target) ?? unreachable(target, reasonOf(error));
}

function unreachable({ address, tls }: TemporalTarget, reason: string): TemporalProblem {
  const advice = tls
    ? 'Set TEMPORAL_ADDRESS, and check the TLS settings: the connection uses TLS, as TEMPORAL_TLS* or TEMPORAL_API_KEY ask for'
    : 'Set TEMPORAL_ADDRESS, or start one: temporal server start-dev';
  const because = reason === '' ? '' : ` (${reason})`;
  return new TemporalProblem('TemporalUnreachable', `no Temporal server answers at ${address}${because}. ${advice}`, {
    address,
  });
}

function noNamespace(namespace: string, address: string): TemporalProblem {
  return new TemporalProblem(
    'NamespaceNotFound',
    `Temporal at ${address} has no namespace ${JSON.stringify(namespace)}. Set TEMPORAL_NAMESPACE`,
    { address, namespace },
  );
}

type Meaning = 'unreachable' | 'not found' | 'refused' | 'busy';

/** By gRPC status code: DEADLINE_EXCEEDED, NOT_FOUND, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE, UNAUTHENTICATED. */
const GRPC_MEANING: Record<number, Meaning> = {
  4: 'unreachable',
  5: 'not found',
  7: 'refused',
  8: 'busy',
  14: 'unreachable',
  16: 'refused',
};

/** The names that the SDK's native part has for the same codes. */
const NATIVE_MEANING: Record<string, Meaning> = {
  DeadlineExceeded: 'unreachable',
  NotFound: 'not found',
  PermissionDenied: 'refused',
  ResourceExhausted: 'busy',
  Unavailable: 'unreachable',
  Unauthenticated: 'refused',
};

function meaningOf(error: unknown): Meaning | undefined {
  const grpc = grpcError(error);
  if (grpc) return GRPC_MEANING[grpc.code];
  const message = messageOf(error);
  const [, code] = /\bStatus \{ code: (\w+)/.exec(message) ?? [];
  if (code !== undefined) return NATIVE_MEANING[code];
  return /\btonic::transport::Error\b/.test(message) ? 'unreachable' : undefined;
}

/** Without the notation of the SDK's native part, which is a dump of its data. */
function reasonOf(error: unknown): string {
  const grpc = grpcError(error);
  if (grpc) return fold(grpc.details);
  const message = messageOf(error);
  if (!/::|\{ /.test(message)) return fold(message);
  const quoted = [...message.matchAll(/(?:message|error): "((?:[^"\\]|\\.)*)"|Error\("((?:[^"\\]|\\.)*)"/g)];
  const tlsError = /\b(InvalidCertificate|InvalidMessage|AlertReceived|NoCertificatesPresented)\((\w+)/.exec(message);
  if (tlsError) return `TLS: ${tlsError[1]}, ${tlsError[2]}`;
  const last = quoted.at(-1);
  const [, kind = ''] = /(\w+)\)+$/.exec(message) ?? [];
  return fold(last?.[1] ?? last?.[2] ?? kind);
}

/** Of the client, which wraps it, or of a worker's connection, which does not. */
function grpcError(error: unknown): { code: number; details: string } | undefined {
  const answer = error instanceof ServiceError ? (error.cause ?? error) : error;
  const { code, details } = (answer ?? {}) as { code?: unknown; details?: unknown };
  return typeof code === 'number' && typeof details === 'string' ? { code, details } : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
