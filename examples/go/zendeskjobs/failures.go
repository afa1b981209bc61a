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
	// StartUncertain: nobody can know whether a start that is not safe to repeat has arrived.
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
	// SinkFailed: a sink refused the rows of a job for good.
	SinkFailed = "ZendeskSinkFailed"
)

// Failure is what a child ended with. Which fields are there depends on its Type.
type Failure struct {
	Type    string
	Message string
	Account string
	JobID   string
	Polls   int
	// Outcome of JobFailed, JobKilled and ItemsFailed.
	Outcome *JobOutcome
	// Jobs in place of Outcome, where AwaitJobs ended in ItemsFailed.
	Jobs *AwaitJobsResult
	// LastTrouble is what kept the last look from an answer.
	LastTrouble *Trouble
	// Candidates of StartUncertain.
	Candidates []StartCandidate
	// Problems of InputInvalid.
	Problems []Problem
}

// Trouble is an error as data.
type Trouble struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// Problem is what is wrong with one field of an input.
type Problem struct {
	// Field is its name on the wire.
	Field   string `json:"field"`
	Problem string `json:"problem"`
}

// FailureOf finds what a call of this package ended with in its error. False for anything else: a cancellation above all.
func FailureOf(err error) (Failure, bool) {
	var found *temporal.ApplicationError
	if !errors.As(err, &found) || !strings.HasPrefix(found.Type(), "Zendesk") {
		return Failure{}, false
	}
	var details struct {
		Account     string           `json:"account"`
		JobID       string           `json:"jobId"`
		Polls       int              `json:"polls"`
		Outcome     json.RawMessage  `json:"outcome"`
		LastTrouble *Trouble         `json:"lastTrouble"`
		Candidates  []StartCandidate `json:"candidates"`
		Problems    []Problem        `json:"problems"`
	}
	if found.HasDetails() {
		if err := found.Details(&details); err != nil {
			return Failure{}, false
		}
	}
	failure := Failure{
		Type:        found.Type(),
		Message:     found.Message(),
		Account:     details.Account,
		JobID:       details.JobID,
		Polls:       details.Polls,
		LastTrouble: details.LastTrouble,
		Candidates:  details.Candidates,
		Problems:    details.Problems,
	}
	if details.Outcome == nil {
		return failure, true
	}
	var jobs AwaitJobsResult
	if err := json.Unmarshal(details.Outcome, &jobs); err == nil && jobs.Outcomes != nil {
		failure.Jobs = &jobs
		return failure, true
	}
	return failure, json.Unmarshal(details.Outcome, &failure.Outcome) == nil
}
