import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { StartCandidate } from '../../src/common/starting';
import { CliFailure, describeFailure, failureOf } from '../../src/cli/cli-failure';

const ended = (cause: Error) => new WorkflowFailedError('Workflow execution failed', cause, 'NON_RETRYABLE_FAILURE');

test.each([
  [
    "a workflow's own failure",
    ended(ApplicationFailure.nonRetryable('job V3-1 failed', 'ZendeskJobFailed', { jobId: 'V3-1' })),
    { type: 'ZendeskJobFailed', message: 'job V3-1 failed', details: { jobId: 'V3-1' } },
  ],
  ['a cancelled wait', ended(new CancelledFailure('cancelled')), { type: 'WorkflowCancelled' }],
  ['a terminated wait', ended(new TerminatedFailure('terminated')), { type: 'WorkflowTerminated' }],
  [
    'a workflow that does not exist',
    new WorkflowNotFoundError('workflow not found', 'no-such', undefined),
    { type: 'WorkflowNotFound', message: expect.stringContaining('"no-such"') },
  ],
  ["the CLI's own", new CliFailure('NoWorker', 'nobody polls'), { type: 'NoWorker', message: 'nobody polls' }],
  ['a bug', new TypeError('x is undefined'), { type: 'TypeError', message: 'x is undefined' }],
  ['no error at all', 'oops', { type: 'Error', message: 'oops' }],
])('%s', (_, error, expected) => {
  expect(failureOf(error)).toMatchObject(expected);
});

test('what was last seen and what last went wrong are lines of their own', () => {
  const text = describeFailure({
    type: 'ZendeskJobTimedOut',
    message: 'job V3-1 had not ended after 1h',
    details: {
      lastSeen: { status: 'working', progress: 40, total: 100, message: null, checkedAt: '2026-11-23T19:00:00.000Z' },
      lastTrouble: { type: 'ZendeskUnavailable', message: '503 Service Unavailable' },
    },
  });
  expect(text.split('\n')).toEqual([
    'error: job V3-1 had not ended after 1h',
    '  last seen: working, 40 of 100, at 2026-11-23T19:00:00.000Z',
    '  last trouble: ZendeskUnavailable: 503 Service Unavailable',
  ]);
});

test('a trouble that is the failure itself is said once', () => {
  const message = '401 Unauthorized';
  const lastTrouble = { type: 'ZendeskAuthenticationFailed', message };
  const failure = { type: lastTrouble.type, message, details: { lastSeen: null, lastTrouble } };
  expect(describeFailure(failure)).toBe('error: 401 Unauthorized');
});

describe('an uncertain start', () => {
  const uncertain = (candidates: StartCandidate[]) =>
    describeFailure({
      type: 'ZendeskStartUncertain',
      message: 'tickets/create_many may have been started or not: the connection was reset',
      details: {
        account: 'sandbox',
        candidates,
        lastTrouble: { type: 'ZendeskStartUncertain', message: 'the connection was reset' },
      },
    });
  const candidate: StartCandidate = {
    jobId: 'V3-1',
    jobType: 'Bulk Create Ticket',
    status: 'working',
    progress: 40,
    total: 100,
    message: null,
  };

  test('names the jobs that it may have made, and how to look at them', () => {
    const young = { ...candidate, jobId: 'V3-2', status: 'queued\u0007', progress: null, message: 'two\nlines' };
    expect(uncertain([candidate, young]).split('\n')).toEqual([
      'error: tickets/create_many may have been started or not: the connection was reset',
      '',
      'Candidates, none of them for certain:',
      'job   type                status   progress  message',
      'V3-1  Bulk Create Ticket  working  40/100',
      'V3-2  Bulk Create Ticket  queued   0/100     two lines',
      '',
      'To see what became of one: temporal-zendesk-jobs await <job> --account sandbox',
    ]);
  });

  test('without candidates is one line', () => {
    expect(uncertain([])).not.toContain('\n');
  });

  test('with very many is cut, and says by how much', () => {
    const text = uncertain(Array.from({ length: 25 }, (_, i) => ({ ...candidate, jobId: `V3-${i}` })));
    expect(text.match(/Bulk Create Ticket/g)).toHaveLength(20);
    expect(text).toContain('… and 5 more\n');
  });
});

test('text of others stays on one line and cannot steer the terminal', () => {
  const failure = {
    type: 'ZendeskRequestRejected',
    message: 'no\r\n\tsuch \u001b[31mred\u001b[0m\u0007 thing',
    details: {},
  };
  expect(describeFailure(failure)).toBe('error: no such red thing');
});
