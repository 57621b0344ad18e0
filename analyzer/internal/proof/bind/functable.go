package bind

import (
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// bindFunc makes an item of FROM of a function. unnest($1) gives elements of
// the bind value; several arrays in one unnest stay in step.
func (p *Binder) bindFunc(f *sqltree.FuncTable, s *Scope, ctes *CTEs) *Leaf {
	l := &Leaf{Alias: f.Alias, Tuple: p.NewTuple(f.Alias, nil, f), Func: f, Facts: &formula.Conj{}, lateral: true}
	en := p.NewEnv(&Scope{Parent: s.Parent, From: s.From, Values: s.Values}, ctes)
	l.Sub = &Query{Tuple: l.Tuple, Env: en}
	args := Unnested(f.Calls)
	l.Columns, l.open = funcColumns(f, args)
	if l.Alias == "" {
		l.Alias = firstCallName(f)
	}
	l.Sub.Func, p.OfRow[l.Tuple.ID] = f, l.Sub
	for _, c := range l.Columns {
		l.Sub.Outputs = append(l.Sub.Outputs, Output{Name: c, Term: formula.NoTerm})
	}
	for i, arg := range args {
		if i < len(l.Columns) {
			l.Facts = formula.And(l.Facts, formula.Weakly(p.ElementOf(p.ColumnOf(l.Tuple, l.Columns[i]), arg, arg), len(args) > 1))
		}
	}
	return l
}

// Unnested lists the arrays of unnest calls, nil if another function is called.
func Unnested(calls []sqltree.Expr) []sqltree.Expr {
	var out []sqltree.Expr
	for _, e := range calls {
		c, ok := e.(*sqltree.Call)
		if !ok || c.Name != "unnest" || c.Schema != "" && c.Schema != "pg_catalog" {
			return nil
		}
		out = append(out, c.Args...)
	}
	return out
}

// funcColumns names the columns of a function in FROM; open if there may be more.
func funcColumns(f *sqltree.FuncTable, args []sqltree.Expr) (columns []string, open bool) {
	columns = append(columns, f.Columns...)
	single := len(f.Calls) == 1 && (len(args) == 1 || firstCallName(f) == "generate_series")
	switch {
	case len(f.Columns) == 0 && single && f.Alias != "":
		columns = []string{f.Alias}
	case len(f.Columns) == 0 && single:
		columns = []string{firstCallName(f)}
	case len(f.Columns) == 0 && len(args) > 1:
		for i := range args {
			columns = append(columns, "unnest#"+strconv.Itoa(i)) // all are named unnest
		}
	case len(f.Columns) == 0:
		return nil, true
	}
	if f.Ordinality && len(f.Columns) == 0 {
		columns = append(columns, "ordinality")
	}
	return columns, len(f.Types) == 0 && len(args) == 0 && !single
}

// firstCallName names an item of FROM that has no alias.
func firstCallName(f *sqltree.FuncTable) string {
	if len(f.Calls) > 0 {
		if c, ok := f.Calls[0].(*sqltree.Call); ok {
			return c.Name
		}
	}
	return ""
}

// PlainHole sees through casts that keep the value.
func PlainHole(e sqltree.Expr) (*sqltree.Hole, bool) {
	for {
		switch x := e.(type) {
		case *sqltree.Hole:
			return x, true
		case *sqltree.Cast:
			if !KeepsValue(x) {
				return nil, false
			}
			e = x.X
		default:
			return nil, false
		}
	}
}
