package goprogram

import "strings"

// reference stores the client's id of an invoice in a row of its own.
func (h *handler) reference() {
	table := h.byFault(map[string]string{"": "invoices", "othertable": "customers"})
	h.put("id := r.PathValue(\"id\")")
	if h.route.Fault != "unchecked" && h.route.Guard != "selected" {
		h.declare(strings.ReplaceAll(strings.ReplaceAll(checkOf, "TABLE", table), "@", "#r"))
		h.put("if err := a.owns#r(ctx, id, orgID(ctx)); err != nil {\n" + notFound + "\n}")
	}
	text := "INSERT INTO docs (organization_id, title, invoice_id) VALUES ($2, 'x', $1)"
	switch {
	case h.route.Guard == "updated":
		text = "UPDATE docs SET invoice_id = $1 WHERE organization_id = $2"
	case h.route.Guard == "selected" && h.route.Fault == "":
		text = "INSERT INTO docs (organization_id, title, invoice_id) SELECT $2, 'x', id FROM invoices WHERE id = $1 AND organization_id = $2"
	}
	h.put("if _, err := a.db.ExecContext(ctx, \"" + text + " /*q*/\", id, orgID(ctx)); err != nil {\nhttp.Error(w, \"failed\", http.StatusInternalServerError)\nreturn\n}\nfmt.Fprint(w, \"done\")")
}

// readBack is the route that follows the reference.
func (h *handler) readBack() {
	h.declare("func (a *app) read#(w http.ResponseWriter, r *http.Request) {\nctx := r.Context()\nrows, err := a.db.QueryContext(ctx, \"SELECT i.number FROM docs d JOIN invoices i ON i.id = d.invoice_id WHERE d.organization_id = $1 /*q*/\", orgID(ctx))\n" + failed500 +
		"defer rows.Close()\nfor rows.Next() {\nvar s string\nif err := rows.Scan(&s); err != nil {\nreturn\n}\nfmt.Fprint(w, s)\n}\n}\n")
	pattern := "/r" + h.index + "/read/{id}"
	h.routes.WriteString("mux.HandleFunc(\"" + pattern + "\", a.read" + h.index + ")\n")
	h.served = append(h.served, Served{Pattern: pattern, Param: "id", Source: "path"})
}

// loaded has a middleware that loads the row of the path, compares it and hands it on.
func (h *handler) loaded() {
	star, amp := "*", "&"
	if h.route.Guard == "value" {
		star, amp = "", ""
	}
	check := "if v.Org != orgID(r.Context()) {\n" + notFound + "\n}\n"
	next := "next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), rowKey#{}, " + amp + "v)))\n"
	switch h.route.Fault {
	case "uncompared":
		check = ""
	case "afternext":
		check, next = next, check
	case "noreturn":
		check = strings.Replace(check, "\nreturn", "", 1)
	case "skipped":
		check = strings.Replace(check, "if ", "if r.Header.Get(\"X-Org\") == \"\" && ", 1)
	}
	h.declare("type row# struct{ ID, Org string }\n\ntype rowKey# struct{}\n\nfunc (a *app) load#(next http.Handler) http.Handler {\nreturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\nvar v row#\n" +
		"if err := a.db.QueryRowContext(r.Context(), \"SELECT id, organization_id FROM invoices WHERE id = $1 /*q*/\", r.PathValue(\"id\")).Scan(&v.ID, &v.Org); err != nil {\n" + notFound + "\n}\n" + check + next + "})\n}\n")
	h.wrap = "load#"
	id := h.byFault(map[string]string{"": "ctx.Value(rowKey#{}).(" + star + "row#).ID", "otherparam": `r.Header.Get("X-Other")`})
	h.put("if _, err := a.db.ExecContext(ctx, \"UPDATE invoices SET number = 'x' WHERE id = $1 /*q*/\", " + id + "); err != nil {\nreturn\n}\nfmt.Fprint(w, \"done\")")
}

// cached keeps rows between requests, by organization and id.
func (h *handler) cached() {
	key := h.byFault(map[string]string{"": `orgID(ctx) + "/" + id`, "untenanted": "id"})
	h.put("id := r.PathValue(\"id\")\nkey := " + key)
	hit, fill := "number, ok := a.cache#[key]", "a.cache#[key] = number"
	switch h.route.Guard {
	case "syncmap":
		h.fields.WriteString(strings.ReplaceAll("cache# sync.Map\n", "#", h.index))
		hit, fill = "got, ok := a.cache#.Load(key)\nnumber, _ := got.(string)", "a.cache#.Store(key, number)"
	case "field":
		h.fields.WriteString(strings.ReplaceAll("last# struct{ key, number string }\n", "#", h.index))
		hit, fill = "number, ok := a.last#.number, a.last#.key == key", "a.last#.key, a.last#.number = key, number"
	default:
		h.fields.WriteString(strings.ReplaceAll("cache# map[string]string\n", "#", h.index))
		h.start.WriteString(strings.ReplaceAll("a.cache# = map[string]string{}\n", "#", h.index))
	}
	h.put(hit + "\nif !ok {\nif err := a.db.QueryRowContext(ctx, \"SELECT number FROM invoices WHERE id = $1 AND organization_id = $2 /*q*/\", id, orgID(ctx)).Scan(&number); err != nil {\n" + notFound + "\n}\n" + fill + "\n}\nfmt.Fprint(w, number)")
}

// worker hands an id to a goroutine of the program.
func (h *handler) worker() {
	h.put("id := r.PathValue(\"id\")")
	if h.route.Fault == "" {
		h.declare(strings.ReplaceAll(faulty(checkOf, ""), "@", "#w"))
		h.put("if err := a.owns#w(ctx, id, orgID(ctx)); err != nil {\n" + notFound + "\n}")
	}
	exec := "_, _ = a.db.ExecContext(context.Background(), \"DELETE FROM lines WHERE invoice_id = $1 /*q*/\", id)\n"
	named := func(s string) string { return strings.ReplaceAll(s, "#", h.index) }
	switch h.route.Guard {
	case "channel":
		h.fields.WriteString(named("jobs# chan string\ndone# chan struct{}\n"))
		h.start.WriteString(named("a.jobs#, a.done# = make(chan string), make(chan struct{})\ngo a.work#()\n"))
		h.declare("func (a *app) work#() {\nfor id := range a.jobs# {\n" + exec + "a.done# <- struct{}{}\n}\n}\n")
		h.put("a.jobs# <- id\n<-a.done#")
	case "list":
		h.fields.WriteString(named("todo# []string\nwake#, done# chan struct{}\n"))
		h.start.WriteString(named("a.wake#, a.done# = make(chan struct{}), make(chan struct{})\ngo a.work#()\n"))
		h.declare("func (a *app) work#() {\nfor range a.wake# {\nfor _, id := range a.todo# {\n" + exec + "}\na.todo# = nil\na.done# <- struct{}{}\n}\n}\n")
		h.put("a.todo# = append(a.todo#, id)\na.wake# <- struct{}{}\n<-a.done#")
	default:
		h.put("var wg sync.WaitGroup\nwg.Add(1)\ngo func() {\ndefer wg.Done()\n" + exec + "}()\nwg.Wait()")
	}
	h.put("fmt.Fprint(w, \"done\")")
}

// signed takes what a partner signed with the secret of the installation.
func (h *handler) signed() {
	h.put("body, err := io.ReadAll(r.Body)\n" + failed500)
	secret := h.byFault(map[string]string{"": `os.Getenv("WEBHOOK_SECRET")`, "clientkey": `r.Header.Get("X-Key")`})
	over := h.byFault(map[string]string{"": "body", "nonce": `[]byte(r.Header.Get("X-Nonce"))`})
	if h.route.Fault == "cookie" {
		h.put("if !hmac.Equal([]byte(r.Header.Get(\"X-Nonce\")), []byte(r.Header.Get(\"X-Csrf\"))) {\n" + notFound + "\n}")
	} else {
		h.put("mac := hmac.New(sha256.New, []byte(" + secret + "))\nmac.Write(" + over + ")\nif !hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(r.Header.Get(\"X-Signature\"))) {\n" + notFound + "\n}")
	}
	h.put("var in struct {\nID string `json:\"id\"`\n}\nif err := json.Unmarshal(body, &in); err != nil {\nreturn\n}\nif _, err := a.db.ExecContext(r.Context(), \"UPDATE invoices SET number = 'x' WHERE id = $1 /*q*/\", in.ID); err != nil {\nreturn\n}\nfmt.Fprint(w, \"done\")")
}
