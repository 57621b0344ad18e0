package fix

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mendedText(text string, in []insertion) string {
	var edits []Edit
	for _, x := range in {
		edits = append(edits, Edit{Start: x.at, End: x.at, New: x.text})
	}
	return string(Apply([]byte(text), edits))
}

func TestPredicates(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		arg              int
	}{
		{"no condition", "SELECT * FROM notes", "SELECT * FROM notes WHERE org_id = $1", 0},
		{"before what follows a condition", "SELECT * FROM notes ORDER BY id LIMIT 5", "SELECT * FROM notes WHERE org_id = $1 ORDER BY id LIMIT 5", 0},
		{"a condition", "SELECT * FROM notes WHERE id = $1 LIMIT 1;", "SELECT * FROM notes WHERE id = $1 AND org_id = $2 LIMIT 1;", 1},
		{"an OR", "SELECT * FROM notes WHERE id = $1 OR id = $2", "SELECT * FROM notes WHERE (id = $1 OR id = $2) AND org_id = $3", 2},
		{"an OR in parentheses", "SELECT * FROM notes WHERE (id = $1 OR id = $2)", "SELECT * FROM notes WHERE (id = $1 OR id = $2) AND org_id = $3", 2},
		{"an alias", "SELECT * FROM app.notes AS n WHERE n.id = $1", "SELECT * FROM app.notes AS n WHERE n.id = $1 AND n.org_id = $2", 1},
		{"a name beside others", "SELECT * FROM notes JOIN users u ON u.id = notes.by WHERE u.id = $1", "SELECT * FROM notes JOIN users u ON u.id = notes.by WHERE u.id = $1 AND notes.org_id = $2", 1},
		{"joined", "SELECT * FROM users u JOIN notes n ON n.by = u.id WHERE u.id = ? LIMIT ?", "SELECT * FROM users u JOIN notes n ON n.by = u.id WHERE u.id = ? AND n.org_id = ? LIMIT ?", 1},
		{"joined from outside", "SELECT * FROM users u LEFT JOIN notes n ON n.by = u.id WHERE u.id = $1", "SELECT * FROM users u LEFT JOIN notes n ON n.by = u.id AND n.org_id = $2 WHERE u.id = $1", 1},
		{"in a list", "SELECT * FROM users u, notes n WHERE n.by = u.id", "SELECT * FROM users u, notes n WHERE n.by = u.id AND n.org_id = $1", 0},
		{"in a sub-select", "SELECT * FROM users WHERE id IN (SELECT by FROM notes WHERE id = ?) AND x = ?", "SELECT * FROM users WHERE id IN (SELECT by FROM notes WHERE id = ? AND org_id = ?) AND x = ?", 1},
		{"in one arm", "SELECT id FROM notes WHERE id = $1 UNION SELECT id FROM users", "SELECT id FROM notes WHERE id = $1 AND org_id = $2 UNION SELECT id FROM users", 1},
		{"an update", "UPDATE notes SET a = ?, b = ? WHERE id = ?", "UPDATE notes SET a = ?, b = ? WHERE id = ? AND org_id = ?", 3},
		{"a deletion", "DELETE FROM notes n WHERE n.id = $1 RETURNING *", "DELETE FROM notes n WHERE n.id = $1 AND n.org_id = $2 RETURNING *", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, ok := read(c.text).add("notes", "org_id", "$1", "")
			require.True(t, ok)
			assert.Equal(t, c.want, mendedText(c.text, p.edits))
			assert.Equal(t, c.arg, p.arg)
		})
	}
}

func TestNoPredicate(t *testing.T) {
	for name, text := range map[string]string{
		"another table":            "SELECT * FROM users",
		"the table twice":          "SELECT * FROM notes a JOIN notes b ON a.id = b.of",
		"an insert":                "INSERT INTO notes (id) VALUES ($1)",
		"a column of that name":    "SELECT notes FROM users",
		"an outer join by columns": "SELECT * FROM users LEFT JOIN notes USING (id)",
		"names as placeholders":    "SELECT * FROM notes WHERE id = :id",
		"both kinds":               "SELECT * FROM notes WHERE id = $1 AND by = ?",
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := read(text).add("notes", "org_id", "$1", "")
			assert.False(t, ok)
		})
	}
}

func TestNamedPlaceholders(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT * FROM notes WHERE id = @id":            "SELECT * FROM notes WHERE id = @id AND org_id = sqlc.arg('org_id')",
		"SELECT * FROM notes WHERE id = sqlc.arg('id')": "SELECT * FROM notes WHERE id = sqlc.arg('id') AND org_id = sqlc.arg('org_id')",
		"SELECT * FROM notes WHERE id = $1::text":       "SELECT * FROM notes WHERE id = $1::text AND org_id = $2",
	} {
		p, ok := read(text).add("notes", "org_id", "$1", "sqlc.arg('org_id')")
		require.True(t, ok, text)
		assert.Equal(t, want, mendedText(text, p.edits))
	}
}

func TestParentheses(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT * FROM notes WHERE org_id = $1 AND a = $2 OR b = $2":                       "SELECT * FROM notes WHERE org_id = $1 AND (a = $2 OR b = $2)",
		"SELECT * FROM notes WHERE a = ? OR b = ? AND org_id = ? ORDER BY id":              "SELECT * FROM notes WHERE (a = ? OR b = ?) AND org_id = ? ORDER BY id",
		"SELECT * FROM notes n WHERE n.org_id = sqlc.arg('org') AND a = $2 OR b = $2":      "SELECT * FROM notes n WHERE n.org_id = sqlc.arg('org') AND (a = $2 OR b = $2)",
		"DELETE FROM notes WHERE org_id = @org AND a = 1 OR b = 2 RETURNING id":            "DELETE FROM notes WHERE org_id = @org AND (a = 1 OR b = 2) RETURNING id",
		"SELECT 1 WHERE EXISTS (SELECT 1 FROM notes WHERE org_id = $1 AND a = 1 OR b = 2)": "SELECT 1 WHERE EXISTS (SELECT 1 FROM notes WHERE org_id = $1 AND (a = 1 OR b = 2))",
	} {
		edits, ok := read(text).close("org_id")
		require.True(t, ok, text)
		assert.Equal(t, want, mendedText(text, edits))
	}
	for _, text := range []string{
		"SELECT * FROM notes WHERE org_id = $1 AND (a = $2 OR b = $2)",
		"SELECT * FROM notes WHERE a = 1 AND org_id = $1 OR b = 2",
		"SELECT * FROM notes WHERE org_id <> $1 AND a = 1 OR b = 2",
		"SELECT * FROM notes WHERE org_id = other AND a = 1 OR b = 2",
	} {
		_, ok := read(text).close("org_id")
		assert.False(t, ok, text)
	}
}
