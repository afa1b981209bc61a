package zendeskjobs

import "encoding/json"

// RecordID is the digits of a number, or a text: Zendesk has both.
type RecordID string

func (id *RecordID) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		*id = RecordID(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*id = RecordID(number)
	return nil
}

// OutcomeStatus is Zendesk's own status, or why the job's own end is unknown.
type OutcomeStatus string

const (
	Completed OutcomeStatus = "completed"
	Failed    OutcomeStatus = "failed"
	Killed    OutcomeStatus = "killed"
	// Lost: Zendesk does not know the job (any more).
	Lost OutcomeStatus = "lost"
	// Unreadable: the job's status is longer than the ready worker accepts.
	Unreadable OutcomeStatus = "unreadable"
	// TimedOut: the job had not ended when the timeout was over.
	TimedOut OutcomeStatus = "timed_out"
)

// JobOutcome is what became of a job and of its records.
type JobOutcome struct {
	JobID   string        `json:"jobId"`
	Account string        `json:"account"`
	Status  OutcomeStatus `json:"status"`
	JobType *string       `json:"jobType"`
	Total   *int          `json:"total"`
	// Progress is the number of records attempted (not: succeeded).
	Progress  *int    `json:"progress"`
	Message   *string `json:"message"`
	Succeeded int     `json:"succeeded"`
	Failed    int     `json:"failed"`
	// Unreported records of a completed job are those that Zendesk reported no row for.
	Unreported int `json:"unreported"`
	// Results are the rows asked for, in the order of Index.
	Results []ItemResult `json:"results"`
	// ResultsOmitted were asked for but left out, so that the outcome stays far below Temporal's payload limit.
	ResultsOmitted int `json:"resultsOmitted,omitempty"`
	// Polls is how often Zendesk was asked about this job, as far as activity attempts can tell.
	Polls int `json:"polls"`
	// Error is what AwaitJob would have ended with. Only from AwaitJobs.
	Error *Trouble `json:"error,omitempty"`
}

// ItemResult is what became of one record.
type ItemResult struct {
	// Index is the position of the record; docs/waiting.md says when it is that of the result row.
	Index      int      `json:"index"`
	ID         RecordID `json:"id,omitempty"`
	ExternalID string   `json:"externalId,omitempty"`
	Email      string   `json:"email,omitempty"`
	// Unmatched says that it is not certain which record the row is about.
	Unmatched bool   `json:"unmatched,omitempty"`
	Action    string `json:"action,omitempty"`
	Status    string `json:"status,omitempty"`
	OK        bool   `json:"ok"`
	// Error is Zendesk's code, as OrganizationUpdateFailed. Only of records that failed.
	Error string `json:"error,omitempty"`
	// Details is Zendesk's explanation.
	Details string `json:"details,omitempty"`
}

type AwaitJobsResult struct {
	// Outcomes: one for each id, in the order of the input.
	Outcomes  []JobOutcome `json:"outcomes"`
	Succeeded int          `json:"succeeded"`
	Failed    int          `json:"failed"`
}

// RunBulkResult: Succeeded + Failed + UncertainRecords = Total.
type RunBulkResult struct {
	Total     int `json:"total"`
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	// Retried records were sent again.
	Retried int `json:"retried"`
	// Superseded records were left out because a later record has the same key (LastDuplicate). Not in Total.
	Superseded int `json:"superseded"`
	// Jobs that were started.
	Jobs int `json:"jobs"`
	// Failures are failed records, as many as fit: at most 1,000, and 256 KB. The sink gets all of them.
	Failures []BulkFailure `json:"failures"`
	// FailuresOmitted is the number of failed records that are not in Failures.
	FailuresOmitted int `json:"failuresOmitted"`
	// Uncertain are batches with uncertain records, as many as fit in 100 KB. The sink gets all of them.
	Uncertain []UncertainBatch `json:"uncertain"`
	// UncertainRecords is the number of records of all uncertain batches.
	UncertainRecords int `json:"uncertainRecords"`
	// UncertainOmitted is the number of uncertain batches that are not in Uncertain.
	UncertainOmitted int `json:"uncertainOmitted"`
}

// RemainingRecords are those that a bulk run which ended early has not sent.
type RemainingRecords struct {
	// Ranges of positions in the source: first and last of each, in ascending order.
	Ranges [][2]int `json:"ranges"`
	// FromIndex: no record from this position on was sent. Nil: Ranges has all that remains.
	FromIndex *int `json:"fromIndex"`
}

// BulkFailure is a record that failed for good.
type BulkFailure struct {
	// Index is the position in the source, from 0.
	Index      int      `json:"index"`
	ID         RecordID `json:"id,omitempty"`
	ExternalID string   `json:"externalId,omitempty"`
	Error      string   `json:"error"`
	Details    string   `json:"details,omitempty"`
	// Item is the record itself, where it is small.
	Item json.RawMessage `json:"item,omitempty"`
}

// UncertainBatch is records of one batch of which it is unknown whether Zendesk did them: check them before they are sent again.
type UncertainBatch struct {
	Batch      int `json:"batch"`
	FirstIndex int `json:"firstIndex"`
	// Count of the records that are uncertain.
	Count int `json:"count"`
	// Indexes are their positions in the source, where the batch has other records as well.
	Indexes []int `json:"indexes,omitempty"`
	// Reason is why it is unknown.
	Reason string `json:"reason"`
	// Candidates are jobs that may have done them, at most five.
	Candidates []StartCandidate `json:"candidates"`
}

// StartCandidate is a job that may be the one that an uncertain start made.
type StartCandidate struct {
	JobID    string  `json:"jobId"`
	JobType  *string `json:"jobType"`
	Status   string  `json:"status"`
	Total    *int    `json:"total"`
	Progress *int    `json:"progress"`
	Message  *string `json:"message"`
}
