package driver

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
)

// completion prints the script by which a shell completes the words of the command. It is
// made of the tables that the command is made of.
func (c *command) completion(args []string) int {
	scripts := map[string]string{"bash": bashCompletion, "zsh": "autoload -U +X bashcompinit && bashcompinit\n" + bashCompletion, "fish": fishCompletion()}
	if len(args) != 1 || scripts[args[0]] == "" {
		return c.fail(errors.New("tenantvet completion takes one shell: bash, zsh or fish"))
	}
	fill := strings.NewReplacer("@SUBCOMMANDS@", strings.Join(subcommandNames(), " "), "@FLAGS@", strings.Join(flagNames(), " "),
		"@FORMATS@", strings.Join(formatNames(), " "), "@WORDS@", strings.Join(wordNames(), " "))
	fmt.Fprint(c.stdout, fill.Replace(scripts[args[0]]))
	return exitClean
}

const bashCompletion = `# completion of tenantvet; source it, as by: source <(tenantvet completion bash)
_tenantvet() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  case $before in
    --format) COMPREPLY=($(compgen -W "@FORMATS@" -- "$word")); return ;;
    explain) COMPREPLY=($(compgen -W "@WORDS@" -- "$word")); return ;;
    baseline) COMPREPLY=($(compgen -W "write" -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;
    -C) COMPREPLY=($(compgen -d -- "$word")); return ;;
    -o|--baseline) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "@FLAGS@" -- "$word")) ;;
    *) if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "@SUBCOMMANDS@" -- "$word") $(compgen -d -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi ;;
  esac
}
complete -F _tenantvet tenantvet
`

// fishCompletion is the script of fish, which has a line for each word.
func fishCompletion() string {
	var b strings.Builder
	b.WriteString("# completion of tenantvet; put it into ~/.config/fish/completions/tenantvet.fish\n")
	for _, s := range subcommands() {
		fmt.Fprintf(&b, "complete -c tenantvet -n __fish_use_subcommand -a %s -d '%s'\n", s.name, strings.ReplaceAll(s.summary, "'", ""))
	}
	b.WriteString("complete -c tenantvet -l format -x -a '@FORMATS@'\n")
	b.WriteString("complete -c tenantvet -n '__fish_seen_subcommand_from explain' -x -a '@WORDS@'\n")
	for _, f := range flagNames() {
		if name, long := strings.CutPrefix(f, "--"); long && name != "format" {
			fmt.Fprintf(&b, "complete -c tenantvet -l %s\n", name)
		}
	}
	return b.String()
}

// subcommandNames are the words that may stand first.
func subcommandNames() []string {
	var out []string
	for _, s := range subcommands() {
		out = append(out, s.name)
	}
	return out
}

// flagNames are the flags of a run, as they are written.
func flagNames() []string {
	var out []string
	(&options{}).flags().VisitAll(func(f *flag.Flag) {
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		out = append(out, dashes+f.Name)
	})
	return out
}

// formatNames are the formats.
func formatNames() []string {
	var out []string
	for _, f := range report.Formats() {
		out = append(out, f.Name)
	}
	return out
}

// wordNames are the words that can be explained and have no blanks.
func wordNames() []string {
	var out []string
	for _, r := range finding.Rules() {
		out = append(out, r.Name)
	}
	for _, e := range finding.Excuses() {
		out = append(out, e.Page())
	}
	for _, c := range finding.Categories() {
		out = append(out, c.Name)
	}
	return out
}
