package compile_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

var (
	textCount = flag.Int("texts", 150, "how many functions that build texts are generated")
	textSeed  = flag.Uint64("textseed", 1, "from which seed")
)

// TestTextsContainWhatTheProgramBuilds holds the evaluated texts against really
// executed Go: random functions that build a text are compiled to units and run,
// and each text that comes out must be one that the unit says may come out.
func TestTextsContainWhatTheProgramBuilds(t *testing.T) {
	source := generate(*textSeed, *textCount)
	fns := compileTexts(t, source)
	exact, wild := 0, 0
	for _, r := range execute(t, source) {
		fn := fns[r.Func]
		if fn == nil { // dull: the unit says nothing of what it gives
			wild++
			continue
		}
		pattern := allowed(fn, r)
		assert.Regexpf(t, pattern, r.Out, "%s(%q, %d, %v, %q)\n%s", r.Func, r.A, r.N, r.B, r.Xs, functionText(source, r.Func))
		if strings.Contains(pattern.String(), ".*") {
			wild++
		} else {
			exact++
		}
	}
	// A set that allows everything would contain all texts, too.
	assert.Greater(t, exact, wild/3, "too few texts are known exactly")
}

// run is one call of a generated function and what it gave.
type run struct {
	Func string
	A    string
	N    int
	B    bool
	Xs   []string
	Out  string
}

// allowed is what the unit says the function may give for these arguments.
func allowed(fn *unit.Function, r run) *regexp.Regexp {
	var ways []string
	for _, g := range fn.Gives {
		ways = append(ways, pattern(g.Results[0], r))
	}
	return regexp.MustCompile(`^(?s:` + strings.Join(ways, "|") + `)$`)
}

func pattern(t term.Term, r run) string {
	switch x := t.(type) {
	case *term.Const:
		return regexp.QuoteMeta(x.Text)
	case *term.Origin:
		if x.Kind == term.Zero {
			return ""
		}
	case *term.Concat:
		var b strings.Builder
		for _, p := range x.Parts {
			b.WriteString(pattern(p, r))
		}
		return b.String()
	case *term.Join:
		ways := make([]string, len(x.Terms))
		for i, p := range x.Terms {
			ways[i] = pattern(p, r)
		}
		return "(?:" + strings.Join(ways, "|") + ")"
	case *term.Path:
		switch x.String() {
		case "p0": // a change of case is another form of the same value
			return "(?i:" + regexp.QuoteMeta(r.A) + ")"
		case "p1":
			return regexp.QuoteMeta(fmt.Sprint(r.N))
		case "p3[]":
			ways := make([]string, len(r.Xs))
			for i, s := range r.Xs {
				ways[i] = regexp.QuoteMeta(s)
			}
			return "(?:" + strings.Join(ways, "|") + ")"
		}
	}
	return "(?:.*)"
}

func compileTexts(t *testing.T, source string) map[string]*unit.Function {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "main.go", source, parser.ParseComments)
	require.NoError(t, err, source)
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), GoVersion: "go1.25"}
	pkg, err := conf.Check("example.com/texts", fset, []*ast.File{f}, info)
	require.NoError(t, err)
	u := compile.Package(compile.Input{Fset: fset, Files: []*ast.File{f}, Pkg: pkg, Info: info, ModulePath: "example.com/texts"})
	out := map[string]*unit.Function{}
	for _, fn := range u.Functions {
		out[strings.TrimPrefix(fn.Symbol, "example.com/texts.")] = fn
	}
	return out
}

func execute(t *testing.T, source string) []run {
	t.Helper()
	var runs []run
	require.NoError(t, json.Unmarshal(output(t, source), &runs))
	return runs
}

// output runs a program and gives what it prints.
func output(t *testing.T, source string) []byte {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/texts\n\ngo 1.25\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644))
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	outText, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	return outText
}

func functionText(source, name string) string {
	i := strings.Index(source, "func "+name+"(")
	end := strings.Index(source[i:], "\n}\n")
	return source[i : i+end+3]
}

const textProlog = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type run struct {
	Func string
	A    string
	N    int
	B    bool
	Xs   []string
	Out  string
}

const k = "K-"

var v = "V%"

func helper(sb *strings.Builder, s string) { sb.WriteString("<" + s + ">") }

var _ = strings.ToUpper
`

// generate writes a program of n functions that build texts, and calls each with
// several arguments.
func generate(seed uint64, n int) string {
	var b strings.Builder
	b.WriteString(textProlog)
	for i := range n {
		g := &texts{r: rand.New(rand.NewPCG(seed, uint64(i)))}
		fmt.Fprintf(&b, "\nfunc F%d(a string, n int, b bool, xs []string) string {\n\ts := %s\n\tvar sb strings.Builder\n\tlist := []string{%s}\n", i, g.expr(2), g.expr(1))
		for range 2 + g.r.IntN(5) {
			g.statement(&b, "\t", 2)
		}
		fmt.Fprintf(&b, "\t_, _, _ = s, sb.Len, list\n\treturn %s\n}\n", g.result())
	}
	b.WriteString("\nfunc main() {\n\tvar runs []run\n\tfor _, a := range []string{\"\", \"x'y\", \"%s\"} {\n\tfor n := range 3 {\n\tfor _, b := range []bool{false, true} {\n\txs := []string{\"p\", \"q\"}[:n%3]\n")
	for i := range n {
		fmt.Fprintf(&b, "\truns = append(runs, run{\"F%d\", a, n, b, xs, F%d(a, n, b, xs)})\n", i, i)
	}
	b.WriteString("\t}\n\t}\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(runs)\n}\n")
	return b.String()
}

// texts generates statements and expressions.
type texts struct{ r *rand.Rand }

func (g *texts) pick(options ...string) string { return options[g.r.IntN(len(options))] }

func (g *texts) result() string {
	return g.pick("s", "s", "s", "sb.String()", "sb.String() + s", `strings.Join(list, ",")`, "s + strings.Join(list, k)")
}

func (g *texts) expr(depth int) string {
	leaf := g.pick(`"lit"`, `" AND "`, "k", "v", "a", `""`, `"%d"`)
	if depth == 0 {
		return leaf
	}
	x, y := g.expr(depth-1), g.expr(depth-1)
	switch g.r.IntN(16) {
	case 0, 1, 2:
		return x + " + " + y
	case 3:
		return `fmt.Sprintf("[%s|%v]", ` + x + ", " + y + ")"
	case 4:
		return `fmt.Sprintf("%d%%%q", n, ` + x + ")"
	case 5:
		return `fmt.Sprintf("%[2]s-%[1]s", ` + x + ", " + y + ")"
	case 6:
		return "fmt.Sprint(" + x + ", " + g.pick("n", "7", y) + ")"
	case 7:
		return `strings.Join([]string{` + x + ", " + y + `}, ", ")`
	case 8:
		return "strings.Repeat(" + g.pick(`"ab"`, "k", x) + ", " + g.pick("3", "n") + ")"
	case 9:
		return "strings." + g.pick("TrimSpace", "ToUpper", "ToLower") + "(" + g.pick(`" x "`, x) + ")"
	case 10:
		return `strings.ReplaceAll("a$b$c", "$", ` + x + ")"
	case 11:
		return "strings.TrimSuffix(" + g.pick(`"list,"`, x) + `, ",")`
	case 12:
		return `fmt.Sprintf("%5d|%x", n, ` + g.pick("n", `"z"`) + ")"
	}
	return leaf
}

func (g *texts) statement(b *strings.Builder, indent string, depth int) {
	line := func(format string, args ...any) { fmt.Fprintf(b, indent+format+"\n", args...) }
	body := func() {
		for range 1 + g.r.IntN(2) {
			g.statement(b, indent+"\t", depth-1)
		}
	}
	choice := g.r.IntN(18)
	if depth == 0 {
		choice = g.r.IntN(10)
	}
	switch choice {
	case 0, 1:
		line("s += %s", g.expr(1))
	case 2:
		line("s = %s + s", g.expr(1))
	case 3:
		line("s = %s", g.expr(2))
	case 4, 5:
		line("sb.WriteString(%s)", g.expr(1))
	case 6:
		line(`fmt.Fprintf(&sb, "(%%s)", %s)`, g.expr(1))
	case 7:
		line("list = append(list, %s)", g.expr(1))
	case 8:
		line("sb.WriteByte(%s)", g.pick("'x'", "' '"))
	case 9:
		line("%s", g.pick("sb.Reset()", "helper(&sb, s)", "list = list[:0]", "func() { s += \"c\" }()", "s = s[len(s)/2:]"))
	case 10, 11:
		line("if b {")
		body()
		line("} else {")
		body()
		line("}")
	case 12, 13:
		line("if n > 1 {")
		body()
		line("}")
	case 14, 15:
		line("for range n {")
		body()
		line("}")
	case 16:
		line("for _, x := range xs {")
		line("\ts += x")
		body()
		line("}")
	case 17:
		line("switch a {\n%scase \"\":", indent)
		body()
		line("default:")
		body()
		line("}")
	}
}
