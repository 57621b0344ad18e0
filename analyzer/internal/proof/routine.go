package proof

import (
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// maxRoutineDepth bounds bodies that call others.
const maxRoutineDepth = 4

// judgeCall judges what a function of the schema does. One that touches no
// owned table does nothing to tie; the body of another must be read and tied.
func (p *judge) judgeCall(en *env, c *sqltree.Call, ctx *conj) {
	if runsText(c) {
		p.fail("text that " + c.Name + " runs")
	}
	for _, f := range p.routines(c) {
		if p.touches(f, nil) {
			p.judgeBody(body{f.Body, f.Language, "function body " + c.Name, c}, p.arguments(en, f, c), ctx)
		}
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
func (p *judge) arguments(en *env, f *schema.Function, c *sqltree.Call) map[string]termID {
	values := map[string]termID{}
	for i, name := range f.Args {
		t := noTerm
		if i < len(c.Args) {
			t, _ = p.operand(en, c.Args[i])
		}
		values["$"+strconv.Itoa(i+1)] = t
		if name != "" {
			values[strings.ToLower(name)] = t
			values[f.Name+"."+strings.ToLower(name)] = t
		}
	}
	return values
}

// routines lists the functions of the schema that a call may mean: those with
// its number of arguments, or all of the name (some have defaults).
func (p *judge) routines(c *sqltree.Call) []*schema.Function {
	if p.cat.Diagram == nil || c.Schema == "pg_catalog" {
		return nil
	}
	var all, exact []*schema.Function
	for _, f := range p.cat.Diagram.Functions {
		if f.Name != c.Name || c.Schema != "" && c.Schema != "public" && f.Schema != c.Schema {
			continue
		}
		all = append(all, f)
		if len(f.Args) == len(c.Args) {
			exact = append(exact, f)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return all
}

// touches tells whether a body may read or write an owned table: it names one,
// or a function that does, or runs a text that it makes up.
func (p *judge) touches(f *schema.Function, seen []*schema.Function) bool {
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
		if g := p.function(w); g != nil && p.touches(g, seen) {
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

// namesOwned tells whether a word is the name of an owned table, or of a view.
func (p *judge) namesOwned(word string) bool {
	for _, t := range p.cat.Tables {
		if isOwned(t) && strings.EqualFold(t.Name, word) {
			return true
		}
	}
	if p.cat.Diagram == nil {
		return false
	}
	for _, v := range p.cat.Diagram.Views {
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
func (b body) statements() ([]sqltree.Statement, bool) {
	var texts []string
	switch strings.ToLower(b.language) {
	case "sql":
		for _, piece := range sqltree.Split(b.text) {
			texts = append(texts, piece.Text)
		}
	case "plpgsql", "":
		var ok bool
		if texts, ok = plpgsqlStatements(b.text); !ok {
			return nil, false
		}
	default:
		return nil, false
	}
	var out []sqltree.Statement
	for _, t := range texts {
		stmt, err := sqltree.Parse(t, sqltree.Postgres)
		if err != nil {
			return nil, false
		}
		out = append(out, stmt)
	}
	return out, true
}

// judgeBody judges every statement of a body with the values of its arguments.
// Unless all of them are tied, the call is unproven.
func (p *judge) judgeBody(b body, values map[string]termID, ctx *conj) {
	stmts, ok := b.statements()
	if !ok || p.inBody >= maxRoutineDepth {
		p.fail(b.name)
		return
	}
	if strings.ToLower(b.language) != "sql" {
		for name := range assignedNames(b.text) {
			delete(values, name)
		}
	}
	saved := p.sandbox(b.at)
	p.inBody++
	for _, s := range stmts {
		p.bodyStatement(s, &scope{values: values}, ctx)
	}
	p.inBody--
	p.settle(saved, b.name)
}

// bodyStatement judges one statement of a body.
func (p *judge) bodyStatement(stmt sqltree.Statement, outer *scope, ctx *conj) {
	switch s := stmt.(type) {
	case *sqltree.Query:
		q := p.bindQuery(s, outer, nil)
		p.asLeaf(q, nil)
		p.judgeQuery(q, ctx)
	case *sqltree.Insert, *sqltree.Update, *sqltree.Delete, *sqltree.Merge:
		w := p.bindWrite(s, outer, nil)
		w.given = ctx
		p.judgeWrite(w)
	case *sqltree.CallProc:
		if s.Call != nil {
			p.judgeCall(p.newEnv(outer, nil), s.Call, ctx)
		}
	case *sqltree.Utility:
		if s.Inner != nil || len(s.Tables) > 0 {
			p.fail("a utility statement in a body")
		}
	default:
		p.fail("a statement in a body")
	}
}

// state is what judging a body may change and a failure takes back.
type state struct {
	found    []*occurrence
	byPlace  map[place]*occurrence
	ofTuple  map[int]*occurrence
	unproven []string
	notes    []Note
	via      sqltree.Node
}

// sandbox sets aside what was found so far.
func (p *judge) sandbox(at sqltree.Node) state {
	s := state{p.found, p.byPlace, p.ofTuple, p.unproven, p.notes, p.via}
	p.found, p.byPlace, p.ofTuple, p.unproven = nil, map[place]*occurrence{}, map[int]*occurrence{}, nil
	if p.via == nil {
		p.via = at
	}
	return s
}

// settle keeps what a body did if all of it is tied.
func (p *judge) settle(s state, name string) {
	tied := len(p.unproven) == 0
	for _, o := range p.found {
		tied = tied && len(o.alts) > 0
	}
	found := p.found
	p.found, p.byPlace, p.ofTuple, p.unproven, p.notes, p.via = s.found, s.byPlace, s.ofTuple, s.unproven, s.notes, s.via
	if !tied {
		p.fail(name)
		return
	}
	p.found = append(p.found, found...)
}

// judgeProcedure judges CALL and DO.
func (p *judge) judgeProcedure(s *sqltree.CallProc) {
	en := p.newEnv(nil, nil)
	if s.Call != nil {
		p.judgeExpr(en, s.Call, &conj{})
		return
	}
	f := &schema.Function{Body: s.Body, Language: s.Language}
	if p.touches(f, nil) {
		p.judgeBody(body{s.Body, s.Language, "DO block", s}, map[string]termID{}, &conj{})
	}
}

// judgeTriggers judges what the triggers of a written table do. NEW and OLD are
// the written row.
func (p *judge) judgeTriggers(w *write) {
	if w.table == nil || p.cat.Diagram == nil || len(p.cat.Diagram.Triggers) == 0 {
		return
	}
	for _, event := range w.events() {
		for _, tr := range p.triggersOf(w.table, event) {
			f := p.function(tr.Function)
			switch {
			case f == nil:
				p.fail("trigger " + tr.Name)
			case p.touches(f, nil):
				values, rows := p.triggerRow(w, event)
				outer := p.transitions
				p.transitions = p.writtenRows(w, tr)
				p.judgeBody(body{f.Body, f.Language, "trigger " + tr.Name, w.target.tuple.at}, values, rows)
				p.transitions = outer
			}
		}
	}
}

// A transition is what a trigger's body sees under the name of a table: the
// rows that were written, each of them tied as the write is.
type transition struct {
	table *catalogue.Table
	facts func(*tuple) *conj
	alts  []Alternative
}

// writtenRows are the transition tables of a trigger. Of rows that an UPDATE
// gave another owner, and of an upsert's or MERGE's, nothing is known.
func (p *judge) writtenRows(w *write, tr *schema.Trigger) map[string]transition {
	out := map[string]transition{}
	row, rows, alts := w.target.tuple, &conj{}, p.tied[w.target.tuple.id]
	moved := false
	switch s := w.stmt.(type) {
	case *sqltree.Insert:
		row, rows = w.insert.row, w.insert.values
		alts = p.solveLevels(row, rows)
		if s.Conflict != nil && s.Conflict.DoUpdate {
			alts, rows = nil, &conj{}
		}
	case *sqltree.Merge:
		alts = nil
	default:
		rows = and(p.joinRows(w.block.from), p.factsOf(w.block.env, w.block.where))
		for _, c := range ownerColumns(w.table) {
			moved = moved || sets(w.set, c)
		}
	}
	eq := p.rules.equalities(rows.atoms)
	known := transition{table: w.table, alts: alts, facts: func(t *tuple) *conj { return p.everyRow(eq, row, t, w.set) }}
	if tr.OldTable != "" {
		old := known
		old.facts = func(t *tuple) *conj { return p.everyRow(eq, row, t, nil) }
		out[tr.OldTable] = old
	}
	if tr.NewTable != "" {
		if moved {
			known = transition{table: w.table, facts: func(*tuple) *conj { return &conj{} }}
		}
		out[tr.NewTable] = known
	}
	return out
}

// everyRow is what is the same in every written row: columns that equal bind
// values, but those that SET changes.
func (p *judge) everyRow(eq *equalities, row, t *tuple, set []sqltree.Assign) *conj {
	out := &conj{}
	for _, c := range row.table.Columns {
		from := p.known(row, c.Name)
		if from == noTerm || int(from) >= len(eq.class) || sets(set, c.Name) {
			continue
		}
		for _, h := range eq.holes(from) {
			out.atoms = append(out.atoms, atom{kind: eqAtom, weak: true, a: p.columnOf(t, c.Name), b: h})
		}
		for _, m := range eq.members(from) {
			out.atoms = append(out.atoms, atom{kind: memberAtom, a: p.columnOf(t, c.Name), holes: m.holes, elem: m.elem, weak: true, padded: m.padded})
		}
	}
	return out
}

// bindTransition makes an item of FROM of a transition table, nil if the name
// is none.
func (p *binder) bindTransition(t *sqltree.Table, name string) *leaf {
	tr, ok := p.transitions[t.Name]
	if !ok || t.Schema != "" {
		return nil
	}
	l := p.tableLeaf(&sqltree.Table{Pos: t.Pos, Name: t.Name, Alias: t.Alias}, tr.table, name)
	l.tuple.proved = tr.alts
	l.facts = tr.facts(l.tuple)
	if len(t.Columns) > 0 {
		return p.renamedLeaf(l, t.Columns)
	}
	return l
}

// events lists what a write may fire.
func (w *write) events() []string {
	switch s := w.stmt.(type) {
	case *sqltree.Insert:
		if s.Conflict != nil && s.Conflict.DoUpdate {
			return []string{"INSERT", "UPDATE"}
		}
		return []string{"INSERT"}
	case *sqltree.Update:
		return []string{"UPDATE"}
	case *sqltree.Delete:
		return []string{"DELETE"}
	}
	return []string{"INSERT", "UPDATE", "DELETE"}
}

// triggerRow gives NEW and OLD their columns, and what is known of the row. Of
// an upsert's old row and of MERGE's rows nothing is.
func (p *judge) triggerRow(w *write, event string) (map[string]termID, *conj) {
	values := map[string]termID{}
	insert, isInsert := w.stmt.(*sqltree.Insert)
	_, isMerge := w.stmt.(*sqltree.Merge)
	if isMerge || isInsert && event == "UPDATE" {
		return values, &conj{}
	}
	rows := &conj{}
	row := w.target.tuple
	if isInsert {
		row, rows = w.insert.row, w.insert.values
	} else {
		rows = and(p.joinRows(w.block.from), p.factsOf(w.block.env, w.block.where))
	}
	for _, c := range w.table.Columns {
		t := p.columnOf(row, c.Name)
		values["old."+c.Name] = t
		if insert != nil || !sets(w.set, c.Name) {
			values["new."+c.Name] = t
		}
	}
	return values, rows
}
