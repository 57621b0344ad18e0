package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
)

// LiveDatabase is what a running server says of row-level security.
type LiveDatabase struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Role    string   `json:"role"` // that connected
	Past    string   `json:"past"` // why no policy holds it, "" if they do
	Owns    []string `json:"owns"` // tables of a tenant that it owns

	Tables   []rls.Overview `json:"tables"`
	Findings []Gap          `json:"findings"`
	// Migrations name the files that it was compared with, "" for none.
	Migrations  string           `json:"migrations"`
	Differences []rls.Difference `json:"differences"`

	Catalogue *catalogue.Catalogue `json:"-"`
}

// Gap is what a rule says of a database.
type Gap struct {
	Rule    string `json:"rule"`
	Table   string `json:"table"`
	Message string `json:"message"`
}

// GapsOf are the findings of a database, which stand in no file.
func GapsOf(found []finding.Finding) []Gap {
	out := []Gap{}
	for _, f := range found {
		out = append(out, Gap{f.Rule, f.Table, f.Message})
	}
	return out
}

// Live writes a database: the role that looked, the tables, what the rules find, and what is
// otherwise than in the migrations. The error is that of the writer.
func Live(w io.Writer, d *LiveDatabase, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(d)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "PostgreSQL %s, read in a read-only transaction as %s", d.Version, d.Role)
	switch {
	case d.Past != "":
		fmt.Fprintf(&b, ": %s; if the application connects so, it has no second wall", d.Past)
	case len(d.Owns) > 0:
		fmt.Fprintf(&b, ", who owns %s of a tenant (%s): where row-level security is not forced no policy holds its owner", counted(len(d.Owns), "table"), strings.Join(d.Owns, ", "))
	default:
		b.WriteString(", who owns no table of a tenant, and is held")
	}
	b.WriteString("\n\n")
	securityText(&b, d.Catalogue.Diagram.Name, d.Catalogue, "the database shows")
	section(&b, "gaps", len(d.Findings), func(i int) string { return d.Findings[i].Message + " (" + d.Findings[i].Rule + ")" })
	if d.Migrations == "" {
		b.WriteString("\nno migrations were found that it could be compared with\n")
	} else if len(d.Differences) == 0 {
		fmt.Fprintf(&b, "\nno difference from the migrations (%s)\n", d.Migrations)
	}
	section(&b, "differences from the migrations ("+d.Migrations+")", len(d.Differences), func(i int) string {
		x := d.Differences[i]
		if x.Table == "" {
			return x.Message
		}
		return x.Table + ": " + x.Message
	})
	_, err := io.WriteString(w, b.String())
	return err
}

// section writes a list under its title, nothing where it is empty.
func section(b *strings.Builder, title string, n int, line func(int) string) {
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	for i := range n {
		b.WriteString("  " + plain.Line(line(i)) + "\n")
	}
}
