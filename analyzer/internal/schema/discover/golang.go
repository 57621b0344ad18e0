package discover

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Some programs define their tables in Go: migrations as functions, or a schema
// in a constant. Their string literals are read as if they were files; what is
// put together at run time is not.

// goText is the SQL that a Go file defines tables with, as far as it stands in
// string literals; each statement keeps its line, so that problems and tables are
// shown where the literal is. Literals of functions that run on the way down are
// left out. The error is that of the Go parser.
func goText(text string) (string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	line := 1
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return !strings.HasPrefix(strings.ToLower(n.Name.Name), "down")
		case *ast.BinaryExpr, *ast.BasicLit:
			sql, ok := literal(n.(ast.Expr))
			if !ok {
				return true
			}
			if !startsDefinition(sql) {
				return false
			}
			at := fset.Position(n.Pos()).Line
			b.WriteString(strings.Repeat("\n", max(at-line, 0)))
			line = max(at, line) + strings.Count(sql, "\n")
			b.WriteString(sql + ";")
			return false
		}
		return true
	})
	return b.String(), nil
}

// literal is the text of string constants with + between them; what else stands
// there leaves a mark that no grammar takes, so that the statement is a problem.
func literal(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		sql, err := strconv.Unquote(e.Value)
		return sql, e.Kind == token.STRING && err == nil
	case *ast.ParenExpr:
		return literal(e.X)
	case *ast.BinaryExpr:
		l, okL := literal(e.X)
		r, okR := literal(e.Y)
		if e.Op != token.ADD || !okL {
			return "", false
		}
		if !okR {
			r = "%v"
		}
		return l + r, true
	}
	return "", false
}

// startsDefinition tells SQL that defines something from its first words on: a
// literal that only begins like a statement, as help texts do, must not.
func startsDefinition(sql string) bool {
	for line := range strings.Lines(sql) {
		w := strings.Fields(strings.ToUpper(line))
		if len(w) == 0 || strings.HasPrefix(w[0], "--") {
			continue
		}
		if len(w) == 1 {
			return w[0] == "CREATE" || w[0] == "ALTER" || w[0] == "BEGIN;"
		}
		switch w[0] {
		case "CREATE", "ALTER", "DROP":
			return definable(w[1])
		case "SET":
			return strings.HasPrefix(w[1], "SEARCH_PATH")
		case "DO":
			return strings.HasPrefix(w[1], "$")
		}
		return w[0] == "BEGIN;"
	}
	return false
}

// definable tells the second words of definitions that a diagram may hold.
func definable(word string) bool {
	switch word {
	case "TABLE", "UNIQUE", "INDEX", "VIEW", "MATERIALIZED", "OR", "FUNCTION", "PROCEDURE", "TRIGGER", "SCHEMA", "TYPE", "DOMAIN", "UNLOGGED", "EXTENSION":
		return true
	}
	return false
}

// inGo makes sources of Go files that define tables in string literals, one a
// folder. It is asked only where no file of SQL was found. Packages that each make
// their own tables when the program starts make one database: their folders are one
// source, unless two of them define a table of one name.
func (f *finder) inGo(files []string) {
	defines := func(name string) bool {
		text, err := goText(f.read(name))
		return err == nil && text != "" && (strings.Contains(strings.ToUpper(text), "CREATE TABLE") || isGoMigration(baseOf(name)))
	}
	var shared []*source
	for dir, set := range f.byFolder(files, defines) {
		f.names.sort(set)
		s := &source{name: dir, files: set, aside: trust.Aside(dir), numbered: f.numbered(set), dialect: f.guess(set)}
		f.sources = append(f.sources, s)
		if !s.aside && !s.numbered {
			shared = append(shared, s)
		}
	}
	f.together(shared)
}

// together makes one source of those of each dialect that define no table of another;
// the largest is the first.
func (f *finder) together(list []*source) {
	f.undecided(list)
	slices.SortStableFunc(list, func(a, b *source) int { return len(f.tablesOf(b)) - len(f.tablesOf(a)) })
	for _, d := range []dialect{postgres, mysql, sqlite} {
		var first *source
		more := 0
		seen := map[string]bool{}
		for _, s := range list {
			own := f.tablesOf(s)
			if s.dialect != d || slices.ContainsFunc(own, func(t string) bool { return seen[t] }) {
				continue
			}
			for _, t := range own {
				seen[t] = true
			}
			if first == nil {
				first = s
				continue
			}
			first.files = append(first.files, s.files...)
			f.sources = slices.DeleteFunc(f.sources, func(x *source) bool { return x == s })
			more++
		}
		if more > 0 {
			first.name += " and " + count(more, "more folder", "more folders")
		}
	}
}

// undecided gives sources that nothing gives away the one dialect of the others:
// definitions that every database takes are guessed to be PostgreSQL's.
func (f *finder) undecided(list []*source) {
	var of dialect
	for _, s := range list {
		switch {
		case s.dialect == postgres || s.dialect == of:
		case of != "":
			return
		default:
			of = s.dialect
		}
	}
	for _, s := range list {
		if of != "" && s.dialect == postgres && !slices.ContainsFunc(s.files, f.isPostgres) {
			s.dialect = of
		}
	}
}

// isPostgres reports whether the definitions of a Go file are such as only PostgreSQL
// has.
func (f *finder) isPostgres(name string) bool {
	text, _ := goText(f.read(name))
	return f.names.postgres.MatchString(text)
}

// tablesOf are the names of the tables that a source of Go files defines.
func (f *finder) tablesOf(s *source) []string {
	var out []string
	for _, name := range s.files {
		text, _ := goText(f.read(name))
		for _, m := range f.names.creates.FindAllStringSubmatch(text, -1) {
			out = append(out, strings.ToLower(m[1]))
		}
	}
	return out
}
