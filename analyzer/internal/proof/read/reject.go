package read

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A condition is an expression that a row must meet, with what resolves it.
type condition struct {
	en *bind.Env
	e  sqltree.Expr
}

// reduce turns an outer join into an inner one where a condition above rejects
// the rows that the join made up. From the top down, since each reduced join
// adds its own ON to the conditions.
func (p *reader) reduce(s *bind.Source, above []condition) {
	if s == nil || s.Leaf != nil {
		return
	}
	p.reduceJoin(s, above)
	own := p.joinCondition(s)
	switch s.Kind {
	case sqltree.Inner:
		both := append(above[:len(above):len(above)], own...)
		p.reduce(s.Left, both)
		p.reduce(s.Right, both)
	case sqltree.Left:
		p.reduce(s.Left, above)
		p.reduce(s.Right, own)
	default:
		p.reduce(s.Left, nil)
		p.reduce(s.Right, nil)
	}
}

// joinCondition is ON as a condition; USING rejects nothing here.
func (p *reader) joinCondition(s *bind.Source) []condition {
	if s.On == nil {
		return nil
	}
	return []condition{{s.Env, s.On}}
}

// reduceJoin reduces one join by the conditions above it.
func (p *reader) reduceJoin(s *bind.Source, above []condition) {
	if s.Kind == sqltree.Inner {
		return
	}
	if p.rejectsAny(above, s.Right.Tuples()) {
		switch s.Kind {
		case sqltree.Left:
			s.Kind = sqltree.Inner
		case sqltree.Full: // the right side is there: a RIGHT JOIN, turned round
			s.Kind, s.Left, s.Right, s.Swapped = sqltree.Left, s.Right, s.Left, !s.Swapped
		}
	}
	if s.Kind == sqltree.Full && p.rejectsAny(above, s.Left.Tuples()) {
		s.Kind = sqltree.Left
	}
	if s.Kind == sqltree.Left && p.rejectsAny(above, s.Right.Tuples()) {
		s.Kind = sqltree.Inner
	}
}

// rejectsAny reports whether one of the conditions rejects.
func (p *reader) rejectsAny(above []condition, gone map[int]bool) bool {
	for _, c := range above {
		if p.rejects(c, gone) {
			return true
		}
	}
	return false
}

// rejects reports whether a condition cannot be true when the rows in gone are
// NULL throughout.
func (p *reader) rejects(c condition, gone map[int]bool) bool {
	return p.excludes(c.en, c.e, gone, true)
}

// excludes reports whether a condition cannot have a truth value, true or false,
// when the rows in gone are NULL throughout.
func (p *reader) excludes(en *bind.Env, e sqltree.Expr, gone map[int]bool, value bool) bool {
	switch e := e.(type) {
	case *sqltree.Not:
		return p.excludes(en, e.X, gone, !value)
	case *sqltree.Logic:
		return p.excludesLogic(en, e, gone, value)
	case *sqltree.IsNull:
		return e.Not == value && p.nullWith(en, e.X, gone)
	case *sqltree.IsBool:
		return p.excludesTruth(en, e, gone, value)
	case *sqltree.In:
		if e.Not != value {
			return p.anyNull(en, e.X, gone)
		}
		return e.List != nil && p.nullWith(en, e.X, gone) // of an empty query, IN is false
	case *sqltree.Quantified:
		return e.All != value && p.nullWith(en, e.X, gone) // of an empty array, ANY is false and ALL true
	case *sqltree.Coalesce:
		return p.excludesEach(en, e.Args, gone, value)
	case *sqltree.Binary:
		return p.excludesBinary(en, e, gone, value)
	case *sqltree.Literal:
		return e.Kind == sqltree.Null || e.Kind == sqltree.Bool && (e.Text == "true") != value
	}
	return p.nullWith(en, e, gone)
}

// excludesLogic: AND is true only if every argument is, false only if one is.
func (p *reader) excludesLogic(en *bind.Env, e *sqltree.Logic, gone map[int]bool, value bool) bool {
	if e.Or != value {
		for _, a := range e.Args {
			if p.excludes(en, a, gone, value) {
				return true
			}
		}
		return false
	}
	return p.excludesEach(en, e.Args, gone, value)
}

// excludesEach reports whether none of several conditions can have the value.
func (p *reader) excludesEach(en *bind.Env, list []sqltree.Expr, gone map[int]bool, value bool) bool {
	for _, a := range list {
		if !p.excludes(en, a, gone, value) {
			return false
		}
	}
	return len(list) > 0
}

// excludesTruth: IS TRUE is true only where the condition is, IS FALSE only
// where it is false, IS NOT UNKNOWN only where it has a value.
func (p *reader) excludesTruth(en *bind.Env, e *sqltree.IsBool, gone map[int]bool, value bool) bool {
	switch {
	case e.Value == "UNKNOWN":
		return e.Not == value && p.nullWith(en, e.X, gone)
	case e.Not == value:
		return false
	}
	return p.excludes(en, e.X, gone, e.Value == "TRUE")
}

// excludesBinary: a comparison of rows is not true if an element is NULL, and
// no array contains a NULL.
func (p *reader) excludesBinary(en *bind.Env, e *sqltree.Binary, gone map[int]bool, value bool) bool {
	if set, cond := ComparedTruth(e); set == IsTrue && value {
		return p.excludes(en, cond, gone, true)
	} else if set == isFalse && value {
		return p.excludes(en, cond, gone, false)
	}
	switch {
	case e.Op == "=" && value:
		return p.anyNull(en, e.L, gone) || p.anyNull(en, e.R, gone)
	case e.Op == "IS NOT DISTINCT FROM" && value:
		return p.nullWith(en, e.L, gone) && p.staysNotNull(en, e.R, gone) || p.nullWith(en, e.R, gone) && p.staysNotNull(en, e.L, gone)
	case e.Op == "<@" && value:
		return p.holdsNull(en, e.L, gone)
	case e.Op == "@>" && value:
		return p.holdsNull(en, e.R, gone)
	}
	return p.nullWith(en, e, gone)
}

// staysNotNull tells a column of the block's own that cannot be NULL, not even
// when the rows in gone are.
func (p *reader) staysNotNull(en *bind.Env, e sqltree.Expr, gone map[int]bool) bool {
	t := p.PlainTerm(en, e)
	return t != formula.NoTerm && p.Terms[t].Kind == formula.ColumnTerm && p.SettledNotNull(en, t) && !gone[p.Terms[t].Tuple.ID]
}

// holdsNull tells an array of which an element is NULL.
func (p *reader) holdsNull(en *bind.Env, e sqltree.Expr, gone map[int]bool) bool {
	a, ok := formula.Uncast(e).(*sqltree.Array)
	return ok && slices.ContainsFunc(a.Items, func(x sqltree.Expr) bool { return p.nullWith(en, x, gone) })
}

// anyNull tells a value that is NULL, or a row of which an element is.
func (p *reader) anyNull(en *bind.Env, e sqltree.Expr, gone map[int]bool) bool {
	if r, ok := e.(*sqltree.Row); ok {
		return slices.ContainsFunc(r.Items, func(x sqltree.Expr) bool { return p.nullWith(en, x, gone) })
	}
	return p.nullWith(en, e, gone)
}

// nullWith reports whether a value is NULL when the rows in gone are.
func (p *reader) nullWith(en *bind.Env, e sqltree.Expr, gone map[int]bool) bool {
	switch e := e.(type) {
	case *sqltree.Column:
		t := p.Resolve(en.Scope, e)
		return t != formula.NoTerm && p.Terms[t].Kind == formula.ColumnTerm && gone[p.Terms[t].Tuple.ID]
	case *sqltree.Cast:
		return p.nullWith(en, e.X, gone)
	case *sqltree.Not:
		return p.nullWith(en, e.X, gone)
	case *sqltree.Unary:
		return p.nullWith(en, e.X, gone)
	case *sqltree.Binary:
		return strictOperator(e.Op) && (p.nullWith(en, e.L, gone) || p.nullWith(en, e.R, gone))
	}
	return false
}

// markNullable notes the rows that an outer join may extend with NULLs.
func markNullable(s *bind.Source, nullable bool) {
	switch {
	case s == nil:
	case s.Leaf != nil:
		s.Leaf.Tuple.Nullable = nullable
	case s.Kind == sqltree.Inner:
		markNullable(s.Left, nullable)
		markNullable(s.Right, nullable)
	case s.Kind == sqltree.Left:
		markNullable(s.Left, nullable)
		markNullable(s.Right, true)
	default:
		markNullable(s.Left, true)
		markNullable(s.Right, true)
	}
}
