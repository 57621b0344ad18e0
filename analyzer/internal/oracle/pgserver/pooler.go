package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoPooler tells that no pgbouncer was found: nothing was tried behind one.
var ErrNoPooler = errors.New("no pgbouncer (Debian: pgbouncer)")

// Pooler is a pgbouncer in transaction mode before a server, with one connection to it for
// each database and role: whoever comes next gets the connection of who was before.
type Pooler struct {
	dir    string
	cmd    *exec.Cmd
	output *bytes.Buffer
}

// StartPooler starts a pooler that lets some roles through without a password.
func (s *Server) StartPooler(roles ...string) (*Pooler, error) {
	bin, err := exec.LookPath("pgbouncer")
	if err != nil {
		bin = "/usr/sbin/pgbouncer" // Debian's, which is not on everybody's path
	}
	if !isFile(bin) {
		return nil, ErrNoPooler
	}
	p := &Pooler{output: &bytes.Buffer{}}
	if err := p.launch(s, bin, roles); err != nil {
		p.Stop()
		return nil, fmt.Errorf("start pgbouncer: %w\n%s", err, p.output)
	}
	return p, nil
}

func (p *Pooler) launch(s *Server, bin string, roles []string) error {
	server, err := pgx.ParseConfig(s.dsn + " dbname=postgres")
	if err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "pooler"); err != nil {
		return err
	}
	users := ""
	for _, r := range roles {
		users += fmt.Sprintf("%q \"\"\n", r)
	}
	settings := fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
unix_socket_dir = %s
listen_port = 6432
auth_type = trust
auth_file = %s
pool_mode = transaction
default_pool_size = 1
`, server.Host, server.Port, p.dir, filepath.Join(p.dir, "users"))
	for name, text := range map[string]string{"users": users, "ini": settings} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	attr, err := ordinaryUser(p.dir)
	if err != nil {
		return err
	}
	p.cmd = exec.Command(bin, filepath.Join(p.dir, "ini"))
	p.cmd.SysProcAttr, p.cmd.Dir = attr, p.dir
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		return err
	}
	return p.wait(roles[0])
}

// wait tries for ten seconds.
func (p *Pooler) wait(role string) error {
	var err error
	for range 200 {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(context.Background(), p.DSN(role, "postgres")); err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("no answer: %w", err)
}

// DSN is how a role connects to a database through the pooler.
func (p *Pooler) DSN(role, database string) string {
	return strings.Join([]string{"host=" + p.dir, "port=6432", "user=" + role, "dbname=" + database}, " ")
}

// Stop ends the pooler and removes its folder.
func (p *Pooler) Stop() {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
	if p.dir != "" {
		_ = os.RemoveAll(p.dir)
	}
}
