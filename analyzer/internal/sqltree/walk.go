package sqltree

// Walk calls f for n and, where f returns true, for every node under it, in
// source order. A nil node is not visited. Nothing of a statement is out of its
// reach: sub-selects, columns and holes of every clause are visited.
func Walk(n Node, f func(Node) bool) {
	if IsNil(n) || !f(n) {
		return
	}
	w := walker(f)
	switch n := n.(type) {
	case Statement:
		w.statement(n)
	case Body:
		w.body(n)
	case From:
		w.from(n)
	case Expr:
		w.expr(n)
	case *CTE:
		w.cte(n)
	}
}

// walker visits the children of nodes.
type walker func(Node) bool

func (w walker) node(n Node) { Walk(n, w) }

func (w walker) exprs(list []Expr) {
	for _, e := range list {
		w.node(e)
	}
}

func (w walker) froms(list []From) {
	for _, f := range list {
		w.node(f)
	}
}

func (w walker) items(list []Item) {
	for _, i := range list {
		w.node(i.Expr)
	}
}

func (w walker) orders(list []Order) {
	for _, o := range list {
		w.node(o.Expr)
	}
}

func (w walker) assigns(list []Assign) {
	for _, a := range list {
		w.exprs(a.Paths)
		w.node(a.Value)
	}
}

func (w walker) with(with *With) {
	if with == nil {
		return
	}
	for _, c := range with.CTEs {
		w.node(c)
	}
}

// cte: the marks of a CYCLE clause are constants, visited like all expressions.
func (w walker) cte(n *CTE) {
	w.node(n.Body)
	if n.Cycle != nil {
		w.node(n.Cycle.To)
		w.node(n.Cycle.Default)
	}
}

func (w walker) statement(s Statement) {
	switch s := s.(type) {
	case *Query:
		w.query(s)
	case *Insert:
		w.insert(s)
	case *Update:
		w.update(s)
	case *Delete:
		w.delete(s)
	case *Merge:
		w.merge(s)
	case *Truncate:
		w.tables(s.Tables)
	case *Copy:
		w.node(s.Table)
		w.node(s.Query)
		w.node(s.Where)
	case *CallProc:
		w.node(s.Call)
	case *Utility:
		w.utility(s)
	}
}

func (w walker) query(q *Query) {
	w.with(q.With)
	w.node(q.Body)
	w.orders(q.OrderBy)
	w.node(q.Limit)
	w.node(q.Offset)
}

// insert visits the conflict between source and RETURNING, as it is written.
func (w walker) insert(s *Insert) {
	w.with(s.With)
	w.node(s.Target)
	w.exprs(s.Paths)
	w.node(s.Source)
	if c := s.Conflict; c != nil {
		w.exprs(c.Exprs)
		w.node(c.Where)
		w.assigns(c.Set)
		w.node(c.SetWhere)
	}
	w.items(s.Returning)
}

func (w walker) update(s *Update) {
	w.with(s.With)
	w.node(s.Target)
	w.assigns(s.Set)
	w.froms(s.From)
	w.node(s.Where)
	w.orders(s.OrderBy)
	w.node(s.Limit)
	w.items(s.Returning)
}

func (w walker) delete(s *Delete) {
	w.with(s.With)
	w.node(s.Target)
	w.froms(s.Using)
	w.node(s.Where)
	w.orders(s.OrderBy)
	w.node(s.Limit)
	w.items(s.Returning)
}

func (w walker) merge(s *Merge) {
	w.with(s.With)
	w.node(s.Target)
	w.node(s.Source)
	w.node(s.On)
	for _, arm := range s.Whens {
		w.node(arm.Cond)
		w.assigns(arm.Set)
		w.exprs(arm.Paths)
		w.exprs(arm.Values)
	}
	w.items(s.Returning)
}

// utility visits what stands in the text of a definition, too.
func (w walker) utility(s *Utility) {
	w.tables(s.Tables)
	w.node(s.Inner)
	w.exprs(s.Args)
	for _, b := range s.Bodies {
		w.node(b)
	}
}

func (w walker) tables(list []*Table) {
	for _, t := range list {
		w.node(t)
	}
}

func (w walker) body(b Body) {
	switch b := b.(type) {
	case *Select:
		w.block(b)
	case *SetOp:
		w.node(b.Left)
		w.node(b.Right)
	case *Values:
		for _, row := range b.Rows {
			w.exprs(row)
		}
	}
}

func (w walker) block(s *Select) {
	w.exprs(s.DistinctOn)
	w.items(s.Items)
	w.froms(s.From)
	w.node(s.Where)
	w.groupings(s.GroupBy)
	w.node(s.Having)
	for i := range s.Windows {
		w.window(&s.Windows[i])
	}
}

func (w walker) groupings(list []Grouping) {
	for _, g := range list {
		w.node(g.Expr)
		w.groupings(g.Sets)
	}
}

// window: a reference to a named window has nothing to visit; the definition is
// visited in its WINDOW clause.
func (w walker) window(win *Window) {
	if win == nil {
		return
	}
	w.exprs(win.PartitionBy)
	w.orders(win.OrderBy)
	w.exprs(win.Frame)
}

func (w walker) from(f From) {
	switch f := f.(type) {
	case *Table:
		if f.Sample != nil {
			w.exprs(f.Sample.Args)
			w.node(f.Sample.Seed)
		}
	case *Derived:
		w.node(f.Query)
	case *FuncTable:
		w.exprs(f.Calls)
	case *Join:
		w.node(f.Left)
		w.node(f.Right)
		w.node(f.On)
	}
}

// expr visits the children of an expression; leaves have none.
func (w walker) expr(e Expr) {
	switch e := e.(type) {
	case *Logic:
		w.exprs(e.Args)
	case *Not:
		w.node(e.X)
	case *Binary:
		w.node(e.L)
		w.node(e.R)
	case *Unary:
		w.node(e.X)
	case *IsNull:
		w.node(e.X)
	case *IsBool:
		w.node(e.X)
	case *Cast:
		w.node(e.X)
	default:
		w.compound(e)
	}
}

// compound visits what has sub-selects, lists or arms.
func (w walker) compound(e Expr) {
	switch e := e.(type) {
	case *In:
		w.node(e.X)
		w.exprs(e.List)
		w.node(e.Query)
	case *Quantified:
		w.node(e.X)
		w.node(e.Array)
		w.node(e.Query)
	case *Exists:
		w.node(e.Query)
	case *Subquery:
		w.node(e.Query)
	case *Case:
		w.choice(e)
	case *Call:
		w.call(e)
	case *Coalesce:
		w.exprs(e.Args)
	case *Row:
		w.exprs(e.Items)
	case *Array:
		w.exprs(e.Items)
	case *Other:
		w.exprs(e.Args)
	}
}

func (w walker) choice(e *Case) {
	w.node(e.Operand)
	for _, arm := range e.Whens {
		w.node(arm.Cond)
		w.node(arm.Then)
	}
	w.node(e.Else)
}

func (w walker) call(e *Call) {
	w.exprs(e.Args)
	w.orders(e.OrderBy)
	w.node(e.Filter)
	w.window(e.Over)
}

// IsNil tells a missing node, also one that is a typed nil of an optional
// pointer field.
func IsNil(n Node) bool {
	switch n := n.(type) {
	case nil:
		return true
	case *Query:
		return n == nil
	case *Table:
		return n == nil
	case *Call:
		return n == nil
	}
	return false
}
