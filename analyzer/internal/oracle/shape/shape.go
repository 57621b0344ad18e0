// Package shape reads the small modules of testdata/shapes and holds what a run says of
// one against what its lines say; testdata/shapes/README.md is their notation.
//
// In goes an archive, out come its files in a folder and, for a run, what differs.
//
// It runs nothing: whoever asks has analysed the folder in a way of their own.
package shape

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// A Shape is one module on disk.
type Shape struct {
	Dir   string
	wants map[string]want // "file:line" -> what must be found
	calls map[string]verdict
}

// verdict is what a line says of the calls that stand there, and why.
type verdict struct {
	verdict finding.Verdict
	reason  *regexp.Regexp
}

type want struct {
	tier          string // "" of any
	rule, message *regexp.Regexp
}

var (
	wantComment    = regexp.MustCompile(`// (?:want|limit noise) (?:(error|warning) )?(\S+) ("(?:[^"\\]|\\.)*"|` + "`[^`]*`" + `)\s*$`)
	verdictComment = regexp.MustCompile("// (proved|excused|unproven)(?: `([^`]*)`)?$")
)

// Unpack writes the module of an archive into dir and reads what its lines say.
func Unpack(file, dir string) (*Shape, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	s := &Shape{Dir: dir, wants: map[string]want{}, calls: map[string]verdict{}}
	for _, f := range archive.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return nil, err
		}
		if !strings.HasSuffix(f.Name, ".go") {
			continue
		}
		for i, line := range strings.Split(string(f.Data), "\n") {
			if err := s.read(fmt.Sprintf("%s:%d", f.Name, i+1), line); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// read reads what a line says of itself. A line expects a finding if there is a mistake,
// or known noise; one with `limit miss` is a mistake that is known to be missed: it must
// be silent, so that its pin is lifted when it is found.
func (s *Shape) read(at, line string) error {
	if strings.Contains(line, "// want ") || strings.Contains(line, "// limit noise ") {
		m := wantComment.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("%s: not a want comment: %s", at, line)
		}
		text, err := strconv.Unquote(m[3])
		if err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		w := want{tier: m[1]}
		if w.rule, err = regexp.Compile(`^(?:` + m[2] + `)$`); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		if w.message, err = regexp.Compile(text); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		s.wants[at] = w
	}
	if m := verdictComment.FindStringSubmatch(line); m != nil {
		reason, err := regexp.Compile(m[2])
		if err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		s.calls[at] = verdict{finding.Verdict(m[1]), reason}
	}
	return nil
}

// Differences are where the run says anything else than the lines, in words; none where
// it is as they say.
func (s *Shape) Differences(run *finding.Run) []string {
	return slices.Concat(s.findings(run), s.verdicts(run))
}

// findings compares what was found with what the lines want.
func (s *Shape) findings(run *finding.Run) (differ []string) {
	found := map[string][]finding.Finding{}
	for _, f := range run.Findings {
		if f.Excluded == "" {
			at := fmt.Sprintf("%s:%d", f.File, f.Line)
			found[at] = append(found[at], f)
		}
	}
	for at, findings := range found {
		w, wanted := s.wants[at]
		switch {
		case !wanted:
			differ = append(differ, fmt.Sprintf("%s: must be silent\nhave %s", at, describe(findings)))
		case !slices.ContainsFunc(findings, w.matches):
			differ = append(differ, fmt.Sprintf("%s: want %s %s\nhave %s", at, w.rule, w.message, describe(findings)))
		case slices.ContainsFunc(findings, w.accuses):
			differ = append(differ, fmt.Sprintf("%s: want no error\nhave %s", at, describe(findings)))
		}
	}
	for at, w := range s.wants {
		if found[at] == nil {
			differ = append(differ, fmt.Sprintf("%s: nothing found: want %s %s", at, w.rule, w.message))
		}
	}
	slices.Sort(differ)
	return differ
}

// verdicts compares the verdicts of calls with what the lines say that they are.
func (s *Shape) verdicts(run *finding.Run) (differ []string) {
	seen := map[string]bool{}
	for _, c := range run.Calls {
		at := fmt.Sprintf("%s:%d", c.File, c.Line)
		v, ok := s.calls[at]
		if !ok {
			continue
		}
		seen[at] = true
		reasons := strings.Join(append([]string{c.Reason}, c.Assumes...), "; ")
		if v.verdict != c.Verdict || !v.reason.MatchString(reasons) {
			differ = append(differ, fmt.Sprintf("%s: want %s %s\nhave %s: %s", at, v.verdict, v.reason, c.Verdict, reasons))
		}
	}
	for at := range s.calls {
		if !seen[at] {
			differ = append(differ, at+": no call")
		}
	}
	slices.Sort(differ)
	return differ
}

func (w want) matches(f finding.Finding) bool {
	return w.rule.MatchString(f.Rule) && w.message.MatchString(f.Message) && (w.tier == "" || w.tier == string(f.Tier))
}

// accuses reports whether a line that wants warnings alone has an error.
func (w want) accuses(f finding.Finding) bool {
	return w.tier == string(finding.Warning) && f.Tier == finding.Error
}

func describe(findings []finding.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s %s: %s\n", f.Tier, f.Rule, f.Message)
		for _, s := range f.Steps {
			fmt.Fprintf(&b, "    %s:%d: %s\n", s.File, s.Line, s.Message)
		}
	}
	return b.String()
}
