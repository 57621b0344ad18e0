package link

import (
	"slices"
	"strconv"
	"strings"

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
	stmt      *stmt
	output    *proof.Output
}

// guardedRows adds the rows of which the guards that were asked in e have spoken.
func (p *program) guardedRows(e *env, into *factSet) {
	seen := map[int]bool{}
	for _, k := range tested(e) {
		for _, n := range rowsHanded(e.fn, k) {
			if seen[n] || n == k {
				continue
			}
			seen[n] = true
			for _, o := range p.ownersOf(e.fn, n, maxRowDepth) {
				if p.ownedByCaller(e, o) {
					mark := &term.Const{Kind: term.Text, Text: guardMark + strconv.Itoa(o.output.Relation)}
					into.add(term.Fact{Op: term.Checked, A: o.row, B: mark})
				}
			}
		}
	}
}

// rowsHanded lists the operations of which a part of the result went into
// operation k.
func rowsHanded(f *fn, k int) []int {
	o := f.ops[k]
	var args []term.Term
	switch {
	case o.run != nil:
		args = o.run.Args
	case o.call != nil && o.call.Kind != unit.Library:
		args = o.call.Args
	}
	var out []int
	for _, a := range args {
		visit(a, func(x term.Term) {
			if r, ok := x.(*term.Result); ok && !slices.Contains(out, r.Call) {
				out = append(out, r.Call)
			}
		})
	}
	return out
}

// ownedByCaller tells whether the facts, and not the row, say that its owner is
// the caller.
func (p *program) ownedByCaller(e *env, o owner) bool {
	for _, w := range comparableOf(o.stmt, o.output) {
		if w.notes.excuse == "" && isTrue(p.byFacts(e, w.a.on(o.term))) {
			return true
		}
	}
	return false
}

// ownersOf lists the columns in what operation n of f gave that say whose a row
// of a plain query is.
func (p *program) ownersOf(f *fn, n int, depth int) []owner {
	if run := p.runAt(f, n); run != nil {
		return p.ownersOfRun(f, run)
	}
	c := f.ops[n].call
	if c == nil || depth == 0 {
		return nil
	}
	var out []owner
	targets, _ := p.callees(f, c)
	for _, target := range targets {
		for i := range target.fn.Gives {
			for k, r := range target.fn.Gives[i].Results {
				at := []term.Step{{Kind: term.ResultStep, Index: k}}
				for _, o := range p.ownersIn(target.fn, r, at, n, depth-1) {
					o.row = &term.Result{Call: n, Steps: at}
					out = append(out, o)
				}
			}
		}
	}
	return out
}

func (p *program) ownersOfRun(f *fn, run *unit.Run) []owner {
	texts := p.statements(f, run)
	if texts.open || texts.reason != "" || len(texts.list) != 1 || texts.list[0].broken != "" || texts.list[0].proof.Write {
		return nil
	}
	s := texts.list[0]
	var out []owner
	for i := range s.proof.Outputs {
		c := &s.proof.Outputs[i]
		if c.Table == nil || c.Relation < 0 || len(comparableOf(s, c)) == 0 {
			continue
		}
		for _, step := range []term.Step{{Kind: term.ColumnStep, Index: i}, {Kind: term.ColumnStep, Name: c.Name}} {
			t := &term.Result{Call: run.N, Steps: []term.Step{step}}
			out = append(out, owner{row: t, term: t, stmt: s, output: c})
		}
	}
	return out
}

// ownersIn lists the owners in a result t of a function; at leads to it from
// call n of the caller.
func (p *program) ownersIn(f *fn, t term.Term, at []term.Step, n, depth int) []owner {
	var out []owner
	switch x := t.(type) {
	case *term.Struct:
		for _, field := range x.Fields {
			step := term.Step{Kind: term.FieldStep, Name: field.Name}
			out = append(out, p.ownersIn(f, field.Term, append(slices.Clone(at), step), n, depth)...)
		}
	case *term.Result:
		for _, o := range p.ownersOf(f, x.Call, depth) {
			rest, part := suffix(x, o.term)
			if !part && !same(x, o.term) || len(at)+len(rest) > term.MaxDepth {
				continue
			}
			o.term = &term.Result{Call: n, Steps: append(slices.Clone(at), rest...)}
			out = append(out, o)
		}
	}
	return out
}
