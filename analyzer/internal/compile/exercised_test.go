package compile_test

import (
	"go/types"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// What the data says of a database's library, some case shows: else a wrong word in it
// would be seen by nobody.
func TestLinesOfDatabasesAreExercised(t *testing.T) {
	lib, err := library.Load()
	require.NoError(t, err)
	called := map[*library.Model]bool{}
	for _, pkgs := range load(t, cases(t)) {
		for _, p := range pkgs {
			for _, obj := range p.TypesInfo.Uses {
				if f, ok := obj.(*types.Func); ok {
					called[lib.Find(f)] = true
				}
			}
		}
	}
	for _, m := range lib.Models() {
		if p := lib.Package(m.Package); p.Database && !p.Unmodelled && p.Fork == "" && touches(m.Verb) {
			assert.Truef(t, called[m], "%s:%d: %s is called in no case", m.File, m.Line, m.Key)
		}
	}
}

// touches tells the verbs of functions that run statements or read their rows.
func touches(v library.Verb) bool {
	switch v {
	case library.Runs, library.Binds, library.Scans, library.Rows, library.Row, library.Refuses, library.Plays:
		return true
	}
	return false
}
