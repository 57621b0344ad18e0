package tokens

import (
	"errors"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// format is a text with placeholders $? for the next value, and $0, $1 for one of them.
func (w *writer) format(v []term.Value) (string, error) {
	text, err := piece.Constant(v[0].Term)
	if err != nil {
		return "", err
	}
	next := 0
	return w.replaced(text, func(rest string) (string, int, error) {
		n := 1
		if rest[0] != '?' {
			for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
				n++
			}
			at, err := strconv.Atoi(rest[:n])
			if err != nil {
				return "", 0, errors.New("a placeholder with a name")
			}
			next = at
		}
		if next+1 >= len(v) || v[next+1].Form == term.AsRest {
			return "", 0, piece.ErrMissing
		}
		next++
		value, err := w.value(v[next])
		return value, n, err
	})
}

// byName is a text with placeholders ${name}.
func (w *writer) byName(v []term.Value) (string, error) {
	text, err := piece.Constant(v[0].Term)
	if err != nil {
		return "", err
	}
	entries, err := piece.EntriesOf(&term.Clause{Values: v[1:]})
	if err != nil {
		return "", err
	}
	return w.replaced(text, func(rest string) (string, int, error) {
		name, _, closed := strings.Cut(strings.TrimPrefix(rest, "{"), "}")
		if rest[0] != '{' || !closed {
			return "", 0, errors.New("a placeholder without a name")
		}
		for i := range entries {
			if key, err := piece.Constant(entries[i].Values[0].Term); err == nil && key == name && entries[i].Sure() {
				value, err := w.value(entries[i].Values[1])
				return value, len(name) + 2, err
			}
		}
		return "", 0, piece.ErrMissing
	})
}

// replaced is a text in which each placeholder is what a function gives for it, which is
// handed what stands behind the dollar and says how much of it belongs to the placeholder.
func (w *writer) replaced(text string, value func(rest string) (string, int, error)) (string, error) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		switch {
		case after != "" && after[0] == '$':
			out.WriteByte('$')
			text = after[1:]
		case after == "" || !strings.ContainsAny(after[:1], "?{0123456789"):
			out.WriteByte('$')
			text = after
		default:
			got, n, err := value(after)
			if err != nil {
				return "", err
			}
			out.WriteString(got)
			text = after[n:]
		}
	}
}

// formatted is a text as fmt writes it, with a value for each verb.
func (w *writer) formatted(v []term.Value) (string, error) {
	text, err := piece.Constant(v[0].Term)
	if err != nil {
		return "", err
	}
	values := v[1:]
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "%")
		out.WriteString(before)
		switch {
		case !found && len(values) > 0:
			return "", piece.ErrMissing
		case !found:
			return out.String(), nil
		case after == "":
			return "", errors.New("a format without a verb")
		case after[0] == '%':
			out.WriteByte('%')
		case after[0] != 'v' && after[0] != 's':
			return "", errors.New("a format with another verb than %v")
		case len(values) == 0 || values[0].Form == term.AsRest:
			return "", piece.ErrMissing
		default:
			value, err := w.value(values[0])
			if err != nil {
				return "", err
			}
			out.WriteString(value)
			values = values[1:]
		}
		text = after[1:]
	}
}
