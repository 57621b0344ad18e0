package gorun

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
)

// Request is what is sent.
type Request struct {
	route   goprogram.Served
	values  []string // of the main parameter
	headers map[string]string
}

// The secret of the installation, which no attacker knows.
const secret = "not to be guessed"

// replayed is something that the installation once signed, and its signature.
const replayed = "n-17"

func signature(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// values are what a main parameter is tried with.
func values(param string) [][]string {
	switch param {
	case "org":
		return [][]string{{"1"}, {"2"}, {"9"}, {"x"}}
	case "ids":
		return [][]string{{"101"}, {"201"}, {"101", "201"}, {"201", "101"}, {"101", "103"}, {"101", "201", "103"}, {"x"}, nil}
	}
	return [][]string{{"101"}, {"201"}, {"103"}, {"203"}, {"999"}, {"x"}, {"101", "201"}, {"201", "101"}, nil}
}

// requests are all that a route is asked.
func requests(s goprogram.Served) []Request {
	sets := []map[string]string{{}}
	tried := map[string][]string{"X-Other": {"101", "201"}, "X-Org": {"1", "2"}, "X-User": {"11", "21"}}
	for _, name := range s.Headers {
		var more []map[string]string
		for _, set := range sets {
			more = append(more, set)
			for _, v := range tried[name] {
				with := map[string]string{name: v}
				for k, old := range set {
					with[k] = old
				}
				more = append(more, with)
			}
		}
		sets = more
	}
	if s.Signed {
		sets = []map[string]string{{}, {"X-Nonce": replayed, "X-Csrf": replayed, "X-Signature": signature(secret, replayed)}, {"X-Key": "mine"}}
	}
	var out []Request
	for _, v := range values(s.Param) {
		for _, set := range sets {
			out = append(out, Request{s, v, set})
		}
	}
	return out
}

// build makes the request as the user of the token; false if it cannot be sent.
func (q Request) build(token string) (*http.Request, bool) {
	first := "101"
	if q.route.Source == "path" {
		if len(q.values) != 1 {
			return nil, false
		}
		first = q.values[0]
	}
	target, method, body := strings.Replace(q.route.Pattern, "{id}", first, 1), http.MethodGet, ""
	form := url.Values{"id": q.values}.Encode()
	switch q.route.Source {
	case "query":
		target += "?" + form
	case "form":
		method, body = http.MethodPost, form
	case "json":
		method, body = http.MethodPost, fmt.Sprintf(`{"id": %q, "org": "2", "Org": "2", "organization_id": "2", "V": "201"}`, strings.Join(q.values, ","))
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if q.route.Source == "form" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if q.route.Source == "header" && len(q.values) > 0 {
		r.Header["X-Id"] = q.values
	}
	r.Header.Set("Authorization", token)
	for name, v := range q.headers {
		r.Header.Set(name, v)
	}
	if key := q.headers["X-Key"]; key != "" {
		r.Header.Set("X-Signature", signature(key, body))
	}
	return r, true
}

// String is for people.
func (q Request) String() string {
	return fmt.Sprintf("%s %s=%q in %s %v", q.route.Pattern, q.route.Param, q.values, q.route.Source, q.headers)
}
