package session

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
)

// Session is one database: D or D′ of one worker.
type Session struct {
	Conn  *pgconn.PgConn
	World *worlds.World
	made  int // statements prepared since the schema was set up

	// As, where it is not nil, is who runs the statements: then the tables have another
	// owner, and what loads and reads them is neither.
	As *Role
}

// Role is an application's role, with the variable that says whose rows it may see, and
// another one that says somebody else.
type Role struct {
	Name, Owner      string
	Variable, Tenant string
	Other, Stranger  string
}

// Prepared is a statement as the server knows it.
type Prepared struct {
	name  string
	Types []string // of the holes, "" where unknown
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

// Setup makes the schema of a world in place of the last one.
func (s *Session) Setup(ctx context.Context, w *worlds.World) error {
	s.World, s.made = w, 0
	// A statement may run for a second, a schema as long as it takes.
	err := pgserver.Run(ctx, s.Conn, "SET statement_timeout = 0;"+s.Clear()+s.owned(w.DDL))
	if reset := pgserver.Run(ctx, s.Conn, "RESET ROLE"); reset != nil {
		return fmt.Errorf("become who loads: %w", reset)
	}
	if limit := pgserver.Run(ctx, s.Conn, "SET statement_timeout = '1s'"); limit != nil {
		return fmt.Errorf("limit statements: %w", limit)
	}
	if err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	if err := pgserver.Run(ctx, s.Conn, unguard); err != nil {
		return fmt.Errorf("take constraints off: %w", err)
	}
	for i, t := range w.Order {
		if _, err := s.Conn.Prepare(ctx, DumpName(i), DumpSQL(t), nil); err != nil {
			return fmt.Errorf("dump of %s: %w", domain.TableName(t), err)
		}
	}
	_, err = s.Conn.Prepare(ctx, "reset_ids", resetIDs, nil)
	return err
}

// owned is a schema as its owner makes it, with what the application may do with it.
func (s *Session) owned(ddl string) string {
	if s.As == nil {
		return ddl
	}
	return fmt.Sprintf(`GRANT USAGE ON SCHEMA asifalone TO PUBLIC; GRANT ALL ON ALL SEQUENCES IN SCHEMA asifalone TO PUBLIC;
		GRANT ALL ON SCHEMA public TO %[1]s; SET ROLE %[1]s;
		%[2]s
		RESET ROLE; DO $$DECLARE n record; BEGIN
			FOR n IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%%' AND nspname NOT IN ('information_schema', 'asifalone') LOOP
				EXECUTE format('GRANT USAGE ON SCHEMA %%I TO %[3]s', n.nspname);
				EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %%I TO %[3]s', n.nspname);
				EXECUTE format('GRANT ALL ON ALL SEQUENCES IN SCHEMA %%I TO %[3]s', n.nspname);
			END LOOP; END$$;
`, s.As.Owner, ddl, s.As.Name)
}

// Clear empties the database and forgets what was prepared.
func (s *Session) Clear() string {
	drop := `DEALLOCATE ALL; DO $$DECLARE n record; BEGIN
		FOR n IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'asifalone') LOOP
			EXECUTE format('DROP SCHEMA %I CASCADE', n.nspname);
		END LOOP; END$$; CREATE SCHEMA public;`
	return drop + "\n"
}

// DumpName is the prepared statement that reads the i-th table.
func DumpName(i int) string { return fmt.Sprintf("dump_%d", i) }

// DumpSQL reads a table in the order of its columns in the catalogue.
func DumpSQL(t *catalogue.Table) string {
	return "SELECT " + fixture.ColumnList(t, false) + " FROM " + domain.QuotedName(t)
}

// Load replaces what some tables hold, with no trigger.
func (s *Session) Load(ctx context.Context, data fixture.Data, tables []int) error {
	var b strings.Builder
	b.WriteString("BEGIN; SET LOCAL session_replication_role = replica;\n")
	b.WriteString(fixture.LoadSQL(s.World, data, tables))
	b.WriteString("COMMIT;")
	if err := pgserver.Run(ctx, s.Conn, b.String()); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	return nil
}

// Prepare makes the server parse a statement and tell its parameter types.
func (s *Session) Prepare(ctx context.Context, sql string) (*Prepared, error) {
	s.made++
	p := &Prepared{name: fmt.Sprintf("s%d", s.made)}
	desc, err := s.Conn.Prepare(ctx, p.name, sql, nil)
	if err != nil {
		return nil, err
	}
	for _, oid := range desc.ParamOIDs {
		p.Types = append(p.Types, domain.TypeOfOID(oid))
	}
	return p, nil
}

// Read gives what some tables hold, as the server prints it.
func (s *Session) Read(ctx context.Context, tables []int) (fixture.Data, error) {
	p := s.Conn.StartPipeline(ctx)
	for _, i := range tables {
		p.SendQueryPrepared(DumpName(i), nil, nil, nil)
	}
	p.SendPipelineSync()
	if err := p.Flush(); err != nil {
		return nil, err
	}
	results, err := untilSync(p)
	if err != nil {
		return nil, err
	}
	data := fixture.Data{}
	for k, i := range tables {
		if results[k].Err != nil {
			return nil, fmt.Errorf("read %s: %w", domain.TableName(s.World.Order[i]), results[k].Err)
		}
		data[s.World.Order[i]] = RowsOf(results[k].Rows)
	}
	return data, p.Close()
}

// RowsOf copies rows out of the buffers of the connection.
func RowsOf(raw [][][]byte) []fixture.Row {
	rows := make([]fixture.Row, len(raw))
	for i, values := range raw {
		rows[i] = make(fixture.Row, len(values))
		for j, v := range values {
			if v != nil {
				rows[i][j] = domain.Text(string(v))
			}
		}
	}
	return rows
}
