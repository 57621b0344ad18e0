package goprogram

import "strings"

// plain writes a route whose tie is a text of its own.
func (h *handler) plain(s *Served) {
	switch h.route.Tie {
	case "fetched":
		h.fetched()
	case "batch":
		s.Param, s.Source = "ids", "query"
		h.batch()
	case "member":
		s.Param = "org"
		h.member()
	case "reference":
		h.reference()
		h.readBack()
	case "loaded":
		h.loaded()
	case "cached":
		h.cached()
	case "worker":
		h.worker()
	case "signed":
		s.Signed, s.Source = true, "json"
		h.signed()
	}
}

// one of the texts by fault; "" is the right one, and what a fault without a text gets.
func (h *handler) byFault(texts map[string]string) string {
	if text, ok := texts[h.route.Fault]; ok {
		return text
	}
	return texts[""]
}

const notFound = "http.Error(w, \"not found\", http.StatusNotFound)\nreturn"

// stop is what a check does.
func (h *handler) stop() string {
	return h.byFault(map[string]string{"": notFound, "logged": `log.Print("no")`})
}

// fetched loads a row by its id and compares its organization before it is used.
func (h *handler) fetched() {
	org := h.byFault(map[string]string{"": "orgID(ctx)", "request": `r.Header.Get("X-Org")`})
	differs := h.byFault(map[string]string{"": "!=", "inverted": "=="})
	check := "if v.Org " + differs + " " + org + " {\n" + h.stop() + "\n}\n"
	print := "fmt.Fprint(w, v.Number)\n"
	h.declare("type row# struct{ Org, Number string }\n")
	switch h.route.Guard {
	case "all", "filter":
		h.fetchedAll(org, differs)
		return
	case "helper":
		h.declare("func (v row#) of(org string) bool { return v.Org == org }\n")
		check = "if " + h.byFault(map[string]string{"": "!", "inverted": ""}) + "v.of(" + org + ") {\n" + h.stop() + "\n}\n"
	}
	h.put("var v row#\nif err := a.db.QueryRowContext(ctx, \"SELECT organization_id, number FROM invoices WHERE id = $1 /*q*/\", r.PathValue(\"id\")).Scan(&v.Org, &v.Number); err != nil {\n" + notFound + "\n}")
	if h.route.Fault == "after" {
		check, print = print, check
	}
	h.put(check + print)
}

// fetchedAll loads many rows and compares each.
func (h *handler) fetchedAll(org, differs string) {
	each := ""
	if h.route.Guard == "filter" {
		each = h.byFault(map[string]string{"": "if v.Org " + differs + " " + org + " {\ncontinue\n}\n", "any": "", "logged": "if v.Org != " + org + " {\nlog.Print(\"no\")\n}\n",
			"stale": "if len(all) > 0 && all[0].Org != " + org + " {\ncontinue\n}\n", "first": "if len(all) == 0 && v.Org != " + org + " {\ncontinue\n}\n", "after": ""})
	}
	h.put("rows, err := a.db.QueryContext(ctx, \"SELECT organization_id, number FROM invoices WHERE id >= $1 ORDER BY id /*q*/\", r.PathValue(\"id\"))\n" + failed500 +
		"defer rows.Close()\nvar all []row#\nfor rows.Next() {\nvar v row#\nif err := rows.Scan(&v.Org, &v.Number); err != nil {\nreturn\n}\n" + each + "all = append(all, v)\n}")
	if h.route.Guard == "all" {
		h.put(h.byFault(map[string]string{
			"":      "for _, v := range all {\nif v.Org " + differs + " " + org + " {\n" + h.stop() + "\n}\n}\n",
			"first": "if len(all) == 0 || all[0].Org != " + org + " {\n" + notFound + "\n}\n",
			"stale": "if len(all) == 0 || all[len(all)-1].Org != " + org + " {\n" + notFound + "\n}\n",
			"any":   "if !slices.ContainsFunc(all, func(v row#) bool { return v.Org == " + org + " }) {\n" + notFound + "\n}\n",
			"after": "",
		}))
	}
	h.put("_ = json.NewEncoder(w).Encode(all)")
}

// batch checks every id of a list and then uses each.
func (h *handler) batch() {
	h.declare(strings.ReplaceAll(faulty(checkOf, ""), "@", "#b"))
	list := `r.URL.Query()["id"]`
	h.put("ids := " + list)
	own := "a.owns#b(ctx, id, orgID(ctx))"
	h.put(h.byFault(map[string]string{"": h.checkEach(own), "first": "if len(ids) == 0 || a.owns#b(ctx, ids[0], orgID(ctx)) != nil {\n" + notFound + "\n}\n"}))
	if h.route.Fault == "reslice" {
		h.put("ids = append(ids, r.Header.Get(\"X-Other\"))")
	}
	h.put("for _, id := range ids {\nif _, err := a.db.ExecContext(ctx, \"DELETE FROM lines WHERE invoice_id = $1 /*q*/\", id); err != nil {\nreturn\n}\n}\nfmt.Fprint(w, \"done\")")
}

// checkEach is the loop over all ids.
func (h *handler) checkEach(own string) string {
	some := h.byFault(map[string]string{"": "ids", "partial": "ids[min(1, len(ids)):]"})
	skip := h.byFault(map[string]string{"": "", "skipped": "if strings.HasPrefix(id, \"2\") {\ncontinue\n}\n"})
	loop := "for _, id := range " + some + " {\n" + skip
	switch h.route.Guard {
	case "helper":
		inner := h.byFault(map[string]string{"": "if " + own + " != nil {\nreturn false\n}\n}\nreturn true\n", "any": "if " + own + " == nil {\nreturn true\n}\n}\nreturn false\n"})
		h.declare("func (a *app) all#(ctx context.Context, ids []string) bool {\n" + loop + inner + "}\n")
		return "if !a.all#(ctx, ids) {\n" + h.stop() + "\n}\n"
	case "filtered":
		return "var mine []string\n" + loop + h.byFault(map[string]string{"": "if " + own + " != nil {\ncontinue\n}\n", "any": "if len(mine) == 0 && " + own + " != nil {\ncontinue\n}\n", "logged": "if " + own + " != nil {\nlog.Print(\"no\")\n}\n"}) + "mine = append(mine, id)\n}\nids = mine\n"
	case "flag":
		return h.byFault(map[string]string{"": "good := true\n", "any": "good := false\n"}) + loop + h.byFault(map[string]string{"": "if " + own + " != nil {\ngood = false\n}\n", "any": "if " + own + " == nil {\ngood = true\n}\n"}) + "}\nif !good {\n" + h.stop() + "\n}\n"
	case "contains":
		return "if " + h.byFault(map[string]string{"": "", "any": "!"}) + "slices.ContainsFunc(" + some + ", func(id string) bool { return " + own + h.byFault(map[string]string{"": " != nil", "any": " == nil"}) + " }) {\n" + h.stop() + "\n}\n"
	}
	stop := h.byFault(map[string]string{"": h.stop(), "any": "break"})
	return loop + "if " + own + " != nil {\n" + stop + "\n}\n}\n"
}

// member checks that the user is a member of the organization of the path.
func (h *handler) member() {
	user := h.byFault(map[string]string{"": "userID(ctx)", "user": `r.Header.Get("X-User")`})
	org := h.byFault(map[string]string{"": "org", "otherorg": `r.Header.Get("X-Org")`})
	h.put("org := r.PathValue(\"id\")")
	query := "a.db.QueryRowContext(ctx, \"SELECT organization_id FROM memberships WHERE user_id = $1 AND organization_id = $2 /*q*/\", " + user + ", " + org + ")"
	if h.route.Guard == "overwrite" {
		query += ".Scan(&org)"
	} else {
		h.put("var found string")
		query += ".Scan(&found)"
	}
	bad := h.byFault(map[string]string{"": "err != nil", "norows": "err != nil && !errors.Is(err, sql.ErrNoRows)"})
	switch {
	case h.route.Fault == "dropped":
		h.put("_ = " + query)
	case h.route.Guard == "bool":
		h.put("good := true\nif err := " + query + "; " + bad + " {\ngood = false\n}\nif !good {\n" + notFound + "\n}")
	default:
		h.put("if err := " + query + "; " + bad + " {\n" + notFound + "\n}")
	}
	h.put("rows, err := a.db.QueryContext(ctx, \"SELECT number FROM invoices WHERE organization_id = $1 /*q*/\", org)\n" + failed500 +
		"defer rows.Close()\nvar out []string\nfor rows.Next() {\nvar s string\nif err := rows.Scan(&s); err != nil {\nreturn\n}\nout = append(out, s)\n}")
	h.use()
}
