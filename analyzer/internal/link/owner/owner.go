// Package owner finds the columns that say whose a row is: in what a statement gives, and in
// what functions give that hand its rows on.
//
// In go a function and an operation of it; out come terms of that function, each with the row
// and the column of the statement that it comes from.
//
// It proves nothing: what the comparison of such a column shows is for package solve.
package owner

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Comparison is what a column's row belongs to if the column equals a value of
// which the atom holds.
type Comparison struct {
	Atom  obligation.Atom
	Notes obligation.Notes
}

// Comparable lists what the comparison of a column may show.
func Comparable(s *statement.Statement, o *proof.Output) []Comparison {
	t := o.Table
	var out []Comparison
	switch second := s.Cat.Level2Required && t.Level2 != ""; {
	case second && t.Level2 == o.Column:
		out = append(out, Comparison{Atom: obligation.Atom{Kind: proof.SecondTenant}})
	case !second && t.Column == o.Column && t.Tenancy != catalogue.Child:
		out = append(out, Comparison{Atom: obligation.Atom{Kind: proof.Tenant}})
	}
	if t.OfUser(o.Column) {
		out = append(out, Comparison{Atom: obligation.Atom{Kind: proof.Principal}, Notes: obligation.Notes{Excuse: string(proof.OwnRows)}})
	}
	for _, e := range t.Edges {
		if len(e.Columns) != 1 || e.Columns[0] != o.Column || len(e.RefColumns) != 1 || e.To == s.Cat.Root {
			continue
		}
		w := Comparison{Atom: obligation.Atom{Kind: proof.Key, Table: statement.TableName(e.To), Column: e.RefColumns[0]}}
		if e != t.Owner && !e.SameTenant {
			w.Notes = obligation.Assuming(statement.ReferencePremise(e, o.Column))
		}
		out = append(out, w)
	}
	return out
}

// Ties lists what the comparison of an output of a query may show of relation i of it, or of
// all of them: of the one whose column it is, and of those that are joined to it.
func Ties(s *statement.Statement, o *proof.Output, i int) []Comparison {
	switch {
	case o == nil || o.Table == nil || o.Relation < 0:
		return nil
	case o.Relation == i:
		return Comparable(s, o)
	case i < 0 && i != statement.AllRelations || len(Comparable(s, o)) == 0:
		return nil
	}
	var out []Comparison
	for _, w := range s.WaysWhere(o, i) {
		n := w.Needs[0]
		c := Comparison{Atom: obligation.Atom{Kind: n.Kind}, Notes: obligation.AssumedBy(w.Assumes)}
		switch {
		case n.Second:
			c.Atom.Kind = proof.SecondTenant
		case n.Kind == proof.Key:
			c.Atom.Table, c.Atom.Column = n.Table, n.Column
		case n.Kind != proof.Tenant && n.Kind != proof.Principal:
			continue
		}
		c.Notes.Excuse = string(w.Excuse)
		out = append(out, c)
	}
	return out
}

// Column is a column that says whose a row is, as a term of some function: the row
// is the term without its last steps.
type Column struct {
	Row, Term term.Term
	By        int // the operation of the function that gave it, which read the row or called who did
	Run       *unit.Run
	Stmt      *statement.Statement
	Output    *proof.Output
}

// Finder finds the columns that say whose a row is.
type Finder struct {
	graph *callgraph.Graph
	stmts *statement.Statements
	known map[key][]Column
}

// New gives a finder for the statements of a program.
func New(graph *callgraph.Graph, stmts *statement.Statements) *Finder {
	return &Finder{graph, stmts, map[key][]Column{}}
}

// key is an operation of a function, and how deep it is looked into.
type key struct {
	fn       *callgraph.Function
	n, depth int
}

// Of lists the columns in what operation n of f gave that say whose a row
// of a plain query is.
func (p *Finder) Of(f *callgraph.Function, n int, depth int) []Column {
	at := key{f, n, depth}
	out, known := p.known[at]
	if !known {
		out = p.find(f, n, depth)
		p.known[at] = out
	}
	return out
}

func (p *Finder) find(f *callgraph.Function, n int, depth int) []Column {
	if run := p.stmts.RunAt(f, n); run != nil {
		return p.ofRun(f, run)
	}
	c := f.Ops[n].Call
	if c == nil || depth == 0 {
		return nil
	}
	var out []Column
	targets, _ := p.graph.Callees(f, c)
	ways := map[int]int{} // in which a result may be there
	for _, target := range targets {
		for i := range target.Fn.Gives {
			for k, r := range target.Fn.Gives[i].Results {
				if zero, known := term.Zeroness(r); known && zero {
					continue
				}
				ways[k]++
				at := []term.Step{{Kind: term.ResultStep, Index: k}}
				for _, o := range p.In(target.Fn, r, at, n, depth-1) {
					o.Row = &term.Result{Call: n, Steps: at}
					out = append(out, o)
				}
			}
		}
	}
	return onEveryWay(out, ways)
}

// onEveryWay keeps the columns that are where they are whichever way a call returned: what is
// known of one that another way fills with something else says nothing of a row.
func onEveryWay(list []Column, ways map[int]int) []Column {
	found := map[string]int{}
	for _, o := range list {
		found[o.Term.String()]++
	}
	return slices.DeleteFunc(list, func(o Column) bool {
		return found[o.Term.String()] < ways[o.Row.(*term.Result).Steps[0].Index]
	})
}

func (p *Finder) ofRun(f *callgraph.Function, run *unit.Run) []Column {
	texts := p.stmts.Of(f, run)
	if texts.Open || texts.Reason != "" || len(texts.List) != 1 || texts.List[0].Broken != "" || texts.List[0].Proof.Write {
		return nil
	}
	s := texts.List[0]
	var out []Column
	for i := range s.Proof.Outputs {
		c := &s.Proof.Outputs[i]
		if c.Table == nil || c.Relation < 0 || len(Comparable(s, c)) == 0 {
			continue
		}
		for _, step := range []term.Step{{Kind: term.ColumnStep, Index: i}, {Kind: term.ColumnStep, Name: c.Name}} {
			t := &term.Result{Call: run.N, Steps: []term.Step{step}}
			out = append(out, Column{Row: t, Term: t, By: run.N, Run: run, Stmt: s, Output: c})
		}
	}
	return out
}

// In lists the owners in a result t of a function; at leads to it from
// call n of the caller.
func (p *Finder) In(f *callgraph.Function, t term.Term, at []term.Step, n, depth int) []Column {
	var out []Column
	switch x := t.(type) {
	case *term.Struct:
		for _, field := range x.Fields {
			step := term.Step{Kind: term.FieldStep, Name: field.Name}
			out = append(out, p.In(f, field.Term, append(slices.Clone(at), step), n, depth)...)
		}
	case *term.Result:
		for _, o := range p.Of(f, x.Call, depth) {
			rest, part := term.StepsTo(x, o.Term)
			if !part && !term.Same(x, o.Term) || len(at)+len(rest) > term.MaxDepth {
				continue
			}
			o.Term, o.By = &term.Result{Call: n, Steps: append(slices.Clone(at), rest...)}, x.Call
			out = append(out, o)
		}
	}
	return out
}

// TableOf is the table of a name, with its schema or without, nil if there is none.
func TableOf(c *catalogue.Catalogue, name string) *catalogue.Table {
	schemaName, table, ok := strings.Cut(name, ".")
	if !ok {
		schemaName, table = "", name
	}
	return c.Lookup(schemaName, table)
}

// IsTenants reports whether a table is, in one of the databases, that of the tenants.
func IsTenants(cats []*catalogue.Catalogue, name string) bool {
	return slices.ContainsFunc(cats, func(c *catalogue.Catalogue) bool { return c.Root != nil && TableOf(c, name) == c.Root })
}

// Siblings are the references beside a column that do not show whose the row is which it
// refers to.
func Siblings(s *statement.Statement, t *catalogue.Table, column string) []string {
	out := s.Cat.Siblings(t, column)
	for i := range out {
		out[i] = Reference(t, out[i])
	}
	return out
}

// Reference is the text of a column, with its table.
func Reference(t *catalogue.Table, column string) string {
	return statement.TableName(t) + "." + column
}
