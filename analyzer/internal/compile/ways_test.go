package compile_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestStatementsContainWhatTheProgramRuns holds statements that are built in steps
// against really executed Go: every text that comes out, with its bind values put
// in the place of its placeholders, must be one that the unit says may run. A text
// with the values of another way to build it would not fit.
func TestStatementsContainWhatTheProgramRuns(t *testing.T) {
	source := generateStatements(*textSeed, *textCount)
	fns := compileTexts(t, source)
	var ran []statementRun
	require.NoError(t, json.Unmarshal(output(t, source), &ran))
	exact, wild := 0, 0
	for _, r := range ran {
		if strings.Contains(r.Text, "IN ()") {
			continue // no database runs it
		}
		fn := fns[r.Func]
		require.NotNil(t, fn, r.Func)
		require.Len(t, fn.Runs, 1)
		pattern := statementPattern(&fn.Runs[0], r)
		assert.Regexpf(t, pattern, bound(r.Text, r.Args), "%s(%q, %q, %d, %v, %q)\n%s\n%s %v", r.Func, r.A, r.C, r.N, r.B, r.Xs, functionText(source, r.Func), fn.Runs[0].Text, fn.Runs[0].Args)
		if strings.Contains(pattern.String(), ".*") {
			wild++
		} else {
			exact++
		}
	}
	assert.Greater(t, exact, 9*wild, "too few statements are known exactly")
}

// statementRun is one statement that a generated function ran.
type statementRun struct {
	Func string
	A, C string
	N    int
	B    bool
	Xs   []string
	Text string
	Args []any
}

// element is an element that some loop has in hand.
var element = regexp.MustCompile(`\[\d+\]`)

var placeholders = regexp.MustCompile(`\$\d+|\?`)

// inPlace puts values in the place of placeholders.
func inPlace(text string, value func(n int) string) string {
	next := 0
	return placeholders.ReplaceAllStringFunc(text, func(p string) string {
		next++
		n := next
		if p != "?" {
			n, _ = strconv.Atoi(p[1:])
		}
		return value(n)
	})
}

func bound(text string, args []any) string {
	return inPlace(text, func(n int) string {
		if n > len(args) {
			return "<none>"
		}
		return fmt.Sprintf("<%v>", args[n-1])
	})
}

// statementPattern is what a unit says that a run may be, for these arguments.
func statementPattern(u *unit.Run, r statementRun) *regexp.Regexp {
	var ways []string
	for _, leaf := range term.Leaves(u.Text) {
		ways = append(ways, wayPattern(leaf, u, r))
	}
	return regexp.MustCompile(`^(?s:` + strings.Join(ways, "|") + `)$`)
}

func wayPattern(leaf term.Term, u *unit.Run, r statementRun) string {
	c, ok := leaf.(*term.Const)
	if !ok || u.Spread {
		return ".*"
	}
	marked := inPlace(c.Text, func(n int) string { return "\x00" + strconv.Itoa(n) + "\x00" })
	parts := strings.Split(marked, "\x00")
	for i, p := range parts {
		if i%2 == 0 {
			parts[i] = regexp.QuoteMeta(p)
			continue
		}
		n, _ := strconv.Atoi(p)
		if n > len(u.Args) {
			parts[i] = "<none>"
			continue
		}
		parts[i] = "<" + argPattern(u.Args[n-1], r) + ">"
	}
	return strings.Join(parts, "")
}

func argPattern(t term.Term, r statementRun) string {
	switch element.ReplaceAllString(t.String(), "[]") {
	case "p1":
		return regexp.QuoteMeta(r.A)
	case "p2":
		return regexp.QuoteMeta(r.C)
	case "p3":
		return strconv.Itoa(r.N)
	case "p5[]":
		ways := make([]string, len(r.Xs))
		for i, x := range r.Xs {
			ways[i] = regexp.QuoteMeta(x)
		}
		return "(?:" + strings.Join(ways, "|") + ")"
	}
	if c, ok := t.(*term.Const); ok {
		return regexp.QuoteMeta(c.Text)
	}
	return ".*"
}

const statementProlog = `package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

type DB interface {
	Exec(query string, args ...any) (sql.Result, error)
}

type run struct {
	Func string
	A, C string
	N    int
	B    bool
	Xs   []string
	Text string
	Args []any
}

type recorder struct{ runs []run }

func (r *recorder) Exec(query string, args ...any) (sql.Result, error) {
	last := &r.runs[len(r.runs)-1]
	last.Text, last.Args = query, args
	return nil, nil
}

var _, _ = strings.ToUpper, strconv.Itoa
`

// generateStatements writes a program of n functions that build a statement with
// its bind values as hand-written programs do, and calls each with several
// arguments.
func generateStatements(seed uint64, n int) string {
	var b strings.Builder
	b.WriteString(statementProlog)
	for i := range n {
		g := &statements{b: &b, r: rand.New(rand.NewPCG(seed, uint64(i)))}
		g.question = g.r.IntN(4) == 0
		fmt.Fprintf(&b, "\nfunc G%d(db DB, a, c string, n int, b bool, xs []string) {\n", i)
		g.function()
		b.WriteString("}\n")
	}
	b.WriteString("\nfunc main() {\n\tr := &recorder{}\n\tfor _, a := range []string{\"\", \"A\"} {\n\tfor _, c := range []string{\"\", \"C\"} {\n\tfor n := range 3 {\n\tfor _, b := range []bool{false, true} {\n\txs := []string{\"X\", \"Y\"}[:n]\n")
	for i := range n {
		fmt.Fprintf(&b, "\tr.runs = append(r.runs, run{Func: \"G%d\", A: a, C: c, N: n, B: b, Xs: xs})\n\tG%d(r, a, c, n, b, xs)\n", i, i)
	}
	b.WriteString("\t}\n\t}\n\t}\n\t}\n\tvar out []run\n\tfor _, x := range r.runs {\n\t\tif x.Text != \"\" {\n\t\t\tout = append(out, x)\n\t\t}\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n")
	return b.String()
}

// statements generates the steps in which a statement is built.
type statements struct {
	b        *strings.Builder
	r        *rand.Rand
	question bool // placeholders are question marks
	columns  int
}

func (g *statements) line(format string, args ...any) { fmt.Fprintf(g.b, "\t"+format+"\n", args...) }

func (g *statements) pick(options ...string) string { return options[g.r.IntN(len(options))] }

func (g *statements) column() string {
	g.columns++
	return "x" + strconv.Itoa(g.columns)
}

// mark is an expression for a placeholder of the value that was appended last.
func (g *statements) mark(before string) string {
	if g.question {
		return strconv.Quote(before + "?")
	}
	return g.pick(`fmt.Sprintf("`+before+`$%d", len(args))`, `"`+before+`$" + strconv.Itoa(len(args))`, `fmt.Sprintf("%s$%v", "`+before+`", len(args))`)
}

func (g *statements) value() string { return g.pick("a", "c", "n") }

func (g *statements) function() {
	g.line(`query, conds, args := "UPDATE t SET s = 1", []string{}, []any{}`)
	if g.r.IntN(2) == 0 {
		g.line("args = append(args, a)")
		g.line("conds = append(conds, %s)", g.mark("org = "))
	}
	for range 1 + g.r.IntN(3) {
		g.condition()
	}
	if g.r.IntN(2) == 0 {
		g.list()
	}
	if g.r.IntN(3) == 0 {
		g.line("if len(conds) == 0 {\n\t\treturn\n\t}")
	}
	g.line("if len(conds) > 0 {\n\t\tquery += \" WHERE \" + strings.Join(conds, \" AND \")\n\t}")
	if g.r.IntN(3) == 0 {
		g.line("args = append(args, n)")
		g.line("query += %s", g.mark(" LIMIT "))
	}
	g.line("db.Exec(query, args...)")
}

// condition adds a condition, mostly in a branch.
func (g *statements) condition() {
	col := g.column()
	switch g.r.IntN(6) {
	case 0:
		g.line("args = append(args, %s)", g.value())
		g.line("conds = append(conds, %s)", g.mark(col+" = "))
	case 1:
		g.line("if b {\n\t\targs = append(args, %s)\n\t\tconds = append(conds, %s)\n\t} else {\n\t\tconds = append(conds, \"%s IS NULL\")\n\t}", g.value(), g.mark(col+" = "), col)
	case 2:
		g.line("switch {\n\tcase n == 1:\n\t\targs = append(args, c)\n\t\tconds = append(conds, %s)\n\tcase b:\n\t\targs = append(args, n)\n\t\tconds = append(conds, %s)\n\t}", g.mark(col+" = "), g.mark(col+" > "))
	default:
		g.line("if %s {\n\t\targs = append(args, %s)\n\t\tconds = append(conds, %s)\n\t}", g.pick(`a != ""`, `c != ""`, "b", "n > 1", "len(xs) > 0"), g.value(), g.mark(col+" = "))
	}
}

// list adds a condition on a list of values, each with a placeholder of its own.
func (g *statements) list() {
	col := g.column()
	if g.r.IntN(3) > 0 {
		g.line("if len(xs) == 0 {\n\t\treturn\n\t}")
	}
	switch g.r.IntN(4) {
	case 0:
		g.line("var marks []string\n\tfor _, x := range xs {\n\t\targs = append(args, x)\n\t\tmarks = append(marks, %s)\n\t}", g.mark(""))
		g.line(`conds = append(conds, "%s IN (" + strings.Join(marks, ", ") + ")")`, col)
	case 1:
		g.line("marks, first := make([]string, len(xs)), len(args)\n\tfor i, x := range xs {\n\t\targs = append(args, x)\n\t\tmarks[i] = %s\n\t}", g.indexed())
		g.line(`conds = append(conds, fmt.Sprintf("%s IN (%%s)", strings.Join(marks, ",")))`, col)
	case 2:
		g.line("var sb strings.Builder\n\tsb.WriteString(\"%s IN (\")\n\tfor i, x := range xs {\n\t\tif i > 0 {\n\t\t\tsb.WriteString(\", \")\n\t\t}\n\t\targs = append(args, x)\n\t\tsb.WriteString(%s)\n\t}\n\tsb.WriteString(\")\")\n\tconds = append(conds, sb.String())", col, g.mark(""))
	case 3:
		g.line("in := \"\"\n\tfor _, x := range xs {\n\t\targs = append(args, x)\n\t\tin += %s + \",\"\n\t}", g.mark(""))
		g.line(`conds = append(conds, "%s IN (" + %s + ")")`, col, g.pick(`strings.TrimSuffix(in, ",")`, `strings.TrimRight(in, ",")`))
	}
}

func (g *statements) indexed() string {
	if g.question {
		return `"?"; _ = first + i`
	}
	return `fmt.Sprintf("$%d", first+i+1)`
}
