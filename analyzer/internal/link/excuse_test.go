package link

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// TestGrantsAreTheTable holds that the excuses are asked in the order of their table,
// all of them and no others.
func TestGrantsAreTheTable(t *testing.T) {
	var asked, table []string
	for _, g := range grants {
		asked = append(asked, g.excuse)
	}
	for _, e := range finding.Excuses() {
		table = append(table, e.Name)
	}
	assert.Equal(t, table, append(asked, finding.NotReached))
	for _, e := range []proof.Excuse{proof.OwnRows, proof.Credential, proof.Public, proof.NewTenant} {
		assert.NotNil(t, finding.ExcuseOf(string(e)), "the proof grants %q", e)
	}
}

// TestEveryExcuseHasCases holds that each excuse has a case file of its name, in which
// a call is excused by it and a neighbour is not.
func TestEveryExcuseHasCases(t *testing.T) {
	for _, e := range finding.Excuses() {
		file := filepath.Join("../../../testdata/link", "excuse-"+e.Page()+".txtar")
		archive, err := txtar.ParseFile(file)
		if !assert.NoErrorf(t, err, "%s has no cases", e.Name) {
			continue
		}
		calls := callLines(string(fileOf(archive, "want")))
		excused := regexp.MustCompile(`: excused: ` + regexp.QuoteMeta(e.Name) + `(:| \[|$)`)
		by, not := 0, 0
		for _, line := range calls {
			if excused.MatchString(line) {
				by++
			} else {
				not++
			}
		}
		assert.Positivef(t, by, "%s: no call is excused by it", e.Name)
		assert.Positivef(t, not, "%s: no neighbour is not", e.Name)
	}
}

// callLines are the lines of a case's want that speak of calls.
func callLines(want string) []string {
	var out []string
	call := regexp.MustCompile(`^\S+: (proved|excused|finding|unproven)`)
	for _, line := range strings.Split(want, "\n") {
		if call.MatchString(line) {
			out = append(out, line)
		}
	}
	return out
}

// TestOnlyTheTableExcuses holds that the verdict is given in one file.
func TestOnlyTheTableExcuses(t *testing.T) {
	var files []string
	require.NoError(t, filepath.WalkDir(".", func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if strings.Contains(string(text), "finding.Excused") {
			files = append(files, name)
		}
		return err
	}))
	// listening.go counts the calls that were excused as jobs.
	assert.Equal(t, []string{"excuse.go", "listening.go"}, files)
}
