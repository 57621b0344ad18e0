package gorm_test

import (
	"encoding/json"
	"fmt"
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

// TestAssociations holds the statements about rows of an association against those of the
// real library: all of them, whatever their order.
func TestAssociations(t *testing.T) {
	a, err := txtar.ParseFile("../../../../testdata/ormwrite/gorm-associations.txtar")
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
			var theirTexts, ourTexts []string
			for _, s := range said[name] {
				theirTexts = append(theirTexts, stored(plain(t, theirs(s))))
			}
			for _, s := range list {
				ourTexts = append(ourTexts, stored(plain(t, s.Text)))
			}
			slices.Sort(theirTexts)
			slices.Sort(ourTexts)
			assert.Equal(t, theirTexts, ourTexts)
		})
	}
}

// TestAssociationsThatAreNotFollowed holds that nothing is said of a way to write rows of an
// association that is not followed.
func TestAssociationsThatAreNotFollowed(t *testing.T) {
	a, err := txtar.ParseFile("../../../../testdata/ormwrite/gorm-associations.txtar")
	require.NoError(t, err)
	source := string(a.Files[0].Data) + strings.Split(string(a.Files[1].Data), "import \"gorm.io/gorm\"")[1]
	u := reallib.Compiled(t, []byte(source))
	for _, name := range []string{"UnscopedReplace", "UnscopedClear", "WithCondition", "OfSeveral", "NoRelation", "OfMaps"} {
		t.Run(name, func(t *testing.T) {
			i := slices.IndexFunc(u.Functions, func(f *unit.Function) bool { return strings.HasSuffix(f.Symbol, "."+name) })
			require.GreaterOrEqual(t, i, 0)
			_, err := ormwrite.Write(atRoot(u.Functions[i].Runs[0].Text).(*term.Build), model.New([]*unit.Unit{u}), nil)
			assert.Error(t, err)
		})
	}
}

var (
	selected = regexp.MustCompile(`SELECT ([$0-9, ]+)( ON CONFLICT|$)`)
	touched  = regexp.MustCompile(`"?updated_at"? = (now\(\)|\$\d+)`)
	excluded = regexp.MustCompile(` RETURNING .*$`)
)

// stored is a text without what both write in their own way where rows are stored.
func stored(text string) string {
	text = strings.Replace(text, "users.id, users.org_id, users.deleted_at FROM", "users.* FROM", 1) // the library names the columns
	text = strings.NewReplacer("<> ALL ($1)", "<> $1", "= ANY ($1)", "= $1").Replace(text)           // of one value
	text = selected.ReplaceAllString(text, "VALUES ($1)$2")
	text = touched.ReplaceAllString(text, "updated_at = $$1")
	return excluded.ReplaceAllString(text, "")
}

// allRun executes the program and gives all statements that the library runs, by function.
func allRun(t *testing.T, source []byte, u *unit.Unit) map[string][]string {
	t.Helper()
	var main strings.Builder
	main.WriteString(`package main

import (
	"encoding/json"
	"os"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/utils/tests"
)

func main() {
	var err error
	if db, err = gorm.Open(tests.DummyDialector{}, &gorm.Config{DryRun: true, SkipDefaultTransaction: true, Logger: logger.Discard}); err != nil {
		panic(err)
	}
	var said []string
	note := func(tx *gorm.DB) {
		if text := tx.Statement.SQL.String(); text != "" {
			said = append(said, text)
		}
	}
	db.Callback().Query().After("gorm:query").Register("note", note)
	db.Callback().Create().After("gorm:create").Register("note", note)
	db.Callback().Update().After("gorm:update").Register("note", note)
	db.Callback().Delete().After("gorm:delete").Register("note", note)
	out := map[string][]string{}
	for name, f := range map[string]func() error{
`)
	for _, f := range u.Functions {
		if name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]; f.Exported {
			fmt.Fprintf(&main, "\t\t%q: %s,\n", name, name)
		}
	}
	main.WriteString("\t} {\n\t\tsaid = nil\n\t\tf()\n\t\tout[name] = said\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n")
	out := map[string][]string{}
	require.NoError(t, json.Unmarshal(reallib.Executed(t, source, main.String()), &out))
	return out
}
