package pgddl

import (
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
)

// What a statement does beside what it says: the actions of foreign keys, rules,
// and the functions of aggregates.

// actionOf reads the letter that the catalog of PostgreSQL has for an action.
func actionOf(letter string) sqltree.Action {
	switch letter {
	case "c":
		return sqltree.Cascade
	case "n":
		return sqltree.SetNull
	case "d":
		return sqltree.SetDefault
	}
	return sqltree.NoAction
}

// createRule reads CREATE RULE; what it runs is not looked into.
func (r *ddlReader) createRule(s *pg.RuleStmt) {
	event, _ := strings.CutPrefix(s.Event.String(), "CMD_")
	r.add(&sqltree.CreateRule{
		Pos: sqltree.Pos(s.Relation.GetLocation()), Name: s.Rulename, Table: pgnode.RangeName(s.Relation), Event: event,
	})
}

// define reads CREATE AGGREGATE and CREATE OPERATOR, functions of their arguments
// that call others. Other definitions (base types, collations) read no table.
func (r *ddlReader) define(s *pg.DefineStmt) {
	f := &sqltree.CreateFunction{Name: pgnode.ObjectName(s.Defnames)}
	switch s.Kind {
	case pg.ObjectType_OBJECT_AGGREGATE:
		f.Language, f.Aggregate = "aggregate", true
	case pg.ObjectType_OBJECT_OPERATOR:
		f.Language = sqltree.OperatorLanguage
	default:
		return
	}
	for _, n := range s.Args {
		for _, p := range n.GetList().GetItems() {
			f.Args = append(f.Args, p.GetFunctionParameter().GetName())
		}
	}
	var body []string
	for _, n := range s.Definition {
		e := n.GetDefElem()
		if strings.HasSuffix(e.GetDefname(), "func") || e.GetDefname() == "function" || e.GetDefname() == "procedure" {
			body = append(body, pgnode.ObjectName(e.GetArg().GetTypeName().GetNames()).Name)
		}
	}
	f.Body = strings.Join(body, " ")
	r.add(f)
}

// createRange reads CREATE TYPE … AS RANGE: its name and that of its multirange are
// functions, too, which make a value of their arguments.
func (r *ddlReader) createRange(s *pg.CreateRangeStmt) {
	name := pgnode.ObjectName(s.TypeName)
	many := name
	many.Name = multirange(name.Name)
	for _, n := range s.Params {
		if e := n.GetDefElem(); e.GetDefname() == "multirange_type_name" {
			many = pgnode.ObjectName(e.GetArg().GetTypeName().GetNames())
		}
	}
	for _, of := range []sqltree.ObjectName{name, many} {
		r.add(&sqltree.CreateFunction{Name: of, Language: sqltree.TypeLanguage})
	}
}

// multirange is the name that the multirange of a range has if none is given.
func multirange(name string) string {
	if strings.Contains(name, "range") {
		return strings.Replace(name, "range", "multirange", 1)
	}
	return name + "_multirange"
}
