package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
)

// Security writes what the migrations of each database say of row-level security, a table
// of a tenant a line: is it enabled, is it forced, by which policies a command passes, and
// the rules that find a gap. As JSON it is a list of databases. The error is that of the
// writer.
func Security(w io.Writer, cats []*catalogue.Catalogue, asJSON bool) error {
	if asJSON {
		return securityJSON(w, cats)
	}
	if len(cats) == 0 {
		_, err := fmt.Fprintln(w, "no schema was found: no sqlc.yaml, no migrations, no schema.sql; name the files under schema: in .tenantvet.yml")
		return err
	}
	var b strings.Builder
	once, names := rls.Once(cats)
	for i, c := range once {
		if i > 0 {
			b.WriteString("\n")
		}
		securityText(&b, names[i], c, "migrations show")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func securityJSON(w io.Writer, cats []*catalogue.Catalogue) error {
	type database struct {
		Name   string         `json:"name"`
		Tables []rls.Overview `json:"tables"`
	}
	out := []database{}
	once, names := rls.Once(cats)
	for i, c := range once {
		out = append(out, database{names[i], append([]rls.Overview{}, rls.Tables(c)...)})
	}
	return plain.WriteJSON(w, out)
}

// securityText writes the tables of a database; shows says what would show their gaps.
func securityText(b *strings.Builder, name string, c *catalogue.Catalogue, shows string) {
	tables := rls.Tables(c)
	secured := 0
	for _, t := range tables {
		if t.Enabled && len(t.Gaps) == 0 {
			secured++
		}
	}
	plain.Printf(b, "%s: %s of a tenant, %d secured without a gap that %s\n", name, counted(len(tables), "table"), secured, shows)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  table\tenabled\tforced\t"+strings.ToLower(strings.Join(rls.Commands(), "\t"))+"\theld by\tgaps")
	for _, t := range tables {
		cells := []string{"  " + t.Table, yesNo(t.Enabled), yesNo(t.Forced)}
		for _, command := range rls.Commands() {
			cells = append(cells, orDash(t.Policies[command]))
		}
		cells = append(cells, heldBy(t), orDash(t.Gaps))
		for i := range cells {
			cells[i] = plain.Line(cells[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush()
}

// heldBy is the variable that holds a table, and the roles that pass by.
func heldBy(t rls.Overview) string {
	switch {
	case t.Held == "":
		return "-"
	case len(t.Past) > 0:
		return t.Held + ", but not " + strings.Join(t.Past, ", ")
	}
	return t.Held
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// orDash lists names, a dash for none.
func orDash(names []string) string {
	if len(names) == 0 {
		return "-"
	}
	return strings.Join(names, ", ")
}
