package sqltree

func (p *printer) froms(keyword string, list []From) {
	if len(list) > 0 {
		p.text(keyword)
		p.list(len(list), func(i int) { p.from(list[i]) })
	}
}

func (p *printer) from(f From) {
	switch f := f.(type) {
	case *Table:
		p.table(f)
	case *Derived:
		p.lateral(f.Lateral)
		p.parenthesised(f.Query)
		p.alias(f.Alias, f.Columns)
	case *FuncTable:
		p.funcTable(f)
	case *Join:
		p.join(f)
	}
}

func (p *printer) lateral(is bool) {
	if is {
		p.text("LATERAL ")
	}
}

func (p *printer) table(t *Table) {
	if t.Only {
		p.text("ONLY ")
	}
	p.qualified(t.Schema, t.Name)
	p.alias(t.Alias, t.Columns)
	if s := t.Sample; s != nil {
		p.text(" TABLESAMPLE ", quoteName(s.Method), "(")
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
		p.text(quoteName(schema), ".")
	}
	p.name(name)
}

// alias writes AS always: without it some names would be keywords.
func (p *printer) alias(name string, columns []string) {
	if name != "" {
		p.text(" AS ", quoteName(name))
		p.columns(columns)
	}
}

// funcTable writes ROWS FROM only where it is needed: for several functions, and
// for column definitions of one among them.
func (p *printer) funcTable(f *FuncTable) {
	p.lateral(f.Lateral)
	_, form := f.Calls[0].(*Other)
	rows := len(f.Calls) > 1 || form && f.Calls[0].(*Other).Kind == "AS"
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
	p.list(len(f.Types), func(i int) { p.text(quoteName(f.Columns[i]), " ", f.Types[i]) })
	p.text(")")
}

// source writes a function in FROM, where a cast has to look like one.
func (p *printer) source(e Expr) {
	if cast, ok := e.(*Cast); ok {
		p.text("CAST(")
		p.expr(cast.X)
		p.text(" AS ", cast.Type, ")")
		return
	}
	p.expr(e)
}

// join writes a chain to the left without parentheses, as it is parsed.
func (p *printer) join(j *Join) {
	if j.Alias != "" {
		p.text("(")
	}
	p.from(j.Left)
	p.text(joinWords(j))
	if right, nested := j.Right.(*Join); nested && right.Alias == "" {
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
func joinWords(j *Join) string {
	words := " "
	if j.Natural {
		words += "NATURAL "
	}
	switch {
	case j.Kind == Left:
		words += "LEFT "
	case j.Kind == Right:
		words += "RIGHT "
	case j.Kind == Full:
		words += "FULL "
	case !j.Natural && j.On == nil && len(j.Using) == 0:
		words += "CROSS "
	}
	return words + "JOIN "
}

// joinCondition writes ON or USING. An outer join needs one, so a tree without
// gets ON TRUE.
func (p *printer) joinCondition(j *Join) {
	p.clause(" ON ", j.On)
	switch {
	case len(j.Using) > 0:
		p.text(" USING ")
		p.columns(j.Using)
		p.alias(j.UsingAlias, nil)
	case j.On == nil && !j.Natural && j.Kind != Inner:
		p.text(" ON TRUE")
	}
}
