package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNoServer tells that no PostgreSQL was found: nothing was held against one.
var ErrNoServer = errors.New("no PostgreSQL: neither TENANTVET_PG is set nor are initdb and postgres installed (Debian: postgresql)")

// Server is a PostgreSQL that the database test owns, or one that the
// environment names.
type Server struct {
	dsn    string
	dir    string
	cmd    *exec.Cmd
	output *bytes.Buffer
}

// StartServer starts a private cluster in a temporary folder on a unix socket,
// without durability. TENANTVET_PG (a DSN, or a socket's folder) names a running
// server instead; its user must be allowed to create databases.
func StartServer() (*Server, error) {
	if dsn := os.Getenv("TENANTVET_PG"); dsn != "" {
		if filepath.IsAbs(dsn) {
			dsn = "host=" + dsn + " user=postgres"
		}
		return &Server{dsn: dsn}, nil
	}
	bin := findBin()
	if bin == "" {
		return nil, ErrNoServer
	}
	s := &Server{output: &bytes.Buffer{}}
	if err := s.launch(bin); err != nil {
		s.Stop()
		return nil, fmt.Errorf("start PostgreSQL from %s: %w\n%s", bin, err, s.output)
	}
	return s, nil
}

// findBin is the folder of initdb and postgres: the newest of Debian's, else
// the one on PATH.
func findBin() string {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	sort.Slice(dirs, func(i, j int) bool { return majorOf(dirs[i]) > majorOf(dirs[j]) })
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, dir := range dirs {
		if isFile(filepath.Join(dir, "initdb")) && isFile(filepath.Join(dir, "postgres")) {
			return dir
		}
	}
	return ""
}

// majorOf reads the version from Debian's path.
func majorOf(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}

// isFile tells a program from a missing one.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// launch makes the cluster and waits until it answers. The server refuses to
// run as root, so root hands it to an ordinary user.
func (s *Server) launch(bin string) error {
	dir, err := os.MkdirTemp("", "asifalone")
	if err != nil {
		return err
	}
	s.dir = dir
	attr, err := ordinaryUser(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust",
		"--no-sync", "--locale=C", "--encoding=UTF8")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	initdb.Stdout, initdb.Stderr = s.output, s.output
	if err := initdb.Run(); err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "jit=off", "-c", "autovacuum=off", "-c", "max_connections=40", "-c", "max_locks_per_transaction=512",
		"-c", "log_min_messages=panic")
	s.cmd.SysProcAttr, s.cmd.Dir = attr, dir
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.dsn = "host=" + dir + " user=postgres"
	return s.wait()
}

// wait tries for ten seconds; a cluster answers in less than one.
func (s *Server) wait() error {
	var err error
	for range 200 {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(context.Background(), s.dsn+" dbname=postgres"); err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("no answer: %w", err)
}

// Stop ends the server and removes its folder. A server that the environment
// named is left running.
func (s *Server) Stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(os.Interrupt)
		_ = s.cmd.Wait()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// Database makes an empty database and connects to it.
func (s *Server) Database(ctx context.Context, name string) (*pgconn.PgConn, error) {
	admin, err := pgx.Connect(ctx, s.dsn+" dbname=postgres")
	if err != nil {
		return nil, err
	}
	defer func() { _ = admin.Close(ctx) }()
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("%s: %w", sql, err)
		}
	}
	conn, err := pgconn.Connect(ctx, s.dsn+" dbname="+name)
	if err != nil {
		return nil, err
	}
	return conn, Run(ctx, conn, overrides)
}

// overrides replace what differs from run to run; they win, because pg_catalog
// is searched last.
const overrides = `
	CREATE SCHEMA asifalone;
	CREATE SEQUENCE asifalone.ids;
	CREATE FUNCTION asifalone.now() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$SELECT '2026-01-03 00:00:00+00'::timestamptz$$;
	CREATE FUNCTION asifalone.random() RETURNS float8 LANGUAGE sql IMMUTABLE AS $$SELECT 0.5::float8$$;
	CREATE FUNCTION asifalone.gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE AS
		$$SELECT lpad(nextval('asifalone.ids')::text, 32, '0')::uuid$$;
	CREATE FUNCTION asifalone.uuid_generate_v4() RETURNS uuid LANGUAGE sql VOLATILE AS
		$$SELECT lpad(nextval('asifalone.ids')::text, 32, '0')::uuid$$;
	SET search_path = public, asifalone, pg_catalog;
	SET statement_timeout = '1s';
	SET TimeZone = 'UTC';
	SET plan_cache_mode = force_generic_plan;
	SET client_min_messages = error;`

// Run executes statements that give nothing back.
func Run(ctx context.Context, conn *pgconn.PgConn, sql string) error {
	_, err := conn.Exec(ctx, sql).ReadAll()
	return err
}

// DSN makes an empty database of the name and gives how a process of its own connects
// to it.
func (s *Server) DSN(ctx context.Context, name string) (string, error) {
	conn, err := s.Database(ctx, name)
	if err != nil {
		return "", err
	}
	if err := Run(ctx, conn, "DROP SCHEMA asifalone CASCADE"); err != nil {
		return "", err
	}
	return s.dsn + " dbname=" + name, conn.Close(ctx)
}
