package sqlwrite_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// program generates functions that put statements together in steps, as list functions
// do: optional filters, arms, loops, maps and lists of conditions, early returns.
type program struct {
	r     *rand.Rand
	b     *strings.Builder
	depth int
	names int
}

const prolog = `package main

import (
	sq "github.com/Masterminds/squirrel"
)

var db sq.Execer

`

func generate(seed uint64, n int) string {
	p := &program{r: rand.New(rand.NewPCG(seed, 7)), b: &strings.Builder{}}
	p.b.WriteString(prolog)
	for i := range n {
		fmt.Fprintf(p.b, "func F%d(a, b string, p *string, ids []string) {\n\tq := %s\n", i, p.start())
		p.steps(1 + p.r.IntN(4))
		p.b.WriteString("\tsq.ExecWith(db, q)\n}\n\n")
	}
	return p.b.String()
}

func (p *program) start() string {
	return `sq.Select("id").From("t").PlaceholderFormat(sq.Dollar)`
}

func (p *program) line(format string, args ...any) {
	fmt.Fprintf(p.b, strings.Repeat("\t", p.depth+1)+format+"\n", args...)
}

func (p *program) pick(options ...string) string { return options[p.r.IntN(len(options))] }

func (p *program) name(prefix string) string {
	p.names++
	return fmt.Sprintf("%s%d", prefix, p.names)
}

func (p *program) steps(n int) {
	for range n {
		p.step()
	}
}

func (p *program) step() {
	switch k := p.r.IntN(20); {
	case k < 6 || p.depth > 2:
		p.line("q = q.Where(%s)", p.predicate())
	case k < 12:
		p.branch(func() { p.steps(1 + p.r.IntN(2)) })
	case k < 13:
		p.line("for _, id := range ids {")
		p.inner(func() { p.line("q = q.Where(sq.NotEq{%s: id})", p.column()) })
		p.line("}")
	case k < 15:
		p.entries()
	case k < 17:
		p.list()
	case k < 18:
		p.line("if %s {", p.fact())
		p.inner(func() { p.line("return") })
		p.line("}")
	case k < 19 && p.depth > 0:
		p.line("q = %s.Where(%s)", p.start(), p.predicate())
	default:
		p.line("switch a {")
		for _, c := range []string{"a", "x"} {
			p.line("case %q:", c)
			p.inner(func() { p.line("q = q.Where(%s)", p.predicate()) })
		}
		p.line("}")
	}
}

func (p *program) inner(f func()) {
	p.depth++
	f()
	p.depth--
}

// branch is an if with or without an else, of a condition or of what it was before.
func (p *program) branch(f func()) {
	if p.r.IntN(4) == 0 {
		ok := p.name("ok")
		p.line("%s := %s", ok, p.fact())
		p.line("if %s {", ok)
	} else {
		p.line("if %s {", p.fact())
	}
	p.inner(f)
	if p.r.IntN(3) == 0 {
		p.line("} else {")
		p.inner(f)
	}
	p.line("}")
}

// entries is a map that is filled in steps.
func (p *program) entries() {
	m := p.name("eq")
	p.line("%s := sq.%s{%s: %s}", m, p.pick("Eq", "NotEq"), p.column(), p.value())
	for range 1 + p.r.IntN(2) {
		if p.r.IntN(4) == 0 {
			p.line("for _, id := range ids {")
			p.inner(func() { p.line("%s[%s] = id", m, p.column()) })
			p.line("}")
			continue
		}
		p.branch(func() { p.line("%s[%s] = %s", m, p.column(), p.value()) })
	}
	p.line("q = q.Where(%s)", m)
}

// list is a list of conditions that grows in steps.
func (p *program) list() {
	l := p.name("all")
	kind := p.pick("And", "Or")
	p.line("%s := sq.%s{%s}", l, kind, p.pick("", p.condition(1)))
	for range 1 + p.r.IntN(2) {
		p.branch(func() { p.line("%s = append(%s, %s)", l, l, p.condition(1)) })
	}
	p.line(p.pick("q = q.Where(%s)", `q = q.Where(sq.Expr("NOT (?)", %s))`), l)
}

func (p *program) column() string { return p.pick(`"org"`, `"s"`, `"n"`) }

func (p *program) value() string {
	return p.pick("a", "b", "p", "ids", "nil", `"x"`, `[]string{a, "b"}`)
}

func (p *program) text() string { return p.pick("a", "b", `"x"`) }

func (p *program) fact() string {
	return p.pick(`a != ""`, `a == ""`, `b != ""`, "p != nil", "p == nil", "len(ids) > 0", "len(ids) == 0", `a == "x"`, `a != "" && b != ""`, `a != "" || p != nil`, `!(b == "" || a == "")`)
}

// predicate is what Where takes.
func (p *program) predicate() string {
	switch p.r.IntN(6) {
	case 0:
		return fmt.Sprintf(`%s, %s`, p.pick(`"org = ?"`, `"(s = ? OR n IS NULL)"`, `"s = ? OR n IS NULL"`), p.text())
	case 1:
		return fmt.Sprintf(`map[string]interface{}{%s: %s}`, p.column(), p.value())
	}
	return p.condition(2)
}

func (p *program) condition(depth int) string {
	if depth > 0 && p.r.IntN(3) == 0 {
		return fmt.Sprintf("sq.%s{%s, %s}", p.pick("And", "Or"), p.condition(depth-1), p.condition(depth-1))
	}
	switch p.r.IntN(5) {
	case 0:
		return fmt.Sprintf(`sq.Expr(%s, %s)`, p.pick(`"org <> ?"`, `"s = ? OR org = 'b'"`, `"coalesce(n, '') = ?"`), p.text())
	case 1:
		return fmt.Sprintf(`sq.Expr("NOT (?)", %s)`, p.condition(0))
	case 2:
		return fmt.Sprintf("sq.%s{%s: %s}", p.pick("Lt", "GtOrEq", "Like"), p.column(), p.text())
	case 3:
		return fmt.Sprintf("sq.Eq{%s: %s, \"id\": %s}", p.column(), p.value(), p.pick("ids", `"1"`, "a"))
	}
	return fmt.Sprintf("sq.%s{%s: %s}", p.pick("Eq", "NotEq"), p.column(), p.value())
}
