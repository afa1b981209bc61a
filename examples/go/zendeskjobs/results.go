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

// JobOutcome is what became of a job and of its records.
type JobOutcome struct {
	JobID   string `json:"jobId"`
	Account string `json:"account"`
	// Status is completed, failed, killed, lost or timed_out.
	Status  string  `json:"status"`
	JobType *string `json:"jobType"`
	Total   *int    `json:"total"`
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
	Action     string   `json:"action,omitempty"`
	Status     string   `json:"status,omitempty"`
	OK         bool     `json:"ok"`
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

// RunBulkResult: Succeeded + Failed + the records of uncertain batches = Total.
type RunBulkResult struct {
	Total     int `json:"total"`
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	// Retried records were sent again.
	Retried int `json:"retried"`
	// Jobs that were started.
	Jobs int `json:"jobs"`
	// Failures are the first rows that failed: 1,000 at most, of 256 KB at most. The sink has them all.
	Failures        []BulkFailure    `json:"failures"`
	FailuresOmitted int              `json:"failuresOmitted"`
	Uncertain       []UncertainBatch `json:"uncertain"`
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

// UncertainBatch is records of which nobody can know whether their job was started: look at them before sending them again.
type UncertainBatch struct {
	Batch      int `json:"batch"`
	FirstIndex int `json:"firstIndex"`
	Count      int `json:"count"`
	// Indexes are positions in the source, where only some of the batch's records are concerned.
	Indexes    []int            `json:"indexes,omitempty"`
	Candidates []StartCandidate `json:"candidates"`
}

// StartCandidate is a job of Zendesk's list that may be the one that an uncertain start made.
type StartCandidate struct {
	JobID    string  `json:"jobId"`
	JobType  *string `json:"jobType"`
	Status   string  `json:"status"`
	Total    *int    `json:"total"`
	Progress *int    `json:"progress"`
	Message  *string `json:"message"`
}
