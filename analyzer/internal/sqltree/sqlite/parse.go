// Package sqlite turns SQLite's statements and definitions into the trees and changes
// of package sqltree.
//
// In goes the text of one statement, out comes its tree, or what it changes in a
// diagram. Names come out in lower case: SQLite compares them so, quoted or not.
//
// What SQLite means otherwise than PostgreSQL is written in the tree's own words: IS is
// IS NOT DISTINCT FROM, LIKE is ILIKE, INSERT OR IGNORE is a conflict that does nothing.
// What gives NULL or another value without saying so (division, CAST) is an [sqltree.Other],
// of which nothing follows. A statement that the tree cannot express is refused with its
// place: UPDATE OR REPLACE, several ON CONFLICT clauses.
//
// It cannot see that a name in double quotes is a text, because no column has it: that
// needs the tables. It cannot see affinities, and so not that '1' and 1 are equal here.
package sqlite

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// Parse parses one statement of SQLite.
func Parse(text string) (stmt sqltree.Statement, err error) {
	text = plainNames(text)
	parsed, err := statements(text)
	if err != nil {
		return nil, err
	}
	switch len(parsed) {
	case 0:
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "no statement"}
	case 1:
	default:
		return nil, sqltree.ErrorAt(text, sqltree.Pos(parsed[1].Pos()), "more than one statement")
	}
	c := &converter{text: text}
	out := c.statement(parsed[0])
	if c.reason != "" {
		return nil, sqltree.ErrorAt(text, c.at, c.reason)
	}
	return out, nil
}

// A name with a dot (:org.id) is none of SQLite's: the library that binds it makes a
// question mark of it. Here a dollar, which may stand in a name, stands for the dot.
const dot = "$"

// plainNames writes the dots in the names of binds otherwise.
func plainNames(text string) string {
	if !strings.Contains(text, ":") {
		return text
	}
	out := []byte(text)
	for _, b := range sqltext.BindsOf(text, false) {
		copy(out[b.Start:b.End], strings.ReplaceAll(text[b.Start:b.End], ".", dot))
	}
	return string(out)
}

// statements are the grammar's trees of a text.
func statements(text string) (parsed []ast.Stmt, err error) {
	if sqltext.Nesting(text) > sqltext.MaxNesting {
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: sqltree.TooDeep}
	}
	defer func() {
		if p := recover(); p != nil {
			parsed, err = nil, &sqltree.Error{At: sqltree.NoPos, Reason: fmt.Sprintf("internal error: parser: %v", p)}
		}
	}()
	parsed, err = parser.Options{UpdateDeleteLimit: true}.ParseString(text)
	if err == nil {
		return parsed, nil
	}
	var stop *parser.Error
	if errors.As(err, &stop) {
		return nil, sqltree.ErrorAt(text, sqltree.Pos(stop.Offset), stop.Message)
	}
	return nil, &sqltree.Error{At: sqltree.NoPos, Reason: err.Error()}
}

// converter turns the grammar's tree into ours. The first thing that it cannot express
// is its failure; it goes on, and the result is thrown away.
type converter struct {
	text   string
	at     sqltree.Pos
	reason string
}

func (c *converter) fail(n ast.Node, reason string) {
	if c.reason == "" {
		c.at, c.reason = sqltree.Pos(n.Pos()), reason
	}
}

// source is the text of a node.
func (c *converter) source(n ast.Node) string { return c.text[n.Pos():n.End()] }

func pos(n ast.Node) sqltree.Pos { return sqltree.Pos(n.Pos()) }

// statement converts a statement that reads or writes rows; of the rest only what it
// wraps is kept.
func (c *converter) statement(s ast.Stmt) sqltree.Statement {
	switch s := s.(type) {
	case *ast.SelectStmt:
		return c.query(s)
	case *ast.InsertStmt:
		return c.insert(s)
	case *ast.UpdateStmt:
		return c.update(s)
	case *ast.DeleteStmt:
		return c.delete(s)
	case *ast.ExplainStmt:
		return &sqltree.Utility{Pos: pos(s), Kind: "EXPLAIN", Head: "EXPLAIN ", Inner: c.statement(s.Stmt)}
	case *ast.CreateTableStmt:
		if s.Select != nil {
			return &sqltree.Utility{Pos: pos(s), Kind: "CREATE TABLE AS", Head: "CREATE TABLE " + name(s.Name.Name) + " AS ", Inner: c.query(s.Select)}
		}
	case *ast.CreateViewStmt:
		return &sqltree.Utility{Pos: pos(s), Kind: "CREATE VIEW", Head: "CREATE VIEW " + name(s.Name.Name) + " AS ", Inner: c.query(s.Select)}
	case *ast.CreateTriggerStmt:
		out := &sqltree.Utility{Pos: pos(s), Kind: "CREATE TRIGGER", Head: c.source(s)}
		for _, inner := range s.Body {
			out.Bodies = append(out.Bodies, c.statement(inner))
		}
		return out
	case *ast.VacuumStmt, *ast.AttachStmt, *ast.DetachStmt:
		c.fail(s, "a statement on whole databases")
	}
	return &sqltree.Utility{Pos: pos(s), Kind: sqltext.LeadingWords(c.source(s)), Head: c.source(s)}
}
