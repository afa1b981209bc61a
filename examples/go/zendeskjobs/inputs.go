package zendeskjobs

import (
	"strconv"
	"time"
)

// Duration is a time.Duration that travels as milliseconds.
type Duration time.Duration

func (d Duration) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, time.Duration(d).Milliseconds(), 10), nil
}

// ResultsMode says which result rows an outcome carries.
type ResultsMode string

const (
	AllResults    ResultsMode = "all"
	FailedResults ResultsMode = "failed"
	NoResults     ResultsMode = "none"
)

// OnUncertainStart says what to do if it is unknown whether Zendesk received a start that is not safe to repeat.
type OnUncertainStart string

const (
	// FailUncertain ends the run of a job with StartUncertain, and sets the records of a bulk run aside.
	FailUncertain OnUncertainStart = "fail"
	// AdoptUncertain takes over the job that fits, if it is the only one that was not there before.
	AdoptUncertain OnUncertainStart = "adopt"
)

// DuplicateKeys says what to do with records that have the same key in different batches.
type DuplicateKeys string

const (
	// AllowDuplicates sends all of them: the earlier one may be written last.
	AllowDuplicates DuplicateKeys = "allow"
	// FailDuplicates refuses the input before the first job.
	FailDuplicates DuplicateKeys = "fail"
	// LastDuplicate sends the last record of each key.
	LastDuplicate DuplicateKeys = "last"
)

// WaitOptions is what every input has.
type WaitOptions struct {
	// Account is its name, as the ready worker knows it. Default "default".
	Account string `json:"account,omitempty"`
	// Timeout is the limit of the whole wait. Default 24 h. The job itself goes on: Zendesk has no call that cancels one.
	Timeout Duration        `json:"timeout,omitempty"`
	Polling *PollingOptions `json:"polling,omitempty"`
	// SearchAttributes keeps ZendeskAccount, ZendeskJobId and ZendeskJobStatus, which have to exist in the namespace.
	SearchAttributes bool `json:"searchAttributes,omitempty"`
}

type PollingOptions struct {
	// MinInterval is the shortest time between two looks at the same job. Default 1 s; at least 100 ms.
	MinInterval Duration `json:"minInterval,omitempty"`
	// MaxInterval is the longest, except where Zendesk itself asks for more. Default 1 min.
	MaxInterval Duration `json:"maxInterval,omitempty"`
}

// AwaitJobInput blocks on a job that somebody else started.
type AwaitJobInput struct {
	WaitOptions
	JobID string `json:"jobId"`
	// Results: default AllResults.
	Results ResultsMode `json:"results,omitempty"`
	// FailOnItemErrors ends in ItemsFailed when the job completed but some records failed.
	FailOnItemErrors bool `json:"failOnItemErrors,omitempty"`
}

// AwaitJobsInput blocks on many jobs.
type AwaitJobsInput struct {
	WaitOptions
	// JobIDs: 1 to 1,000. Duplicates are kept and answered each.
	JobIDs []string `json:"jobIds"`
	// Results: default FailedResults.
	Results ResultsMode `json:"results,omitempty"`
	// FailOnItemErrors ends in ItemsFailed when any record of any job failed.
	FailOnItemErrors bool `json:"failOnItemErrors,omitempty"`
}

// RunJobInput starts one job and blocks on it. docs/operations.md says what goes with which operation.
type RunJobInput struct {
	WaitOptions
	// Operation as in "users/create_or_update_many".
	Operation string `json:"operation"`
	// Items: 1 to 100 records in Zendesk's own field names, or one of the next two.
	Items       []any    `json:"items,omitzero"`
	IDs         []int64  `json:"ids,omitzero"`
	ExternalIDs []string `json:"externalIds,omitzero"`
	// Body is its rest, as in {"ticket": {"priority": "high"}} beside IDs.
	Body map[string]any `json:"body,omitzero"`
	// Params are those in the braces of the operation's path, and query parameters: strings, numbers, booleans.
	Params map[string]any `json:"params,omitzero"`
	// Results: default AllResults.
	Results ResultsMode `json:"results,omitempty"`
	// FailOnItemErrors ends in ItemsFailed when the job completed but some records failed.
	FailOnItemErrors bool `json:"failOnItemErrors,omitempty"`
	// OnUncertainStart: default FailUncertain.
	OnUncertainStart OnUncertainStart `json:"onUncertainStart,omitempty"`
}

// RunBulkInput sends any number of records, through as many jobs as that takes. Timeout is that of the whole run.
type RunBulkInput struct {
	WaitOptions
	Operation string         `json:"operation"`
	Params    map[string]any `json:"params,omitzero"`
	Body      map[string]any `json:"body,omitzero"`
	// Items: up to 1 MB of records. For more, a source.
	Items []any `json:"items,omitzero"`
	// Source is where the ready worker reads the records: "ndjson" with a path, or one of its own.
	Source *Named `json:"source,omitempty"`
	// Sink is where it writes what became of each record.
	Sink *Named `json:"sink,omitempty"`
	// MaxJobs queued or running at once: 1 to 30. Default 30, which is all that Zendesk lets an account have.
	MaxJobs int `json:"maxJobs,omitempty"`
	// ItemAttempts is how often a record is sent that fails for a reason that may pass: 1 to 10. Default 3.
	ItemAttempts int `json:"itemAttempts,omitempty"`
	// OnUncertainStart, for each batch: default FailUncertain.
	OnUncertainStart OnUncertainStart `json:"onUncertainStart,omitempty"`
	// BatchesPerRun is after how many the workflow continues as new: 1 to 1,000. Default 300.
	BatchesPerRun int `json:"batchesPerRun,omitempty"`
	// DuplicateKeys: default AllowDuplicates. Others need a source that can be scanned, such as "ndjson", or inline records.
	DuplicateKeys DuplicateKeys `json:"duplicateKeys,omitempty"`
}

// Named is a source or a sink by the name that the ready worker knows it by, and what it is told.
type Named struct {
	Name string `json:"name"`
	Args any    `json:"args,omitempty"`
}
