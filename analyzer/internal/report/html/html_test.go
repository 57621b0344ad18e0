package html

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// audit is a run with a call of each verdict, and names that were made to be read as
// something else.
func audit() *finding.Run {
	at := func(file string, line int) finding.Place { return finding.Place{File: file, Line: line, Column: 2} }
	touch := func(table, verb string) []finding.Touch { return []finding.Touch{{Table: table, Verb: verb}} }
	run := &finding.Run{
		Schema: finding.Schema, Version: "v1",
		Catalogue: finding.Catalogue{Column: "org_id", Confidence: "high", Tables: []finding.Table{
			{Name: "countries", Tenancy: "shared"}, {Name: "invoices", Tenancy: "owned", Why: `"quoted" <why>`}, {Name: "lines", Tenancy: "child"},
		}},
		Calls: []finding.Call{
			{Place: at("a.go", 1), Verdict: finding.Found, Reason: "missing-filter", Reached: true, Touches: touch("invoices", "read"), Findings: []string{"f1"}, Function: "x/y.Get", Statement: "GetInvoice",
				Statements: []finding.Statement{{Text: "SELECT *\nFROM invoices -- </script><script>alert(1)</script>\u202e", Proof: "not tied: invoices"}}},
			{Place: at("a.go", 2), Verdict: finding.Proved, Reached: true, Touches: touch("invoices", "read"), Function: "x/y.List", Statement: "ListInvoices"},
			{Place: at("b.go", 3), Verdict: finding.Unproven, Reason: "text not resolved", Reached: true, Function: "x/y.Search"},
			{Place: at("b.go", 4), Verdict: finding.Excused, Reason: "job", Reached: true, Touches: touch("lines", "delete"), Function: "x/y.Sweep", Statement: "Sweep"},
			{Place: at("b.go", 5), Verdict: finding.Proved, Reason: finding.NoTable, Reached: true, Function: "x/y.Now", Statement: "Now"},
			{Place: at("b.go", 6), Verdict: finding.Excused, Reason: finding.NotReached, Touches: touch("lines", "delete"), Function: "x/y.Dead", Statement: "Dead"},
		},
		Findings: []finding.Finding{
			{Rule: "missing-filter", Tier: finding.Error, Place: at("a.go", 1), Message: "invoices.org_id: <b>read</b> by id", Fingerprint: "f1", Steps: []finding.Step{{File: "h.go", Line: 1, Message: "a request enters"}}},
			{Rule: "request-tenant", Tier: finding.Error, Place: at("m.go", 9), Message: "the header", Fingerprint: "f2"},
		},
		Setup: []finding.Setup{{Message: "a library is not modelled", Hollow: true}},
	}
	run.Count()
	return run
}

func render(t *testing.T, run *finding.Run) string {
	var out bytes.Buffer
	require.NoError(t, Write(&out, run))
	return out.String()
}

// TestPage: all that is in the document is on the page, without its script, and nothing
// of it can be read as markup.
func TestPage(t *testing.T) {
	page := render(t, audit())
	assert.Equal(t, page, render(t, audit()), "equal documents have equal bytes")
	for _, text := range []string{
		"SELECT *", "not tied: invoices", "a request enters", "the header", "a library is not modelled", "text not resolved", "default-src 'none'",
		"&lt;/script&gt;", `\u202e`, "&lt;b&gt;read", "2 errors",
	} {
		assert.Contains(t, page, text)
	}
	assert.NotContains(t, page, "</script><script>alert")
	assert.Equal(t, 1, strings.Count(page, "<script>"))
	assert.NotRegexp(t, regexp.MustCompile(`(?i)(src|href)\s*=|url\(|@import|https?://`), page, "nothing is fetched")
	assert.Contains(t, render(t, &finding.Run{}), "No table of a tenant is known")
}

// TestOddNames: the filter names a table by one word, whatever its name holds.
func TestOddNames(t *testing.T) {
	const name = "my \x1btable"
	run := &finding.Run{
		Catalogue: finding.Catalogue{Tables: []finding.Table{{Name: name, Tenancy: "owned"}}},
		Calls:     []finding.Call{{Verdict: finding.Proved, Reached: true, Touches: []finding.Touch{{Table: name, Verb: "read"}}}},
	}
	page := render(t, run)
	assert.Contains(t, page, `data-touch="my_\x1btable:read"`)
	assert.Contains(t, page, `data-touches=" my_\x1btable:read"`)
	assert.NotContains(t, page, "\x1b")
}

func TestErrorsAreReturned(t *testing.T) {
	assert.ErrorIs(t, Write(closed{}, audit()), os.ErrClosed)
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, os.ErrClosed }

var _ io.Writer = closed{}

// browser is a page that is open in Chromium, with what it complained of and asked for.
type browser struct {
	context.Context
	mu          sync.Mutex
	said, asked []string
}

// open opens the page of a run, or says that there is no Chromium.
func open(t *testing.T, run *finding.Run) *browser {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		require.Empty(t, os.Getenv("TENANTVET_REQUIRE_CHROMIUM"), "no Chromium is installed")
		t.Skip("not run: no Chromium is installed")
	}
	file := filepath.Join(t.TempDir(), "audit.html")
	require.NoError(t, os.WriteFile(file, []byte(render(t, run)), 0o644))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)...)
	t.Cleanup(cancel)
	b := &browser{}
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(b.hear))
	t.Cleanup(cancel)
	b.Context = ctx
	require.NoError(t, chromedp.Do(b, chromedp.Navigate("about:blank")))
	_, err := chromedp.Call(b, network.Enable, network.EnableParams{})
	require.NoError(t, err)
	_, err = chromedp.Call(b, log.Enable, cdp.Empty{})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(b, chromedp.Navigate("file://"+file)))
	return b
}

// hear notes what the page says and asks for.
func (b *browser) hear(e any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := e.(type) {
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, string(e.Type))
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.said = append(b.said, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if e.Request.URL != "about:blank" {
			b.asked = append(b.asked, e.Request.URL)
		}
	}
}

// eval is the value of an expression on the page.
func eval[T any](t *testing.T, b *browser, expression string) T {
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	require.NoError(t, err)
	return v
}

// shown are the places of the calls that are shown, in their order.
func (b *browser) shown(t *testing.T) []string {
	return eval[[]string](t, b, `Array.from(document.querySelectorAll(".call")).filter(c => c.checkVisibility()).map(c => c.querySelector(".place").textContent)`)
}

// TestInChromium opens the page, filters, clicks and types, and sees that it is quiet.
func TestInChromium(t *testing.T) {
	b := open(t, audit())
	do := func(actions ...chromedp.Action[chromedp.Void]) { require.NoError(t, chromedp.Do(b, actions...)) }
	assert.Equal(t, []string{"a.go:1", "b.go:3", "b.go:4", "a.go:2"}, b.shown(t), "what needs a person comes first")

	do(chromedp.Click(`button.cell[data-touch="invoices:read"]`))
	assert.Equal(t, []string{"a.go:1", "a.go:2"}, b.shown(t))
	do(chromedp.Click(`input[value="finding"]`))
	assert.Equal(t, []string{"a.go:2"}, b.shown(t))
	do(chromedp.Click(chromedp.ID("clear")))
	assert.Equal(t, []string{"b.go:3", "b.go:4", "a.go:2"}, b.shown(t))
	assert.Equal(t, "#toggled=finding", eval[string](t, b, "location.hash"), "what is shown has an address")

	do(chromedp.KeyEvent("\x1b"), chromedp.KeyEvent("/"))
	// A person's browser does not type the slash; the protocol does.
	assert.Equal(t, "q", eval[string](t, b, `(e => { e.value = ""; return e.id })(document.activeElement)`))
	do(chromedp.KeyEvent("sweep"))
	assert.Equal(t, []string{"b.go:4"}, b.shown(t))
	do(chromedp.KeyEvent("zzz"))
	assert.Empty(t, b.shown(t))
	assert.True(t, eval[bool](t, b, `document.getElementById("empty").checkVisibility()`))

	do(chromedp.KeyEvent("\x1b"), chromedp.KeyEvent("j"), chromedp.KeyEvent("\r"))
	const opened = `Array.from(document.querySelectorAll(".call[open]")).map(c => c.querySelector(".place").textContent)`
	assert.Equal(t, []string{"a.go:1"}, eval[[]string](t, b, opened), "keys alone open a call")
	do(chromedp.KeyEvent("o"))
	assert.Len(t, eval[[]string](t, b, opened), 4)
	do(chromedp.Click(`input[value="unreached"]`), chromedp.Click(`input[value="aside"]`))
	assert.Len(t, b.shown(t), 6)

	// Nothing hangs over the edge of a phone.
	do(chromedp.EmulateViewport(360, 740))
	assert.LessOrEqual(t, eval[int](t, b, "document.documentElement.scrollWidth"), 360)

	b.mu.Lock()
	defer b.mu.Unlock()
	assert.Empty(t, b.said, "the page is quiet")
	assert.Len(t, b.asked, 1, "the page asks for nothing but itself: %v", b.asked)
	assert.True(t, strings.HasPrefix(b.asked[0], "file://"), fmt.Sprint(b.asked))
}
