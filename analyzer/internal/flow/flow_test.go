package flow_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/snippet"
)

// TestTerms compares the terms of snippets with what their files say.
func TestTerms(t *testing.T) {
	golden.Cases(t, "../../../testdata/flow/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		return snippet.Text(t, "../../../testdata/libs", in, nil)
	})
}
