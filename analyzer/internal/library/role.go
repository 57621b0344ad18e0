package library

// Role is the part that a function plays in a program whose text says little by
// itself: what it does with the functions that it is handed. Link gives the
// roles their meaning.
type Role string

// The roles.
const (
	NoRole          Role = ""
	Registers       Role = "registers"        // it is handed handlers
	Intercepts      Role = "intercepts"       // it is handed what stands before every method of a server's services
	Middleware      Role = "middleware"       // its receiver runs what it is handed before the routes that follow
	EarlyMiddleware Role = "early middleware" // likewise, before the route is known
	Subrouter       Role = "subrouter"        // it gives a router below its receiver
	Scope           Role = "scope"            // it calls what it is handed with a router below its receiver
	Router          Role = "router"           // it makes a router
	Next            Role = "next"             // it goes on with the request
	Stops           Role = "stops"            // it ends the request
	RunsJob         Role = "runs job"         // it calls what it is handed, for no request
	Calls           Role = "calls"            // it calls what it is handed, here and now
	MayCall         Role = "may call"         // it calls what it is handed later, or not every time
	Serves          Role = "serves"           // it calls its receiver with the request that it is handed
	Decides         Role = "decides"          // it decides access
	Verifies        Role = "verifies"         // it verifies a signature
	Vouches         Role = "vouches"          // it verifies a token, and its error says whether it is
	Reflects        Role = "reflects"         // it calls its receiver by reflection
	Begins          Role = "begins"           // it gives a transaction that it begins on its receiver
	Nests           Role = "nests"            // it gives a transaction inside of its receiver's
	Connects        Role = "connects"         // it gives one connection of its receiver
	Transacts       Role = "transacts"        // it begins a transaction on its receiver, or on argument 0, and calls what it is handed with it, here and now
	Opens           Role = "opens"            // it opens a pool, or a connection, to a database
	Configures      Role = "configures"       // it makes the configuration of a pool
	Connected       Role = "connected"        // it calls what it is handed once for each connection
	Prepares        Role = "prepares"         // it calls what it is handed with each connection before that is used
	Resets          Role = "resets"           // it calls what it is handed with each connection before that is used once more, and drops it where that says driver.ErrBadConn
	OpensBy         Role = "opens by"         // it opens a pool by what it is handed, which makes the connections
	Draws           Role = "draws"            // it opens a pool that takes each connection out of another one, argument 0, when it is needed
	Limits          Role = "limits"           // it says how many connections a pool keeps, or has at a time: others wait for them
	Parameter       Role = "parameter"        // each connection begins with what is put into it under a name
	Released        Role = "released"         // it calls what it is handed with each connection after that was used
	Keeps           Role = "keeps"            // it keeps argument Of under the key Args in its receiver, where others find it
	Finds           Role = "finds"            // it looks into its receiver by the key Args, or through all of it
	Shares          Role = "shares"           // it calls argument Of, here and now, and gives what that gives to all who call it with the key Args meanwhile
	Enforces        Role = "enforces"         // it is handed what a library runs with each statement
	AsksAny         Role = "asks any"         // it asks the function of argument 1 about elements of argument 0, and says whether it said yes of one
)

// Message is the part of a request that is one of several which a connection brings.
const Message = "message"

// roles are the roles as the data writes them.
var roles = []string{
	string(Registers), string(Intercepts), string(Middleware), string(EarlyMiddleware), string(Subrouter), string(Scope), string(Router), string(Next),
	string(Stops), string(RunsJob), string(Calls), string(Serves), string(Decides), string(Verifies), string(Vouches), string(Reflects),
	string(MayCall), string(Enforces), string(Keeps), string(Finds), string(Shares), string(AsksAny), string(Begins), string(Nests), string(Connects), string(Transacts), string(Opens), string(Configures), string(Connected), string(Prepares), string(Resets), string(OpensBy), string(Draws), string(Limits), string(Parameter), string(Released),
}

// HandsRoutes reports whether a function of the role is a method of a router: it
// registers handlers, adds middlewares or makes a router below.
func (r Role) HandsRoutes() bool {
	switch r {
	case Registers, Intercepts, Middleware, EarlyMiddleware, Subrouter, Scope:
		return true
	}
	return false
}

// GivesConnection reports whether what a function of the role gives is a connection, or a
// transaction, of its own.
func (r Role) GivesConnection() bool { return r == Begins || r == Nests || r == Connects }

// OpensPool reports whether a function of the role opens a pool, or a connection.
func (r Role) OpensPool() bool { return r == Opens || r == OpensBy || r == Draws }

// BadConnection is what a function says that is called before a connection is used once more
// (Resets), and does not want it to be used. Whatever else it says, the connection is used.
const BadConnection = "database/sql/driver.ErrBadConn"

// IsHook reports whether a function of the role calls what it is handed where a pool makes a
// connection, gives it to somebody or takes it back.
func (r Role) IsHook() bool { return r == Connected || r == Prepares || r == Resets || r == Released }

// AddsMiddleware reports whether a function of the role adds middlewares.
func (r Role) AddsMiddleware() bool { return r == Middleware || r == EarlyMiddleware }

// RunsNow reports whether a function of a role calls what it is handed here and now, and hands
// its error on.
func (r Role) RunsNow() bool { return r == Calls || r == Transacts }
