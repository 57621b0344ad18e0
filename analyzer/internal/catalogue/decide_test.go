package catalogue

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// TestDecide decides the schema of every archive and compares with its file
// "want". A file "settings" holds lines of the form "key: value, value".
func TestDecide(t *testing.T) {
	golden.Cases(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		c := Decide([]*schema.Diagram{diagramOf(t, in)}, settingsOf(t, in))[0]
		holdInvariants(t, c)
		return portrait(c)
	})
}

func diagramOf(t *testing.T, archive *txtar.Archive) *schema.Diagram {
	var texts []schema.Text
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".sql") {
			texts = append(texts, schema.Text{File: f.Name, Text: string(f.Data)})
		}
	}
	d := schema.Replay("test", texts)
	require.Empty(t, d.Problems)
	return d
}

func settingsOf(t *testing.T, archive *txtar.Archive) Settings {
	var s Settings
	for _, f := range archive.Files {
		if f.Name != "settings" {
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			set(t, &s, key, value)
		}
	}
	return s
}

func set(t *testing.T, s *Settings, key, value string) {
	list := strings.Split(value, ", ")
	switch key {
	case "tenant_column":
		s.TenantColumn = value
	case "second_level":
		s.SecondLevel = value
	case "principal":
		s.Principal = value
	case "members":
		s.Members = list
	case "shared":
		s.Shared = list
	case "public":
		s.Public = list
	case "shares_null":
		s.SharesNull = list
	default:
		t.Fatalf("unknown setting %q", key)
	}
}

// portrait prints a catalogue for people.
func portrait(c *Catalogue) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", c.Confidence, c.Why)
	fmt.Fprintf(&b, "column %q level2 %q root %q users %q\n", c.Column, c.Level2, nameOf(c.Root), nameOf(c.Principal))
	for _, x := range c.Candidates {
		fmt.Fprintf(&b, "candidate %s, %d: %s\n", x.Column, x.Tables, x.Why)
	}
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "note %s\n", n.Message)
	}
	for _, t := range c.Tables {
		portrayTable(&b, t)
	}
	return b.String()
}

func nameOf(t *Table) string {
	if t == nil {
		return ""
	}
	return t.FullName()
}

func portrayTable(b *strings.Builder, t *Table) {
	fmt.Fprintf(b, "%s %s (%s): %s\n", t.Tenancy, t.FullName(), t.Confidence, t.Why)
	var facts []string
	for _, f := range []struct {
		name, value string
	}{{"column", t.Column}, {"level2", t.Level2}, {"user", t.User}} {
		if f.value != "" {
			facts = append(facts, f.name+" "+f.value)
		}
	}
	for _, f := range []struct {
		is   bool
		name string
	}{{t.Public, "public"}, {t.SharesNull, "shares null"}} {
		if f.is {
			facts = append(facts, f.name)
		}
	}
	for _, f := range []struct {
		name string
		keys []*schema.Key
	}{{"unique", t.Unique}, {"soft", t.SoftUnique}, {"secret", t.Secrets}} {
		for _, k := range f.keys {
			facts = append(facts, fmt.Sprintf("%s %v", f.name, k.Columns))
		}
	}
	for _, e := range t.Edges {
		text := fmt.Sprintf("%s%v->%s", map[bool]string{true: "~"}[e.Inferred], e.Columns, e.To.FullName())
		if e == t.Owner {
			text += " owner"
		}
		if e.SameTenant {
			text += " same"
		}
		facts = append(facts, text)
	}
	if len(facts) > 0 {
		fmt.Fprintf(b, "    %s\n", strings.Join(facts, "; "))
	}
}

// holdInvariants checks what the types promise.
func holdInvariants(t *testing.T, c *Catalogue) {
	for _, table := range c.Tables {
		assert.NotEmpty(t, table.Why, table.Name)
		assert.Same(t, table, c.Lookup(table.Schema, table.Name))
		switch table.Tenancy {
		case Owned, Root:
			assert.NotNil(t, table.Table.Column(table.Column), table.Name)
		case Membership:
			assert.NotNil(t, table.Table.Column(table.Column), table.Name)
			assert.NotNil(t, table.Table.Column(table.User), table.Name)
		case Child:
			require.NotNil(t, table.Owner, table.Name)
			assert.Empty(t, table.Column, table.Name)
			assert.True(t, reachesTenant(table), "%s: owners lead to a tenant", table.Name)
		case Shared:
			assert.Empty(t, table.Column, table.Name)
			assert.Nil(t, table.Owner, table.Name)
		}
	}
}

func reachesTenant(t *Table) bool {
	for range 50 {
		if t.Tenancy != Child {
			return t.Tenancy != Shared
		}
		t = t.Owner.To
	}
	return false
}

// TestDecideIgnoresOrder holds that the order of the definitions decides nothing.
func TestDecideIgnoresOrder(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		d := diagramOf(t, archive)
		first := portrait(Decide([]*schema.Diagram{d}, settingsOf(t, archive))[0])
		slices.Reverse(d.Tables)
		assert.Equal(t, first, portrait(Decide([]*schema.Diagram{d}, settingsOf(t, archive))[0]), name)
	}
}

func TestLookup(t *testing.T) {
	d := schema.Replay("test", []schema.Text{{File: "a.sql", Text: `
		CREATE SCHEMA app; CREATE SCHEMA log;
		CREATE TABLE plain (id int); CREATE TABLE app.things (id int); CREATE TABLE app.both (id int); CREATE TABLE log.both (id int); CREATE TABLE tables (id int);`}})
	c := Decide([]*schema.Diagram{d}, Settings{})[0]
	found := func(schemaName, name string) string { return nameOf(c.Lookup(schemaName, name)) }
	assert.Equal(t, "plain", found("", "plain"))
	assert.Equal(t, "plain", found("public", "plain"))
	assert.Equal(t, "app.things", found("app", "things"))
	assert.Equal(t, "app.things", found("", "things"), "the search path is not seen here")
	assert.Equal(t, "", found("", "both"), "two schemas have it")
	assert.Equal(t, "plain", found("elsewhere", "plain"), "the schema may be renamed at run time")
	assert.Equal(t, "", found("app", "plain"), "app is known and has none")
	assert.Equal(t, "", found("information_schema", "tables"))
	byHand := &Catalogue{Tables: c.Tables}
	assert.Same(t, c.Lookup("", "things"), byHand.Lookup("", "things"))
	assert.Nil(t, byHand.Lookup("", "both"))
}

func TestSettingsOfNoSchema(t *testing.T) {
	a := schema.Replay("a", []schema.Text{{File: "a.sql", Text: "CREATE TABLE x (id int, tenant_id int NOT NULL)"}})
	b := schema.Replay("b", []schema.Text{{File: "b.sql", Text: "CREATE TABLE y (id int, tenant_id int NOT NULL)"}})
	cats := Decide([]*schema.Diagram{a, b}, Settings{Shared: []string{"y", "nowhere"}})
	assert.Equal(t, []schema.Note{{Message: "shared: nowhere is in no schema that was found"}}, cats[0].Notes)
	assert.Empty(t, cats[1].Notes)
}
