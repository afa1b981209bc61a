import fc from 'fast-check';
import type { BulkStart } from '../../src/common/bulk';
import { OPERATIONS } from '../../src/zendesk/operations';
import { keyRule, recordKeys, supersededIndexes, supersededRecords } from '../../src/zendesk/record-keys';

const job = (action: string): BulkStart => ({
  operation: 'custom_objects/{custom_object_key}/jobs',
  params: { custom_object_key: 'car' },
  body: { job: { action } },
});
const upsert: BulkStart = { operation: 'users/create_or_update_many' };

describe('an operation finds its records by', () => {
  test.each<[string, BulkStart, string[], string]>([
    ['external id and e-mail address: a user upsert', upsert, ['external_id', 'email'], 'objects'],
    ['id, else external id: updates of users', { operation: 'users/update_many' }, ['id', 'external_id'], 'objects'],
    ['id: updates of tickets', { operation: 'tickets/update_many' }, ['id'], 'objects'],
    [
      'id or external id: one change for many users',
      { operation: 'users/update_many', body: { user: { suspended: true } } },
      ['id', 'external_id'],
      'both',
    ],
    [
      'id: one change for many tickets',
      { operation: 'tickets/update_many', body: { ticket: { status: 'solved' } } },
      ['id'],
      'both',
    ],
    ['id: deletions of tickets', { operation: 'tickets/destroy_many' }, ['id'], 'both'],
    ['id or external id: deletions of users', { operation: 'users/destroy_many' }, ['id', 'external_id'], 'both'],
    ['external id: an upsert of custom objects', job('create_or_update_by_external_id'), ['external_id'], 'objects'],
    ['name: an upsert of custom objects by name', job('create_or_update_by_name'), ['name'], 'objects'],
    ['id: updates of custom objects', job('update'), ['id'], 'objects'],
    ['id: deletions of custom objects', job('delete'), ['id'], 'ids'],
    ['external id: deletions by external id', job('delete_by_external_id'), ['external_id'], 'ids'],
    [
      'id: agents',
      { operation: 'routing/agents/instance_values/jobs', body: { job: { action: 'upsert', attributes: {} } } },
      ['id'],
      'ids',
    ],
  ])('%s', (_, start, fields, takes) => {
    expect(keyRule(start)).toEqual({ fields, takes });
  });

  test.each<[BulkStart]>([
    [{ operation: 'users/create_many' }],
    [{ operation: 'tickets/create_many' }],
    [{ operation: 'organizations/create_many' }],
    [{ operation: 'imports/tickets/create_many' }],
    [{ operation: 'organization_memberships/create_many' }],
    [job('create')],
    [job('no such action')],
    [{ operation: 'custom_objects/{custom_object_key}/jobs' }],
    [{ operation: 'users/upsert' }],
    [{ operation: 'toString' }],
  ])('nothing: %j only creates records, or is unknown', (start) => {
    expect(keyRule(start).fields).toEqual([]);
    expect(recordKeys(start, { id: 1, external_id: 'a', email: 'a@example.com', name: 'A' })).toEqual([]);
  });

  test('a key, for each operation of the table that is not only for creation', () => {
    const many = Object.entries(OPERATIONS).filter(([, operation]) => 'items' in operation || 'selects' in operation);
    const without = many
      .map(([operation]) => operation)
      .filter((operation) => keyRule({ operation }).fields.length === 0);
    expect(without.filter((operation) => !operation.endsWith('/create_many') && !operation.endsWith('/jobs'))).toEqual(
      [],
    );
  });
});

describe('the keys of a record', () => {
  test.each<[BulkStart, unknown, string[]]>([
    [upsert, { external_id: 'CRM-1', email: 'Ann@Example.com' }, ['external_id=crm-1', 'email=ann@example.com']],
    [upsert, { external_id: 'crm-1' }, ['external_id=crm-1']],
    [upsert, { external_id: '  ', email: ' ann@example.com ' }, ['email=ann@example.com']],
    [upsert, { external_id: 7 }, ['external_id=7']],
    [upsert, { external_id: null, email: undefined }, []],
    [upsert, { external_id: { a: 1 } }, []],
    [upsert, { id: 35436, name: 'Ann' }, []],
    [upsert, 'crm-1', []],
    [upsert, null, []],
    [upsert, ['crm-1'], []],
    [{ operation: 'users/update_many' }, { id: 35436, external_id: 'a' }, ['id=35436']],
    [{ operation: 'users/update_many' }, { id: '35436' }, ['id=35436']],
    [{ operation: 'users/update_many' }, { external_id: 'A' }, ['external_id=a']],
    [{ operation: 'users/update_many' }, 35436, []],
    [{ operation: 'users/destroy_many' }, 35436, ['id=35436']],
    [{ operation: 'users/destroy_many' }, { external_id: 'A' }, ['external_id=a']],
    [{ operation: 'tickets/destroy_many' }, { external_id: 'A' }, []],
    [job('delete_by_external_id'), 'A', ['external_id=a']],
    [job('delete_by_external_id'), { external_id: 'A' }, []],
    [job('create_or_update_by_name'), { name: ' Fiat ' }, ['name=Fiat']],
    [job('update'), { id: '01HQ3V6Z6W5Y9K0D7M8N1P2R3S' }, ['id=01HQ3V6Z6W5Y9K0D7M8N1P2R3S']],
  ])('%j: %j has %j', (start, record, keys) => {
    expect(recordKeys(start, record)).toEqual(keys);
  });

  test('are the same for one text in any case, composition and surrounding white space', () => {
    const folded = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(folded, (text) => {
        const keys = recordKeys(upsert, { external_id: text });
        for (const form of [text.normalize('NFD'), text.normalize('NFC'), ` ${text}\t`]) {
          expect(recordKeys(upsert, { external_id: form })).toEqual(keys);
        }
        const [key] = keys;
        if (key) expect(recordKeys(upsert, { external_id: key.replace('external_id=', '') })).toEqual(keys);
      }),
    );
    expect(recordKeys(upsert, { external_id: 'ZOË' })).toEqual(recordKeys(upsert, { external_id: 'zoe\u0308' }));
  });

  test('of different fields are never the same', () => {
    const [externalId] = recordKeys(upsert, { external_id: 'a@example.com' });
    const [email] = recordKeys(upsert, { email: 'a@example.com' });
    expect(externalId).not.toBe(email);
  });
});

describe('a record is superseded', () => {
  const user = (external_id?: string, email?: string) => ({ external_id, email });

  test.each<[string, BulkStart, unknown[], number[]]>([
    ['by none, where all keys are different', upsert, [user('a'), user('b'), user()], []],
    ['by each later one with its external id', upsert, [user('a'), user('b'), user('A'), user('a ')], [0, 2]],
    ['by one with its e-mail address', upsert, [user('a', 'x@y.z'), user('b', 'X@Y.Z')], [0]],
    ['by one that is superseded itself', upsert, [user('a', '1@y.z'), user('a', '2@y.z'), user('b', '2@y.z')], [0, 1]],
    ['once, though two later ones share its keys', upsert, [user('a', 'x@y.z'), user('a'), user('b', 'x@y.z')], [0]],
    ['by no record that is refused, as it has no key', upsert, [user('a'), 'a', null, {}], []],
    [
      'by the same id, as a number or its digits',
      { operation: 'tickets/destroy_many' },
      [5, { id: '5' }, '5', 6],
      [0, 1],
    ],
    ['never where records are only created', { operation: 'tickets/create_many' }, [{ id: 1 }, { id: 1 }], []],
  ])('%s', (_, start, records, indexes) => {
    expect(supersededIndexes(start, records)).toEqual(indexes);
  });

  test('with the next record of the same key, for a message', () => {
    expect(supersededRecords(upsert, [user('a'), user('b'), user('A')])).toEqual([
      { index: 0, by: 2, key: 'external_id=a' },
    ]);
  });

  test('exactly if a later one shares a key', () => {
    const record = fc.record({
      external_id: fc.constantFrom('a', 'A', 'b', 'c', undefined),
      email: fc.constantFrom('x@y.z', 'X@y.z', 'w@y.z', undefined),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 15 }), (records) => {
        const keys = records.map((value) => recordKeys(upsert, value));
        const expected = keys.flatMap((own, i) => {
          const isSuperseded = keys.slice(i + 1).some((later) => later.some((key) => own.includes(key)));
          return isSuperseded ? [i] : [];
        });
        expect(supersededIndexes(upsert, records)).toEqual(expected);
      }),
    );
  });
});
