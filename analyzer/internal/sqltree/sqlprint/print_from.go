package sqlprint

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

func (p *printer) froms(keyword string, list []sqltree.From) {
	if len(list) > 0 {
		p.text(keyword)
		p.list(len(list), func(i int) { p.from(list[i]) })
	}
}

func (p *printer) from(f sqltree.From) {
	switch f := f.(type) {
	case *sqltree.Table:
		p.table(f)
	case *sqltree.Derived:
		p.lateral(f.Lateral)
		p.parenthesised(f.Query)
		p.alias(f.Alias, f.Columns)
	case *sqltree.FuncTable:
		p.funcTable(f)
	case *sqltree.Join:
		p.join(f)
	}
}

func (p *printer) lateral(is bool) {
	if is {
		p.text("LATERAL ")
	}
}

func (p *printer) table(t *sqltree.Table) {
	if t.Only {
		p.text("ONLY ")
	}
	p.qualified(t.Schema, t.Name)
	p.alias(t.Alias, t.Columns)
	if s := t.Sample; s != nil {
		p.text(" TABLESAMPLE ", sqltext.QuoteName(s.Method), "(")
		p.exprs(s.Args)
		p.text(")")
		if s.Seed != nil {
			p.text(" REPEATABLE (")
			p.expr(s.Seed)
			p.text(")")
		}
	}
}

func (p *printer) qualified(schema, name string) {
	if schema != "" {
		p.text(sqltext.QuoteName(schema), ".")
	}
	p.name(name)
}

// alias writes AS always: without it some names would be keywords.
func (p *printer) alias(name string, columns []string) {
	if name != "" {
		p.text(" AS ", sqltext.QuoteName(name))
		p.columns(columns)
	}
}

// funcTable writes ROWS FROM only where it is needed: for several functions, and
// for column definitions of one among them.
func (p *printer) funcTable(f *sqltree.FuncTable) {
	p.lateral(f.Lateral)
	_, form := f.Calls[0].(*sqltree.Other)
	rows := len(f.Calls) > 1 || form && f.Calls[0].(*sqltree.Other).Kind == "AS"
	if rows {
		p.text("ROWS FROM (")
	}
	p.list(len(f.Calls), func(i int) { p.source(f.Calls[i]) })
	if rows {
		p.text(")")
	}
	if f.Ordinality {
		p.text(" WITH ORDINALITY")
	}
	if f.Types == nil {
		p.alias(f.Alias, f.Columns)
		return
	}
	p.text(" AS ")
	if f.Alias != "" {
		p.name(f.Alias)
	}
	p.text("(")
	p.list(len(f.Types), func(i int) { p.text(sqltext.QuoteName(f.Columns[i]), " ", f.Types[i]) })
	p.text(")")
}

// source writes a function in FROM, where a cast has to look like one.
func (p *printer) source(e sqltree.Expr) {
	if cast, ok := e.(*sqltree.Cast); ok {
		p.text("CAST(")
		p.expr(cast.X)
		p.text(" AS ", cast.Type, ")")
		return
	}
	p.expr(e)
}

// join writes a chain to the left without parentheses, as it is parsed.
func (p *printer) join(j *sqltree.Join) {
	if j.Alias != "" {
		p.text("(")
	}
	p.from(j.Left)
	p.text(joinWords(j))
	if right, nested := j.Right.(*sqltree.Join); nested && right.Alias == "" {
		p.text("(")
		p.from(right)
		p.text(")")
	} else {
		p.from(j.Right)
	}
	p.joinCondition(j)
	if j.Alias != "" {
		p.text(")")
		p.alias(j.Alias, j.Columns)
	}
}

// joinWords is the join's keyword; an inner join without condition is CROSS.
func joinWords(j *sqltree.Join) string {
	words := " "
	if j.Natural {
		words += "NATURAL "
	}
	switch {
	case j.Kind == sqltree.Left:
		words += "LEFT "
	case j.Kind == sqltree.Right:
		words += "RIGHT "
	case j.Kind == sqltree.Full:
		words += "FULL "
	case !j.Natural && j.On == nil && len(j.Using) == 0:
		words += "CROSS "
	}
	return words + "JOIN "
}

// joinCondition writes ON or USING. An outer join needs one, so a tree without
// gets ON TRUE.
func (p *printer) joinCondition(j *sqltree.Join) {
	p.clause(" ON ", j.On)
	switch {
	case len(j.Using) > 0:
		p.text(" USING ")
		p.columns(j.Using)
		p.alias(j.UsingAlias, nil)
	case j.On == nil && !j.Natural && j.Kind != sqltree.Inner:
		p.text(" ON TRUE")
	}
}
