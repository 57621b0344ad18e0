package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// A condition is an expression that a row must meet, with what resolves it.
type condition struct {
	en *env
	e  sqltree.Expr
}

// reduce turns an outer join into an inner one where a condition above rejects
// the rows that the join made up. From the top down, since each reduced join
// adds its own ON to the conditions.
func (p *prover) reduce(s *source, above []condition) {
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
func (p *prover) joinCondition(s *source) []condition {
	if s.on == nil {
		return nil
	}
	return []condition{{s.env, s.on}}
}

// reduceJoin reduces one join by the conditions above it.
func (p *prover) reduceJoin(s *source, above []condition) {
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
func (p *prover) rejectsAny(above []condition, gone map[int]bool) bool {
	for _, c := range above {
		if p.rejects(c, gone) {
			return true
		}
	}
	return false
}

// rejects tells whether a condition cannot be true when the rows in gone are
// NULL throughout.
func (p *prover) rejects(c condition, gone map[int]bool) bool {
	switch e := c.e.(type) {
	case *sqltree.Logic:
		for _, a := range e.Args {
			if r := p.rejects(condition{c.en, a}, gone); r != e.Or {
				return r
			}
		}
		return e.Or
	case *sqltree.IsNull:
		return e.Not && p.nullWith(c.en, e.X, gone)
	case *sqltree.IsBool:
		return p.rejectsTruth(c.en, e, gone)
	case *sqltree.In:
		return (!e.Not || e.List != nil) && p.nullWith(c.en, e.X, gone)
	case *sqltree.Quantified:
		return !e.All && p.nullWith(c.en, e.X, gone)
	}
	return p.nullWith(c.en, c.e, gone)
}

// rejectsTruth: IS TRUE rejects what the condition rejects, IS FALSE only NULL.
func (p *prover) rejectsTruth(en *env, e *sqltree.IsBool, gone map[int]bool) bool {
	switch {
	case e.Not || e.Value == "UNKNOWN":
		return false
	case e.Value == "TRUE":
		return p.rejects(condition{en, e.X}, gone)
	}
	return p.nullWith(en, e.X, gone)
}

// nullWith tells whether a value is NULL when the rows in gone are.
func (p *prover) nullWith(en *env, e sqltree.Expr, gone map[int]bool) bool {
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
