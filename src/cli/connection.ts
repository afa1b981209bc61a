/** The connection to Temporal that the environment names, and what to say when there is none. */
import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { CliFailure } from './cli-failure';
import { loadExtensions } from '../extensions';
import { CliErrorType } from './exit-codes';

const CONNECT_TIMEOUT = '5s';
const DEFAULT_ADDRESS = 'localhost:7233';

export interface Temporal {
  client: Client;
  address: string;
  namespace: string;
}

/**
 * Lends a client, configured as the worker is (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TLS, profile; the data
 * converter of ZENDESK_EXTENSIONS). Throws `CliFailure` where Temporal cannot be reached, now or in mid-use, refuses, or has no
 * such namespace, and `ZendeskConfigurationError`.
 */
export async function withTemporal<T>(use: (temporal: Temporal) => Promise<T>): Promise<T> {
  const { connectionOptions, address, namespace } = configuration();
  const { dataConverter } = await loadExtensions(process.env['ZENDESK_EXTENSIONS'], process.cwd());
  const connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout: CONNECT_TIMEOUT,
    // Without the client's own retries, which outlive a closed connection and then crash the process.
    interceptors: [],
  }).catch((error: unknown) => {
    throw temporalFailure(error, address, namespace) ?? unreachable(address, (error as Error).message);
  });
  try {
    return await use({ client: new Client({ connection, namespace, dataConverter }), address, namespace });
  } catch (error) {
    throw temporalFailure(error, address, namespace) ?? error;
  } finally {
    await connection.close();
  }
}

/** Throws `CliFailure` where the configuration cannot be read. */
export function configuration() {
  try {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
    return { connectionOptions, address: connectionOptions.address ?? DEFAULT_ADDRESS, namespace };
  } catch (error) {
    throw new CliFailure(
      CliErrorType.TEMPORAL_CONFIGURATION,
      `Temporal's configuration (TEMPORAL_* variables, TEMPORAL_CONFIG_FILE) cannot be used: ${(error as Error).message}`,
    );
  }
}

/** Is this an error of the Temporal client that may pass? */
export function isOutage(error: unknown): boolean {
  const meaning = meaningOf(error);
  return meaning === 'unreachable' || meaning === 'busy';
}

/** The CLI's failure for an error of the Temporal client; undefined for any other. */
function temporalFailure(error: unknown, address: string, namespace: string): CliFailure | undefined {
  if (error instanceof NamespaceNotFoundError) return noNamespace(error.namespace, address);
  const reason = grpcError(error)?.details ?? '';
  switch (meaningOf(error)) {
    case 'unreachable':
    case 'busy':
      return unreachable(address, reason);
    case 'refused':
      return new CliFailure(
        CliErrorType.TEMPORAL_REFUSED,
        `Temporal at ${address} refused the request for namespace ${namespace}: ${reason}. ` +
          'Check TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and the TLS settings',
        { address, namespace },
      );
    case 'not found':
      return noNamespace(namespace, address);
    default:
      return undefined;
  }
}

/** By gRPC status code: DEADLINE_EXCEEDED, NOT_FOUND, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE, UNAUTHENTICATED. */
const GRPC_MEANING: Record<number, 'unreachable' | 'not found' | 'refused' | 'busy'> = {
  4: 'unreachable',
  5: 'not found',
  7: 'refused',
  8: 'busy',
  14: 'unreachable',
  16: 'refused',
};

function meaningOf(error: unknown) {
  const answer = grpcError(error);
  return answer && GRPC_MEANING[answer.code];
}

function grpcError(error: unknown) {
  const answer = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(answer) ? answer : undefined;
}

export function unreachable(address: string, reason: string): CliFailure {
  return new CliFailure(
    CliErrorType.TEMPORAL_UNREACHABLE,
    `no Temporal server answers at ${address} (${reason}). Set TEMPORAL_ADDRESS, or start one: temporal server start-dev`,
    { address },
  );
}

function noNamespace(namespace: string, address: string): CliFailure {
  return new CliFailure(
    CliErrorType.NAMESPACE_NOT_FOUND,
    `Temporal at ${address} has no namespace ${JSON.stringify(namespace)}. Set TEMPORAL_NAMESPACE`,
    { address, namespace },
  );
}
