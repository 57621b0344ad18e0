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

// createAggregate reads CREATE AGGREGATE: a function of its arguments that calls
// others. Other definitions (types, operators, collations) read no table.
func (r *ddlReader) createAggregate(s *pg.DefineStmt) {
	if s.Kind != pg.ObjectType_OBJECT_AGGREGATE {
		return
	}
	f := &sqltree.CreateFunction{Name: pgnode.ObjectName(s.Defnames), Language: "aggregate", Aggregate: true}
	for _, n := range s.Args {
		for _, p := range n.GetList().GetItems() {
			f.Args = append(f.Args, p.GetFunctionParameter().GetName())
		}
	}
	var body []string
	for _, n := range s.Definition {
		e := n.GetDefElem()
		if strings.HasSuffix(e.GetDefname(), "func") {
			body = append(body, pgnode.ObjectName(e.GetArg().GetTypeName().GetNames()).Name)
		}
	}
	f.Body = strings.Join(body, " ")
	r.add(f)
}
