package link

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestCases links the programs of every case: units and a schema in, verdict
// lines out. UPDATE=1 writes the lines anew.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/link/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			run := linkCase(t, file, archive)
			got := lines(run)
			if os.Getenv("UPDATE") != "" {
				setFile(archive, "want", got)
				require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o600))
				return
			}
			assert.Equal(t, string(fileOf(archive, "want")), got)
		})
	}
}

func fileOf(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func setFile(a *txtar.Archive, name, data string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(data)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(data)})
}

// linkCase links one program for each package main, over all other packages.
func linkCase(t *testing.T, name string, a *txtar.Archive) *finding.Run {
	t.Helper()
	units, err := unittext.Parse(name, string(fileOf(a, "units")))
	require.NoError(t, err)
	for _, u := range units {
		giveSites(u)
	}
	settings := Settings{
		TenantSource: strings.TrimSpace(string(fileOf(a, "tenant_source"))),
		Checkers:     strings.Fields(string(fileOf(a, "checkers"))),
		Staff:        strings.Fields(string(fileOf(a, "staff"))),
		Assumes:      strings.Split(strings.TrimSpace(string(fileOf(a, "assumes"))), "\n"),
	}
	return linkAll(units, schemaWith(t, string(fileOf(a, "schema.sql")), fileOf(a, "settings.yml")), settings)
}

func schemaOf(text string) []*catalogue.Catalogue {
	diagram := schema.Replay("schema.sql", []schema.Text{{File: "schema.sql", Text: text}})
	return catalogue.Decide([]*schema.Diagram{diagram}, catalogue.Settings{})
}

// schemaWith is the catalogue of a schema under settings.
func schemaWith(t *testing.T, text string, settings []byte) []*catalogue.Catalogue {
	t.Helper()
	s, err := config.Read("settings.yml", settings)
	require.NoError(t, err)
	diagram := schema.Replay("schema.sql", []schema.Text{{File: "schema.sql", Text: text}})
	out := catalogue.Decide([]*schema.Diagram{diagram}, *s)
	for _, c := range out {
		rls.Hold(c)
	}
	return out
}

func linkAll(units []*unit.Unit, cats []*catalogue.Catalogue, settings Settings) *finding.Run {
	shared := NewShared()
	var reports []*Report
	for _, u := range units {
		if u.Name == "main" {
			reports = append(reports, Program(Input{
				Program: u.Path, Units: closure(u, units), Catalogues: cats, Settings: settings, Shared: shared,
			}))
		}
	}
	return Merge(reports)
}

func closure(main *unit.Unit, units []*unit.Unit) []*unit.Unit {
	var out []*unit.Unit
	for _, u := range units {
		if u == main || u.Name != "main" {
			out = append(out, u)
		}
	}
	return out
}

// giveSites gives everything that has no site one of its own: a line for each
// operation, in the order of the text.
func giveSites(u *unit.Unit) {
	if len(u.Files) == 0 {
		u.Files = []unit.File{{Name: u.Path + ".go"}}
	}
	line := 0
	next := func(site *int) {
		if *site != unit.NoSite {
			return
		}
		line++
		*site = len(u.Sites)
		u.Sites = append(u.Sites, unit.Site{Line: line, Column: 1})
	}
	for _, f := range u.Functions {
		next(&f.Site)
		for i := range f.Runs {
			next(&f.Runs[i].Site)
		}
		for i := range f.Calls {
			next(&f.Calls[i].Site)
		}
		for i := range f.Puts {
			next(&f.Puts[i].Site)
		}
		for i := range f.Stores {
			next(&f.Stores[i].Site)
		}
		for i := range f.Reads {
			next(&f.Reads[i].Site)
		}
		for i := range f.Uses {
			next(&f.Uses[i].Site)
		}
		for i := range f.Gives {
			next(&f.Gives[i].Site)
		}
	}
}

// lines is what a case wants: calls, then findings, questions and setup.
func lines(run *finding.Run) string {
	var b strings.Builder
	names := map[string]string{}
	for i := range run.Findings {
		f := &run.Findings[i]
		names[f.Fingerprint] = fmt.Sprintf("%s in %s", f.Rule, unit.Short(f.Function))
	}
	for i := range run.Calls {
		c := &run.Calls[i]
		fmt.Fprintf(&b, "%s: %s", unit.Short(c.Function), c.Verdict)
		if len(c.Findings) > 0 {
			var list []string
			for _, f := range c.Findings {
				list = append(list, names[f])
			}
			fmt.Fprintf(&b, ": %s", strings.Join(list, "; "))
		} else if c.Reason != "" {
			fmt.Fprintf(&b, ": %s", c.Reason)
		}
		if len(c.Assumes) > 0 {
			fmt.Fprintf(&b, " [%s]", strings.Join(premisesOf(c), "; "))
		}
		b.WriteByte('\n')
	}
	for i := range run.Findings {
		f := &run.Findings[i]
		fmt.Fprintf(&b, "%s %s %s: %s\n", f.Tier, f.Rule, unit.Short(f.Function), f.Message)
		for _, s := range f.Steps {
			fmt.Fprintf(&b, "  %s\n", s.Message)
		}
	}
	for _, q := range run.Questions {
		fmt.Fprintf(&b, "question: %s (%s)\n", q.Text, q.Setting)
	}
	for _, s := range run.Setup {
		fmt.Fprintf(&b, "setup: %s\n", s.Message)
	}
	return b.String()
}

// premisesOf are the assumptions of a call, those that nobody has confirmed with
// a question mark.
func premisesOf(c *finding.Call) []string {
	out := slices.Clone(c.Assumes)
	for i, a := range out {
		if slices.Contains(c.Unconfirmed, a) {
			out[i] += "?"
		}
	}
	return out
}

// placeOfName is where the text of a premise has a name.
var placeOfName = regexp.MustCompile(`%[sq]`)

// TestEveryPremiseIsAsserted: a premise that no case asserts could be built from
// anything without a test that fails.
func TestEveryPremiseIsAsserted(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/link/*.txtar")
	require.NoError(t, err)
	var wanted []string
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		for _, line := range strings.Split(string(fileOf(archive, "want")), "\n") {
			if i := strings.LastIndex(line, " ["); i >= 0 && strings.HasSuffix(line, "]") {
				wanted = append(wanted, strings.Split(line[i+2:len(line)-1], "; ")...)
			}
		}
	}
	for _, a := range trust.Assumptions() {
		parts := placeOfName.Split(a.Text, -1)
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern := "^" + strings.Join(parts, ".+")
		if a.Soft {
			pattern += `\?`
		}
		form := regexp.MustCompile(pattern + "$")
		assert.NotEmpty(t, a.Says, a.Text)
		assert.True(t, slices.ContainsFunc(wanted, form.MatchString), "no case asserts the premise %q (soft: %v)", a.Text, a.Soft)
	}
}
