// Package sqlprint writes trees as PostgreSQL's SQL.
//
// In goes any node, out comes its text on one line. Invariant: what [Print] writes
// parses to an equal tree, but for positions and the names of holes, which come out
// as $N.
package sqlprint

import (
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// Print writes a statement, or any node of one, as PostgreSQL's SQL: parsing
// what is printed gives an equal tree. Binds come out as $N, also named ones.
func Print(n sqltree.Node) string {
	p := printer{}
	p.node(n)
	return p.String()
}

// Operand writes an expression as it stands beside an operator, in parentheses
// unless it needs none anywhere.
func Operand(e sqltree.Expr) string {
	p := printer{}
	p.operand(e)
	return p.String()
}

// printer writes SQL on one line. Operands are in parentheses unless they need
// none anywhere.
type printer struct{ strings.Builder }

func (p *printer) text(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
}

func (p *printer) name(name string) { p.text(sqltext.QuoteName(name)) }

func (p *printer) node(n sqltree.Node) {
	if sqltree.IsNil(n) {
		return
	}
	switch n := n.(type) {
	case sqltree.Statement:
		p.statement(n)
	case sqltree.Body:
		p.body(n)
	case sqltree.From:
		p.from(n)
	case sqltree.Expr:
		p.expr(n)
	case *sqltree.CTE:
		p.cte(n)
	}
}

func (p *printer) statement(s sqltree.Statement) {
	switch s := s.(type) {
	case *sqltree.Query:
		p.query(s)
	case *sqltree.Insert:
		writePrinter{p}.insert(s)
	case *sqltree.Update:
		writePrinter{p}.update(s)
	case *sqltree.Delete:
		writePrinter{p}.delete(s)
	case *sqltree.Merge:
		writePrinter{p}.merge(s)
	case *sqltree.Truncate:
		writePrinter{p}.truncate(s)
	case *sqltree.Copy:
		writePrinter{p}.copy(s)
	case *sqltree.CallProc:
		writePrinter{p}.proc(s)
	case *sqltree.Utility:
		writePrinter{p}.utility(s)
	}
}

// list writes n elements with commas between.
func (p *printer) list(n int, element func(i int)) {
	for i := range n {
		if i > 0 {
			p.text(", ")
		}
		element(i)
	}
}

func (p *printer) names(list []string) {
	p.list(len(list), func(i int) { p.name(list[i]) })
}

func (p *printer) exprs(list []sqltree.Expr) {
	p.list(len(list), func(i int) { p.expr(list[i]) })
}

// clause writes a keyword and an expression; nothing for none.
func (p *printer) clause(keyword string, e sqltree.Expr) {
	if e != nil {
		p.text(keyword)
		p.expr(e)
	}
}

// query writes a query with its clauses in the one order that PostgreSQL gives
// them.
func (p *printer) query(q *sqltree.Query) {
	p.with(q.With)
	p.body(q.Body)
	p.orderBy(q.OrderBy)
	if !q.WithTies {
		p.clause(" LIMIT ", q.Limit)
	}
	p.clause(" OFFSET ", q.Offset)
	if q.WithTies {
		p.text(" FETCH FIRST (")
		p.expr(q.Limit)
		p.text(") ROWS WITH TIES")
	}
	p.locks(q)
}

// locks writes the locking clauses; FOR UPDATE where a builder only said Lock.
func (p *printer) locks(q *sqltree.Query) {
	if q.Lock && len(q.Locks) == 0 {
		p.text(" FOR UPDATE")
	}
	for _, l := range q.Locks {
		p.text(" FOR ", l.For)
		if len(l.Of) > 0 {
			p.text(" OF ")
			p.names(l.Of)
		}
		if l.Wait != "" {
			p.text(" ", l.Wait)
		}
	}
}

func (p *printer) parenthesised(q *sqltree.Query) {
	p.text("(")
	p.query(q)
	p.text(")")
}

func (p *printer) with(w *sqltree.With) {
	if w == nil {
		return
	}
	p.text("WITH ")
	if w.Recursive {
		p.text("RECURSIVE ")
	}
	p.list(len(w.CTEs), func(i int) { p.cte(w.CTEs[i]) })
	p.text(" ")
}

func (p *printer) cte(c *sqltree.CTE) {
	p.name(c.Name)
	p.columns(c.Columns)
	p.text(" AS ")
	if c.Materialized != "" {
		p.text(c.Materialized, " ")
	}
	p.text("(")
	p.node(c.Body)
	p.text(")")
	if s := c.Search; s != nil {
		order := "DEPTH"
		if s.Breadth {
			order = "BREADTH"
		}
		p.text(" SEARCH ", order, " FIRST BY ")
		p.names(s.By)
		p.text(" SET ", sqltext.QuoteName(s.Set))
	}
	p.cycle(c.Cycle)
}

func (p *printer) cycle(c *sqltree.Cycle) {
	if c == nil {
		return
	}
	p.text(" CYCLE ")
	p.names(c.Columns)
	p.text(" SET ", sqltext.QuoteName(c.Mark))
	p.text(" TO ")
	p.constant(c.To)
	p.text(" DEFAULT ")
	p.constant(c.Default)
	p.text(" USING ", sqltext.QuoteName(c.Path))
}

// constant writes a literal where no cast may stand: point '(1,1)'.
func (p *printer) constant(e sqltree.Expr) {
	if cast, ok := e.(*sqltree.Cast); ok {
		p.text(cast.Type, " ")
		e = cast.X
	}
	p.expr(e)
}

// columns writes a list of names in parentheses; nothing for none.
func (p *printer) columns(list []string) {
	if len(list) > 0 {
		p.text("(")
		p.names(list)
		p.text(")")
	}
}

// body writes what stands between WITH and ORDER BY.
func (p *printer) body(b sqltree.Body) {
	switch b := b.(type) {
	case *sqltree.Select:
		p.block(b)
	case *sqltree.SetOp:
		p.operandQuery(b.Left)
		p.text(" ", b.Op)
		if b.All {
			p.text(" ALL")
		}
		p.text(" ")
		p.operandQuery(b.Right)
	case *sqltree.Values:
		p.text("VALUES ")
		p.list(len(b.Rows), func(i int) {
			p.text("(")
			p.exprs(b.Rows[i])
			p.text(")")
		})
	}
}

// operandQuery writes an operand of a set operation; only a bare block needs no
// parentheses.
func (p *printer) operandQuery(q *sqltree.Query) {
	_, set := q.Body.(*sqltree.SetOp)
	bare := q.With == nil && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil && !q.Lock
	if bare && !set {
		p.body(q.Body)
		return
	}
	p.parenthesised(q)
}

// block writes one SELECT, which may have no item at all.
func (p *printer) block(s *sqltree.Select) {
	p.text("SELECT")
	if s.Distinct {
		p.text(" DISTINCT")
	}
	if len(s.DistinctOn) > 0 {
		p.text(" ON (")
		p.exprs(s.DistinctOn)
		p.text(")")
	}
	if len(s.Items) > 0 {
		p.text(" ")
		p.items(s.Items)
	}
	p.froms(" FROM ", s.From)
	p.clause(" WHERE ", s.Where)
	p.groupBy(s)
	p.clause(" HAVING ", s.Having)
	p.windows(s.Windows)
}

func (p *printer) items(list []sqltree.Item) {
	p.list(len(list), func(i int) {
		p.expr(list[i].Expr)
		if list[i].Alias != "" {
			p.text(" AS ", sqltext.QuoteName(list[i].Alias))
		}
	})
}

func (p *printer) groupBy(s *sqltree.Select) {
	if len(s.GroupBy) == 0 {
		return
	}
	p.text(" GROUP BY ")
	if s.GroupSet {
		p.text("DISTINCT ")
	}
	p.groupings(s.GroupBy)
}

func (p *printer) groupings(list []sqltree.Grouping) {
	p.list(len(list), func(i int) { p.grouping(list[i]) })
}

// grouping writes an element of GROUP BY; a row in parentheses, never as ROW(…),
// which would group by one value.
func (p *printer) grouping(g sqltree.Grouping) {
	switch g.Kind {
	case sqltree.GroupExpr:
		p.expr(g.Expr)
		return
	case sqltree.GroupRollup:
		p.text("ROLLUP ")
	case sqltree.GroupCube:
		p.text("CUBE ")
	case sqltree.GroupSets:
		p.text("GROUPING SETS ")
	}
	p.text("(")
	p.groupings(g.Sets)
	p.text(")")
}

func (p *printer) windows(list []sqltree.Window) {
	if len(list) == 0 {
		return
	}
	p.text(" WINDOW ")
	p.list(len(list), func(i int) {
		p.name(list[i].Name)
		p.text(" AS ")
		p.window(&list[i])
	})
}

// window writes a definition in parentheses.
func (p *printer) window(w *sqltree.Window) {
	p.text("(")
	gap := ""
	if w.Base != "" {
		p.name(w.Base)
		gap = " "
	}
	if len(w.PartitionBy) > 0 {
		p.text(gap, "PARTITION BY ")
		p.exprs(w.PartitionBy)
		gap = " "
	}
	if len(w.OrderBy) > 0 {
		p.text(gap, strings.TrimPrefix(p.sub(func(p *printer) { p.orderBy(w.OrderBy) }), " "))
		gap = " "
	}
	if len(w.FrameText) > 0 {
		p.text(gap)
		p.interleave(w.FrameText, w.Frame)
	}
	p.text(")")
}

// sub writes apart, for text that has to be trimmed.
func (p *printer) sub(write func(*printer)) string {
	inner := printer{}
	write(&inner)
	return inner.String()
}

// interleave writes operands between the parts of a form.
func (p *printer) interleave(parts []string, args []sqltree.Expr) {
	for i, part := range parts {
		p.text(part)
		if i < len(args) {
			p.operand(args[i])
		}
	}
}

func (p *printer) orderBy(list []sqltree.Order) {
	if len(list) == 0 {
		return
	}
	p.text(" ORDER BY ")
	p.list(len(list), func(i int) {
		o := list[i]
		p.expr(o.Expr)
		switch {
		case o.Using != "":
			p.text(" USING ", o.Using)
		case o.Desc:
			p.text(" DESC")
		}
		if o.Nulls != "" {
			p.text(" NULLS ", o.Nulls)
		}
	})
}

// number writes a count, as of binds.
func (p *printer) number(n int) { p.text(strconv.Itoa(n)) }
