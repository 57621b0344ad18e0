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
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestWritesWhatTheLibraryWrites holds the texts against those of the real library. Where
// it runs a second statement by what the first one hit, the first is compared.
func TestWritesWhatTheLibraryWrites(t *testing.T) {
	source := golden(t)
	u := reallib.Compiled(t, source)
	said := run(t, source, u)
	for _, f := range u.Functions {
		name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]
		if !f.Exported || len(f.Params) > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			require.Len(t, f.Runs, 1)
			list, err := ormwrite.Write(atRoot(f.Runs[0].Text).(*term.Build), model.New([]*unit.Unit{u}), nil)
			require.NoError(t, err, f.Runs[0].Text.String())
			compared := list[0]
			if strings.HasPrefix(name, "FirstOrCreate") {
				compared = list[1] // that of a row that is not there
			}
			assert.Equal(t, plain(t, theirs(said[name])), plain(t, compared.Text), f.Runs[0].Text.String())
		})
	}
}

// atRoot is a build upon a root.
func atRoot(t term.Term) term.Term {
	b, ok := t.(*term.Build)
	if !ok {
		return t
	}
	out := &term.Build{Style: b.Style}
	for _, c := range b.Clauses {
		values := slices.Clone(c.Values)
		for i := range values {
			values[i].Term = atRoot(values[i].Term)
		}
		c.Values = values
		out.Clauses = append(out.Clauses, c)
	}
	return out
}

func golden(t *testing.T) []byte {
	t.Helper()
	a, err := txtar.ParseFile("../../../../testdata/ormwrite/gorm.txtar")
	require.NoError(t, err)
	return a.Files[0].Data
}

// run executes the program and gives what the library writes, by function.
func run(t *testing.T, source []byte, u *unit.Unit) map[string]string {
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
	if db, err = gorm.Open(tests.DummyDialector{}, &gorm.Config{DryRun: true, Logger: logger.Discard}); err != nil {
		panic(err)
	}
	out := map[string]string{}
	for name, f := range map[string]func() *gorm.DB{
`)
	for _, f := range u.Functions {
		if name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]; f.Exported && len(f.Params) == 0 {
			fmt.Fprintf(&main, "\t\t%q: %s,\n", name, name)
		}
	}
	main.WriteString("\t} {\n\t\tout[name] = f().Statement.SQL.String()\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n")
	out := map[string]string{}
	require.NoError(t, json.Unmarshal(reallib.Executed(t, source, main.String()), &out))
	return out
}

var (
	holes  = regexp.MustCompile(`\$\d+`)
	one    = regexp.MustCompile(` ORDER BY \S+ LIMIT \S+$| ORDER BY \S+ DESC LIMIT \S+$| LIMIT \S+$| RETURNING "id"$| FOR UPDATE$`)
	number = regexp.MustCompile(`(LIMIT|OFFSET) \d+`)
	now    = regexp.MustCompile(`"deleted_at" ?= ?now\(\)`)
	lists  = regexp.MustCompile(`NOT IN \([$1,]+\)|IN \([$1,]+\)`)
)

// plain is a text without what both write in their own way: numbers of placeholders, lists
// of values, the order of one row of many, and parentheses that change nothing.
func plain(t *testing.T, text string) string {
	t.Helper()
	text = holes.ReplaceAllLiteralString(text, "$1")
	text = lists.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, "NOT") {
			return "<> ALL($1)"
		}
		return "= ANY($1)"
	})
	text = now.ReplaceAllLiteralString(text, `"deleted_at"=$1`)
	text = one.ReplaceAllLiteralString(one.ReplaceAllLiteralString(text, ""), "")
	text = number.ReplaceAllString(text, "$1 $$1")
	list, err := sqlparse.Parse(text, sqltree.Postgres)
	require.NoError(t, err, text)
	return sqlprint.Print(list)
}

// theirs is a text of the library, whose placeholders are question marks.
func theirs(text string) string {
	return strings.NewReplacer("?", "$1", "`", `"`).Replace(text)
}
