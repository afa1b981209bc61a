package zendeskjobs

import (
	"encoding/json"
	"errors"
	"strings"

	"go.temporal.io/sdk/temporal"
)

// The types of failures. docs/errors.md says when which of them comes, and what its details hold.
const (
	// JobFailed: the job ended with status "failed". Records may have been changed before it did.
	JobFailed = "ZendeskJobFailed"
	// JobKilled: the job ended with status "killed".
	JobKilled = "ZendeskJobKilled"
	// JobLost: Zendesk does not know the job (any more).
	JobLost = "ZendeskJobLost"
	// JobTimedOut: it had not ended when the timeout was over. It may still run: wait again for the same id.
	JobTimedOut = "ZendeskJobTimedOut"
	// ItemsFailed: the job completed, some of its records failed, and FailOnItemErrors was set.
	ItemsFailed = "ZendeskItemsFailed"
	// StartUncertain: it is unknown whether Zendesk received a start that is not safe to repeat, or too many batches are uncertain.
	StartUncertain = "ZendeskStartUncertain"
	// RequestRejected: Zendesk refused the request, and would refuse it again.
	RequestRejected = "ZendeskRequestRejected"
	// AuthenticationFailed: Zendesk does not accept the account's credentials.
	AuthenticationFailed = "ZendeskAuthenticationFailed"
	// InputInvalid: the input is not of the documented shape. No request was sent.
	InputInvalid = "ZendeskInputInvalid"
	// AccountUnknown: the ready worker knows no account of that name. No request was sent.
	AccountUnknown = "ZendeskAccountUnknown"
	// SourceFailed: a source of records failed, or broke its contract.
	SourceFailed = "ZendeskSourceFailed"
	// SinkFailed: a sink refused rows, or could not be closed. Details.Result has the counts of all records.
	SinkFailed = "ZendeskSinkFailed"
	// ResponseTooLarge: the status of the job is longer than the ready worker accepts. The job may have finished.
	ResponseTooLarge = "ZendeskResponseTooLarge"
)

// Failure is what a child ended with.
type Failure struct {
	Type    string
	Message string
	Details Details
}

// Details is what is known of a failure: which fields are there depends on its type, and on how far the workflow had come.
type Details struct {
	Account   string `json:"account"`
	Operation string `json:"operation"`
	JobID     string `json:"jobId"`
	// JobIDs of many jobs; of a bulk run those that still ran when it ended.
	JobIDs []string `json:"jobIds"`
	Polls  int      `json:"polls"`
	// Outcome of a job that ended: what the call would have returned.
	Outcome *JobOutcome `json:"outcome"`
	// Jobs in place of Outcome, where the call was AwaitJobs.
	Jobs *AwaitJobsResult `json:"-"`
	// Result of a bulk run that ended early: what was done so far.
	Result *RunBulkResult `json:"result"`
	// Remaining of a bulk run that ended early: what was not sent.
	Remaining *RemainingRecords `json:"remaining"`
	// SinkProblem is why the sink of a bulk run could not be closed, where the run ended for another reason.
	SinkProblem string    `json:"sinkProblem"`
	LastSeen    *LastSeen `json:"lastSeen"`
	LastTrouble *Trouble  `json:"lastTrouble"`
	// StartedAt is when an uncertain start was sent: ISO 8601.
	StartedAt  string           `json:"startedAt"`
	Candidates []StartCandidate `json:"candidates"`
	Problems   []FieldProblem   `json:"problems"`
	// Known are the accounts that the ready worker knows.
	Known []string `json:"known"`
	// Source and Sink are the names of what failed.
	Source string `json:"source"`
	Sink   string `json:"sink"`
	// Code of a request, as the rest: docs/errors.md has the codes.
	Code   string `json:"code"`
	Status int    `json:"status"`
	// RequestID is Zendesk's own, which its support asks for.
	RequestID string `json:"requestId"`
	// RetryAfter in milliseconds.
	RetryAfter float64 `json:"retryAfter"`
	Method     string  `json:"method"`
	Path       string  `json:"path"`
}

func (details *Details) UnmarshalJSON(data []byte) error {
	type plain Details
	if err := json.Unmarshal(data, (*plain)(details)); err != nil {
		return err
	}
	var many struct {
		Outcome *AwaitJobsResult `json:"outcome"`
	}
	if err := json.Unmarshal(data, &many); err == nil && many.Outcome != nil && many.Outcome.Outcomes != nil {
		details.Outcome, details.Jobs = nil, many.Outcome
	}
	return nil
}

// LastSeen is what the last look saw that the workflow heard of.
type LastSeen struct {
	Status   string  `json:"status"`
	Progress *int    `json:"progress"`
	Total    *int    `json:"total"`
	Message  *string `json:"message"`
	// CheckedAt is an ISO 8601 time.
	CheckedAt string `json:"checkedAt"`
}

// Trouble is an error as data.
type Trouble struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// FieldProblem is what is wrong with one field of an input.
type FieldProblem struct {
	// Field as it is called on the wire. Empty: the input as a whole.
	Field   string `json:"field"`
	Problem string `json:"problem"`
}

// FailureOf finds what a call of this package ended with in its error. False for anything else: a cancellation above all.
func FailureOf(err error) (Failure, bool) {
	var found *temporal.ApplicationError
	if !errors.As(err, &found) || !strings.HasPrefix(found.Type(), "Zendesk") {
		return Failure{}, false
	}
	failure := Failure{Type: found.Type(), Message: found.Message()}
	if !found.HasDetails() {
		return failure, true
	}
	return failure, found.Details(&failure.Details) == nil
}
