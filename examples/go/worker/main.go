// A worker for the workflow of this example. Temporal is found as the SDKs do: TEMPORAL_ADDRESS and so on.
package main

import (
	"cmp"
	"log"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	zendesksync "example.com/zendesk-sync"
)

func main() {
	temporal, err := client.Dial(envconfig.MustLoadDefaultClientOptions())
	if err != nil {
		log.Fatalln("No Temporal server:", err)
	}
	defer temporal.Close()

	taskQueue := cmp.Or(os.Getenv("TASK_QUEUE"), "zendesk-sync")
	w := worker.New(temporal, taskQueue, worker.Options{})
	w.RegisterWorkflowWithOptions(zendesksync.SyncToZendesk, workflow.RegisterOptions{Name: "syncToZendesk"})
	if err := w.Start(); err != nil {
		log.Fatalln("The worker cannot start:", err)
	}
	log.Println("Worker ready on", taskQueue)
	<-worker.InterruptCh()
	w.Stop()
}
