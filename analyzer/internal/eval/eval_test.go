package eval_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tenantvet/tenantvet/analyzer/internal/eval"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/snippet"
)

// TestTexts compares the texts that snippets build with what their files say.
func TestTexts(t *testing.T) {
	golden.Cases(t, "../../../testdata/eval/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		return snippet.Text(t, "../../../testdata/libs", in, eval.Texts{})
	})
}
