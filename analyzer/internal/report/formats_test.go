package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/ci"
)

// hostile is a run whose names were made by somebody who wants to be read as something
// else.
func hostile() *finding.Run {
	run := found()
	run.Base = "services/api"
	run.Baseline = ".tenantvet-baseline"
	f := &run.Findings[0]
	f.File = "internal/a b,c:1%.go"
	f.Message = "t\n::error::gone, 100 %\x1b[31m \u202e |x| <b>"
	second, third := *f, *f
	second.Fingerprint, second.Known = "known", true
	third.Fingerprint, third.Excluded = "excluded", "generated code"
	run.Findings = append(run.Findings, second, third)
	run.Setup = append(run.Setup, finding.Setup{File: "x.sql", Message: "bad\r\n##[group]", Hollow: true})
	run.Count()
	return run
}

func runs() map[string]*finding.Run {
	return map[string]*finding.Run{"found": found(), "clean": clean(), "nothing": {}, "hostile": hostile()}
}

// TestGoldens: each format of each run, as it is.
func TestGoldens(t *testing.T) {
	for name, run := range runs() {
		for _, f := range Formats()[2:] {
			var out bytes.Buffer
			require.NoError(t, f.Write(&out, run))
			golden.File(t, filepath.Join("testdata", name+"."+f.Name), out.String())
		}
		var out bytes.Buffer
		require.NoError(t, ci.GitHubSummary(&out, run))
		golden.File(t, filepath.Join("testdata", name+".summary.md"), out.String())
	}
}

// TestSARIFIsValid holds every log against the schema of OASIS, and sees that the check
// refuses what is none.
func TestSARIFIsValid(t *testing.T) {
	for name, run := range runs() {
		var out bytes.Buffer
		require.NoError(t, FormatOf("sarif").Write(&out, run))
		log, err := sarif.FromBytes(out.Bytes())
		require.NoError(t, err, name)
		assert.NoError(t, log.Validate(), name)
	}
	wrong, err := sarif.FromBytes([]byte(`{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "m"}, "level": "dreadful"}]}]}`))
	if err == nil {
		err = wrong.Validate()
	}
	assert.Error(t, err)
}

// TestSARIFSaysAll: what code scanning needs of a finding.
func TestSARIFSaysAll(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, FormatOf("sarif").Write(&out, hostile()))
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID         string
						Properties map[string]any
						Help       struct{ Markdown string }
					}
				}
			}
			Results []struct {
				RuleID              string
				RuleIndex           int
				BaselineState       string
				PartialFingerprints map[string]string
				Suppressions        []struct{ Justification string }
				CodeFlows           []struct {
					ThreadFlows []struct{ Locations []json.RawMessage }
				}
				Locations []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &log))
	run := log.Runs[0]
	require.Len(t, run.Tool.Driver.Rules, len(finding.Rules()))
	for i, r := range run.Tool.Driver.Rules {
		assert.Equal(t, finding.Rules()[i].Name, r.ID)
		assert.NotEmpty(t, r.Properties["security-severity"])
		assert.Contains(t, r.Properties["tags"], "security")
		assert.NotEmpty(t, r.Help.Markdown)
	}
	require.Len(t, run.Results, 3)
	r := run.Results[0]
	assert.Equal(t, finding.Rules()[r.RuleIndex].Name, r.RuleID)
	assert.Equal(t, "services/api/internal/a%20b,c:1%25.go", r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
	assert.Equal(t, map[string]string{"tenantvet/v1": "0123456789abcdef"}, r.PartialFingerprints)
	assert.Len(t, r.CodeFlows[0].ThreadFlows[0].Locations, 2)
	assert.Equal(t, []string{"new", "unchanged", "new"}, []string{r.BaselineState, run.Results[1].BaselineState, run.Results[2].BaselineState})
	assert.Equal(t, "generated code", run.Results[2].Suppressions[0].Justification)
}

// TestOthersAreWellFormed: XML is XML, JSON is JSON, and a command is a line.
func TestOthersAreWellFormed(t *testing.T) {
	for name, run := range runs() {
		var out bytes.Buffer
		require.NoError(t, FormatOf("junit").Write(&out, run))
		assert.NoError(t, xml.Unmarshal(out.Bytes(), &struct{ XMLName xml.Name }{}), name)
		out.Reset()
		require.NoError(t, FormatOf("gitlab").Write(&out, run))
		var problems []map[string]any
		require.NoError(t, json.Unmarshal(out.Bytes(), &problems), name)
		seen := map[any]bool{}
		for _, p := range problems {
			assert.False(t, seen[p["fingerprint"]], "%s: %v", name, p)
			seen[p["fingerprint"]] = true
		}
		out.Reset()
		require.NoError(t, FormatOf("github").Write(&out, run))
		for line := range bytes.Lines(out.Bytes()) {
			assert.Regexp(t, `^::(error|warning|notice) .*::.+\n$`, string(line), name)
		}
	}
}

// junitAttributes are the attributes that the schema of Jenkins' xUnit plugin allows, by
// element; those of the children that we write.
var junitAttributes = map[string][]string{
	"testsuites": {"name", "time", "tests", "failures", "errors"},
	"testsuite":  {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
	"testcase":   {"name", "time", "classname", "group"},
	"failure":    {"type", "message"},
	"skipped":    {"type", "message"},
}

// TestJUnitIsWhatJenkinsReads: no element and no attribute but those.
func TestJUnitIsWhatJenkinsReads(t *testing.T) {
	for name, run := range runs() {
		var out bytes.Buffer
		require.NoError(t, FormatOf("junit").Write(&out, run))
		d := xml.NewDecoder(&out)
		for {
			token, err := d.Token()
			if err != nil {
				require.ErrorIs(t, err, io.EOF)
				break
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			require.Contains(t, junitAttributes, e.Name.Local, name)
			for _, a := range e.Attr {
				assert.Contains(t, junitAttributes[e.Name.Local], a.Name.Local, "%s: %s", name, e.Name.Local)
			}
		}
	}
}

// codeQuality is what GitLab's documentation asks of a Code Quality report.
const codeQuality = `{"type": "array", "items": {"type": "object",
	"required": ["description", "check_name", "fingerprint", "severity", "location"],
	"properties": {
		"description": {"type": "string", "minLength": 1}, "check_name": {"type": "string", "minLength": 1}, "fingerprint": {"type": "string", "minLength": 1},
		"severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
		"location": {"type": "object", "required": ["path", "lines"], "properties": {
			"path": {"type": "string", "pattern": "^[^/.].*"},
			"lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}}}}}}`

func TestGitLabIsValid(t *testing.T) {
	c := jsonschema.NewCompiler()
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(codeQuality))
	require.NoError(t, err)
	require.NoError(t, c.AddResource("quality.json", parsed))
	compiled, err := c.Compile("quality.json")
	require.NoError(t, err)
	for name, run := range runs() {
		var out bytes.Buffer
		require.NoError(t, FormatOf("gitlab").Write(&out, run))
		doc, err := jsonschema.UnmarshalJSON(&out)
		require.NoError(t, err)
		assert.NoError(t, compiled.Validate(doc), name)
	}
	wrong, err := jsonschema.UnmarshalJSON(strings.NewReader(`[{"description": "x"}]`))
	require.NoError(t, err)
	assert.Error(t, compiled.Validate(wrong))
}

func TestFormatErrorsAreReturned(t *testing.T) {
	for _, f := range Formats() {
		assert.Error(t, f.Write(broken{}, found()), f.Name)
	}
}

func TestFormatNames(t *testing.T) {
	assert.Nil(t, FormatOf("xml"))
	assert.Regexp(t, `^text, json, .* or \w+$`, FormatNames())
	seen := map[string]bool{}
	for _, f := range Formats() {
		assert.False(t, seen[f.Name])
		seen[f.Name] = true
		assert.NotEmpty(t, f.Title)
	}
}
