/** The connection to Temporal that the environment names. */
import { Client, Connection } from '@temporalio/client';
import { loadExtensions } from '../extensions';
import { connectProblem, temporalConfiguration, temporalProblem } from '../temporal-problem';

const CONNECT_TIMEOUT = '5s';

export interface Temporal {
  client: Client;
  address: string;
  namespace: string;
}

/**
 * Lends a client, configured as the worker is (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TLS, profile; the data
 * converter of ZENDESK_EXTENSIONS). Throws `TemporalProblem` where Temporal cannot be reached, now or in mid-use, refuses, or has no
 * such namespace, and `ZendeskConfigurationError`.
 */
export async function withTemporal<T>(use: (temporal: Temporal) => Promise<T>): Promise<T> {
  const { connectionOptions, target } = temporalConfiguration();
  const { address, namespace } = target;
  const { dataConverter } = await loadExtensions(process.env['ZENDESK_EXTENSIONS'], process.cwd());
  const connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout: CONNECT_TIMEOUT,
    // Without the client's own retries, which outlive a closed connection and then crash the process.
    interceptors: [],
  }).catch((error: unknown) => {
    throw connectProblem(error, target);
  });
  try {
    return await use({ client: new Client({ connection, namespace, dataConverter }), address, namespace });
  } catch (error) {
    throw temporalProblem(error, target) ?? error;
  } finally {
    await connection.close();
  }
}
