// Package baseline keeps what a team knows already: the findings and unproven calls of a
// day, in a file that is reviewed, so that a gate is about what is new.
//
// In goes the text of the file and a run; out comes the run with what is known marked, the
// entries that name nothing any more, and the text anew. The file has an entry a line:
//
//	FINGERPRINT  RULE  PLACE  [category=NAME]  [owner=NAME]  [# NOTE]
//
// sorted by place, below a line with a number: since 2 the tables of the day that belong to no
// tenant are entries, too, so that a new one is found. RULE is that of a finding, or unproven/REASON of a call. Only the
// fingerprint counts, the rest is for the reader, and category, owner and note are kept
// when the file is written anew.
//
// Invariant: a file that is written twice for the same run has the same bytes. An entry
// never holds another statement than the one that it was written for: the fingerprint has
// a hash of its text.
//
// It cannot see whether a note is true.
package baseline

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// Name is the name of the file at the root of a project.
const Name = ".tenantvet-baseline"

// The first line has a number: since 2 the tables that belong to no tenant are among what is
// known.
const (
	header     = "# tenantvet baseline %d: what is known and not reported again; written by `tenantvet baseline write`\n"
	noTables   = 1
	withTables = 2
)

var headed = regexp.MustCompile(`^# tenantvet baseline (\d+)\b`)

// Entry is a finding or an unproven call that is known.
type Entry struct {
	Fingerprint string
	Rule        string // of a finding, or unproven/REASON
	Place       string // FILE:LINE when it was written
	Category    string
	Owner       string
	Note        string
	Line        int // of the file, 0 if it is not written yet
}

// Baseline is the entries of a file.
type Baseline struct {
	File    string // as messages name it
	Tables  bool   // it was written when the tables that belong to no tenant were asked for, too
	Entries []Entry
}

// Error is one thing that is wrong with a file.
type Error struct {
	File    string
	Line    int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

var fingerprint = regexp.MustCompile(`^[0-9a-f]{16}$`)

// Read reads a file; file is named in errors, of which the first is returned.
func Read(file, text string) (*Baseline, error) {
	b := &Baseline{File: file}
	first := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if m := headed.FindStringSubmatch(line); m != nil {
			n, err := strconv.Atoi(m[1])
			if err != nil || n < noTables || n > withTables {
				return nil, &Error{file, i + 1, fmt.Sprintf("baseline %s was written by another version of tenantvet", m[1])}
			}
			b.Tables = n == withTables
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		e, wrong := parse(line)
		if wrong == "" && first[e.Fingerprint] > 0 {
			wrong = fmt.Sprintf("%s stands twice, first in line %d", e.Fingerprint, first[e.Fingerprint])
		}
		if wrong != "" {
			return nil, &Error{file, i + 1, wrong}
		}
		e.Line, first[e.Fingerprint] = i+1, i+1
		b.Entries = append(b.Entries, e)
	}
	return b, nil
}

// parse reads an entry; it says what is wrong, "" if nothing is.
func parse(line string) (e Entry, wrong string) {
	rest, note, _ := strings.Cut(line, " #")
	e.Note = strings.TrimSpace(note)
	fields := strings.Fields(rest)
	if len(fields) < 3 || !fingerprint.MatchString(fields[0]) {
		return e, "an entry is FINGERPRINT RULE PLACE [category=NAME] [owner=NAME] [# NOTE]"
	}
	e.Fingerprint, e.Rule = fields[0], fields[1]
	end := len(fields)
	for end > 3 {
		key, value, ok := strings.Cut(fields[end-1], "=")
		switch {
		case ok && key == "category" && e.Category == "":
			e.Category = value
		case ok && key == "owner" && e.Owner == "":
			e.Owner = value
		default:
			ok = false
		}
		if !ok {
			break
		}
		end--
	}
	e.Place = strings.Join(fields[2:end], " ")
	if e.Category != "" && finding.CategoryOf(e.Category) == nil {
		return e, fmt.Sprintf("%q is no category; there are %s", e.Category, finding.CategoryNames())
	}
	return e, ""
}

// Mark marks in the run what the baseline holds; its counts are then out of date.
func (b *Baseline) Mark(run *finding.Run) {
	known := map[string]*Entry{}
	for i := range b.Entries {
		known[b.Entries[i].Fingerprint] = &b.Entries[i]
	}
	for i := range run.Findings {
		f := &run.Findings[i]
		if e := known[f.Fingerprint]; e != nil {
			f.Known, f.Category = true, cmp.Or(f.Category, e.Category)
		}
	}
	for i := range run.Calls {
		c := &run.Calls[i]
		if e := known[c.Fingerprint]; e != nil && c.Verdict == finding.Unproven {
			c.Known, c.Category = true, cmp.Or(c.Category, e.Category)
		}
	}
	run.Baseline = b.File
}

// Gone are the entries that name nothing in the run: the call is gone, was repaired,
// proved or allowed, or its statement is another.
func (b *Baseline) Gone(run *finding.Run) []Entry {
	there := map[string]bool{}
	for _, e := range Of(run) {
		there[e.Fingerprint] = true
	}
	var out []Entry
	for _, e := range b.Entries {
		if !there[e.Fingerprint] {
			out = append(out, e)
		}
	}
	return out
}

// Of are the entries of all findings and unproven calls of a run. What the settings
// exclude needs none.
func Of(run *finding.Run) []Entry {
	var out []Entry
	for i := range run.Findings {
		if f := &run.Findings[i]; f.Excluded == "" {
			out = append(out, Entry{Fingerprint: f.Fingerprint, Rule: f.Rule, Place: place(f.Place)})
		}
	}
	for i := range run.Calls {
		if c := &run.Calls[i]; c.Verdict == finding.Unproven {
			out = append(out, Entry{Fingerprint: c.Fingerprint, Rule: "unproven/" + slug(c.Reason), Place: place(c.Place)})
		}
	}
	return out
}

// place is a place as a file of lines can hold it.
func place(p finding.Place) string {
	oneLine := func(r rune) rune {
		if unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r) {
			return r
		}
		return '?'
	}
	return strings.Map(oneLine, p.File) + ":" + strconv.Itoa(p.Line)
}

// slug is a reason as one word: what is particular to the call is left out.
func slug(reason string) string {
	reason, _, _ = strings.Cut(reason, ":")
	return strings.Join(strings.Fields(reason), "-")
}

// Update is the baseline of the run: entries that are still needed with their notes, and
// if new ones are accepted those, too. It says which were dropped, and which are new.
func (b *Baseline) Update(run *finding.Run, accept bool) (next *Baseline, dropped, fresh []Entry) {
	next = &Baseline{File: b.File, Tables: b.Tables || accept}
	old := map[string]Entry{}
	for _, e := range b.Entries {
		old[e.Fingerprint] = e
	}
	for _, e := range Of(run) {
		have, known := old[e.Fingerprint]
		if !known {
			fresh = append(fresh, e)
		}
		if known || accept {
			e.Category, e.Owner, e.Note = have.Category, have.Owner, have.Note
			next.Entries = append(next.Entries, e)
		}
	}
	return next, b.Gone(run), fresh
}

// Text is the file.
func (b *Baseline) Text() string {
	entries := slices.Clone(b.Entries)
	slices.SortFunc(entries, func(x, y Entry) int {
		return cmp.Or(byPlace(x.Place, y.Place), cmp.Compare(x.Fingerprint, y.Fingerprint))
	})
	var out strings.Builder
	version := noTables
	if b.Tables {
		version = withTables
	}
	fmt.Fprintf(&out, header, version)
	for _, e := range entries {
		out.WriteString(e.String() + "\n")
	}
	return out.String()
}

// byPlace orders places by file and line, as a number.
func byPlace(a, b string) int {
	split := func(s string) (string, int) {
		i := strings.LastIndex(s, ":")
		line, _ := strconv.Atoi(s[i+1:])
		return s[:max(i, 0)], line
	}
	fileA, lineA := split(a)
	fileB, lineB := split(b)
	return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(lineA, lineB))
}

// String is the entry as a line.
func (e Entry) String() string {
	s := e.Fingerprint + "  " + e.Rule + "  " + e.Place
	if e.Category != "" {
		s += "  category=" + e.Category
	}
	if e.Owner != "" {
		s += "  owner=" + e.Owner
	}
	if e.Note != "" {
		s += "  # " + e.Note
	}
	return s
}
