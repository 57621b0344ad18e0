package solve

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A guard may speak of a row by its owner: a policy that is handed the row looks
// up the caller's membership in the row's organization. Then the row is the
// caller's as if it had been compared. Only what the guard says counts, never
// that the row was loaded.

// guardMark begins the name in a [term.Checked] fact that a proof stands for; the
// number of the relation follows.
const guardMark = "\x00"

// guardedRelation is the relation whose owner a fact says to be the caller.
func guardedRelation(f term.Fact) (int, bool) {
	c, ok := f.B.(*term.Const)
	if !ok || !strings.HasPrefix(c.Text, guardMark) {
		return 0, false
	}
	i, err := strconv.Atoi(c.Text[len(guardMark):])
	return i, err == nil
}

// owner is a column that says whose a row is, as a term of some function: the row
// is the term without its last steps.
type owner struct {
	row, term term.Term
	stmt      *statement.Statement
	output    *proof.Output
}

// guardedRows adds the rows of which the guards that were asked in e have spoken.
func (p *Solver) guardedRows(e *pathcond.Env, into *term.FactSet) {
	seen := map[int]bool{}
	for _, k := range pathcond.Tested(e) {
		for _, n := range rowsHanded(e.Fn, k) {
			if seen[n] || n == k {
				continue
			}
			seen[n] = true
			for _, o := range p.owners.of(e.Fn, n, rowflow.MaxRowDepth) {
				if p.ownedByCaller(e, o) {
					mark := &term.Const{Kind: term.Text, Text: guardMark + strconv.Itoa(o.output.Relation)}
					into.Add(term.Fact{Op: term.Checked, A: o.row, B: mark})
				}
			}
		}
	}
}

// rowsHanded lists the operations of which a part of the result went into
// operation k.
func rowsHanded(f *callgraph.Function, k int) []int {
	o := f.Ops[k]
	var args []term.Term
	switch {
	case o.Run != nil:
		args = o.Run.Args
	case o.Call != nil && o.Call.Kind != unit.Library:
		args = o.Call.Args
	}
	var out []int
	for _, a := range args {
		term.Visit(a, func(x term.Term) {
			if r, ok := x.(*term.Result); ok && !slices.Contains(out, r.Call) {
				out = append(out, r.Call)
			}
		})
	}
	return out
}

// ownedByCaller reports whether the facts, and not the row, say that its owner is
// the caller.
func (p *Solver) ownedByCaller(e *pathcond.Env, o owner) bool {
	for _, w := range ComparableOf(o.stmt, o.output) {
		if w.notes.Excuse == "" && obligation.IsTrue(p.byFacts(e, w.a.On(o.term))) {
			return true
		}
	}
	return false
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
	for _, target := range targets {
		for i := range target.Fn.Gives {
			for k, r := range target.Fn.Gives[i].Results {
				at := []term.Step{{Kind: term.ResultStep, Index: k}}
				for _, o := range p.in(target.Fn, r, at, n, depth-1) {
					o.row = &term.Result{Call: n, Steps: at}
					out = append(out, o)
				}
			}
		}
	}
	return out
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
			out = append(out, owner{row: t, term: t, stmt: s, output: c})
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
			o.term = &term.Result{Call: n, Steps: append(slices.Clone(at), rest...)}
			out = append(out, o)
		}
	}
	return out
}
