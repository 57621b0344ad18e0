package analyzer_test

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/gofiles"
)

// What is known of libraries is data: code that names one knows something that the
// next library will not have.
func TestCodeNamesNoLibrary(t *testing.T) {
	lib, err := library.Load()
	require.NoError(t, err)
	gofiles.Each(t, ".", func(f gofiles.File) {
		for _, text := range literals(f.File) {
			for _, path := range lib.Packages() {
				assert.Falsef(t, names(text, path), "%s: %q names the library %s: that is for the library data to know", f.Name, text, path)
			}
		}
	}, "library", "oracle")
}

// literals are the texts of a file, without those of imports and struct tags.
func literals(file *ast.File) []string {
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			if n.Tag != nil {
				n.Tag.Value = `""`
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				out = append(out, text)
			}
		}
		return true
	})
	return out
}

// names reports whether a text is the import path of a library, or has the symbol of
// something in it. The path of one word is a word.
func names(text, path string) bool {
	if text == path {
		return strings.ContainsAny(path, "/.")
	}
	for rest := text; ; {
		i := strings.Index(rest, path+".")
		if i < 0 {
			return false
		}
		before, after := rest[:i], rest[i+len(path)+1:]
		starts := before == "" || !strings.ContainsAny(before[len(before)-1:], "abcdefghijklmnopqrstuvwxyz0123456789_./-")
		if starts && after != "" && (after[0] == '(' || unicode.IsUpper(rune(after[0]))) {
			return true
		}
		rest = after
	}
}
