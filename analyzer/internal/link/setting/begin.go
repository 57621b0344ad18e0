package setting

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Begin is a value of a variable with which connections of the program begin, before any
// statement has set it.
type Begin struct {
	Text string // who says so, and what
	// ByProgram tells one that the program gives them: which, is not followed.
	ByProgram bool
	// Unsure tells that it may be another variable.
	Unsure bool
}

// Begins is the value with which connections begin of a variable, by the files of the
// database, or by what the program opens them with; ok is false if there is none.
func (p *Settings) Begins(name string) (b Begin, ok bool) {
	if known, asked := p.begins[name]; asked {
		return known, known.Text != ""
	}
	b = p.begin(name)
	p.begins[name] = b
	return b, b.Text != ""
}

func (p *Settings) begin(name string) Begin {
	for _, c := range p.stmts.Cats {
		if all := c.Diagram.DefaultsOf(name); len(all) > 0 {
			d := all[0]
			return Begin{Text: fmt.Sprintf("sessions begin with %s = '%s' (%s:%d)", d.Name, d.Value, d.File, d.Line)}
		}
	}
	for _, f := range p.graph.Order {
		for i := range f.Calls {
			if c := &f.Calls[i]; givesAtOnce(c, name) {
				return Begin{Text: fmt.Sprintf("connections begin with %s (%s)", name, callgraph.FileLine(f, c.Site)), ByProgram: true}
			}
		}
	}
	for _, f := range p.graph.Order {
		for i := range f.Calls {
			if c := &f.Calls[i]; isUnknown(c) {
				return Begin{Text: fmt.Sprintf("connections may begin with %s (%s)", name, callgraph.FileLine(f, c.Site)), ByProgram: true, Unsure: true}
			}
		}
	}
	return Begin{}
}

// isUnknown tells parameters of which the names are not known.
func isUnknown(c *unit.Call) bool {
	if c.Role != library.Parameter || len(c.Args) == 0 {
		return false
	}
	_, known := c.Args[0].(*term.Const)
	return !known
}

// givesAtOnce reports whether a call says that connections begin with a variable: by a
// parameter, or in the text that says where the database is.
func givesAtOnce(c *unit.Call, name string) bool {
	switch {
	case c.Role == library.Parameter && len(c.Args) == 2:
		key, known := c.Args[0].(*term.Const)
		zero, isKnown := term.Zeroness(c.Args[1])
		return known && strings.EqualFold(key.Text, name) && !(isKnown && zero)
	case c.Role.OpensPool(), c.Role == library.Configures:
		return slices.ContainsFunc(c.Args, func(a term.Term) bool { return inText(a, name) })
	}
	return false
}

// fixed tells of variables that the program gives each connection, the same one always.
func (p *Settings) fixed(policies map[string]bool) []finding.Finding {
	var out []finding.Finding
	for _, f := range p.graph.Order {
		for i := range f.Calls {
			c := &f.Calls[i]
			if _, constant := value(c).(*term.Const); !constant {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(policies)) {
				if givesAtOnce(c, name) {
					out = append(out, finding.Finding{
						Rule: finding.RLSDefaultSetting, Tier: finding.Warning, Place: callgraph.Place(f, c.Site), Statement: f.Symbol, Function: f.Symbol, Package: f.Unit.Path,
						Message: name + " is given to each connection when it is made, and is the same for all requests: where nothing sets it a statement has the rows of that tenant, whoever the caller is; set it in the transaction of each request",
					})
				}
			}
		}
	}
	return out
}

// value is what a call puts into a parameter, or its last argument.
func value(c *unit.Call) term.Term {
	if len(c.Args) == 0 {
		return nil
	}
	return c.Args[len(c.Args)-1]
}

// inText reports whether a text gives a variable a value: options=-c app.tenant=1, in a form
// that may be escaped.
func inText(t term.Term, name string) bool {
	found := false
	given := regexp.MustCompile(`(?i)(?:^|[^\w.]|%20)` + regexp.QuoteMeta(name) + `\s*(?:=|%3D)\s*['"]?(?:[^\s'"&]|$)`)
	term.Visit(t, func(x term.Term) {
		c, ok := x.(*term.Const)
		found = found || ok && given.MatchString(c.Text)
	})
	return found
}
