// Package zendeskjobs blocks on Zendesk bulk jobs in workflows that are written in Go: each call starts a workflow of the
// ready worker (temporal-zendesk-jobs worker) as a child and returns when it has ended. Copy it into a module of your own.
//
// What travels is JSON in camelCase, which docs/languages.md describes. A field of an input that has its zero value is
// left out, so that the default of the ready worker holds. An empty list is no zero value: it travels, and is refused.
package zendeskjobs

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"
)

// TaskQueue is one that a ready worker listens on.
type TaskQueue string

// DefaultTaskQueue is the ready worker's, unless its TEMPORAL_TASK_QUEUE says otherwise.
const DefaultTaskQueue TaskQueue = "zendesk-jobs"

// AwaitJob blocks until the job has ended. FailureOf tells what its error is.
func (queue TaskQueue) AwaitJob(ctx workflow.Context, input AwaitJobInput) (JobOutcome, error) {
	return child[JobOutcome](ctx, queue, "awaitZendeskJob", input)
}

// AwaitJobs blocks until all jobs have ended. No single job makes it fail: its outcome has an Error.
func (queue TaskQueue) AwaitJobs(ctx workflow.Context, input AwaitJobsInput) (AwaitJobsResult, error) {
	return child[AwaitJobsResult](ctx, queue, "awaitZendeskJobs", input)
}

// RunJob starts a job, once, and blocks until it has ended.
func (queue TaskQueue) RunJob(ctx workflow.Context, input RunJobInput) (JobOutcome, error) {
	return child[JobOutcome](ctx, queue, "runZendeskJob", input)
}

// RunBulk sends all records and blocks until each is done, has failed for good, or is uncertain.
func (queue TaskQueue) RunBulk(ctx workflow.Context, input RunBulkInput) (RunBulkResult, error) {
	return child[RunBulkResult](ctx, queue, "runZendeskBulk", input)
}

func child[Result any](ctx workflow.Context, queue TaskQueue, workflowType string, input any) (result Result, err error) {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		TaskQueue: string(queue),
		// When the parent ends first, as when another part of it fails: cancelled, not terminated.
		ParentClosePolicy: enums.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
		// A cancelled parent ends after its children: a start that is under way settles first.
		WaitForCancellation: true,
	})
	err = workflow.ExecuteChildWorkflow(ctx, workflowType, input).Get(ctx, &result)
	return result, err
}
