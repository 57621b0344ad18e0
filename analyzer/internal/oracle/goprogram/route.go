package goprogram

import (
	"regexp"
	"strings"
)

// write adds the route to the program.
func (h *handler) write(i int) {
	served := Served{Route: i, Pattern: "/r" + h.index + "/{id}", Param: "id", Source: "path"}
	switch h.route.Tie {
	case "guarded":
		h.guarded()
		served.Source = h.route.Source
	case "scoped":
		h.scoped()
		served.Source = h.route.Source
	default:
		h.plain(&served)
	}
	body := h.body.String()
	text := "func (a *app) h" + h.index + "(w http.ResponseWriter, r *http.Request) {\n"
	if regexp.MustCompile(`\bctx\b`).MatchString(body) {
		text += "ctx := r.Context()\n"
	}
	h.declare(text + body + "}\n")
	h.register(served)
}

// register adds the route to its mux.
func (h *handler) register(s Served) {
	for _, name := range []string{"X-Other", "X-Org", "X-User"} {
		if strings.Contains(h.decls.String(), `"`+name+`"`) {
			s.Headers = append(s.Headers, name)
		}
	}
	h.served = append(h.served, s)
	handler := "http.HandlerFunc(a.h" + h.index + ")"
	if h.wrap != "" {
		handler = "a." + strings.ReplaceAll(h.wrap, "#", h.index) + "(" + handler + ")"
	}
	to := &h.routes
	name := "mux"
	if s.Signed {
		to, name = &h.public, "root"
	}
	to.WriteString(name + ".Handle(\"" + s.Pattern + "\", " + handler + ")\n")
}

// source reads the client's id.
func (h *handler) source() {
	h.put(map[string]string{
		"path":   `id := r.PathValue("id")`,
		"query":  `id := r.URL.Query().Get("id")`,
		"header": `id := r.Header.Get("X-Id")`,
		"form":   `id := r.FormValue("id")`,
		"json": "var body struct {\nID string `json:\"id\"`\nOrg string `json:\"org\"`\n}\nif err := json.NewDecoder(r.Body).Decode(&body); err != nil {\n" +
			"http.Error(w, \"bad request\", http.StatusBadRequest)\nreturn\n}\nid := body.ID",
	}[h.route.Source])
}

// guarded checks an id and then uses it alone.
func (h *handler) guarded() {
	h.source()
	id, writes := h.carriers("id", "X-Other")
	if h.route.Guard == "middleware" {
		h.middleware()
	}
	use := id
	if h.route.Fault != "after" {
		use = h.guard(id)
	}
	h.put(writes)
	h.layer(use, `""`)
	h.use()
	if h.route.Fault == "after" {
		h.guard(id)
	}
}

// carriers passes an expression through all of them; the writes come later.
func (h *handler) carriers(expr, header string) (read, writes string) {
	for _, c := range h.route.Carriers {
		var write string
		expr, write = h.carry(c, expr, header)
		writes += write
	}
	return expr, writes
}

// scoped has the organization in its statement.
func (h *handler) scoped() {
	h.source()
	org := "orgID(ctx)"
	if h.route.Fault == "request" {
		org = `r.Header.Get("X-Org")`
		if h.route.Source == "json" {
			org = "body.Org"
		}
	}
	org, writes := h.carriers(org, "X-Org")
	h.put(writes)
	h.layer("id", org)
	h.use()
}
