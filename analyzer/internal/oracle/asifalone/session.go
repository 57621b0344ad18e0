package asifalone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// session is one database: D or D′ of one worker.
type session struct {
	conn *pgconn.PgConn
	w    *World
	made int // statements prepared since the schema was set up
}

// Prepared is a statement as the server knows it.
type Prepared struct {
	name  string
	types []string // of the holes, "" where unknown
}

// unguard takes off what the test leaves out: foreign keys (D′ cannot keep those
// that leave the tenant) and CHECK constraints (the data generator cannot read
// them). resetIDs makes server-made ids equal on both sides.
const (
	unguard = `DO $$DECLARE c record; BEGIN
		FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
			WHERE contype IN ('f', 'c') AND conrelid <> 0 AND conparentid = 0 AND coninhcount = 0 LOOP
			EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname);
		END LOOP; END$$`
	resetIDs = `SELECT count(setval(oid::regclass, 1000)) FROM pg_class WHERE relkind = 'S'`
)

// setup makes the schema of a world in place of the last one.
func (s *session) setup(ctx context.Context, w *World) error {
	s.w, s.made = w, 0
	if err := run(ctx, s.conn, s.clear()+w.DDL); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	if err := run(ctx, s.conn, unguard); err != nil {
		return fmt.Errorf("take constraints off: %w", err)
	}
	for i, t := range w.Order {
		if _, err := s.conn.Prepare(ctx, dumpName(i), dumpSQL(t), nil); err != nil {
			return fmt.Errorf("dump of %s: %w", tableName(t), err)
		}
	}
	_, err := s.conn.Prepare(ctx, "reset_ids", resetIDs, nil)
	return err
}

// clear empties the database and forgets what was prepared.
func (s *session) clear() string {
	drop := `DEALLOCATE ALL; DO $$DECLARE n record; BEGIN
		FOR n IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'asifalone') LOOP
			EXECUTE format('DROP SCHEMA %I CASCADE', n.nspname);
		END LOOP; END$$; CREATE SCHEMA public;`
	return drop + "\n"
}

// dumpName is the prepared statement that reads the i-th table.
func dumpName(i int) string { return fmt.Sprintf("dump_%d", i) }

// dumpSQL reads a table in the order of its columns in the catalogue.
func dumpSQL(t *catalogue.Table) string {
	return "SELECT " + columnList(t, false) + " FROM " + quotedName(t)
}

// columnList lists the columns of t; stored leaves generated ones out.
func columnList(t *catalogue.Table, stored bool) string {
	var names []string
	for _, c := range t.Columns {
		if !stored || !c.Generated {
			names = append(names, ident(c.Name))
		}
	}
	return strings.Join(names, ", ")
}

// quotedName writes the name of a table with its schema, unless that is the default.
func quotedName(t *catalogue.Table) string {
	if t.Schema == "" {
		return ident(t.Name)
	}
	return ident(t.Schema) + "." + ident(t.Name)
}

// ident quotes an identifier, so that reserved words and capitals stay what they are.
func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// load replaces what some tables hold, with no trigger.
func (s *session) load(ctx context.Context, data Data, tables []int) error {
	var b strings.Builder
	b.WriteString("BEGIN; SET LOCAL session_replication_role = replica;\n")
	b.WriteString(loadSQL(s.w, data, tables))
	b.WriteString("COMMIT;")
	if err := run(ctx, s.conn, b.String()); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	return nil
}

// loadSQL deletes in the opposite order of inserting, for foreign keys.
func loadSQL(w *World, data Data, tables []int) string {
	var b strings.Builder
	for _, i := range slices.Backward(tables) {
		fmt.Fprintf(&b, "DELETE FROM %s;\n", quotedName(w.Order[i]))
	}
	for _, i := range tables {
		b.WriteString(insertSQL(w.Order[i], data[w.Order[i]]))
	}
	return b.String()
}

// insertSQL stores all rows of a table at once, values for identity columns too.
func insertSQL(t *catalogue.Table, rows []Row) string {
	if len(rows) == 0 {
		return ""
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		var values []string
		for j, v := range row {
			if !t.Columns[j].Generated {
				values = append(values, quote(v))
			}
		}
		lines[i] = "(" + strings.Join(values, ", ") + ")"
	}
	return fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES %s;\n", quotedName(t), columnList(t, true), strings.Join(lines, ", "))
}

// prepare makes the server parse a statement and tell its parameter types.
func (s *session) prepare(ctx context.Context, sql string) (*Prepared, error) {
	s.made++
	p := &Prepared{name: fmt.Sprintf("s%d", s.made)}
	desc, err := s.conn.Prepare(ctx, p.name, sql, nil)
	if err != nil {
		return nil, err
	}
	for _, oid := range desc.ParamOIDs {
		p.types = append(p.types, typeOfOID(oid))
	}
	return p, nil
}

// read gives what some tables hold, as the server prints it.
func (s *session) read(ctx context.Context, tables []int) (Data, error) {
	p := s.conn.StartPipeline(ctx)
	for _, i := range tables {
		p.SendQueryPrepared(dumpName(i), nil, nil, nil)
	}
	p.SendPipelineSync()
	if err := p.Flush(); err != nil {
		return nil, err
	}
	results, err := untilSync(p)
	if err != nil {
		return nil, err
	}
	data := Data{}
	for k, i := range tables {
		if results[k].Err != nil {
			return nil, fmt.Errorf("read %s: %w", tableName(s.w.Order[i]), results[k].Err)
		}
		data[s.w.Order[i]] = rowsOf(results[k].Rows)
	}
	return data, p.Close()
}

// rowsOf copies rows out of the buffers of the connection.
func rowsOf(raw [][][]byte) []Row {
	rows := make([]Row, len(raw))
	for i, values := range raw {
		rows[i] = make(Row, len(values))
		for j, v := range values {
			if v != nil {
				rows[i][j] = text(string(v))
			}
		}
	}
	return rows
}
