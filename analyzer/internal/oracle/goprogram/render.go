package goprogram

import (
	"fmt"
	"go/format"
	"regexp"
	"strconv"
	"strings"
)

// File is a program as text, with what the runner has to know.
type File struct {
	Package string
	Text    string
	Queries map[int]int // number of the SQL text -> line
	Of      map[int]int // number of the SQL text -> route; a text of no route is missing
	Routes  []Served
}

// Served is how a route is asked: its pattern, and what of a request it reads. Kinds of
// parameters: "id", "ids", "org", and for headers the names themselves.
type Served struct {
	Route   int // of the program
	Pattern string
	Param   string // id, ids or org: what the main parameter means
	Source  string // where it stands
	Headers []string
	Signed  bool
}

// rendering is one program under way.
type rendering struct {
	decls, fields, start, routes strings.Builder
	public                       strings.Builder // routes that no authentication stands before
	numbers                      int
	served                       []Served
}

// handler is one route under way.
type handler struct {
	*rendering
	route Route
	index string
	body  strings.Builder
	wrap  string // the middleware
}

// number is a new name.
func (r *rendering) number() string {
	r.numbers++
	return strconv.Itoa(r.numbers)
}

// own names what the route declares, and marks its SQL texts.
func (h *handler) own(text string) string {
	return strings.NewReplacer("#", h.index, "/*q*/", "/*q:"+h.index+"*/").Replace(text)
}

// declare adds to the package.
func (h *handler) declare(text string) {
	if text != "" {
		h.decls.WriteString(h.own(text) + "\n")
	}
}

// put adds to the handler.
func (h *handler) put(text string) {
	if text != "" {
		h.body.WriteString(strings.TrimSuffix(h.own(text), "\n") + "\n")
	}
}

var marks = regexp.MustCompile(`/\*q(?::(\d+))?\*/`)

// Render writes a program as the package of the name; its SQL texts are numbered from
// first on.
func Render(p Program, name string, first int) (*File, error) {
	r := &rendering{}
	for i, route := range p.Routes {
		(&handler{rendering: r, route: route, index: strconv.Itoa(i)}).write(i)
	}
	text := r.whole(name, p.Context)
	next := first
	of := map[int]int{}
	text = marks.ReplaceAllStringFunc(text, func(mark string) string {
		if m := marks.FindStringSubmatch(mark); m[1] != "" {
			of[next], _ = strconv.Atoi(m[1])
		}
		next++
		return fmt.Sprintf("/*q%d*/", next-1)
	})
	text = imports(text)
	pretty, err := format.Source([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("program %s of %+v: %w\n%s", name, p, err, text)
	}
	out := &File{Package: name, Text: string(pretty), Queries: map[int]int{}, Of: of, Routes: r.served}
	for i, line := range strings.Split(out.Text, "\n") {
		for _, m := range numbered.FindAllStringSubmatch(line, -1) {
			n, _ := strconv.Atoi(m[1])
			out.Queries[n] = i + 1
		}
	}
	return out, nil
}

var numbered = regexp.MustCompile(`/\*q(\d+)\*/`)

// packages are what a program may import.
var packages = []string{"bytes", "context", "crypto/hmac", "crypto/sha256", "database/sql", "encoding/hex", "encoding/json", "errors", "fmt", "io", "log", "net/http", "os", "slices", "strings", "sync"}

// imports puts the imports that the text uses before it.
func imports(text string) string {
	var list []string
	for _, path := range packages {
		name := path[strings.LastIndex(path, "/")+1:]
		if regexp.MustCompile(`\b` + name + `\.[A-Z]`).MatchString(text) {
			list = append(list, strconv.Quote(path))
		}
	}
	head, rest, _ := strings.Cut(text, "\n")
	return head + "\n\nimport (\n" + strings.Join(list, "\n") + "\n)\n" + rest
}

// whole is the text of the package.
func (r *rendering) whole(name, context string) string {
	return "package " + name + "\n\ntype app struct {\ndb *sql.DB\n" + r.fields.String() + "}\n\n" +
		"// New is the program.\nfunc New(db *sql.DB) http.Handler {\na := &app{db: db}\n" + r.start.String() +
		"mux := http.NewServeMux()\n" + r.routes.String() + "root := http.NewServeMux()\n" + r.public.String() + "root.Handle(\"/\", a.authn(mux))\nreturn root\n}\n\n" +
		callers()[context] + transaction + r.decls.String()
}

const transaction = `
func (a *app) inTx(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := a.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

`

// callers are the ways of the caller through the context.
func callers() map[string]string {
	session := `
func (a *app) authn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var org, user string
		if err := a.db.QueryRowContext(r.Context(), "SELECT organization_id, user_id FROM sessions WHERE token_hash = $1 /*q*/", r.Header.Get("Authorization")).Scan(&org, &user); err != nil {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		CONTEXT
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
`
	with := func(put string) string { return strings.Replace(session, "CONTEXT", put, 1) }
	return map[string]string{
		"plain": "type orgKey struct{}\n\ntype userKey struct{}\n\nfunc orgID(ctx context.Context) string { return ctx.Value(orgKey{}).(string) }\n\nfunc userID(ctx context.Context) string { return ctx.Value(userKey{}).(string) }\n" +
			with("ctx := context.WithValue(context.WithValue(r.Context(), orgKey{}, org), userKey{}, user)"),
		"struct": "type callerKey struct{}\n\ntype caller struct{ Org, User string }\n\nfunc orgID(ctx context.Context) string { return ctx.Value(callerKey{}).(caller).Org }\n\nfunc userID(ctx context.Context) string { return ctx.Value(callerKey{}).(caller).User }\n" +
			with("ctx := context.WithValue(r.Context(), callerKey{}, caller{Org: org, User: user})"),
		"pointer": "type callerKey struct{}\n\ntype caller struct{ Org, User string }\n\nfunc orgID(ctx context.Context) string { return ctx.Value(callerKey{}).(*caller).Org }\n\nfunc userID(ctx context.Context) string { return ctx.Value(callerKey{}).(*caller).User }\n" +
			with("ctx := context.WithValue(r.Context(), callerKey{}, &caller{Org: org, User: user})"),
	}
}
