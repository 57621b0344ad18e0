package goprogram

import "strings"

// form is a carrier in Go: what it declares, how it takes E, how it is read, and the second
// write of v to it. @ is a number of its own.
type form struct{ decl, take, read, write string }

const box = "type box@ struct{ V string }\n"

const cell = `type svc@ struct{ v string }

func (s *svc@) get() string  { return s.v }
func (s *svc@) set(v string) { s.v = v }
`

// carriers are the forms by name.
func carriers() map[string]form {
	return map[string]form{
		"variable": {"", "v@ := E", "v@", "v@ = v"},
		"struct":   {box, "s@ := box@{V: E}", "s@.V", "s@.V = v"},
		"pointer":  {box, "p@ := &box@{V: E}", "p@.V", "q@ := p@\nq@.V = v"},
		"slice":    {"", "l@ := []string{E}", "l@[0]", "m@ := l@[:1]\nm@[0] = v"},
		"map":      {"", `m@ := map[string]string{"k": E}`, `m@["k"]`, `m@["k"] = v`},
		"mapalias": {"", `m@ := map[string]string{"k": E}`, `m@["k"]`, "n@ := m@\n" + `n@["k"] = v`},
		"closure":  {"", "x@ := E\nf@ := func() string { return x@ }", "f@()", "x@ = v"},
		"option": {`type opts@ struct{ v string }

func with@(v string) func(*opts@) { return func(o *opts@) { o.v = v } }

func build@(list ...func(*opts@)) *opts@ {
	o := &opts@{}
	for _, f := range list {
		f(o)
	}
	return o
}
`, "o@ := build@(with@(E))", "o@.v", "for _, f := range []func(*opts@){with@(v)} {\nf(o@)\n}"},
		"interface": {`type carrier@ interface {
	Get@() string
	Set@(string)
}

type held@ struct{ v string }

func (h *held@) Get@() string  { return h.v }
func (h *held@) Set@(v string) { h.v = v }
`, "var g@ carrier@ = &held@{E}", "g@.Get@()", "g@.Set@(v)"},
		"context":        {"type key@ struct{}\n", "ctx = context.WithValue(ctx, key@{}, E)", "ctx.Value(key@{}).(string)", "ctx = context.WithValue(ctx, key@{}, v)"},
		"contextpointer": {"type key@ struct{}\n" + box, "ctx = context.WithValue(ctx, key@{}, &box@{E})", "ctx.Value(key@{}).(*box@).V", "ctx.Value(key@{}).(*box@).V = v"},
		"helper":         {"func same@(v string) string { return v }\n\nfunc put@(p *string, v string) { *p = v }\n", "v@ := same@(E)", "v@", "put@(&v@, v)"},
		"named": {`func named@(v string) (out string, err error) {
	out = v
	return
}
`, "v@, err@ := named@(E)\nif err@ != nil {\nreturn\n}", "v@", "v@, _ = named@(v)"},
		"field":       {cell, "s@ := &svc@{v: E}", "s@.get()", "s@.set(v)"},
		"methodvalue": {cell, "s@ := &svc@{v: E}\nf@ := s@.get", "f@()", "s@.set(v)"},
		"embedded":    {"type base@ struct{ V string }\n\ntype outer@ struct{ *base@ }\n", "b@ := &base@{E}", "b@.V", "o@ := outer@{b@}\no@.V = v"},
		"generic": {`type cell@[T any] struct{ v T }

func (c *cell@[T]) get() T  { return c.v }
func (c *cell@[T]) set(v T) { c.v = v }
`, "c@ := &cell@[string]{E}", "c@.get()", "c@.set(v)"},
		"channel": {"", "c@ := make(chan string, 2)\nc@ <- E\nv@ := <-c@", "v@", "c@ <- v\nv@ = <-c@"},
		"decoded": {"", "d@ := struct{ V string }{E}", "d@.V", "_ = json.Unmarshal([]byte(`{\"V\":\"`+v+`\"}`), &d@)"},
		"sscan":   {"", "v@ := E", "v@", "fmt.Sscan(v, &v@)"},
	}
}

// carry passes an expression on: how it is read afterwards, and the second write, which the
// client's header feeds.
func (h *handler) carry(c Carrier, expr, header string) (read, write string) {
	f := carriers()[c.Kind]
	name := h.number()
	named := func(s string) string { return strings.ReplaceAll(s, "@", name) }
	h.declare(named(f.decl))
	h.put(named(strings.Replace(f.take, "E", expr, 1)))
	if c.Write != "" {
		write = "if v := r.Header.Get(\"" + header + "\"); v != \"\" {\n" + named(f.write) + "\n}\n"
	}
	return named(f.read), write
}
