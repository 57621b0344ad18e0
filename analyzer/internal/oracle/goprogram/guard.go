package goprogram

import "strings"

const checkOf = `func (a *app) owns@(ctx context.Context, id, org string) error {
	var n string
	return a.db.QueryRowContext(ctx, "SELECT id FROM TABLE WHERE id = $1 AND organization_id = $2 /*q*/", id, org).Scan(&n)
}
`

const guardOf = `type guard@ interface {
	Check@(ctx context.Context, id, org string) error
}

type real@ struct{ db *sql.DB }

func (g real@) Check@(ctx context.Context, id, org string) error {
	var n string
	return g.db.QueryRowContext(ctx, "SELECT id FROM TABLE WHERE id = $1 AND organization_id = $2 /*q*/", id, org).Scan(&n)
}
`

const secondOf = `type other@ struct{ real@ }

func pick@(db *sql.DB) guard@ {
	if os.Getenv("SECOND") != "" {
		return other@{real@{db}}
	}
	return real@{db}
}
`

// check is a guard in Go. Either fails is an error or holds is a condition; id is what the
// statement should use afterwards, if not the value that was checked.
type check struct{ decl, pre, fails, holds, id string }

// checks are the guards by name; G is the id, O the organization.
func checks() map[string]check {
	own := "a.owns@(ctx, G, O)"
	text := `a.db.QueryRowContext(ctx, "SELECT id FROM TABLE WHERE id = $1 AND organization_id = $2 /*q*/", G, O)`
	return map[string]check{
		"inline":    {pre: "var n@ string", fails: text + ".Scan(&n@)"},
		"overwrite": {pre: "x@ := G", fails: strings.ReplaceAll(text, "G", "x@") + ".Scan(&x@)", id: "x@"},
		"error":     {decl: checkOf, fails: own},
		"bool":      {decl: checkOf + "\nfunc (a *app) mine@(ctx context.Context, id, org string) bool { return a.owns@(ctx, id, org) == nil }\n", holds: "a.mine@(ctx, G, O)"},
		"pair": {decl: `func (a *app) find@(ctx context.Context, id, org string) (string, bool) {
	var n string
	if err := a.db.QueryRowContext(ctx, "SELECT id FROM TABLE WHERE id = $1 AND organization_id = $2 /*q*/", id, org).Scan(&n); err != nil {
		return "", false
	}
	return n, true
}
`, pre: "_, ok@ := a.find@(ctx, G, O)", holds: "ok@"},
		"count": {decl: `func (a *app) count@(ctx context.Context, id, org string) int {
	n := 0
	if err := a.db.QueryRowContext(ctx, "SELECT count(*) FROM TABLE WHERE id = $1 AND organization_id = $2 /*q*/", id, org).Scan(&n); err != nil {
		return 0
	}
	return n
}
`, holds: "a.count@(ctx, G, O) > 0"},
		"compare": {decl: `func (a *app) owner@(ctx context.Context, id string) (string, error) {
	var org string
	err := a.db.QueryRowContext(ctx, "SELECT organization_id FROM TABLE WHERE id = $1 /*q*/", id).Scan(&org)
	return org, err
}
`, pre: "o@, err@ := a.owner@(ctx, G)", holds: "err@ == nil && o@ == O"},
		"interface":     {decl: guardOf, pre: "var g@ guard@ = real@{a.db}", fails: "g@.Check@(ctx, G, O)"},
		"interfaces":    {decl: guardOf + secondOf + "\nfunc (o other@) Check@(ctx context.Context, id, org string) error { SECOND }\n", pre: "g@ := pick@(a.db)", fails: "g@.Check@(ctx, G, O)"},
		"embedded":      {decl: guardOf + secondOf + "\nEMBEDDED", pre: "g@ := pick@(a.db)", fails: "g@.Check@(ctx, G, O)"},
		"functionvalue": {decl: checkOf, pre: "f@ := a.owns@", fails: "f@(ctx, G, O)"},
		"functionvalues": {decl: checkOf + "\nfunc (a *app) other@(ctx context.Context, id, org string) error { THIRD }\n",
			pre: "f@ := a.owns@\nif os.Getenv(\"SECOND\") != \"\" {\nf@ = a.other@\n}", fails: "f@(ctx, G, O)"},
		"must": {decl: checkOf + `
func (a *app) must@(ctx context.Context, id, org string) (err error) {
	defer func() {
		if recover() != nil {
			err = RECOVERED
		}
	}()
	if a.owns@(ctx, id, org) != nil {
		panic("no")
	}
	return nil
}
`, fails: "a.must@(ctx, G, O)"},
		"named": {decl: checkOf + `
func (a *app) named@(ctx context.Context, id, org string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("named: %w", err)
		}
	}()
	err = a.owns@(ctx, id, org)
	return
}
`, fails: "a.named@(ctx, G, O)"},
		"switch":  {decl: checkOf, pre: "err@ := " + own, fails: "err@"},
		"wrapped": {decl: checkOf + "\nfunc try@(f func() error) error { return f() }\n", fails: "try@(func() error { return " + own + " })"},
		"closure": {decl: checkOf, pre: "ok@ := func() bool { return " + own + " == nil }", holds: "ok@()"},
		"either":  {decl: checkOf, holds: `G != "" && ` + own + " == nil"},
	}
}

// faulty puts the fault into the texts of a check.
func faulty(s, fault string) string {
	table, second, third, embedded, recovered := "invoices", "return o.real@.Check@(ctx, id, org)", "return a.owns@(ctx, id, org)", "", `errors.New("no")`
	switch fault {
	case "othertable":
		table = "customers"
	case "noop":
		second, third, recovered = "return nil", "return nil", "nil"
		embedded = "func (other@) Check@(context.Context, string, string) error { return nil }\n"
	}
	return strings.NewReplacer("TABLE", table, "SECOND }", second+" }", "THIRD }", third+" }", "EMBEDDED", embedded, "RECOVERED", recovered).Replace(s)
}

// guard writes the check of an id, and gives the id that the statement should use.
func (h *handler) guard(id string) string {
	if h.route.Guard == "middleware" {
		return id
	}
	c := checks()[h.route.Guard]
	given := id
	if h.route.Fault == "otherid" {
		given = `r.Header.Get("X-Other")`
	}
	name := h.number()
	fill := func(s string) string {
		s = strings.NewReplacer("(ctx, G", "(ctx, "+given, "O)", "orgID(ctx))", ":= G", ":= "+given, "G !=", given+" !=", ", G,", ", "+given+",", "== O", "== orgID(ctx)").Replace(faulty(s, h.route.Fault))
		return strings.ReplaceAll(s, "@", name)
	}
	h.declare(fill(c.decl))
	h.put(fill(c.pre))
	h.put(h.refuse(fill(c.fails), fill(c.holds)))
	if c.id != "" && h.route.Fault != "otherid" {
		return fill(c.id)
	}
	return id
}

// refuse is the branch of a check, with the fault.
func (h *handler) refuse(fails, holds string) string {
	action := "http.Error(w, \"not found\", http.StatusNotFound)\nreturn"
	if h.route.Fault == "logged" {
		action = `log.Print("not found")`
	}
	if h.route.Fault == "dropped" {
		return "_ = " + fails + holds
	}
	init, bad := "", "!("+holds+")"
	if fails != "" {
		init, bad = "err := "+fails+"; ", "err != nil"
		if h.route.Fault == "norows" {
			bad = "err != nil && !errors.Is(err, sql.ErrNoRows)"
		}
	} else if h.route.Fault == "norows" {
		action = `log.Print("no rows")`
	}
	if h.route.Fault == "inverted" {
		bad = "!(" + bad + ")"
	}
	if h.route.Guard == "switch" {
		return "switch " + init + "{\ncase " + bad + ":\n" + action + "\n}"
	}
	return "if " + init + bad + " {\n" + action + "\n}"
}

// middleware is the middleware that checks the id of the path.
func (h *handler) middleware() {
	stop := "http.Error(w, \"not found\", http.StatusNotFound)\n\t\t\treturn"
	param, table := `r.PathValue("id")`, "invoices"
	switch h.route.Fault {
	case "logged", "norows", "noop":
		stop = `log.Print("not found")`
	case "otherid":
		param = `r.Header.Get("X-Other")`
	case "othertable":
		table = "customers"
	}
	h.declare(`func (a *app) guard#(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n string
		if err := a.db.QueryRowContext(r.Context(), "SELECT id FROM ` + table + ` WHERE id = $1 AND organization_id = $2 /*q*/", ` + param + `, orgID(r.Context())).Scan(&n); err != nil {
			` + stop + `
		}
		next.ServeHTTP(w, r)
	})
}
`)
	h.wrap = "guard#"
}
