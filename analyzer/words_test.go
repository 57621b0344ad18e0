package analyzer_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/gofiles"
)

// wordy are the packages whose lists of words decide nothing about trust: they
// read languages and files, or write texts. In all others words are data of
// package trust.
var wordy = []string{"trust", "library", "sqltree", "sqlwrite", "ormwrite", "entwrite", "schema", "report", "config", "oracle"}

// languages are the lists of words of the other packages that decide nothing
// about trust, by their first two words.
var languages = map[string]string{
	"shared owned":       "the tenancies",
	"background public":  "categories of reasons",
	"budget depth":       "reasons, in the glossary",
	"trigger aggregate":  "reasons, in the glossary",
	"members shared":     "keys of the settings",
	"path query":         "parts of a request, in messages",
	"windows darwin":     "operating systems",
	"vendor testdata":    "folders that no program is made of",
	"smallint integer":   "SQL types",
	"text character":     "SQL types",
	"text varchar":       "SQL types",
	"int integer":        "types",
	"char character":     "SQL types",
	"postgres mysql":     "dialects",
	"count sum":          "SQL functions",
	"crosstab crosstabn": "SQL functions",
	"select with":        "SQL",
	"int uint":           "Go types",
	"begin then":         "PL/pgSQL",
	"begin else":         "PL/pgSQL",
	"if elsif":           "PL/pgSQL",
	"select insert":      "PL/pgSQL",
	"raise null":         "PL/pgSQL",
	"from where":         "PL/pgSQL",
}

// englishWord is what a word list holds.
var englishWord = regexp.MustCompile(`^[a-z]{2,}$`)

// TestWordsAreDataOfTrust: three words side by side in a literal or a case are a
// list that decides something by a name.
func TestWordsAreDataOfTrust(t *testing.T) {
	used := map[string]bool{}
	gofiles.Each(t, "internal", func(f gofiles.File) {
		ast.Inspect(f.File, func(n ast.Node) bool {
			words := wordsOf(n)
			if len(words) < 3 {
				return true
			}
			key := words[0] + " " + words[1]
			used[key] = true
			assert.NotEmptyf(t, languages[key], "%s: a list of words (%s …): words that decide are data of package trust", f.Position(n), key)
			return true
		})
	}, wordy...)
	for key := range languages {
		assert.True(t, used[key], "%s is no list any more", key)
	}
}

// wordsOf are the words of a literal of a list or a map, or of a case.
func wordsOf(n ast.Node) []string {
	var list []ast.Expr
	switch x := n.(type) {
	case *ast.CompositeLit:
		list = x.Elts
	case *ast.CaseClause:
		list = x.List
	}
	var out []string
	for _, e := range list {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Key
		}
		if c, ok := e.(*ast.CompositeLit); ok {
			out = append(out, wordsOf(c)...)
		}
		if b, ok := e.(*ast.BasicLit); ok && b.Kind == token.STRING {
			if w, err := strconv.Unquote(b.Value); err == nil && englishWord.MatchString(w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// TestPremisesAreOfTheTable: nobody but trust turns a text into a premise, or the
// name would be hard again.
func TestPremisesAreOfTheTable(t *testing.T) {
	gofiles.Each(t, "internal", func(f gofiles.File) {
		ast.Inspect(f.File, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if s, ok := c.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "Known" || s.Sel.Name == "Suggested") {
					if pkg, ok := s.X.(*ast.Ident); ok && pkg.Name == "trust" {
						t.Errorf("%s: a premise is made of a text", f.Position(n))
					}
				}
			}
			return true
		})
	}, "trust")
}
