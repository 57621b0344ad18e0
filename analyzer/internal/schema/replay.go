package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// Text is the text of a file, already cut to what runs on the way up.
type Text struct {
	File string
	Text string
}

// Replay is ReplayIn for texts of PostgreSQL.
func Replay(name string, texts []Text) *Diagram { return ReplayIn(sqltree.Postgres, name, texts) }

// ReplayIn runs the definitions of the texts in order into a diagram. It is a pure
// function and never fails: what cannot be read becomes a problem, and costs
// nothing but its own statement. Order is everything: the same texts in another
// order are another database.
func ReplayIn(dialect sqltree.Dialect, name string, texts []Text) *Diagram {
	r := &replay{d: &Diagram{Name: name, Dialect: dialect}, touches: newTouches(), tables: map[sqltree.ObjectName]*Table{}, domains: map[string]*sqltree.CreateDomain{}}
	m := newMarkers()
	for _, t := range texts {
		r.d.Files = append(r.d.Files, t.File)
		text, unsure := m.upText(t.File, t.Text)
		r.unsure(t.File, text, unsure)
		r.file(t.File, text)
	}
	r.finish()
	return r.d
}

// replay is the state of a database while its migrations run. Tables are kept by
// name for look-ups and in the diagram for their order, which is that of their
// definition.
type replay struct {
	d       *Diagram
	touches *touches
	tables  map[sqltree.ObjectName]*Table
	domains map[string]*sqltree.CreateDomain
	path    []string // the search path, "" for the default schema
	temp    []*Table // temporary tables of this file

	at    Position // of the statement that runs
	text  string   // its text
	maybe bool     // it stands under a condition: a missing object is no problem
}

// file runs one file, which is a session of its own: search path and temporary
// tables end with it.
func (r *replay) file(name, text string) {
	// Tools open a connection for each file, or reset it.
	r.path = nil
	pieces := sqlparse.Split(text, r.d.Dialect)
	undone := rolledBack(pieces)
	for i, piece := range pieces {
		r.at = Position{File: name, Line: piece.Line}
		r.text = piece.Text
		r.d.Statements++
		switch {
		case undone[i]:
		// Seeds and dumps are large; parsing them would be most of the time.
		case isData(piece.Text):
			r.calls(piece.Text)
		default:
			r.statement()
		}
	}
	for _, t := range r.temp {
		r.forget(t)
	}
	r.temp = nil
}

// isData tells by its first word that a statement defines nothing; dumps hold
// thousands of these.
func isData(text string) bool {
	word := text
	if i := strings.IndexFunc(text, func(c rune) bool { return (c|0x20 < 'a' || c|0x20 > 'z') && c != '_' }); i >= 0 {
		word = text[:i]
	}
	switch strings.ToUpper(word) {
	case "INSERT", "UPDATE", "DELETE", "COMMENT", "BEGIN", "COMMIT", "START", "END", "ANALYZE", "VACUUM", "TRUNCATE", "LOCK", "REFRESH", "COPY", "REINDEX", "CALL":
		return true
	case "SELECT":
		return !strings.Contains(strings.ToUpper(text), "INTO")
	}
	return false
}

// statement parses and applies the statement at r.at. What the grammar rejects is
// not counted as replayed.
func (r *replay) statement() {
	changes, err := sqlparse.Definitions(r.text, r.d.Dialect)
	if err != nil && isGrant(r.text) { // who may do what defines no table
		return
	}
	if err != nil {
		// What was not understood does not count as replayed.
		r.d.Statements--
		r.rejected(err)
		return
	}
	for _, c := range changes {
		r.apply(c)
	}
}

// rejected reports a statement that the grammar rejects, at the line where
// reading stopped.
func (r *replay) rejected(err error) {
	at := r.at
	reason := err.Error()
	var stop *sqltree.Error
	if errors.As(err, &stop) {
		at, reason = r.position(max(stop.At, 0)), stop.Reason
	}
	h := r.touches.text(r.text)
	h.Strong = r.touches.strong.MatchString(r.text)
	r.d.Problems = append(r.d.Problems, Problem{Position: at, Message: reason + ", in: " + excerpt(r.text), Hides: h})
}

// problem reports that the statement at pos could not be applied. Under a
// condition nothing is reported: `DO $$ IF NOT EXISTS …` is written just because
// the object may be there or not.
func (r *replay) problem(pos sqltree.Pos, h Hides, format string, args ...any) {
	if r.maybe {
		return
	}
	r.d.Problems = append(r.d.Problems, Problem{Position: r.position(pos), Message: fmt.Sprintf(format, args...), Hides: h})
}

// position is the file's line of an offset into the current statement.
func (r *replay) position(pos sqltree.Pos) Position {
	at := r.at
	if pos > 0 && int(pos) <= len(r.text) {
		at.Line += strings.Count(r.text[:pos], "\n")
	}
	return at
}

// excerpt is the beginning of a statement, on one line: enough to find it again
// where an editor moved the lines.
func excerpt(text string) string {
	const most = 60
	line := []rune(strings.Join(strings.Fields(text[:min(len(text), 4*most)]), " "))
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}

// apply changes the diagram. Kinds of statements that are not listed define
// nothing that a diagram holds.
func (r *replay) apply(c sqltree.Change) {
	switch c := c.(type) {
	case *sqltree.CreateTable:
		r.createTable(c)
	case *sqltree.AlterTable:
		r.alterTable(c)
	case *sqltree.CreateIndex:
		r.createIndex(c)
	case *sqltree.CreateView:
		r.createView(c)
	case *sqltree.CreateFunction:
		r.createFunction(c)
	case *sqltree.CreateTrigger:
		r.createTrigger(c)
	case *sqltree.CreateRule:
		r.createRule(c)
	case *sqltree.CreatePolicy:
		r.createPolicy(c)
	case *sqltree.AlterPolicy:
		r.alterPolicy(c)
	case *sqltree.AlterView:
		if v := r.view(c.Name); v != nil {
			v.Invoker = c.Invoker
		}
	case *sqltree.OwnRoutine:
		for _, f := range r.d.Functions {
			if n := r.home(c.Name); f.Schema == n.Schema && f.Name == n.Name && f.Takes(c.Types) {
				f.alter(c)
			}
		}
	case *sqltree.Grant:
		r.grant(c)
	case *sqltree.SetRole:
		r.setRole(c)
	case *sqltree.Membership:
		r.join(c)
	case *sqltree.SessionDefault:
		r.setDefault(c)
	case *sqltree.CreateDomain:
		r.domains[c.Name.Name] = c
		r.d.evaluates(c.Name.Name, c.Text, c.Type)
	case *sqltree.AlterDomain:
		r.d.evaluates(c.Name.Name, c.Text, "")
	case *sqltree.CreateCast:
		r.d.Casts = append(r.d.Casts, c.Function)
	case *sqltree.DropObject:
		r.drop(c)
	case *sqltree.RenameObject:
		r.rename(c)
	case *sqltree.MoveObject:
		r.move(c)
	case *sqltree.SearchPath:
		r.path = c.Schemas
	case *sqltree.DoBlock:
		r.block(c)
	}
}

// block runs the definitions of a DO block as if its conditions held: on the
// database that a program runs on, one way or the other, what it defines is there.
// Definitions that are built as text cannot be read, and that is said.
func (r *replay) block(b *sqltree.DoBlock) {
	if b.Opaque {
		r.problem(b.Pos, r.built(r.text), "a DO block builds table definitions as text, which is not read, in: %s", excerpt(r.text))
	}
	r.calls(r.text)
	at, text, maybe := r.at, r.text, r.maybe
	for _, part := range b.Parts {
		r.at, r.text = at, text
		r.at = r.position(max(part.Offset, 0))
		r.text, r.maybe = part.Text, true
		if changes, err := sqlparse.Definitions(part.Text, r.d.Dialect); err == nil {
			for _, c := range changes {
				r.apply(c)
			}
		} else {
			r.rejected(err)
		}
	}
	r.at, r.text, r.maybe = at, text, maybe
}

// home resolves a name for a new object: the first schema of the search path
// unless it is qualified.
func (r *replay) home(n sqltree.ObjectName) sqltree.ObjectName {
	if n.Schema == "" && len(r.path) > 0 {
		n.Schema = r.path[0]
	}
	return defaultSchema(n)
}

// defaultSchema writes the default schema as "".
func defaultSchema(n sqltree.ObjectName) sqltree.ObjectName {
	if n.Schema == "public" || n.Schema == "$user" || n.Schema == `"$user"` {
		n.Schema = ""
	}
	return n
}

// table finds a table; an unqualified name is looked up along the search path,
// then in the default schema.
func (r *replay) table(n sqltree.ObjectName) *Table {
	if n.Schema != "" {
		return r.tables[defaultSchema(n)]
	}
	for _, s := range r.path {
		if t := r.tables[defaultSchema(sqltree.ObjectName{Schema: s, Name: n.Name})]; t != nil {
			return t
		}
	}
	return r.tables[n]
}

// view finds a view, nil if there is none. It is asked where a statement names a
// relation that is no table.
func (r *replay) view(n sqltree.ObjectName) *View {
	n = r.home(n)
	i := slices.IndexFunc(r.d.Views, func(v *View) bool { return v.Schema == n.Schema && v.Name == n.Name })
	if i < 0 {
		return nil
	}
	return r.d.Views[i]
}
