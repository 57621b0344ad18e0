package gorm_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/reallib"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestGenericInterface holds the statements of the generic interface against those of the
// real library.
func TestGenericInterface(t *testing.T) {
	a, err := txtar.ParseFile("../../../../testdata/ormwrite/gorm-generic.txtar")
	require.NoError(t, err)
	u := reallib.Compiled(t, a.Files[0].Data)
	said := allRun(t, a.Files[0].Data, u)
	for _, f := range u.Functions {
		name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]
		if !f.Exported {
			continue
		}
		t.Run(name, func(t *testing.T) {
			require.Len(t, f.Runs, 1)
			list, err := ormwrite.Write(atRoot(f.Runs[0].Text).(*term.Build), model.New([]*unit.Unit{u}), nil)
			require.NoError(t, err, f.Runs[0].Text.String())
			ran := said[name][len(said[name])-1] // a part of it may have been built before
			assert.Equal(t, generic(t, theirs(ran)), generic(t, list[0].Text), f.Runs[0].Text.String())
			assert.Equal(t, strings.HasPrefix(name, "Preloaded"), len(list) > 1) // of no rows, the library loads none with them
		})
	}
}

var (
	counted  = regexp.MustCompile(`count\(\w+\)`)
	settings = regexp.MustCompile(`SET id = \$1, (.*WHERE id = \$1)`)
)

// generic is a text without what changes nothing: what is counted, and a key that is set to
// what it is.
func generic(t *testing.T, text string) string {
	text = counted.ReplaceAllLiteralString(stored(plain(t, text)), "count(*)")
	return settings.ReplaceAllString(text, "SET $1")
}

// TestGenericInterfaceThatIsNotFollowed holds that nothing is said of what is not followed.
func TestGenericInterfaceThatIsNotFollowed(t *testing.T) {
	a, err := txtar.ParseFile("../../../../testdata/ormwrite/gorm-generic.txtar")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(a.Files[1].Data), ")\n")
	u := reallib.Compiled(t, []byte(string(a.Files[0].Data)+rest))
	for _, name := range []string{"Joined", "Scoped", "PreloadedBy", "Renamed", "Handed", "Open"} {
		t.Run(name, func(t *testing.T) {
			i := slices.IndexFunc(u.Functions, func(f *unit.Function) bool { return strings.HasSuffix(f.Symbol, "."+name) })
			require.GreaterOrEqual(t, i, 0)
			runs := u.Functions[i].Runs
			require.NotEmpty(t, runs)
			b, ok := runs[len(runs)-1].Text.(*term.Build)
			if !ok || b.Base != nil {
				return // a part of it is not known here
			}
			_, err := ormwrite.Write(b, model.New([]*unit.Unit{u}), nil)
			assert.Error(t, err)
		})
	}
}
