package builder

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A condition whose text one branch decides is two conditions, of which one is there:
//
//	col := "org_id"
//	if table != "" { col = table + ".org_id" }
//	q = q.Where(col+" = ?", org)
//
// Whoever hands over a constant table then has the one that is meant.

// arm is a text that a condition has where a fact holds.
type arm struct {
	text term.Term
	fact term.Fact
}

// added is what a call adds: one clause, or one for each arm of its text.
func (f *Builders) added(c *callsite.Call) []*term.Clause {
	clause := f.clause(c)
	arms := f.armsOf(c, clause)
	if arms == nil {
		return []*term.Clause{clause}
	}
	var out []*term.Clause
	for _, a := range arms {
		x := &term.Clause{Word: clause.Word, Values: append([]term.Value(nil), clause.Values...), If: []term.Fact{a.fact}}
		x.Values[0].Term = a.text
		out = append(out, x)
	}
	return out
}

// armsOf are the two texts that the condition of a call may have, each with the fact that
// says exactly when; nil if it has one, or if that is not known of it.
func (f *Builders) armsOf(c *callsite.Call, clause *term.Clause) []arm {
	if f.Course != nil || !library.IsCondition(clause.Word) || len(c.Args) == 0 || len(clause.Values) == 0 || !areTexts(clause.Values[0].Term) {
		return nil
	}
	if _, joined := clause.Values[0].Term.(*term.Join); !joined {
		return nil
	}
	var texts []term.Term
	var facts [][]term.Fact
	known := f.Facts(c.Instr.Block())
	remembered := f.known
	defer func() { f.known = remembered }()
	told := f.Along(c.Instr, func(possible func() ([]term.Fact, bool)) {
		f.known = []map[ssa.Value]*made{{}}
		t := f.inside(c.Args[0], c.Instr)
		holds, ok := possible()
		if !ok {
			return
		}
		holds = without(holds, known)
		for i := range texts {
			if term.Same(texts[i], t) {
				facts[i] = inBoth(facts[i], holds)
				return
			}
		}
		texts, facts = append(texts, t), append(facts, holds)
	})
	if !told || len(texts) != 2 || !isOneText(texts[0]) || !isOneText(texts[1]) {
		return nil
	}
	for _, a := range facts[0] {
		for _, b := range facts[1] {
			if opposite(a, b) && !algebra.HasUnknown(a.A) {
				return []arm{{texts[0], a}, {texts[1], b}}
			}
		}
	}
	return nil
}

// areTexts tells texts that are put together of constants, among others.
func areTexts(t term.Term) bool {
	for _, leaf := range term.Leaves(t) {
		if !isOneText(leaf) {
			return false
		}
	}
	return true
}

// isOneText tells a constant text, or one with constant parts.
func isOneText(t term.Term) bool {
	switch x := t.(type) {
	case *term.Const:
		return x.Kind == term.Text
	case *term.Concat:
		return !term.Built(x)
	}
	return false
}

// without are the facts that are not known.
func without(facts, known []term.Fact) []term.Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(x term.Fact) bool { return says(known, x) })
}

func inBoth(a, b []term.Fact) []term.Fact {
	return slices.DeleteFunc(slices.Clone(a), func(x term.Fact) bool { return !says(b, x) })
}

// says reports whether a fact is among others.
func says(facts []term.Fact, x term.Fact) bool {
	return slices.ContainsFunc(facts, func(y term.Fact) bool { return y.String() == x.String() })
}
