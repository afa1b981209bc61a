import type { TemporalProblem } from '../src/temporal-problem';
import { temporalConfiguration, temporalProblem, connectProblem } from '../src/temporal-problem';

const target = { address: 'temporal:7233', namespace: 'sales', tls: false };
const status = (code: string, text: string) =>
  new Error(`Unhandled grpc error: Status { code: ${code}, message: "${text}", details: b"\\x08", source: None }`);

describe('an error of the native connection', () => {
  test.each([
    [
      'tonic::transport::Error(Transport, ConnectError(ConnectError("tcp connect error", 127.0.0.1:1, Os { code: 111, kind: ConnectionRefused, message: "Connection refused" })))',
      'no Temporal server answers at temporal:7233 (Connection refused). Set TEMPORAL_ADDRESS, or start one: temporal server start-dev',
    ],
    [
      'tonic::transport::Error(Transport, PrivateKeyParseError)',
      'no Temporal server answers at temporal:7233 (PrivateKeyParseError). Set TEMPORAL_ADDRESS, or start one: temporal server start-dev',
    ],
    [
      'tonic::transport::Error(Transport, ConnectError(Custom { kind: InvalidData, error: InvalidMessage(InvalidContentType) }))',
      'no Temporal server answers at temporal:7233 (TLS: InvalidMessage, InvalidContentType). Set TEMPORAL_ADDRESS, or start one: temporal server start-dev',
    ],
  ])('is reported in plain words: %s', (message, expected) => {
    expect(connectProblem(new Error(message), target).message).toBe(expected);
  });

  test('names the TLS settings where the connection uses TLS', () => {
    const { message } = connectProblem(new Error('tonic::transport::Error(Transport, X)'), { ...target, tls: true });
    expect(message).toMatch(/check the TLS settings/);
  });

  test.each([
    ['NotFound', 'NamespaceNotFound', /no namespace "sales"\. Set TEMPORAL_NAMESPACE$/],
    ['PermissionDenied', 'TemporalRefused', /refused the request for namespace sales: not you\./],
    ['Unauthenticated', 'TemporalRefused', /TEMPORAL_API_KEY/],
    ['Unavailable', 'TemporalUnreachable', /no Temporal server answers/],
    ['ResourceExhausted', 'TemporalUnreachable', /no Temporal server answers/],
  ])('with the status %s is %s', (code, type, message) => {
    expect(temporalProblem(status(code, 'not you'), target)).toMatchObject({
      type,
      message: expect.stringMatching(message),
    });
  });

  test('that is not Temporal’s is left as it is', () => {
    expect(temporalProblem(new Error('anything else'), target)).toBeUndefined();
    expect(temporalProblem(status('Internal', 'x'), target)).toBeUndefined();
  });
});

describe("Temporal's configuration", () => {
  const problemOf = (env: Record<string, string>) => {
    try {
      return temporalConfiguration({ TEMPORAL_CONFIG_FILE: '/no/such.toml', ...env });
    } catch (error) {
      return error as TemporalProblem;
    }
  };

  test.each(['localhost', 'localhost:7233', '10.0.0.1:80', '[::1]:7233', 'a-b.c_d.tmprl.cloud:7233'])(
    'takes the address %s',
    (address) => expect(problemOf({ TEMPORAL_ADDRESS: address })).toMatchObject({ target: { address } }),
  );

  test.each(['::::', 'http://localhost:7233', 'localhost:0', 'localhost:99999', 'local host:7233', 'localhost:x'])(
    'refuses the address %s',
    (address) => {
      const { message, type } = problemOf({ TEMPORAL_ADDRESS: address }) as TemporalProblem;
      expect(type).toBe('TemporalConfigurationError');
      expect(message).toContain(`expected host:port as in localhost:7233, got ${JSON.stringify(address)}`);
    },
  );

  test('takes empty variables for ones that are not set', () => {
    const env = { TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '', TEMPORAL_API_KEY: '', TEMPORAL_TLS: '' };
    const target = { address: 'localhost:7233', namespace: 'default', tls: false };
    expect(problemOf(env)).toMatchObject({ target });
  });

  test.each([
    [{ TEMPORAL_TLS: 'maybe' }, 'TEMPORAL_TLS: expected true or false, got "maybe"'],
    [{ TEMPORAL_TLS_CLIENT_CERT_DATA: 'x' }, 'TEMPORAL_TLS_CLIENT_CERT_* is set without TEMPORAL_TLS_CLIENT_KEY_*'],
    [{ TEMPORAL_TLS_CLIENT_KEY_DATA: 'x' }, 'TEMPORAL_TLS_CLIENT_KEY_* is set without TEMPORAL_TLS_CLIENT_CERT_*'],
    [{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/no/such.pem' }, 'no such file'],
    [{ TEMPORAL_CONFIG_FILE: __filename }, 'Invalid TOML'],
    [{ TEMPORAL_CONFIG_FILE: '/dev/null' }, 'the file has no [profile.<name>]'],
    [{ TEMPORAL_PROFILE: 'nope' }, "Profile 'nope' not found"],
  ])('says what is wrong with %j on one line', (env, problem) => {
    const { message } = problemOf(env as Record<string, string>) as TemporalProblem;
    expect(message).toContain(problem);
    expect(message).not.toContain('\n');
  });
});
