package sqlwrite

import "strings"

// sentence puts the pieces of a statement together, with blanks between them; after the
// first error it takes no more.
type sentence struct {
	words []string
	err   error
}

func (p *sentence) word(s string) {
	if s != "" && p.err == nil {
		p.words = append(p.words, s)
	}
}

func (p *sentence) add(s string, err error) {
	if p.err == nil {
		p.err = err
	}
	p.word(s)
}

// list adds pieces with something between them.
func (p *sentence) list(between string) func([]string, error) {
	return func(list []string, err error) { p.add(strings.Join(list, between), err) }
}

// after adds a keyword and pieces, if there are any.
func (p *sentence) after(keyword, between string) func([]string, error) {
	return func(list []string, err error) {
		if len(list) == 0 {
			p.add("", err)
			return
		}
		p.add(keyword+" "+strings.Join(list, between), err)
	}
}

func (p *sentence) done() (string, error) { return strings.Join(p.words, " "), p.err }
