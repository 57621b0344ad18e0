package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A condition is an expression that a row must meet, with what resolves it.
type condition struct {
	en *env
	e  sqltree.Expr
}

// reduce turns an outer join into an inner one where a condition above rejects
// the rows that the join made up. From the top down, since each reduced join
// adds its own ON to the conditions.
func (p *reader) reduce(s *source, above []condition) {
	if s == nil || s.leaf != nil {
		return
	}
	p.reduceJoin(s, above)
	own := p.joinCondition(s)
	switch s.kind {
	case sqltree.Inner:
		both := append(above[:len(above):len(above)], own...)
		p.reduce(s.left, both)
		p.reduce(s.right, both)
	case sqltree.Left:
		p.reduce(s.left, above)
		p.reduce(s.right, own)
	default:
		p.reduce(s.left, nil)
		p.reduce(s.right, nil)
	}
}

// joinCondition is ON as a condition; USING rejects nothing here.
func (p *reader) joinCondition(s *source) []condition {
	if s.on == nil {
		return nil
	}
	return []condition{{s.env, s.on}}
}

// reduceJoin reduces one join by the conditions above it.
func (p *reader) reduceJoin(s *source, above []condition) {
	if s.kind == sqltree.Inner {
		return
	}
	if p.rejectsAny(above, s.right.tuples()) {
		switch s.kind {
		case sqltree.Left:
			s.kind = sqltree.Inner
		case sqltree.Full: // the right side is there: a RIGHT JOIN, turned round
			s.kind, s.left, s.right, s.swapped = sqltree.Left, s.right, s.left, !s.swapped
		}
	}
	if s.kind == sqltree.Full && p.rejectsAny(above, s.left.tuples()) {
		s.kind = sqltree.Left
	}
	if s.kind == sqltree.Left && p.rejectsAny(above, s.right.tuples()) {
		s.kind = sqltree.Inner
	}
}

// rejectsAny tells whether one of the conditions rejects.
func (p *reader) rejectsAny(above []condition, gone map[int]bool) bool {
	for _, c := range above {
		if p.rejects(c, gone) {
			return true
		}
	}
	return false
}

// rejects tells whether a condition cannot be true when the rows in gone are
// NULL throughout.
func (p *reader) rejects(c condition, gone map[int]bool) bool {
	return p.excludes(c.en, c.e, gone, true)
}

// excludes tells whether a condition cannot have a truth value, true or false,
// when the rows in gone are NULL throughout.
func (p *reader) excludes(en *env, e sqltree.Expr, gone map[int]bool, value bool) bool {
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
func (p *reader) excludesLogic(en *env, e *sqltree.Logic, gone map[int]bool, value bool) bool {
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

// excludesEach tells whether none of several conditions can have the value.
func (p *reader) excludesEach(en *env, list []sqltree.Expr, gone map[int]bool, value bool) bool {
	for _, a := range list {
		if !p.excludes(en, a, gone, value) {
			return false
		}
	}
	return len(list) > 0
}

// excludesTruth: IS TRUE is true only where the condition is, IS FALSE only
// where it is false, IS NOT UNKNOWN only where it has a value.
func (p *reader) excludesTruth(en *env, e *sqltree.IsBool, gone map[int]bool, value bool) bool {
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
func (p *reader) excludesBinary(en *env, e *sqltree.Binary, gone map[int]bool, value bool) bool {
	if set, cond := comparedTruth(e); set == isTrue && value {
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
func (p *reader) staysNotNull(en *env, e sqltree.Expr, gone map[int]bool) bool {
	t := p.plainTerm(en, e)
	return t != noTerm && p.terms[t].kind == columnTerm && p.settledNotNull(en, t) && !gone[p.terms[t].tuple.id]
}

// holdsNull tells an array of which an element is NULL.
func (p *reader) holdsNull(en *env, e sqltree.Expr, gone map[int]bool) bool {
	a, ok := uncast(e).(*sqltree.Array)
	return ok && slices.ContainsFunc(a.Items, func(x sqltree.Expr) bool { return p.nullWith(en, x, gone) })
}

// anyNull tells a value that is NULL, or a row of which an element is.
func (p *reader) anyNull(en *env, e sqltree.Expr, gone map[int]bool) bool {
	if r, ok := e.(*sqltree.Row); ok {
		return slices.ContainsFunc(r.Items, func(x sqltree.Expr) bool { return p.nullWith(en, x, gone) })
	}
	return p.nullWith(en, e, gone)
}

// nullWith tells whether a value is NULL when the rows in gone are.
func (p *reader) nullWith(en *env, e sqltree.Expr, gone map[int]bool) bool {
	switch e := e.(type) {
	case *sqltree.Column:
		t := p.resolve(en.scope, e)
		return t != noTerm && p.terms[t].kind == columnTerm && gone[p.terms[t].tuple.id]
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

// strictOperator tells the operators of SQL that are NULL if an operand is.
func strictOperator(op string) bool {
	switch op {
	case "=", "<>", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "||", "~~", "!~~", "~~*", "!~~*", "~", "~*", "!~", "!~*":
		return true
	}
	return false
}

// markNullable notes the rows that an outer join may extend with NULLs.
func markNullable(s *source, nullable bool) {
	switch {
	case s == nil:
	case s.leaf != nil:
		s.leaf.tuple.nullable = nullable
	case s.kind == sqltree.Inner:
		markNullable(s.left, nullable)
		markNullable(s.right, nullable)
	case s.kind == sqltree.Left:
		markNullable(s.left, nullable)
		markNullable(s.right, true)
	default:
		markNullable(s.left, true)
		markNullable(s.right, true)
	}
}
