package goprogram

import "strings"

// texts are the statements: by an id alone, and with the organization.
func texts() map[string][2]string {
	return map[string][2]string{
		"one":         {"SELECT number FROM invoices WHERE id = $1", " AND organization_id = $2"},
		"list":        {"SELECT number FROM invoices WHERE id = $1", " AND organization_id = $2"},
		"child":       {"SELECT l.body FROM lines l JOIN invoices i ON i.id = l.invoice_id WHERE l.invoice_id = $1", " AND i.organization_id = $2"},
		"update":      {"UPDATE invoices SET number = 'x' WHERE id = $1", " AND organization_id = $2"},
		"delete":      {"DELETE FROM invoices WHERE id = $1", " AND organization_id = $2"},
		"deletechild": {"DELETE FROM lines WHERE invoice_id = $1", " AND invoice_id IN (SELECT id FROM invoices WHERE organization_id = $2)"},
		"returning":   {"UPDATE invoices SET number = number || 'x' WHERE id = $1", " AND organization_id = $2"},
	}
}

// statement is the code that runs it: it defines out, and leaves by fail.
func (h *handler) statement(db, id, org, fail string) string {
	both := texts()[h.route.Statement]
	text, args := both[0], id
	if h.route.Tie == "scoped" {
		text, args = text+both[1], id+", "+org
	}
	call := func(method string) string { return db + "." + method + "(ctx, \"" + text + " /*q*/\", " + args + ")" }
	failed := "; err != nil {\n" + fail + "\n}\n"
	switch h.route.Statement {
	case "returning":
		text += " RETURNING number"
		fallthrough
	case "one":
		return "var number string\nif err := " + call("QueryRowContext") + ".Scan(&number)" + failed + "out := []string{number}\n"
	case "list", "child":
		return "rows, err := " + call("QueryContext") + "\nif err != nil {\n" + fail + "\n}\ndefer rows.Close()\nvar out []string\nfor rows.Next() {\nvar s string\nif err := rows.Scan(&s)" + failed + "out = append(out, s)\n}\n"
	}
	return "if _, err := " + call("ExecContext") + failed + "out := []string{\"done\"}\n"
}

// function is the statement as a function with the receiver, its database and its name.
func (h *handler) function(receiver, name, db string) string {
	return "func " + receiver + name + "(ctx context.Context, id, org string) ([]string, error) {\n" + h.statement(db, "id", "org", "return nil, err") + "return out, nil\n}\n"
}

// call is the way to a function of a layer, with the error looked at.
func call(f, id, org string) string {
	return "out, err := " + f + "(ctx, " + id + ", " + org + ")\n" + failed500
}

const failed500 = "if err != nil {\nhttp.Error(w, \"failed\", http.StatusInternalServerError)\nreturn\n}\n"

const storeOf = `type repo# interface {
	Run#(ctx context.Context, id, org string) ([]string, error)
}

type store# struct{ db *sql.DB }

`

// layer writes the statement behind its layer; it defines out.
func (h *handler) layer(id, org string) {
	if h.route.Layer != "direct" && h.route.Layer != "transaction" {
		h.declare(strings.TrimSuffix(storeOf, "") + h.function("(s *store#) ", "Run#", "s.db"))
	}
	switch h.route.Layer {
	case "direct":
		h.put(h.statement("a.db", id, org, "http.Error(w, \"failed\", http.StatusInternalServerError)\nreturn"))
	case "transaction":
		h.put("var got []string\nif err := a.inTx(ctx, func(tx *sql.Tx) error {\n" + h.statement("tx", id, org, "return err") + "got = out\nreturn nil\n}); err != nil {\nhttp.Error(w, \"failed\", http.StatusInternalServerError)\nreturn\n}\nout := got")
	case "interface":
		h.put("var s repo# = &store#{a.db}\n" + call("s.Run#", id, org))
	case "stores":
		h.declare("type second# struct{ store# }\n\n" + h.function("(s *second#) ", "Run#", "s.db"))
		h.put("var s repo# = &store#{a.db}\nif os.Getenv(\"SECOND\") != \"\" {\ns = &second#{store#{a.db}}\n}\n" + call("s.Run#", id, org))
	case "goroutine":
		h.put("var out []string\ndone := make(chan error, 1)\ngo func() {\nvar err error\nout, err = (&store#{a.db}).Run#(ctx, " + id + ", " + org + ")\ndone <- err\n}()\nif err := <-done; err != nil {\nhttp.Error(w, \"failed\", http.StatusInternalServerError)\nreturn\n}")
	case "functionvalue":
		h.put("run := (&store#{a.db}).Run#\n" + call("run", id, org))
	case "generic":
		h.declare("func retry#[T any](f func() (T, error)) (T, error) {\nout, err := f()\nif err != nil {\nreturn f()\n}\nreturn out, nil\n}\n")
		h.put("out, err := retry#(func() ([]string, error) { return (&store#{a.db}).Run#(ctx, " + id + ", " + org + ") })\n" + failed500)
	case "deferred":
		h.put("defer func() {\nif out, err := (&store#{a.db}).Run#(ctx, " + id + ", " + org + "); err == nil {\nfmt.Fprint(w, out)\n}\n}()\nvar out []string")
	default: // method, store
		h.put("s := &store#{a.db}\n" + call("s.Run#", id, org))
	}
}

// use writes out to the client.
func (h *handler) use() {
	switch h.route.Use {
	case "json":
		h.put("_ = json.NewEncoder(w).Encode(out)")
	case "write":
		h.put("_, _ = w.Write([]byte(strings.Join(out, \",\")))")
	case "header":
		h.put("w.Header().Set(\"X-Out\", strings.Join(out, \",\"))\nw.WriteHeader(http.StatusOK)")
	default:
		h.put("fmt.Fprint(w, out)")
	}
}
