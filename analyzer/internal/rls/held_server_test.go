package rls_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
)

// TestHeldOnServer asks a server what the policies of each case show: of a table that is held by
// the variable, no row of others, and none at all without it. Of the tables that are not held
// many do.
func TestHeldOnServer(t *testing.T) {
	s := server(t)
	cases, err := filepath.Glob("testdata/held/*.txtar")
	require.NoError(t, err)
	for _, path := range cases {
		t.Run(filepath.Base(path), func(t *testing.T) {
			in, err := txtar.ParseFile(path)
			require.NoError(t, err)
			c := decide(section(in, "migration.sql"))
			rls.Hold(c)
			ctx := context.Background()
			dsn, err := s.DSN(ctx, "held")
			require.NoError(t, err)
			conn, err := pgconn.Connect(ctx, dsn)
			require.NoError(t, err)
			defer conn.Close(ctx)
			must := func(sql string) { require.NoError(t, pgserver.Run(ctx, conn, sql), sql) }
			must("SET search_path = public;" + roles + "SET check_function_bodies = off; CREATE SCHEMA auth; CREATE SCHEMA other;" + prelude)
			for _, line := range strings.Split(section(in, "migration.sql"), "\n") {
				_ = pgserver.Run(ctx, conn, line) // some of what is not understood the server refuses, too
			}
			must("SET session_replication_role = replica") // keys are not what is asked for
			for _, x := range c.Tables {
				_ = pgserver.Run(ctx, conn, someRows(x))
			}
			must("SET session_replication_role = origin; " + grants + "GRANT USAGE ON SCHEMA auth, other TO app; SET ROLE app; SET app.tenant = '1'; SET app.\"user\" = '1'; SET app.org = '1'; SET app.\"any\" = '1'; SET app.role = 'service'")
			wide, mine := 0, 0
			ask := func(name string) string { return asked(ctx, conn, "SELECT id FROM "+name+" WHERE id > 1 ORDER BY id") }
			for _, x := range c.Tables {
				// The plan of a statement is kept: what another tenant's session made of it must not.
				must("SET app.tenant = '2'; DEALLOCATE ALL; PREPARE kept AS SELECT id FROM " + x.Name + " WHERE id > 1 ORDER BY id")
				_ = ask(x.Name)
				_ = asked(ctx, conn, "EXECUTE kept")
				must("SET app.tenant = '1'")
				others := ask(x.Name)
				if x.Held != nil {
					assert.Empty(t, asked(ctx, conn, "EXECUTE kept"), "%s, as it was planned for another", x.Name)
				}
				if x.Held != nil && asked(ctx, conn, "SELECT id FROM "+x.Name+" WHERE id = 1") == "1" {
					mine++
				}
				must("RESET app.tenant")
				unset := ask(x.Name)
				if x.Held != nil {
					assert.Empty(t, others, x.Name)
					assert.True(t, unset == "" || strings.HasPrefix(unset, "ERROR"), "%s: %s", x.Name, unset)
				} else if strings.ContainsAny(others+unset, "23") && !strings.Contains(others+unset, "ERROR") {
					wide++
				}
			}
			if len(c.Tables) < 10 {
				return
			}
			assert.Greater(t, mine, 15, "tables that are held and show the caller's row")
			assert.Greater(t, wide, 15, "tables that are not held and show rows of others")
		})
	}
}

// someRows inserts a row of each of two tenants, and one of the other that has the caller's
// number everywhere else.
func someRows(t *catalogue.Table) string {
	var names []string
	rows := make([][]string, 3)
	for _, c := range t.Columns {
		values := []string{"1", "2", "1"}
		switch {
		case c.Type == "text":
			values = []string{"'open'", "'open'", "'open'"}
		case c.Name == "id":
			values[2] = "3"
		case c.Name == t.Column, slices.ContainsFunc(t.Edges, func(e *catalogue.Edge) bool { return e.Columns[0] == c.Name }):
			values[2] = "2"
		}
		names = append(names, c.Name)
		for i := range rows {
			rows[i] = append(rows[i], values[i])
		}
	}
	out := "INSERT INTO " + t.Name + " (" + strings.Join(names, ", ") + ") VALUES "
	for i, r := range rows {
		if i > 0 {
			out += ", "
		}
		out += "(" + strings.Join(r, ", ") + ")"
	}
	return out
}

// asked are the first columns of what a query shows, or how it was refused.
func asked(ctx context.Context, conn *pgconn.PgConn, sql string) string {
	results, err := conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, r := range results {
		for _, row := range r.Rows {
			out = append(out, string(row[0]))
		}
	}
	return strings.Join(out, ", ")
}
