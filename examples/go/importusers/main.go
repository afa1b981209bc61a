// Imports the users of an NDJSON file: a client alone, with no worker and no workflow of its own.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"example.com/zendesk-sync/zendeskjobs"
)

func main() {
	result, err := importUsers(context.Background(), os.Args[1])
	if failure, ok := zendeskjobs.FailureOf(err); ok {
		log.Fatalf("%s: %s", failure.Type, failure.Message)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d succeeded, %d failed\n", result.Succeeded, result.Failed)
	for _, failure := range result.Failures {
		fmt.Printf("%d: %s\n", failure.Index, failure.Error)
	}
}

func importUsers(ctx context.Context, path string) (result zendeskjobs.RunBulkResult, err error) {
	temporal, err := client.Dial(envconfig.MustLoadDefaultClientOptions())
	if err != nil {
		return result, err
	}
	defer temporal.Close()

	// The ready worker reads the file: the path is one of its machine.
	path, err = filepath.Abs(path)
	if err != nil {
		return result, err
	}
	options := client.StartWorkflowOptions{
		TaskQueue: cmp.Or(os.Getenv("ZENDESK_TASK_QUEUE"), string(zendeskjobs.DefaultTaskQueue)),
	}
	run, err := temporal.ExecuteWorkflow(ctx, options, "runZendeskBulk", zendeskjobs.RunBulkInput{
		Operation: "users/create_or_update_many",
		Source:    &zendeskjobs.Named{Name: "ndjson", Args: map[string]any{"path": path}},
	})
	if err != nil {
		return result, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go printProgress(ctx, temporal, run)
	err = run.Get(ctx, &result)
	return result, err
}

func printProgress(ctx context.Context, temporal client.Client, run client.WorkflowRun) {
	for ctx.Err() == nil {
		var progress struct {
			Status   string `json:"status"`
			Progress int    `json:"progress"`
		}
		answer, err := temporal.QueryWorkflow(ctx, run.GetID(), run.GetRunID(), "progress")
		if err == nil && answer.Get(&progress) == nil {
			fmt.Printf("%s: %d records\n", progress.Status, progress.Progress)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}
