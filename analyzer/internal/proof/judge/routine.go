package judge

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/builtin"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/plpgsql"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/rules"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// maxRoutineDepth bounds bodies that call others.
const maxRoutineDepth = 4

// judgeCall judges what a function of the schema does. One that touches no
// owned table does nothing to tie; the body of another must be read and tied.
func (p *Judge) judgeCall(en *bind.Env, c *sqltree.Call, ctx *formula.Conj) {
	list := p.routines(c)
	switch {
	case runsText(c):
		p.Fail("text that " + c.Name + " runs")
	case len(list) == 0 && !builtin.Function(p.Cat.Diagram.Speaks(), c.Schema, c.Name):
		p.Fail("unknown function " + routineName(c))
	}
	for _, f := range list {
		switch {
		case f.Aggregate:
			p.Fail("aggregate " + c.Name)
		case p.touches(f, nil):
			p.judgeBody(body{f.Body, f.Language, "function body " + c.Name, c}, p.arguments(en, f, c), ctx)
		default:
			p.callsUnknown(f, "function "+c.Name, 0)
		}
	}
}

// judgeOperator refuses an operator of the schema that does more than work on its
// operands.
func (p *Judge) judgeOperator(op string) {
	if p.Cat.Diagram == nil {
		return
	}
	for _, f := range p.Cat.Diagram.Functions {
		switch {
		case f.Language != sqltree.OperatorLanguage || f.Name != op:
		case p.touches(f, nil), op == "=" || op == "<>":
			p.Fail("operator " + op) // of some types it says whatever it says
		case !builtin.Operator(op):
			p.callsUnknown(f, "operator "+op, 0)
		}
	}
}

// routineName is a function as the text writes it.
func routineName(c *sqltree.Call) string {
	if c.Schema == "" {
		return c.Name
	}
	return c.Schema + "." + c.Name
}

// callsUnknown refuses a routine that touches no table of a tenant by name, but calls
// a function that nobody knows, or is not understood.
func (p *Judge) callsUnknown(f *schema.Function, name string, depth int) {
	stmts, ok := body{text: f.Body, language: f.Language}.statements(p.Cat.Diagram.Speaks())
	if !ok || depth >= maxRoutineDepth {
		p.Fail(name)
		return
	}
	for _, s := range stmts {
		sqltree.Walk(s, func(n sqltree.Node) bool {
			c, ok := n.(*sqltree.Call)
			if !ok {
				return true
			}
			list := p.routines(c)
			if len(list) == 0 && !builtin.Function(p.Cat.Diagram.Speaks(), c.Schema, c.Name) || runsText(c) {
				p.Fail(name + " calls " + routineName(c))
			}
			for _, g := range list {
				if g != f {
					p.callsUnknown(g, name, depth+1)
				}
			}
			return true
		})
	}
}

// runsText tells the functions of PostgreSQL and its usual extensions that read
// tables by a text or name that they are given.
func runsText(c *sqltree.Call) bool {
	switch c.Name {
	case "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "cursor_to_xml",
		"table_to_xml", "table_to_xmlschema", "table_to_xml_and_xmlschema", "schema_to_xml", "schema_to_xmlschema",
		"schema_to_xml_and_xmlschema", "database_to_xml", "database_to_xmlschema", "database_to_xml_and_xmlschema",
		"ts_stat", "crosstab", "crosstab2", "crosstab3", "crosstab4", "crosstabn", "connectby",
		"dblink", "dblink_exec", "dblink_send_query", "dblink_open":
		return true
	}
	return false
}

// arguments gives the names and numbers of a function's arguments the values of
// a call.
func (p *Judge) arguments(en *bind.Env, f *schema.Function, c *sqltree.Call) map[string]formula.TermID {
	values := map[string]formula.TermID{}
	for i, name := range f.Args {
		t := formula.NoTerm
		if arg := argument(c, i, name); arg != nil {
			t, _ = p.Operand(en, arg)
		}
		values["$"+strconv.Itoa(i+1)] = t
		if name != "" {
			values[strings.ToLower(name)] = t
			values[f.Name+"."+strings.ToLower(name)] = t
		}
	}
	return values
}

// argument is what a call gives a function's i-th argument, by its place or its name;
// nil if it is left out.
func argument(c *sqltree.Call, i int, name string) sqltree.Expr {
	for k, e := range c.Args {
		o, named := e.(*sqltree.Other)
		switch named = named && o.Kind == "named argument"; {
		case !named && k == i:
			return e
		case named && strings.TrimSuffix(o.Parts[0], " => ") == name:
			return o.Args[0]
		}
	}
	return nil
}

// routines lists the functions of the schema that a call may mean: those with
// its number of arguments, or all of the name (some have defaults).
func (p *Judge) routines(c *sqltree.Call) []*schema.Function {
	all := namedIn(p.Cat.Diagram, c.Name, c.Schema)
	var exact []*schema.Function
	for _, f := range all {
		if len(f.Args) == len(c.Args) {
			exact = append(exact, f)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return all
}

// namedIn lists the functions of a name in a schema; "" and public are any.
func namedIn(d *schema.Diagram, name, in string) []*schema.Function {
	if d == nil || in == "pg_catalog" {
		return nil
	}
	var out []*schema.Function
	for _, f := range d.Functions {
		if f.Name == name && (in == "" || in == "public" || f.Schema == in) {
			out = append(out, f)
		}
	}
	return out
}

// touches reports whether a body may read or write an owned table: it names one,
// or a function that does, or runs a text that it makes up.
func (p *Judge) touches(f *schema.Function, seen []*schema.Function) bool {
	for _, s := range seen {
		if s == f {
			return false
		}
	}
	seen = append(seen, f)
	for _, w := range words(f.Body) {
		if w == "execute" && f.Language != "sql" || p.namesOwned(w) {
			return true
		}
		if w == f.Name {
			continue
		}
		if slices.ContainsFunc(namedIn(p.Cat.Diagram, w, ""), func(g *schema.Function) bool { return p.touches(g, seen) }) {
			return true
		}
	}
	return false
}

// words lists the words of a text, those in strings and comments, too: a body
// may run what it writes.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}

// namesOwned reports whether a word is the name of an owned table, or of a view.
func (p *Judge) namesOwned(word string) bool {
	for _, t := range p.Cat.Tables {
		if formula.IsOwned(t) && strings.EqualFold(t.Name, word) {
			return true
		}
	}
	if p.Cat.Diagram == nil {
		return false
	}
	for _, v := range p.Cat.Diagram.Views {
		if strings.EqualFold(v.Name, word) {
			return true
		}
	}
	return false
}

// A body is the text of a routine, and how to name it.
type body struct {
	text, language, name string
	at                   sqltree.Node // the call
}

// statements lists what a body may run, false if it is not understood.
func (b body) statements(dialect sqltree.Dialect) ([]sqltree.Statement, bool) {
	var texts []string
	switch strings.ToLower(b.language) {
	case sqltree.TypeLanguage:
	case sqltree.OperatorLanguage:
		for _, name := range strings.Fields(b.text) {
			texts = append(texts, "SELECT "+sqltext.QuoteName(name)+"()")
		}
	case "sql":
		for _, piece := range sqlparse.Split(b.text, dialect) {
			texts = append(texts, piece.Text)
		}
	case "plpgsql", "":
		var ok bool
		if texts, ok = plpgsql.Statements(b.text); !ok {
			return nil, false
		}
	default:
		return nil, false
	}
	var out []sqltree.Statement
	for _, t := range texts {
		stmt, err := sqlparse.Parse(t, dialect)
		if err != nil {
			return nil, false
		}
		out = append(out, stmt)
	}
	return out, true
}

// judgeBody judges every statement of a body with the values of its arguments.
// Unless all of them are tied, the call is unproven.
func (p *Judge) judgeBody(b body, values map[string]formula.TermID, ctx *formula.Conj) {
	stmts, ok := b.statements(p.Cat.Diagram.Speaks())
	if !ok || p.InBody >= maxRoutineDepth {
		p.Fail(b.name)
		return
	}
	if strings.ToLower(b.language) != "sql" {
		for name := range plpgsql.AssignedNames(b.text) {
			delete(values, name)
		}
	}
	saved := p.sandbox(b.at)
	p.InBody++
	for _, s := range stmts {
		p.bodyStatement(s, &bind.Scope{Values: values}, ctx)
	}
	p.InBody--
	p.settle(saved, b.name)
}

// bodyStatement judges one statement of a body.
func (p *Judge) bodyStatement(stmt sqltree.Statement, outer *bind.Scope, ctx *formula.Conj) {
	switch s := stmt.(type) {
	case *sqltree.Query:
		q := p.BindQuery(s, outer, nil)
		p.AsLeaf(q, nil)
		p.JudgeQuery(q, ctx)
	case *sqltree.Insert, *sqltree.Update, *sqltree.Delete, *sqltree.Merge:
		w := p.BindWrite(s, outer, nil)
		w.Given = ctx
		p.JudgeWrite(w)
	case *sqltree.CallProc:
		if s.Call != nil {
			p.judgeCall(p.NewEnv(outer, nil), s.Call, ctx)
		}
	case *sqltree.Utility:
		if s.Inner != nil || len(s.Tables) > 0 {
			p.Fail("a utility statement in a body")
		}
	default:
		p.Fail("a statement in a body")
	}
}

// state is what judging a body may change and a failure takes back.
type state struct {
	found    []*ledger.Occurrence
	byPlace  map[ledger.Place]*ledger.Occurrence
	ofTuple  map[int]*ledger.Occurrence
	unproven []string
	notes    []ledger.Note
	via      sqltree.Node
}

// sandbox sets aside what was found so far.
func (p *Judge) sandbox(at sqltree.Node) state {
	s := state{p.Found, p.ByPlace, p.OfTuple, p.Unproven, p.Notes, p.Via}
	p.Found, p.ByPlace, p.OfTuple, p.Unproven = nil, map[ledger.Place]*ledger.Occurrence{}, map[int]*ledger.Occurrence{}, nil
	if p.Via == nil {
		p.Via = at
	}
	return s
}

// settle keeps what a body did if all of it is tied.
func (p *Judge) settle(s state, name string) {
	tied := len(p.Unproven) == 0
	for _, o := range p.Found {
		tied = tied && len(o.Alts) > 0
	}
	found := p.Found
	p.Found, p.ByPlace, p.OfTuple, p.Unproven, p.Notes, p.Via = s.found, s.byPlace, s.ofTuple, s.unproven, s.notes, s.via
	if !tied {
		p.Fail(name)
		return
	}
	p.Found = append(p.Found, found...)
}

// JudgeProcedure judges CALL and DO.
func (p *Judge) JudgeProcedure(s *sqltree.CallProc) {
	en := p.NewEnv(nil, nil)
	if s.Call != nil {
		p.judgeExpr(en, s.Call, &formula.Conj{})
		return
	}
	f := &schema.Function{Body: s.Body, Language: s.Language}
	if p.touches(f, nil) {
		p.judgeBody(body{s.Body, s.Language, "DO block", s}, map[string]formula.TermID{}, &formula.Conj{})
		return
	}
	p.callsUnknown(f, "DO block", 0)
}

// judgeTriggers judges what the triggers of a written table do. NEW and OLD are
// the written row.
func (p *Judge) judgeTriggers(w *bind.Write) {
	if w.Table == nil {
		return
	}
	for _, event := range w.Events() {
		p.fire(firing{
			table: w.Table, event: event, at: w.Target.Tuple.At,
			row:  func() (map[string]formula.TermID, *formula.Conj) { return p.triggerRow(w, event) },
			rows: func(tr *schema.Trigger) map[string]bind.Transition { return p.writtenRows(w, tr) },
		})
	}
}

// A firing is an event of a table, with what is known of the row and of the
// transition tables.
type firing struct {
	table *catalogue.Table
	event string
	at    sqltree.Node
	row   func() (map[string]formula.TermID, *formula.Conj)
	rows  func(*schema.Trigger) map[string]bind.Transition
}

// fire judges the triggers of an event.
func (p *Judge) fire(e firing) {
	for _, tr := range p.TriggersOf(e.table, e.event) {
		f := p.Function(tr.Function)
		switch {
		case f == nil:
			p.Fail("trigger " + tr.Name)
		case p.touches(f, nil):
			values, rows := e.row()
			outer := p.Transitions
			p.Transitions = e.rows(tr)
			p.judgeBody(body{f.Body, f.Language, "trigger " + tr.Name, e.at}, values, rows)
			p.Transitions = outer
		default:
			p.callsUnknown(f, "trigger "+tr.Name, 0)
		}
	}
}

// writtenRows are the transition tables of a trigger. Of rows that an UPDATE
// gave another owner, and of an upsert's or MERGE's, nothing is known.
func (p *Judge) writtenRows(w *bind.Write, tr *schema.Trigger) map[string]bind.Transition {
	out := map[string]bind.Transition{}
	row, rows, alts := w.Target.Tuple, &formula.Conj{}, p.Tied[w.Target.Tuple.ID]
	moved := false
	switch s := w.Stmt.(type) {
	case *sqltree.Insert:
		row, rows = w.Insert.Row, w.Insert.Values
		alts = p.SolveLevels(row, rows)
		if s.Conflict != nil && s.Conflict.DoUpdate {
			alts, rows = nil, &formula.Conj{}
		}
	case *sqltree.Merge:
		alts = nil
	default:
		rows = formula.And(p.JoinRows(w.Block.From), p.FactsOf(w.Block.Env, w.Block.Where))
		for _, c := range ledger.OwnerColumns(w.Table) {
			moved = moved || bind.Sets(w.Set, c)
		}
	}
	eq := p.Rules.Equalities(rows.Atoms)
	known := bind.Transition{Table: w.Table, Alts: alts, Facts: func(t *formula.Tuple) *formula.Conj { return p.everyRow(eq, row, t, w.Set) }}
	if tr.OldTable != "" {
		old := known
		old.Facts = func(t *formula.Tuple) *formula.Conj { return p.everyRow(eq, row, t, nil) }
		out[tr.OldTable] = old
	}
	if tr.NewTable != "" {
		if moved {
			known = bind.Transition{Table: w.Table, Facts: func(*formula.Tuple) *formula.Conj { return &formula.Conj{} }}
		}
		out[tr.NewTable] = known
	}
	return out
}

// everyRow is what is the same in every written row: columns that equal bind
// values, but those that SET changes.
func (p *Judge) everyRow(eq *rules.Equalities, row, t *formula.Tuple, set []sqltree.Assign) *formula.Conj {
	out := &formula.Conj{}
	for _, c := range row.Table.Columns {
		from := p.Known(row, c.Name)
		if from == formula.NoTerm || int(from) >= len(eq.Class) || bind.Sets(set, c.Name) {
			continue
		}
		for _, h := range eq.Holes(from) {
			out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, Weak: true, A: p.ColumnOf(t, c.Name), B: h})
		}
		for _, m := range eq.Members(from) {
			out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.MemberAtom, A: p.ColumnOf(t, c.Name), Holes: m.Holes, Elem: m.Elem, Weak: true, Padded: m.Padded})
		}
	}
	return out
}

// triggerRow gives NEW and OLD their columns, and what is known of the row. Of
// an upsert's old row and of MERGE's rows nothing is.
func (p *Judge) triggerRow(w *bind.Write, event string) (map[string]formula.TermID, *formula.Conj) {
	values := map[string]formula.TermID{}
	insert, isInsert := w.Stmt.(*sqltree.Insert)
	_, isMerge := w.Stmt.(*sqltree.Merge)
	if isMerge || isInsert && event == "UPDATE" {
		return values, &formula.Conj{}
	}
	rows := &formula.Conj{}
	row := w.Target.Tuple
	if isInsert {
		row, rows = w.Insert.Row, w.Insert.Values
	} else {
		rows = formula.And(p.JoinRows(w.Block.From), p.FactsOf(w.Block.Env, w.Block.Where))
	}
	for _, c := range w.Table.Columns {
		t := p.ColumnOf(row, c.Name)
		values["old."+c.Name] = t
		if insert != nil || !bind.Sets(w.Set, c.Name) {
			values["new."+c.Name] = t
		}
	}
	return values, rows
}
