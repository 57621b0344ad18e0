package engines

import (
	"database/sql"
	"flag"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

var (
	count = flag.Int("engines.n", 400, "how many statements each engine is asked")
	seed  = flag.Int64("engines.seed", 1, "of the statements and rows")
)

func TestSQLiteAsIfAlone(t *testing.T) {
	const memory = "file::memory:?_pragma=foreign_keys(1)"
	hold(t, sqltree.SQLite, open(t, "sqlite", memory), open(t, "sqlite", memory))
}

func TestMariaDBAsIfAlone(t *testing.T) {
	socket := startMariaDB(t)
	admin := open(t, "mysql", "root@unix("+socket+")/")
	for _, name := range []string{"full_world", "alone"} {
		_, err := admin.Exec("CREATE DATABASE " + name + " CHARACTER SET utf8mb4")
		require.NoError(t, err)
	}
	const session = "?charset=utf8mb4&interpolateParams=true&sql_mode=%27STRICT_TRANS_TABLES%27"
	hold(t, sqltree.MySQL, open(t, "mysql", "root@unix("+socket+")/full_world"+session), open(t, "mysql", "root@unix("+socket+")/alone"+session))
}

func open(t *testing.T, driver, dsn string) *sql.DB {
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// hold draws statements; most must be read, and many be proved and run, or else the
// test says nothing.
func hold(t *testing.T, dialect sqltree.Dialect, full, alone *sql.DB) {
	e, err := New(dialect, full, alone)
	require.NoError(t, err)
	got, err := e.Run(rand.New(rand.NewSource(*seed)), *count)
	require.NoError(t, err)
	for _, w := range got.Wrong[:min(len(got.Wrong), 8)] {
		t.Error(w)
	}
	t.Logf("%s: %d drawn, %d refused, %d proved, %d held against the database, %d wrong", dialect, got.Drawn, got.Refused, got.Tied, got.Tried, len(got.Wrong))
	assert.Less(t, got.Refused, got.Drawn/10, "too many are not read")
	assert.Greater(t, got.Tried, got.Drawn/4, "too few are proved and run")
}

// startMariaDB starts a server of its own on a socket in a temporary folder.
func startMariaDB(t *testing.T) string {
	install, err := exec.LookPath("mariadb-install-db")
	server := "/usr/sbin/mariadbd"
	if _, missing := os.Stat(server); err != nil || missing != nil {
		if os.Getenv("TENANTVET_REQUIRE_MARIADB") != "" {
			t.Fatal("no MariaDB (Debian: mariadb-server)")
		}
		t.Skip("no MariaDB (Debian: mariadb-server)")
	}
	dir, err := os.MkdirTemp("", "mariadb") // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	out, err := exec.Command(install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput()
	require.NoError(t, err, string(out))
	args := []string{"--no-defaults", "--datadir=" + data, "--socket=" + socket, "--skip-networking", "--innodb-flush-log-at-trx-commit=0", "--pid-file=" + filepath.Join(dir, "pid")}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	cmd := exec.Command(server, args...)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	waitFor(t, socket)
	return socket
}

// waitFor waits until the server answers.
func waitFor(t *testing.T, socket string) {
	db := open(t, "mysql", "root@unix("+socket+")/")
	require.Eventually(t, func() bool { return db.Ping() == nil }, time.Minute, 100*time.Millisecond)
}
