package live

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Database is what a server says of one of its databases.
type Database struct {
	Name    string
	Version string // of the server
	Role    Role
	Text    schema.Text       // its definitions
	Owners  map[string]string // the roles that own tables, by the full names of these
}

// Role is the role that connected.
type Role struct {
	Name              string
	Superuser, Bypass bool
	Becomes           string   // a role that it may take, which is one or the other, "" if there is none
	Owns              []string // the tables that it owns, by itself or as a member of a role, sorted
}

// Past is why policies do not hold a role, "" if they do but on tables of its own.
func (r Role) Past() string {
	switch {
	case r.Superuser:
		return "it is a superuser, whom no policy holds"
	case r.Bypass:
		return "it has BYPASSRLS, and no policy holds it"
	case r.Becomes != "":
		return "it may SET ROLE " + r.Becomes + ", and no policy holds that"
	}
	return ""
}

// patience is how long a connection, and a query, may take.
const patience = 30 * time.Second

// Read reads a database. The error is one of connecting or reading, and has no password.
func Read(ctx context.Context, dsn string) (*Database, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the DSN: %w", err)
	}
	// A pooler in transaction mode knows no prepared statements.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("beginning a read-only transaction: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	r := reader{ctx: ctx, tx: tx}
	return r.database()
}

// reader reads the catalogue in a transaction; the first error stays.
type reader struct {
	ctx context.Context
	tx  pgx.Tx
	err error
	out strings.Builder
}

func (r *reader) database() (*Database, error) {
	// With no schema but the server's own to search, every name is printed in full.
	if _, err := r.tx.Exec(r.ctx, "SET LOCAL search_path = ''"); err != nil {
		return nil, fmt.Errorf("preparing the transaction: %w", err)
	}
	d := &Database{}
	r.err = r.tx.QueryRow(r.ctx, whoQuery).Scan(&d.Name, &d.Version, &d.Role.Name, &d.Role.Superuser, &d.Role.Bypass, &d.Role.Becomes, &d.Role.Owns)
	slices.Sort(d.Role.Owns)
	for _, q := range scripts {
		r.write(q)
	}
	d.Owners = r.owners()
	if r.err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", r.err)
	}
	d.Text = schema.Text{File: d.Name, Text: r.out.String()}
	return d, nil
}

// owners reads who owns each table.
func (r *reader) owners() map[string]string {
	if r.err != nil {
		return nil
	}
	rows, err := r.tx.Query(r.ctx, ownersQuery)
	if err != nil {
		r.err = err
		return nil
	}
	out := map[string]string{}
	var table, role string
	_, r.err = pgx.ForEachRow(rows, []any{&table, &role}, func() error {
		out[table] = role
		return nil
	})
	return out
}

// write adds the statements that a query gives, in its order.
func (r *reader) write(query string) {
	if r.err != nil {
		return
	}
	rows, err := r.tx.Query(r.ctx, query)
	if err != nil {
		r.err = err
		return
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	r.err = err
	for _, s := range statements {
		r.out.WriteString(strings.TrimRight(strings.TrimSpace(s), ";") + ";\n")
	}
}
