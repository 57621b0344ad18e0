package plpgsql_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/plpgsql"
)

// TestStatements: what a body runs, and the bodies that are not understood.
func TestStatements(t *testing.T) {
	for body, want := range map[string][]string{
		"BEGIN DELETE FROM a WHERE id = x; END;":                                                     {"DELETE FROM a WHERE id = x"},
		"DECLARE n int := 0; BEGIN n := (SELECT count(*) FROM a); END;":                              {"SELECT (0)", "SELECT ((SELECT count(*) FROM a))"},
		"BEGIN SELECT id INTO n FROM a WHERE k = 1; END;":                                            {"SELECT id FROM a WHERE k = 1"},
		"BEGIN IF x > 1 THEN UPDATE a SET k = 1; ELSE NULL; END IF; END;":                            {"SELECT (x > 1)", "UPDATE a SET k = 1"},
		"BEGIN FOR r IN SELECT id FROM a LOOP DELETE FROM b; END LOOP; END;":                         {"SELECT id FROM a", "DELETE FROM b"},
		"BEGIN RETURN NEW; END;":                                                                     {"SELECT (NEW)"},
		"BEGIN PERFORM f(x); END;":                                                                   {"SELECT f(x)"},
		"BEGIN CASE u WHEN 'd' THEN RETURN f(1); WHEN 'w' THEN x := 2; ELSE RETURN 0; END CASE; END": {"SELECT (u)", "SELECT ('d')", "SELECT (f(1))", "SELECT ('w')", "SELECT (2)", "SELECT (0)"},
		"BEGIN CASE WHEN g(x) THEN NULL; END CASE; END;":                                             {"SELECT (g(x))"},
		"BEGIN FOREACH x SLICE 1 IN ARRAY a LOOP RETURN NEXT; END LOOP; END":                         {"SELECT (a)"},
		"BEGIN LOOP EXIT WHEN length(rest) = 0; END LOOP; END;":                                      {"SELECT length()"},
		"BEGIN RAISE EXCEPTION 'x %', app.f(y) USING HINT = g (z); END;":                             {"SELECT app.f()"},
		"DECLARE n int DEFAULT f(1); c CURSOR FOR SELECT id FROM a; BEGIN OPEN c; END;":              {"SELECT (f(1))", "SELECT id FROM a"},
		"BEGIN OPEN c FOR SELECT id FROM a; END;":                                                    {"SELECT id FROM a"},
		"BEGIN x := 1; EXCEPTION WHEN unique_violation OR others THEN RETURN NULL; END;":             {"SELECT (1)", "SELECT (unique_violation OR others)", "SELECT (NULL)"},
	} {
		got, ok := plpgsql.Statements(body)
		assert.True(t, ok, body)
		for i := range got {
			got[i] = strings.ReplaceAll(strings.ReplaceAll(strings.Join(strings.Fields(got[i]), " "), "( ", "("), " )", ")")
		}
		assert.Equal(t, want, got, body)
	}
	for _, body := range []string{
		"BEGIN EXECUTE 'DELETE FROM a'; END;",
		"BEGIN FOR r IN EXECUTE q LOOP NULL; END LOOP; END;",
		"BEGIN OPEN c FOR EXECUTE q; END;",
	} {
		_, ok := plpgsql.Statements(body)
		assert.False(t, ok, body)
	}
}

// TestAssignedNames: the variables of which a body changes the value.
func TestAssignedNames(t *testing.T) {
	for body, want := range map[string][]string{
		"BEGIN n := 1; NEW.org := x; END;":           {"n", "new.org"},
		"BEGIN SELECT a, b INTO p, q FROM t; END;":   {"p", "q"},
		"BEGIN UPDATE t SET a = 1 WHERE n = 2; END;": nil,
	} {
		assert.Equal(t, want, slices.Sorted(maps.Keys(plpgsql.AssignedNames(body))), body)
	}
}
