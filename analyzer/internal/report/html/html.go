// Package html renders a run as one page: the audit, for who has to see that every call
// on rows of a tenant was answered.
//
// In goes the document; out comes a file that needs nothing else: a matrix of the tables
// of a tenant and of what is done to them, and behind it every call with its verdict, its
// statements, their proof relation by relation, and the path of each finding. It can be
// searched and filtered, by keyboard too, read on a phone, in the dark, and printed; all
// of it is there without its script.
//
// Invariant: the page fetches nothing, and its own policy forbids it. Equal documents
// have equal bytes.
//
// It cannot see sources: it shows statements and places, no code.
package html

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

//go:embed page.html page.css page.js
var files embed.FS

// verbs are the columns of the matrix.
var verbs = []string{"read", "insert", "update", "delete"}

// page is what the template shows.
type page struct {
	Run    *finding.Run
	Style  template.CSS
	Script template.JS
	Verbs  []string
	Rows   []row
	Calls  []call
	Aside  int    // reached calls that touch no table of a tenant
	Open   int    // unproven calls that are new
	Others []told // findings that belong to no call
	Causes int    // of the errors, 0 if each has its own
}

// told is a finding, and what it is told together with: the first of its cause, or, of that
// one, the others.
type told struct {
	*finding.Finding
	First *finding.Finding
	Same  []*finding.Finding
}

// row is a table of the matrix.
type row struct {
	Table finding.Table
	Cells []cell
}

// cell counts the calls that do one thing to one table.
type cell struct {
	Mark, Verb string // as the filter names them
	Counts     []count
}

// mark is a table's name as one word.
func mark(table string) string { return strings.ReplaceAll(plain.Line(table), " ", "_") }

// count is a number of calls with a verdict.
type count struct {
	Verdict finding.Verdict
	Calls   int
}

// String is the count in words.
func (c count) String() string {
	if c.Verdict == finding.Found && c.Calls != 1 {
		return fmt.Sprintf("%d findings", c.Calls)
	}
	return fmt.Sprintf("%d %s", c.Calls, c.Verdict)
}

// call is a call with its findings.
type call struct {
	*finding.Call
	Short    string // of the function
	State    string // the verdict, or what it is apart from it
	Means    string
	Marks    string // table:verb pairs, for the filter
	Findings []told
}

// Write writes the page. The error is that of the writer.
func Write(w io.Writer, run *finding.Run) error {
	t, err := template.New("page.html").Funcs(template.FuncMap{"plain": plain.Line, "share": shareText, "lines": block, "amount": amount}).ParseFS(files, "page.html")
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	p := &page{Run: run, Verbs: verbs, Open: run.Summary.Unproven - run.Summary.KnownUnproven}
	if n := run.Causes(); n != run.Summary.Errors {
		p.Causes = n
	}
	style, err := files.ReadFile("page.css")
	if err != nil {
		return fmt.Errorf("reading the page's style: %w", err)
	}
	script, err := files.ReadFile("page.js")
	if err != nil {
		return fmt.Errorf("reading the page's script: %w", err)
	}
	p.Style, p.Script = template.CSS(style), template.JS(script)
	p.calls()
	p.matrix()
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// amount is a number of things in words.
func amount(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// block is a text of several lines, each of which can be printed.
func block(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(plain.Line(strings.ReplaceAll(strings.TrimRight(line, "\r\n"), "\t", "    ")) + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// shareText is the share that is proved, in words.
func shareText(s finding.Summary) string {
	if s.Percent == nil {
		return "no share is given"
	}
	return fmt.Sprintf("%d %%", *s.Percent)
}

// calls are all calls, those that need a person first.
func (p *page) calls() {
	byPrint := p.byPrint()
	for i := range p.Run.Calls {
		c := call{Call: &p.Run.Calls[i]}
		c.Short = c.Function[strings.LastIndex(c.Function, "/")+1:]
		c.State, c.Means = state(c.Call), means(c.Call)
		for _, t := range c.Touches {
			c.Marks += " " + mark(t.Table) + ":" + t.Verb
		}
		for _, print := range c.Call.Findings {
			if f, ok := byPrint[print]; ok {
				c.Findings = append(c.Findings, f)
			}
		}
		if c.State == "aside" {
			p.Aside++
		}
		p.Calls = append(p.Calls, c)
	}
	for i := range p.Run.Findings {
		f := &p.Run.Findings[i]
		if !slices.ContainsFunc(p.Run.Calls, func(c finding.Call) bool { return slices.Contains(c.Findings, f.Fingerprint) }) {
			p.Others = append(p.Others, byPrint[f.Fingerprint])
		}
	}
	slices.SortStableFunc(p.Calls, func(a, b call) int { return cmp.Compare(rank(a.State), rank(b.State)) })
}

// byPrint are the findings by fingerprint.
func (p *page) byPrint() map[string]told {
	same := p.Run.Same()
	out := map[string]told{}
	for i := range p.Run.Findings {
		f := &p.Run.Findings[i]
		x := told{Finding: f}
		if root, ok := same[f.Fingerprint]; ok {
			x.Same = root.Others
			if root.Fingerprint != f.Fingerprint {
				x.First = root.Finding
			}
		}
		out[f.Fingerprint] = x
	}
	return out
}

// states are the states of calls, those that need a person first.
var states = []string{"finding", "unproven", "excused", "proved", "aside", "unreached"}

func rank(state string) int { return slices.Index(states, state) }

// state is the verdict of a call, but for calls that touch nobody's rows, and for those
// that no program reaches.
func state(c *finding.Call) string {
	switch {
	case c.Verdict == finding.Unproven:
		return "unproven"
	case !c.Reached:
		return "unreached"
	case c.Reason == finding.NoTable:
		return "aside"
	}
	return string(c.Verdict)
}

// means explains the verdict in a line.
func means(c *finding.Call) string {
	switch c.Verdict {
	case finding.Unproven:
		return finding.ReasonTerm(c.Reason).Title
	case finding.Excused:
		if e := finding.ExcuseOf(c.Reason); e != nil {
			return e.Title
		}
	}
	if t := finding.TermOf(string(c.Verdict)); t != nil {
		return t.Title
	}
	return ""
}

// matrix counts calls by table and by what they do.
func (p *page) matrix() {
	for _, t := range p.Run.Catalogue.Tables {
		if t.Tenancy == "shared" {
			continue
		}
		r := row{Table: t}
		for _, v := range verbs {
			r.Cells = append(r.Cells, p.cellOf(t.Name, v))
		}
		p.Rows = append(p.Rows, r)
	}
}

// cellOf counts the reached calls that do something to a table, worst verdict first.
func (p *page) cellOf(table, verb string) cell {
	out := cell{Mark: mark(table), Verb: verb}
	by := map[finding.Verdict]int{}
	for i := range p.Calls {
		c := &p.Calls[i]
		if c.State != "unreached" && slices.Contains(c.Touches, finding.Touch{Table: table, Verb: verb}) {
			by[c.Verdict]++
		}
	}
	for _, v := range []finding.Verdict{finding.Found, finding.Unproven, finding.Excused, finding.Proved} {
		if by[v] > 0 {
			out.Counts = append(out.Counts, count{v, by[v]})
		}
	}
	return out
}
