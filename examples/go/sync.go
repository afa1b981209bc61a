// Package zendesksync is a sync that blocks on Zendesk jobs, and reports which records need a check.
package zendesksync

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"example.com/zendesk-sync/zendeskjobs"
)

type SyncInput struct {
	// Job is the id of one that somebody else started.
	Job string `json:"job"`
	// Tickets to solve, by id: 100 at most, one job.
	Tickets []int64 `json:"tickets"`
	// Users to create or update, any number.
	Users   []any  `json:"users"`
	Account string `json:"account"`
	// Queue is where the ready worker listens. Default zendesk-jobs.
	Queue zendeskjobs.TaskQueue `json:"queue"`
}

type Part struct {
	Succeeded int `json:"succeeded"`
	// Refused are records that Zendesk refused, and why.
	Refused []string `json:"refused"`
	// Unclear are records of which it is unknown whether Zendesk did them: check them in Zendesk.
	Unclear []string `json:"unclear"`
}

type SyncReport struct {
	Job     Part `json:"job"`
	Tickets Part `json:"tickets"`
	Users   Part `json:"users"`
}

// SyncToZendesk does all at once. Cancelling it cancels every wait; the jobs themselves go on in Zendesk.
func SyncToZendesk(ctx workflow.Context, input SyncInput) (report SyncReport, err error) {
	if input.Queue == "" {
		input.Queue = zendeskjobs.DefaultTaskQueue
	}
	parts := workflow.NewSelector(ctx)
	add := func(into *Part, run func(workflow.Context, SyncInput) (Part, error)) {
		future, settable := workflow.NewFuture(ctx)
		workflow.Go(ctx, func(ctx workflow.Context) { settable.Set(run(ctx, input)) })
		parts.AddFuture(future, func(done workflow.Future) { err = done.Get(ctx, into) })
	}
	add(&report.Job, followJob)
	add(&report.Tickets, solveTickets)
	add(&report.Users, importUsers)
	for range 3 {
		if parts.Select(ctx); err != nil {
			return report, err
		}
	}
	return report, nil
}

func followJob(ctx workflow.Context, input SyncInput) (Part, error) {
	outcome, err := input.Queue.AwaitJob(ctx, zendeskjobs.AwaitJobInput{
		WaitOptions: zendeskjobs.WaitOptions{Account: input.Account},
		JobID:       input.Job,
		Results:     zendeskjobs.FailedResults,
	})
	if err == nil {
		return partOfJob(outcome), nil
	}
	failure, ok := zendeskjobs.FailureOf(err)
	switch {
	case !ok:
		return Part{}, err
	case failure.Type == zendeskjobs.JobFailed, failure.Type == zendeskjobs.JobKilled:
		// What it did before it failed is in the outcome.
		part := partOfJob(*failure.Details.Outcome)
		part.Unclear = append(part.Unclear, failure.Message)
		return part, nil
	case failure.Type == zendeskjobs.JobLost, failure.Type == zendeskjobs.JobTimedOut,
		failure.Type == zendeskjobs.ResponseTooLarge:
		return Part{Refused: []string{}, Unclear: []string{failure.Message}}, nil
	default:
		return Part{}, err
	}
}

func solveTickets(ctx workflow.Context, input SyncInput) (Part, error) {
	outcome, err := input.Queue.RunJob(ctx, zendeskjobs.RunJobInput{
		WaitOptions: zendeskjobs.WaitOptions{Account: input.Account},
		Operation:   "tickets/update_many",
		IDs:         input.Tickets,
		Body:        map[string]any{"ticket": map[string]any{"status": "solved"}},
		Results:     zendeskjobs.FailedResults,
	})
	return partOfJob(outcome), err
}

func importUsers(ctx workflow.Context, input SyncInput) (Part, error) {
	result, err := input.Queue.RunBulk(ctx, zendeskjobs.RunBulkInput{
		WaitOptions: zendeskjobs.WaitOptions{Account: input.Account},
		Operation:   "users/create_or_update_many",
		Items:       input.Users,
	})
	return partOfRun(result), err
}

// partOfJob counts rows: "completed" does not mean that all went well, 99 of 100 records can have failed.
func partOfJob(outcome zendeskjobs.JobOutcome) Part {
	part := Part{Succeeded: outcome.Succeeded, Refused: []string{}, Unclear: []string{}}
	for _, row := range outcome.Results {
		if !row.OK {
			part.Refused = append(part.Refused, fmt.Sprintf("%d: %s", row.Index, row.Error))
		}
	}
	if outcome.Unreported > 0 {
		part.Unclear = append(part.Unclear, fmt.Sprintf("%d records without a result", outcome.Unreported))
	}
	return part
}

// partOfRun: the lists of a run are bounded, and what does not fit is counted. A sink gets every record.
func partOfRun(result zendeskjobs.RunBulkResult) Part {
	part := Part{Succeeded: result.Succeeded, Refused: []string{}, Unclear: []string{}}
	for _, row := range result.Failures {
		part.Refused = append(part.Refused, fmt.Sprintf("%d: %s", row.Index, row.Error))
	}
	if result.FailuresOmitted > 0 {
		part.Refused = append(part.Refused, fmt.Sprintf("%d more records", result.FailuresOmitted))
	}
	for _, batch := range result.Uncertain {
		part.Unclear = append(part.Unclear, fmt.Sprintf("%d records from %d on", batch.Count, batch.FirstIndex))
	}
	if result.UncertainOmitted > 0 {
		part.Unclear = append(part.Unclear, fmt.Sprintf("%d more batches", result.UncertainOmitted))
	}
	return part
}
