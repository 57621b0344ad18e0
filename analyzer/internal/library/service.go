package library

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Service is how generated code binds the methods of a type to a protocol: the
// type embeds a generated one, beside which the interface of the service stands.
type Service struct {
	Kind         string   // grpc
	Embeds       []string // names of generated types, with * for the service: Unimplemented*Server
	Interface    string   // the name of the interface, with the same *
	Registers    []string // the functions that register one, with the same *
	Descriptions []string // signatures of the generated functions between the library and the methods
}

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

// RegisteredBy are the functions that may stand beside an interface and register a service
// that has it, none if the name is no service's.
func (s *Service) RegisteredBy(name string) []string {
	before, after, _ := strings.Cut(s.Interface, "*")
	rest, ok := strings.CutPrefix(name, before)
	if !ok {
		return nil
	}
	service, ok := strings.CutSuffix(rest, after)
	if !ok || service == "" {
		return nil
	}
	var out []string
	for _, pattern := range s.Registers {
		out = append(out, strings.Replace(pattern, "*", service, 1))
	}
	return out
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
			case "registers":
				return v.Decode(&s.Registers)
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
