package report

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
)

// found is a run with one of everything.
func found() *finding.Run {
	at := finding.Place{File: "internal/http/invoices.go", Line: 42, Column: 17, EndLine: 42, EndColumn: 25}
	run := &finding.Run{
		Schema: finding.Schema, Version: "v1.2.3",
		Catalogue: finding.Catalogue{
			Column: "organization_id", Confidence: "high", Why: "foreign key to organizations in 3 of 5 tables",
			Sources: []string{"migrations (2 files)"},
			Tables: []finding.Table{
				{Name: "countries", Tenancy: "shared", Why: "no way to the root", Confidence: "high"},
				{Name: "invoices", Tenancy: "owned", Column: "organization_id", Why: "foreign key to organizations", Confidence: "high"},
				{Name: "organizations", Tenancy: "root", Column: "id", Why: "organization_id references it", Confidence: "high"},
			},
		},
		Calls: []finding.Call{
			{Place: at, Verdict: finding.Found, Reason: "missing-filter", Tables: []string{"invoices"}, Findings: []string{"0123456789abcdef"}, Function: "app.(*H).Get", Statement: "app.(*pg).Get", Reached: true, Fingerprint: "c1"},
			{Place: finding.Place{File: "internal/store/a.go", Line: 7, Column: 2}, Verdict: finding.Proved, Tables: []string{"invoices"}, Assumes: []string{"invoices.organization_id never changes"}, Reached: true},
			{Place: finding.Place{File: "internal/store/a.go", Line: 9, Column: 2}, Verdict: finding.Excused, Reason: "job", Reached: true},
			{Place: finding.Place{File: "internal/store/b.go", Line: 3, Column: 2}, Verdict: finding.Unproven, Reason: "text not resolved", Reached: true, Fingerprint: "c4"},
			{Place: finding.Place{File: "internal/store/c.go", Line: 3, Column: 2}, Verdict: finding.Excused, Reason: finding.NotReached},
		},
		Findings: []finding.Finding{{
			Rule: finding.MissingFilter, Tier: finding.Error, Place: at,
			Message: "invoices.organization_id is not bound: id comes from the request <path>; filter by the caller's organization",
			Table:   "invoices", ColumnName: "organization_id", Fingerprint: "0123456789abcdef",
			Steps: []finding.Step{
				{File: "internal/http/invoices.go", Line: 40, Message: "id is read from the path"},
				{File: "internal/store/a.go", Line: 5, Message: "the statement compares only id"},
			},
		}},
		Questions: []finding.Question{{Text: "is authz.CanEdit a check of its 2nd argument? 4 calls wait for the answer", Setting: "checkers: [app/authz.CanEdit]", Calls: 4}},
		Setup:     []finding.Setup{{File: "migrations/2.sql", Line: 3, Message: "statement cannot be read"}, {Message: "no program"}},
		Libraries: []string{"database/sql", "net/http"},
	}
	run.Summary = finding.Summarise(run.Calls, run.Findings)
	return run
}

// clean is a run without anything to complain of.
func clean() *finding.Run {
	run := found()
	run.Findings, run.Questions, run.Setup = nil, nil, nil
	run.Calls = run.Calls[1:3]
	run.Summary = finding.Summarise(run.Calls, run.Findings)
	return run
}

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct {
		format func(io.Writer, *finding.Run) error
		run    *finding.Run
	}{
		"found.txt":     {Text, found()},
		"found-all.txt": {TextAll, found()},
		"found.json":    {JSON, found()},
		"quiet.txt":     {TextOptions{Quiet: true}.Write, found()},
		"color.txt":     {TextOptions{Color: true}.Write, found()},
		"clean.txt":     {Text, clean()},
		"nothing.txt":   {Text, &finding.Run{}},
		"nothing.json":  {JSON, &finding.Run{}},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, c.format(&out, c.run))
			golden.File(t, filepath.Join("testdata", name), out.String())
		})
	}
}

func TestJSONLeavesTheRunAsItWas(t *testing.T) {
	run := found()
	run.Calls[2].Tables = nil
	require.NoError(t, JSON(io.Discard, run))
	assert.Nil(t, run.Calls[2].Tables)
}

func TestJSONReadsBack(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, JSON(&out, found()))
	var back finding.Run
	require.NoError(t, json.Unmarshal(out.Bytes(), &back))
	assert.Equal(t, found().Findings, back.Findings)
	assert.NotContains(t, out.String(), "null")
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteErrorsAreReturned(t *testing.T) {
	assert.ErrorIs(t, Text(broken{}, found()), os.ErrClosed)
	assert.ErrorIs(t, JSON(broken{}, found()), os.ErrClosed)
}

func TestFloodBeginsWithTheTables(t *testing.T) {
	run := &finding.Run{Questions: []finding.Question{{Text: "does authz.Can decide?", Setting: "checkers: [authz.Can]"}}}
	run.Catalogue.Column = "org_id"
	for i := range 10 {
		id := string(rune('a' + i))
		run.Findings = append(run.Findings, finding.Finding{Rule: "missing-filter", Tier: finding.Error, Message: "leak " + id, Fingerprint: id})
		run.Calls = append(run.Calls, finding.Call{Verdict: finding.Found, Reached: true, Findings: []string{id}})
	}
	render := func(more int) string {
		run.Summary.Calls = 10 + more
		var b strings.Builder
		require.NoError(t, Text(&b, run))
		return b.String()
	}
	flood := render(14)
	assert.True(t, strings.HasPrefix(flood, "10 of 24 calls on tables of a tenant are errors: "), flood)
	assert.Less(t, strings.Index(flood, "question:"), strings.Index(flood, "leak a"))
	assert.Less(t, strings.Index(flood, "org_id"), strings.Index(flood, "leak a"))
	calm := render(15)
	assert.Less(t, strings.Index(calm, "leak a"), strings.Index(calm, "question:"), "40 % are no flood")
}
