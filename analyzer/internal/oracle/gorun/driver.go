package gorun

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Database is one connection that all connections of a pool share, so that whatever a
// program does stands in one transaction, which is rolled back.
type Database struct {
	mu    sync.Mutex
	conn  *stdlib.Conn
	dirty bool
	next  int
	ran   map[int]bool
}

// Open connects; the tables are made and filled.
func Open(ctx context.Context, dsn string) (*Database, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	conn, err := stdlib.GetConnector(*config).Connect(ctx)
	if err != nil {
		return nil, err
	}
	d := &Database{conn: conn.(*stdlib.Conn), ran: map[int]bool{}}
	if _, err := d.conn.Conn().Exec(ctx, Schema+data); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return d, nil
}

// Pool is what a program is given.
func (d *Database) Pool() *sql.DB { return sql.OpenDB(connector{d}) }

type connector struct{ d *Database }

func (c connector) Connect(context.Context) (driver.Conn, error) { return handle(c), nil }
func (c connector) Driver() driver.Driver                        { return nil }

// handle is a connection of the pool.
type handle struct{ d *Database }

func (handle) Close() error                                 { return nil }
func (handle) Begin() (driver.Tx, error)                    { return nil, errors.New("not used") }
func (h handle) CheckNamedValue(v *driver.NamedValue) error { return h.d.conn.CheckNamedValue(v) }
func (h handle) Prepare(text string) (driver.Stmt, error) {
	return nil, errors.New("not used: " + text)
}
func (h handle) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	return h.d.begin(ctx)
}

func (h handle) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	var out *kept
	err := h.d.run(ctx, text, func(ctx context.Context) error {
		rows, err := h.d.conn.QueryContext(ctx, text, args)
		if err != nil {
			return err
		}
		out, err = keep(rows)
		return err
	})
	return out, err
}

func (h handle) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (out driver.Result, err error) {
	err = h.d.run(ctx, text, func(ctx context.Context) error {
		out, err = h.d.conn.ExecContext(ctx, text, args)
		return err
	})
	return out, err
}

var numbered = regexp.MustCompile(`/\*q(\d+)\*/`)

// run notes the statement and runs it in a savepoint if it stands in a transaction.
func (d *Database) run(ctx context.Context, text string, f func(context.Context) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	if m := numbered.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		d.ran[n] = true
	}
	if !strings.HasPrefix(text, "SELECT") {
		if err := d.open(ctx); err != nil {
			return err
		}
	}
	if !d.dirty {
		return f(ctx)
	}
	if err := d.control(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	if err := f(ctx); err != nil {
		return errors.Join(err, d.control(ctx, "ROLLBACK TO one"))
	}
	return d.control(ctx, "RELEASE one")
}

// open begins the transaction of a request.
func (d *Database) open(ctx context.Context) error {
	if d.dirty {
		return nil
	}
	d.dirty = true
	return d.control(ctx, "BEGIN")
}

// control runs a statement of ours.
func (d *Database) control(ctx context.Context, text string) error {
	_, err := d.conn.Conn().PgConn().Exec(ctx, text).ReadAll()
	return err
}

// begin is a transaction of the program: a savepoint of ours.
func (d *Database) begin(ctx context.Context) (driver.Tx, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	if err := d.open(ctx); err != nil {
		return nil, err
	}
	d.next++
	t := savepoint{d, "tx" + strconv.Itoa(d.next)}
	return t, d.control(ctx, "SAVEPOINT "+t.name)
}

// savepoint is a transaction of the program.
type savepoint struct {
	d    *Database
	name string
}

func (s savepoint) Commit() error   { return s.end("RELEASE ") }
func (s savepoint) Rollback() error { return s.end("ROLLBACK TO ") }

func (s savepoint) end(verb string) error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	return s.d.control(context.Background(), verb+s.name)
}

// reset takes back what a request did.
func (d *Database) reset(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.dirty {
		return nil
	}
	d.dirty = false
	return d.control(ctx, "ROLLBACK")
}

// state is what must not change: see the constant.
func (d *Database) state(ctx context.Context) (rows string, strays int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err = d.conn.Conn().QueryRow(ctx, state).Scan(&rows, &strays)
	return rows, strays, err
}

// taken are the statements since the last time.
func (d *Database) taken() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []int
	for n := range d.ran {
		out = append(out, n)
	}
	slices.Sort(out)
	d.ran = map[int]bool{}
	return out
}

// kept are rows that were read to their end.
type kept struct {
	columns []string
	rows    [][]driver.Value
}

func keep(rows driver.Rows) (*kept, error) {
	defer rows.Close()
	out := &kept{columns: rows.Columns()}
	for {
		row := make([]driver.Value, len(out.columns))
		err := rows.Next(row)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out.rows = append(out.rows, row)
	}
}

func (k *kept) Columns() []string { return k.columns }
func (k *kept) Close() error      { return nil }

func (k *kept) Next(to []driver.Value) error {
	if len(k.rows) == 0 {
		return io.EOF
	}
	copy(to, k.rows[0])
	k.rows = k.rows[1:]
	return nil
}
