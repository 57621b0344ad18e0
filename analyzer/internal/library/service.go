package library

import (
	"go/types"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Service is how generated code binds the methods of a type to a protocol: the
// type embeds a generated one, beside which the interface of the service stands, or
// goes to a place of that interface.
type Service struct {
	Kind         string   // grpc
	Embeds       []string // names of generated types, with * for the service: Unimplemented*Server
	Interface    string   // the name of the interface, with the same *
	Beside       []string // what else its package declares, with the same *
	Takes        string   // which parameters are the client's, messages if it is empty
	Descriptions []string // signatures of the generated functions between the library and the methods
}

// What a method takes of the client if it is not only messages, which are structs and
// pointers to structs.
const (
	allTaken  = "all"  // all but the context
	restTaken = "rest" // what stands behind the context and the object that is asked
)

// InterfaceOf is the name of the interface that stands beside a generated type,
// "" if the name is none of one.
func (s *Service) InterfaceOf(generated string) string {
	for _, pattern := range s.Embeds {
		before, after, _ := strings.Cut(pattern, "*")
		rest, ok := strings.CutPrefix(generated, before)
		if !ok {
			continue
		}
		if name, ok := strings.CutSuffix(rest, after); ok {
			return strings.Replace(s.Interface, "*", name, 1)
		}
	}
	return ""
}

// IsInterface reports whether a type is the interface of a service, by its name and by what
// stands beside it.
func (s *Service) IsInterface(n *types.Named) bool {
	if n.Obj().Pkg() == nil || !types.IsInterface(n) || len(s.Beside) == 0 {
		return false
	}
	before, after, _ := strings.Cut(s.Interface, "*")
	rest, ok := strings.CutPrefix(n.Obj().Name(), before)
	if !ok {
		return false
	}
	service, ok := strings.CutSuffix(rest, after)
	if !ok || service == "" == strings.Contains(s.Interface, "*") {
		return false
	}
	return !slices.ContainsFunc(s.Beside, func(pattern string) bool {
		return n.Obj().Pkg().Scope().Lookup(strings.Replace(pattern, "*", service, 1)) == nil
	})
}

// Requests are the parameters of a method of the service that are the client's, the receiver
// counted.
func (s *Service) Requests(sig *types.Signature) []int {
	var out []int
	first := s.Takes == restTaken
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		switch {
		case IsContext(t), s.Takes == "" && !isMessage(t):
		case first:
			first = false
		default:
			out = append(out, i+1)
		}
	}
	return out
}

// isMessage tells a struct, or a pointer to one, that a message is.
func isMessage(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// Messages is how the generated messages of a protocol are told, and read.
type Messages struct {
	Marker string // the method that all of them have
	Getter string // what the name of a method begins with that gives the field of the rest of its name
}

// Requests is how a library hands a request over as a struct: what a field holds
// is told by its tag, or by its name.
type Requests struct {
	Kind   string            // of the entries
	Tags   map[string]string // struct tag to group of the request
	Fields map[string]string // name of a field to group
}

// Services are the known ways to bind a service, in the order of the data.
func (s *Set) Services() []Service { return s.services }

// Messages are the known kinds of messages, in the order of the data.
func (s *Set) Messages() []Messages { return s.messages }

func (r *reader) services(n *yaml.Node) error {
	return r.file.Each(n, "a list", func(x *yaml.Node) error {
		var s Service
		err := r.file.Pairs(x, func(key string, k, v *yaml.Node) error {
			switch key {
			case "kind":
				s.Kind = v.Value
			case "embeds":
				return v.Decode(&s.Embeds)
			case "interface":
				s.Interface = v.Value
			case "beside":
				return v.Decode(&s.Beside)
			case "takes":
				s.Takes = v.Value
				return r.oneOf([]string{allTaken, restTaken}, v)
			case "descriptions":
				return v.Decode(&s.Descriptions)
			default:
				return r.file.Errorf(k, "unknown key %s", key)
			}
			return nil
		})
		r.set.services = append(r.set.services, s)
		return err
	})
}

func (r *reader) messages(n *yaml.Node) error {
	return r.file.Each(n, "a list", func(x *yaml.Node) error {
		var m Messages
		err := r.file.Pairs(x, func(key string, k, v *yaml.Node) error {
			switch key {
			case "marker":
				m.Marker = v.Value
			case "getter":
				m.Getter = v.Value
			default:
				return r.file.Errorf(k, "unknown key %s", key)
			}
			return nil
		})
		r.set.messages = append(r.set.messages, m)
		return err
	})
}

func (r *reader) requests(n *yaml.Node) error {
	r.pkg.Requests = &Requests{Tags: map[string]string{}, Fields: map[string]string{}}
	into := func(groups map[string]string, v *yaml.Node) error {
		return r.file.Pairs(v, func(name string, _, group *yaml.Node) error {
			groups[name] = group.Value
			return r.oneOf(kinds[Request], group)
		})
	}
	return r.file.Pairs(n, func(key string, k, v *yaml.Node) error {
		switch key {
		case "kind":
			r.pkg.Requests.Kind = v.Value
			return nil
		case "tags":
			return into(r.pkg.Requests.Tags, v)
		case "fields":
			return into(r.pkg.Requests.Fields, v)
		}
		return r.file.Errorf(k, "unknown key %s", key)
	})
}
