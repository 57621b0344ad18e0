package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/digest"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// What was decided about the tables is the one part of the result that a person
// can check without knowing the code; so it has a report of its own.

// SchemaOptions say what Schema writes.
type SchemaOptions struct {
	Verbose bool   // reasons of every table, problems and notes with file and line
	Why     string // only this table, in full
	JSON    bool
}

// Schema writes what was decided of each database: tables by tenancy, with column
// and reason. The error is that of the writer, or that the table of Why is in no
// database; no database at all is an answer and no error, because a module may
// have none.
func Schema(w io.Writer, cats []*catalogue.Catalogue, opts SchemaOptions) error {
	switch {
	case opts.JSON:
		return schemaJSON(w, cats, opts)
	case opts.Why != "":
		return schemaWhy(w, cats, opts.Why)
	case len(cats) == 0:
		_, err := fmt.Fprintln(w, "no schema was found: no sqlc.yaml, no migrations, no schema.sql; name the files under schema: in .tenantvet.yml")
		return err
	}
	var b strings.Builder
	for i, c := range cats {
		if i > 0 {
			b.WriteString("\n")
		}
		schemaText(&b, c, opts)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// listed is the order in which tables are listed: what everything else hangs on
// comes first, and last the shared ones, which are many and which a person should
// read for one that does not belong there.
func listed() []catalogue.Tenancy {
	return []catalogue.Tenancy{catalogue.Root, catalogue.Membership, catalogue.Owned, catalogue.Child, catalogue.Shared}
}

// schemaText writes one database: what was decided in a line, the tables, and
// under -v what a maintainer would have to put right.
func schemaText(b *strings.Builder, c *catalogue.Catalogue, opts SchemaOptions) {
	d := c.Diagram
	plain.Printf(b, "%s: %s, %s, %s\n", d.Name, counted(len(d.Files), "file"), counted(d.Statements, "statement"), counted(len(d.Tables), "table"))
	plain.Printf(b, "  tenant column: %s (%s confidence)\n", c.Why, c.Confidence)
	if c.Level2 != "" {
		plain.Printf(b, "  second level: %s\n", c.Level2)
	}
	if c.Principal != nil {
		plain.Printf(b, "  users: %s\n", c.Principal.FullName())
	}
	for _, t := range listed() {
		tenancyText(b, c, t, opts.Verbose)
	}
	candidatesText(b, c)
	// That something was not read is never silent, only short.
	if len(d.Problems) > 0 && !opts.Verbose {
		plain.Printf(b, "  %s in the schema files: run tenantvet schema -v\n", counted(len(d.Problems), "problem"))
	}
	if !opts.Verbose {
		return
	}
	for _, n := range slices.Concat(d.Notes, c.Notes) {
		plain.Printf(b, "  %snote: %s\n", placed(n.Position), n.Message)
	}
	for _, p := range d.Problems {
		plain.Printf(b, "  %s:%d: %s\n", p.File, p.Line, p.Message)
	}
}

// placed is a position before a message, "" if there is none.
func placed(p schema.Position) string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", p.File, p.Line)
}

// tenancyText lists the tables of one tenancy; partitions are counted, and
// listed under -v only.
func tenancyText(b *strings.Builder, c *catalogue.Catalogue, tenancy catalogue.Tenancy, verbose bool) {
	var rows []*catalogue.Table
	partitions := 0
	for _, t := range c.Tables {
		switch {
		case t.Tenancy != tenancy:
		case t.PartitionOf != "" && !verbose:
			partitions++
		default:
			rows = append(rows, t)
		}
	}
	if len(rows)+partitions == 0 {
		return
	}
	extra := ""
	if partitions > 0 {
		extra = ", and " + counted(partitions, "partition")
	}
	plain.Printf(b, "  %s: %d%s\n", tenancy, len(rows), extra)
	tw := tabwriter.NewWriter(b, 0, 8, 2, ' ', 0)
	for _, t := range rows {
		plain.Printf(tw, "    %s\t%s%s\n", t.FullName(), t.Why, marks(c, t))
	}
	tw.Flush()
}

// marks says what is special about a table, in parentheses. That a table is not
// sure is said only where the schema as a whole is: otherwise it would stand at
// every line.
func marks(c *catalogue.Catalogue, t *catalogue.Table) string {
	var m []string
	if t.Level2 != "" {
		m = append(m, "second level "+t.Level2)
	}
	if t.Public {
		m = append(m, "public rows")
	}
	if t.Tenancy == catalogue.Owned && t.Table.Nullable(t.Column) {
		m = append(m, "may be null")
	}
	if t.SharesNull {
		m = append(m, "shares rows without a tenant")
	}
	// Of a schema that is a guess every table is one; it is said above, once.
	if t.Confidence == catalogue.Low && c.Confidence == catalogue.High {
		m = append(m, "not sure")
	}
	if len(m) == 0 {
		return ""
	}
	return " (" + strings.Join(m, ", ") + ")"
}

// candidatesText lists the other candidates where the choice is not sure, with
// what speaks for each: it is what a person needs to write the one line of
// settings.
func candidatesText(b *strings.Builder, c *catalogue.Catalogue) {
	if c.Confidence == catalogue.High || len(c.Candidates) < 2 {
		return
	}
	b.WriteString("  candidates:\n")
	for _, x := range c.Candidates {
		plain.Printf(b, "    %s: %s, score %.2f, %s\n", x.Column, counted(x.Tables, "table"), x.Score, x.Why)
	}
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// schemaWhy writes all that is known of one table, in every database that has it.
// A table that is nowhere is an error with a suggestion, since the name was typed.
func schemaWhy(w io.Writer, cats []*catalogue.Catalogue, name string) error {
	var b strings.Builder
	for _, c := range cats {
		schemaName, table, ok := strings.Cut(name, ".")
		if !ok {
			schemaName, table = "", name
		}
		if t := c.Lookup(schemaName, table); t != nil {
			whyText(&b, c, t)
		}
	}
	if b.Len() == 0 {
		return fmt.Errorf("table %s is in no schema that was found%s", name, alike(cats, name))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// alike suggests a table whose name holds what was asked for.
func alike(cats []*catalogue.Catalogue, name string) string {
	for _, c := range cats {
		for _, t := range c.Tables {
			if strings.Contains(strings.ToLower(t.FullName()), strings.ToLower(name)) {
				return "; did you mean " + t.FullName() + "?"
			}
		}
	}
	return ""
}

// whyText writes one table with all that a proof may use of it.
func whyText(b *strings.Builder, c *catalogue.Catalogue, t *catalogue.Table) {
	plain.Printf(b, "%s is %s (%s confidence): %s\n", t.FullName(), t.Tenancy, t.Confidence, t.Why)
	plain.Printf(b, "  defined at %s:%d\n", t.File, t.Line)
	if t.Level2 != "" {
		plain.Printf(b, "  second level: %s\n", t.Level2)
	}
	for _, e := range t.Edges {
		plain.Printf(b, "  %s\n", edgeText(t, e))
	}
	for _, k := range t.Unique {
		plain.Printf(b, "  %s is unique over all tenants (%s:%d)\n", strings.Join(k.Columns, ", "), k.File, k.Line)
	}
	for _, k := range t.SoftUnique {
		plain.Printf(b, "  %s is made by the server and taken as unique\n", strings.Join(k.Columns, ", "))
	}
	for _, k := range t.Secrets {
		plain.Printf(b, "  %s is a secret: a look-up by it needs no tenant\n", strings.Join(k.Columns, ", "))
	}
	plain.Printf(b, "  tenant column of the schema: %s (%s confidence)\n", c.Why, c.Confidence)
}

// edgeText says what a foreign key does for a proof: whether it owns the row,
// whether it is only a name, and whether the database itself keeps both rows in
// one tenant.
func edgeText(t *catalogue.Table, e *catalogue.Edge) string {
	text := fmt.Sprintf("%s refers to %s (%s)", strings.Join(e.Columns, ", "), e.To.FullName(), strings.Join(e.RefColumns, ", "))
	if e.Inferred {
		text += ", by name only"
	}
	if e == t.Owner {
		text += ", owns the row"
	}
	if e.SameTenant {
		text += ", always in the same tenant"
	}
	return text
}

// schemaDoc is the JSON form of what was decided. Its fields are a contract with
// whoever reads it: they are added to, not renamed.
type schemaDoc struct {
	Databases []databaseDoc `json:"databases"`
}

// databaseDoc is one database, under the name of where its schema was read.
type databaseDoc struct {
	Name         string         `json:"name"`
	TenantColumn string         `json:"tenant_column"`
	SecondLevel  string         `json:"second_level"`
	Root         string         `json:"root"`
	Principal    string         `json:"principal"`
	Confidence   string         `json:"confidence"`
	Why          string         `json:"why"`
	Packages     []string       `json:"packages"`
	Candidates   []candidateDoc `json:"candidates"`
	Tables       []tableDoc     `json:"tables"`
	Notes        []problemDoc   `json:"notes"`
	Problems     []problemDoc   `json:"problems"`
	Digest       string         `json:"digest"`
}

// candidateDoc is a column that could be the tenant's; the first one won.
type candidateDoc struct {
	Column string  `json:"column"`
	Tables int     `json:"tables"`
	Score  float64 `json:"score"`
	Why    string  `json:"why"`
}

// tableDoc is a table with what was decided about it, and where it is defined.
type tableDoc struct {
	Name        string `json:"name"`
	Tenancy     string `json:"tenancy"`
	Column      string `json:"column"`
	SecondLevel string `json:"second_level,omitempty"`
	User        string `json:"user,omitempty"`
	Owner       string `json:"owner,omitempty"`
	Public      bool   `json:"public,omitempty"`
	SharesNull  bool   `json:"shares_null,omitempty"`
	Why         string `json:"why"`
	Confidence  string `json:"confidence"`
	File        string `json:"file"`
	Line        int    `json:"line"`
}

// problemDoc is a problem or a note, at its file and line.
type problemDoc struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// schemaJSON writes the document. Lists are never null, and nothing in it depends
// on a time or on the machine: two runs give the same bytes.
func schemaJSON(w io.Writer, cats []*catalogue.Catalogue, opts SchemaOptions) error {
	doc := schemaDoc{Databases: []databaseDoc{}}
	for _, c := range cats {
		doc.Databases = append(doc.Databases, databaseOf(c, opts.Why))
	}
	return plain.WriteJSON(w, doc)
}

// databaseOf makes the record of a database; only is the one table that was asked
// for, "" for all of them.
func databaseOf(c *catalogue.Catalogue, only string) databaseDoc {
	d := databaseDoc{
		Name: c.Diagram.Name, TenantColumn: c.Column, SecondLevel: c.Level2, Root: tableName(c.Root), Principal: tableName(c.Principal),
		Confidence: c.Confidence.String(), Why: c.Why, Digest: digest.Of(c),
		Packages:   append([]string{}, c.Diagram.Packages...),
		Candidates: []candidateDoc{}, Tables: []tableDoc{}, Notes: []problemDoc{}, Problems: []problemDoc{},
	}
	for _, x := range c.Candidates {
		d.Candidates = append(d.Candidates, candidateDoc(x))
	}
	for _, t := range c.Tables {
		if only == "" || t.FullName() == only || t.Name == only {
			d.Tables = append(d.Tables, tableOf(t))
		}
	}
	for _, n := range slices.Concat(c.Diagram.Notes, c.Notes) {
		d.Notes = append(d.Notes, problemDoc{File: n.File, Line: n.Line, Message: n.Message})
	}
	for _, p := range c.Diagram.Problems {
		d.Problems = append(d.Problems, problemOf(p))
	}
	return d
}

// tableName is the full name of a table that may be missing.
func tableName(t *catalogue.Table) string {
	if t == nil {
		return ""
	}
	return t.FullName()
}

// tableOf makes the record of a table.
func tableOf(t *catalogue.Table) tableDoc {
	doc := tableDoc{
		Name: t.FullName(), Tenancy: t.Tenancy.String(), Column: t.Column, SecondLevel: t.Level2, User: t.User, Public: t.Public,
		SharesNull: t.SharesNull, Why: t.Why, Confidence: t.Confidence.String(), File: t.File, Line: t.Line,
	}
	if t.Owner != nil {
		doc.Owner = t.Owner.To.FullName()
	}
	return doc
}

// problemOf makes the record of a problem.
func problemOf(p schema.Problem) problemDoc {
	return problemDoc{File: p.File, Line: p.Line, Message: p.Message}
}
