// Package mysql turns the statements and definitions of MySQL and MariaDB into the trees
// and changes of package sqltree.
//
// In goes the text of one statement, out comes its tree, or what it changes in a diagram.
// Names come out in lower case, as columns compare; tables do on most servers.
//
// What MySQL means otherwise than PostgreSQL is written in the tree's own words: <=> is
// IS NOT DISTINCT FROM, IF is CASE, INSERT IGNORE is a conflict that does nothing,
// VALUES(c) is excluded.c. A write to several tables is one to the last of them, with the
// others in CTEs before it: all see the rows as they were. What gives NULL or another
// value without saying so (division, CAST) is an [sqltree.Other], of which nothing
// follows. A statement that the tree cannot express is refused with its place.
//
// It cannot see collations and types, and so not that 'a' and 'A', or 0 and 'x', are
// equal here.
package mysql

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/marino/ast"
	"github.com/sqlc-dev/marino/parser"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// Parse parses one statement of MySQL.
func Parse(text string) (stmt sqltree.Statement, err error) {
	c := newConverter(text)
	defer func() {
		if p := recover(); p != nil {
			stmt, err = nil, &sqltree.Error{At: sqltree.NoPos, Reason: fmt.Sprintf("internal error: parser: %v", p)}
		}
	}()
	parsed, err := statements(c.text)
	if err != nil {
		return nil, err
	}
	switch len(parsed) {
	case 0:
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "no statement"}
	case 1:
	default:
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "more than one statement"}
	}
	out := c.statement(parsed[0])
	if c.reason != "" {
		return nil, sqltree.ErrorAt(text, c.at, c.reason)
	}
	return out, nil
}

// statements are the grammar's trees of a text.
func statements(text string) ([]ast.StmtNode, error) {
	if sqltext.Nesting(text) > sqltext.MaxNesting {
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: sqltree.TooDeep}
	}
	p := parser.New()
	p.SetMariaDB(true)
	parsed, _, err := p.ParseSQL(text)
	if err != nil {
		return nil, syntaxError(text, err)
	}
	return parsed, nil
}

// syntaxError keeps the line and column that the grammar says in words.
func syntaxError(text string, err error) error {
	out := &sqltree.Error{At: sqltree.NoPos, Reason: "syntax error"}
	message := strings.Join(strings.Fields(err.Error()), " ")
	var line, column int
	if i := strings.Index(message, "line "); i >= 0 {
		if n, _ := fmt.Sscanf(message[i:], "line %d column %d", &line, &column); n == 2 {
			out.Line, out.Column = line, column
		}
	}
	if i := strings.Index(message, "near "); i >= 0 {
		near := message[i:]
		out.Reason += " " + near[:min(len(near), 60)]
	}
	return out
}

// converter turns the grammar's tree into ours. The first thing that it cannot express
// is its failure; it goes on, and the result is thrown away.
type converter struct {
	text    string
	holes   map[int]sqltree.Hole // by their place
	inserts string               // the name of the row to be inserted, in lower case
	at      sqltree.Pos
	reason  string
}

// newConverter numbers the binds of a text, and writes a question mark and blanks for
// those that have a name: they are no part of the grammar.
func newConverter(text string) *converter {
	c := &converter{holes: map[int]sqltree.Hole{}}
	plain := []byte(text)
	numbers := map[string]int{}
	next := 0
	for _, b := range sqltext.BindsOf(text, true) {
		n, seen := numbers[b.Name]
		if b.Name == "" || !seen {
			next++
			n = next
		}
		if b.Name != "" {
			numbers[b.Name] = n
			copy(plain[b.Start:b.End], "?"+strings.Repeat(" ", b.End-b.Start-1))
		}
		c.holes[b.Start] = sqltree.Hole{Pos: sqltree.Pos(b.Start), Number: n, Name: b.Name}
	}
	c.text = string(plain)
	return c
}

func (c *converter) fail(n ast.Node, reason string) { c.failAt(pos(n), reason) }

func (c *converter) failAt(at sqltree.Pos, reason string) {
	if c.reason == "" {
		c.at, c.reason = at, reason
	}
}

// pos is the place of a node; the grammar says 0 where it knows none.
func pos(n ast.Node) sqltree.Pos {
	if n == nil || n.OriginTextPosition() == 0 {
		return sqltree.NoPos
	}
	return sqltree.Pos(n.OriginTextPosition())
}

// statement converts a statement that reads or writes rows; of the rest only what it
// wraps is kept.
func (c *converter) statement(s ast.StmtNode) sqltree.Statement {
	switch s := s.(type) {
	case *ast.SelectStmt, *ast.SetOprStmt:
		return c.query(s.(ast.ResultSetNode))
	case *ast.InsertStmt:
		return c.insert(s)
	case *ast.UpdateStmt:
		return c.update(s)
	case *ast.DeleteStmt:
		return c.delete(s)
	case *ast.TruncateTableStmt:
		return &sqltree.Truncate{Pos: 0, Tables: []*sqltree.Table{c.table(s.Table)}}
	case *ast.CallStmt:
		return &sqltree.CallProc{Pos: 0, Call: &sqltree.Call{Pos: pos(s.Procedure), Schema: s.Procedure.Schema.L, Name: s.Procedure.FnName.L, Args: c.exprs(s.Procedure.Args)}}
	case *ast.ExplainStmt:
		return &sqltree.Utility{Pos: 0, Kind: "EXPLAIN", Head: "EXPLAIN ", Inner: c.statement(s.Stmt)}
	case *ast.CreateViewStmt:
		return &sqltree.Utility{Pos: 0, Kind: "CREATE VIEW", Head: "CREATE VIEW " + sqltext.QuoteName(s.ViewName.Name.L) + " AS ", Inner: c.statement(s.Select)}
	case *ast.CreateTableStmt:
		if s.Select != nil {
			return &sqltree.Utility{Pos: 0, Kind: "CREATE TABLE AS", Head: "CREATE TABLE " + sqltext.QuoteName(s.Table.Name.L) + " AS ", Inner: c.query(s.Select)}
		}
	case *ast.LoadDataStmt, *ast.PrepareStmt, *ast.ExecuteStmt, *ast.DoStmt:
		c.fail(s, "a statement that is not followed: "+sqltext.LeadingWords(c.text))
	}
	return &sqltree.Utility{Pos: 0, Kind: sqltext.LeadingWords(c.text), Head: c.text}
}
