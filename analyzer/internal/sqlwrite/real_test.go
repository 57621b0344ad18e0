package sqlwrite_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/reallib"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestWritesWhatTheLibraryWrites holds the texts against those of the real libraries, and
// that every word of the data is written in some of them.
func TestWritesWhatTheLibraryWrites(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/sqlwrite/*.txtar")
	require.NoError(t, err)
	used := map[string]bool{}
	for _, file := range files {
		lib := strings.TrimSuffix(filepath.Base(file), ".txtar")
		source, write := golden(t, lib)
		u := reallib.Compiled(t, source)
		said := run(t, source, write, u)
		for _, name := range names(u) {
			t.Run(lib+"/"+name, func(t *testing.T) {
				b, ok := gives(u, name).(*term.Build)
				require.Truef(t, ok, "%s", gives(u, name))
				note(b, used)
				list, err := sqlwrite.Write(b)
				require.NoError(t, err, b.String())
				require.Len(t, list, 1)
				assert.Equal(t, plain(theirs(said[name])), plain(list[0].Text), b.String())
			})
		}
	}
	for _, word := range library.Clauses() {
		assert.Truef(t, used[word], "no golden text has the word %q", word)
	}
}

// TestKnowsEveryWord holds that there is no word that only the data knows.
func TestKnowsEveryWord(t *testing.T) {
	for _, word := range slices.Concat([]string{library.Entry, library.Item}, library.Clauses(), library.HandleClauses(), library.EntityClauses()) {
		assert.Truef(t, sqlwrite.Known(word), "%q", word)
	}
}

// golden is the program of a case, and how its library writes what a function gives.
func golden(t *testing.T, name string) (source, write []byte) {
	t.Helper()
	a, err := txtar.ParseFile("../../../testdata/sqlwrite/" + name + ".txtar")
	require.NoError(t, err)
	return a.Files[0].Data, a.Files[1].Data
}

func names(u *unit.Unit) []string {
	var out []string
	for _, f := range u.Functions {
		if f.Exported && len(f.Params) == 0 {
			out = append(out, f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:])
		}
	}
	return out
}

func gives(u *unit.Unit, name string) term.Term {
	for _, f := range u.Functions {
		if strings.HasSuffix(f.Symbol, "."+name) {
			return f.Gives[0].Results[0]
		}
	}
	return nil
}

// run executes the program and gives what the library writes, by function.
func run(t *testing.T, source, write []byte, u *unit.Unit) map[string]string {
	t.Helper()
	var main strings.Builder
	main.Write(write)
	main.WriteString("\nfunc main() {\n\tout := map[string]string{}\n\tfor name, f := range map[string]func() (string, error){\n")
	for _, name := range names(u) {
		fmt.Fprintf(&main, "\t\t%q: func() (string, error) { return write(%s()) },\n", name, name)
	}
	main.WriteString("\t} {\n\t\ttext, err := f()\n\t\tif err != nil {\n\t\t\tpanic(name + err.Error())\n\t\t}\n\t\tout[name] = text\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n")
	out := map[string]string{}
	require.NoError(t, json.Unmarshal(reallib.Executed(t, source, main.String()), &out))
	return out
}

func execute(t *testing.T, source []byte) []byte { return reallib.Executed(t, source, mainOfRecorder) }

var (
	holes  = regexp.MustCompile(`\$\d+`)
	marks  = regexp.MustCompile(`\?\??`)
	in     = regexp.MustCompile(`NOT IN \([$,]+\)|IN \([$,]+\)`)
	quotes = strings.NewReplacer(`"`, "", "!=", "<>", ", ", ",")
	blanks = regexp.MustCompile(`\s+`)
)

// plain is a text without what both write in their own way: numbers of placeholders,
// lists of values, quotes round names, blanks.
func plain(text string) string {
	text = holes.ReplaceAllLiteralString(text, "$")
	text = quotes.Replace(text)
	text = in.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, "NOT") {
			return "<> ALL($)"
		}
		return "= ANY($)"
	})
	return strings.TrimSpace(blanks.ReplaceAllString(text, " "))
}

// theirs is a text of the library, whose placeholders are question marks.
func theirs(text string) string {
	return marks.ReplaceAllStringFunc(text, func(s string) string {
		if s == "??" {
			return "?"
		}
		return "$1"
	})
}

// note gathers the words of a build.
func note(b *term.Build, used map[string]bool) {
	for _, c := range b.Clauses {
		used[c.Word] = true
		for _, v := range c.Values {
			for _, leaf := range term.Leaves(v.Term) {
				parts := []term.Term{leaf}
				if text, ok := leaf.(*term.Concat); ok {
					parts = text.Parts
				}
				for _, part := range parts {
					if inner, ok := part.(*term.Build); ok {
						note(inner, used)
					}
				}
			}
		}
	}
}
