package engines

import (
	"database/sql"
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Engine is a database with the world in it twice.
type Engine struct {
	dialect     sqltree.Dialect
	full, alone *sql.DB
	cat         *catalogue.Catalogue
	rows        []row
}

// New makes the world's tables in two empty databases.
func New(dialect sqltree.Dialect, full, alone *sql.DB) (*Engine, error) {
	e := &Engine{dialect: dialect, full: full, alone: alone}
	for _, db := range []*sql.DB{full, alone} {
		db.SetMaxOpenConns(1)
		for _, text := range ddl(dialect) {
			if _, err := db.Exec(text); err != nil {
				return nil, fmt.Errorf("%s: %w", text, err)
			}
		}
	}
	d := schema.ReplayIn(dialect, "world", []schema.Text{{File: "schema.sql", Text: strings.Join(ddl(dialect), ";\n")}})
	e.cat = catalogue.Decide([]*schema.Diagram{d}, config.Settings{TenantColumn: "org_id"})[0]
	return e, nil
}

// Fill puts new rows into both databases.
func (e *Engine) Fill(r *rand.Rand) error {
	e.rows = draw(r)
	for _, db := range []*sql.DB{e.full, e.alone} {
		for i := len(tables) - 1; i >= 0; i-- {
			if _, err := db.Exec("DELETE FROM " + tables[i].name); err != nil {
				return err
			}
		}
		for _, t := range tables {
			for _, x := range e.rows {
				if x.table != t.name || db == e.alone && x.owner > mine {
					continue
				}
				marks := strings.TrimSuffix(strings.Repeat("?, ", len(x.values)), ", ")
				if _, err := db.Exec("INSERT INTO "+t.name+" VALUES ("+marks+")", x.values...); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Tally counts what became of the statements.
type Tally struct {
	Drawn, Refused, Tied, Tried int
	Wrong                       []Wrong
}

// Run draws n statements and tries those that are proved.
func (e *Engine) Run(r *rand.Rand, n int) (Tally, error) {
	const worlds = 25 // statements for each
	var out Tally
	for i := range n {
		if i%worlds == 0 {
			if err := e.Fill(r); err != nil {
				return out, err
			}
		}
		s := &statement{r: r, dialect: e.dialect}
		text, binds := s.finished(s.any())
		out.Drawn++
		result, err := proof.Text(text, "", e.cat)
		if err != nil || len(result.Unproven) > 0 {
			out.Refused++
			continue
		}
		if len(result.Relations) == 0 || len(result.Alternatives) == 0 {
			continue
		}
		out.Tied++
		for _, a := range result.Alternatives {
			if !bindable(a) {
				continue
			}
			args := bind(r, e.rows, binds, a.Needs)
			why, ok := e.holds(text, args)
			if !ok {
				continue
			}
			out.Tried++
			if why != "" {
				out.Wrong = append(out.Wrong, Wrong{text, args, a.Needs, why})
			}
		}
	}
	return out, nil
}

// holds runs a statement in both databases; ok is false if one of them refuses it.
func (e *Engine) holds(text string, args []any) (why string, ok bool) {
	before, err := dump(e.full)
	if err != nil {
		return err.Error(), true
	}
	beforeAlone, err := dump(e.alone)
	if err != nil {
		return err.Error(), true
	}
	full, afterFull, err := run(e.full, text, args)
	if err != nil {
		return "", false
	}
	alone, afterAlone, err := run(e.alone, text, args)
	if err != nil {
		return "", false
	}
	afterFull, afterAlone = unnumbered(afterFull, before), unnumbered(afterAlone, beforeAlone)
	switch {
	case !slices.Equal(full, alone):
		return fmt.Sprintf("the answers differ:\n  full  %v\n  alone %v", full, alone), true
	case strings.Contains(text, "INSERT") && slices.Equal(ofTenant(before, mine), ofTenant(afterFull, mine)) && slices.Equal(ofOthers(before), ofOthers(afterFull)):
		return "", true // another's row has the key: that nothing is inserted tells so, and is not covered
	case !slices.Equal(ofTenant(afterFull, mine), ofTenant(afterAlone, mine)):
		return fmt.Sprintf("A's rows differ afterwards:\n  full  %v\n  alone %v", ofTenant(afterFull, mine), ofTenant(afterAlone, mine)), true
	case !slices.Equal(ofOthers(before), ofOthers(afterFull)):
		return fmt.Sprintf("rows of others are changed:\n  before %v\n  after  %v", ofOthers(before), ofOthers(afterFull)), true
	}
	return "", true
}

// stored is a row of a database as text, with its owner. Its id stands apart: those that
// the server makes are not the same in both.
type stored struct {
	owner    int
	id, text string
}

// unnumbered are rows of which those that were not there before have no id.
func unnumbered(rows, before []stored) []stored {
	var out []stored
	for _, x := range rows {
		if !slices.ContainsFunc(before, func(b stored) bool { return b.id == x.id }) {
			x.id = "new"
		}
		out = append(out, x)
	}
	return out
}

func ofTenant(rows []stored, owner int) []string {
	var out []string
	for _, x := range rows {
		if x.owner == owner {
			out = append(out, x.id+" "+x.text)
		}
	}
	slices.Sort(out)
	return out
}

func ofOthers(rows []stored) []string {
	var out []string
	for _, x := range rows {
		if x.owner != mine {
			out = append(out, x.id+" "+x.text)
		}
	}
	slices.Sort(out)
	return out
}

type queryer interface {
	Query(text string, args ...any) (*sql.Rows, error)
}

// run runs a statement and takes back what it did.
func run(db *sql.DB, text string, args []any) (answer []string, after []stored, err error) {
	tx, err := db.Begin()
	if err != nil {
		return nil, nil, err
	}
	defer tx.Rollback()
	if strings.HasPrefix(text, "SELECT") || strings.HasPrefix(text, "WITH") {
		answer, err = lines(tx, text, args...)
	} else {
		_, err = tx.Exec(text, args...)
	}
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(answer)
	after, err = dump(tx)
	return answer, after, err
}

// dump lists all rows in a fixed order.
func dump(db queryer) ([]stored, error) {
	owners := map[string]string{
		"organizations": "id", "plans": "0", "projects": "org_id", "labels": "org_id",
		"tasks": "(SELECT p.org_id FROM projects p WHERE p.id = tasks.project_id)",
	}
	var out []stored
	for _, t := range tables {
		list, err := lines(db, fmt.Sprintf("SELECT COALESCE(%s, 0), %s FROM %s ORDER BY id", owners[t.name], strings.Join(t.columns, ", "), t.name))
		if err != nil {
			return nil, err
		}
		for _, line := range list {
			owner, rest, _ := strings.Cut(line, "|")
			id, rest, _ := strings.Cut(rest, "|")
			x := stored{id: t.name + " " + id, text: owner + "|" + rest}
			if _, err := fmt.Sscanf(line, "%d|", &x.owner); err != nil {
				return nil, fmt.Errorf("read %q: %w", line, err)
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// lines are the rows of a query as text.
func lines(db queryer, text string, args ...any) ([]string, error) {
	rows, err := db.Query(text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		dests := make([]any, len(columns))
		for i := range values {
			dests[i] = &values[i]
		}
		if err := rows.Scan(dests...); err != nil {
			return nil, err
		}
		line := ""
		for _, v := range values {
			if !v.Valid {
				v.String = "NULL"
			}
			line += v.String + "|"
		}
		out = append(out, line)
	}
	return out, rows.Err()
}
