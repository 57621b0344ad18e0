package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// comparison is what a column's row belongs to if the column equals a value of
// which the atom holds.
type comparison struct {
	a     obligation.Atom
	notes obligation.Notes
}

// ComparableOf lists what the comparison of a column may show.
func ComparableOf(s *statement.Statement, o *proof.Output) []comparison {
	t := o.Table
	var out []comparison
	switch second := s.Cat.Level2Required && t.Level2 != ""; {
	case second && t.Level2 == o.Column:
		out = append(out, comparison{a: obligation.Atom{Kind: proof.SecondTenant}})
	case !second && t.Column == o.Column && t.Tenancy != catalogue.Child:
		out = append(out, comparison{a: obligation.Atom{Kind: proof.Tenant}})
	}
	if t.OfUser(o.Column) {
		out = append(out, comparison{obligation.Atom{Kind: proof.Principal}, obligation.Notes{Excuse: string(proof.OwnRows)}})
	}
	for _, e := range t.Edges {
		if len(e.Columns) != 1 || e.Columns[0] != o.Column || len(e.RefColumns) != 1 || e.To == s.Cat.Root {
			continue
		}
		w := comparison{a: obligation.Atom{Kind: proof.Key, Table: statement.TableName(e.To), Column: e.RefColumns[0]}}
		if e != t.Owner && !e.SameTenant {
			w.notes = obligation.Assuming(statement.ReferencePremise(e, o.Column))
		}
		out = append(out, w)
	}
	return out
}

// owner is a column that says whose a row is, as a term of some function: the row
// is the term without its last steps.
type owner struct {
	row, term term.Term
	by        int // the operation of the function that gave it, which read the row or called who did
	run       *unit.Run
	stmt      *statement.Statement
	output    *proof.Output
}

// owners finds the columns that say whose a row is.
type owners struct {
	graph *callgraph.Graph
	stmts *statement.Statements
	known map[ownersKey][]owner
}

// ownersKey is an operation of a function, and how deep it is looked into.
type ownersKey struct {
	fn       *callgraph.Function
	n, depth int
}

// of lists the columns in what operation n of f gave that say whose a row
// of a plain query is.
func (p *owners) of(f *callgraph.Function, n int, depth int) []owner {
	key := ownersKey{f, n, depth}
	out, known := p.known[key]
	if !known {
		out = p.find(f, n, depth)
		p.known[key] = out
	}
	return out
}

func (p *owners) find(f *callgraph.Function, n int, depth int) []owner {
	if run := p.stmts.RunAt(f, n); run != nil {
		return p.ofRun(f, run)
	}
	c := f.Ops[n].Call
	if c == nil || depth == 0 {
		return nil
	}
	var out []owner
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
				for _, o := range p.in(target.Fn, r, at, n, depth-1) {
					o.row = &term.Result{Call: n, Steps: at}
					out = append(out, o)
				}
			}
		}
	}
	return onEveryWay(out, ways)
}

// onEveryWay keeps the columns that are where they are whichever way a call returned: what is
// known of one that another way fills with something else says nothing of a row.
func onEveryWay(list []owner, ways map[int]int) []owner {
	found := map[string]int{}
	for _, o := range list {
		found[o.term.String()]++
	}
	return slices.DeleteFunc(list, func(o owner) bool {
		return found[o.term.String()] < ways[o.row.(*term.Result).Steps[0].Index]
	})
}

func (p *owners) ofRun(f *callgraph.Function, run *unit.Run) []owner {
	texts := p.stmts.Of(f, run)
	if texts.Open || texts.Reason != "" || len(texts.List) != 1 || texts.List[0].Broken != "" || texts.List[0].Proof.Write {
		return nil
	}
	s := texts.List[0]
	var out []owner
	for i := range s.Proof.Outputs {
		c := &s.Proof.Outputs[i]
		if c.Table == nil || c.Relation < 0 || len(ComparableOf(s, c)) == 0 {
			continue
		}
		for _, step := range []term.Step{{Kind: term.ColumnStep, Index: i}, {Kind: term.ColumnStep, Name: c.Name}} {
			t := &term.Result{Call: run.N, Steps: []term.Step{step}}
			out = append(out, owner{row: t, term: t, by: run.N, run: run, stmt: s, output: c})
		}
	}
	return out
}

// in lists the owners in a result t of a function; at leads to it from
// call n of the caller.
func (p *owners) in(f *callgraph.Function, t term.Term, at []term.Step, n, depth int) []owner {
	var out []owner
	switch x := t.(type) {
	case *term.Struct:
		for _, field := range x.Fields {
			step := term.Step{Kind: term.FieldStep, Name: field.Name}
			out = append(out, p.in(f, field.Term, append(slices.Clone(at), step), n, depth)...)
		}
	case *term.Result:
		for _, o := range p.of(f, x.Call, depth) {
			rest, part := term.StepsTo(x, o.term)
			if !part && !term.Same(x, o.term) || len(at)+len(rest) > term.MaxDepth {
				continue
			}
			o.term, o.by = &term.Result{Call: n, Steps: append(slices.Clone(at), rest...)}, x.Call
			out = append(out, o)
		}
	}
	return out
}
