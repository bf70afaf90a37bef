package search

import (
	"math"
	"time"
)

// Kind is the sort of a search parameter (https://hl7.org/fhir/R4/search.html#ptypes).
type Kind uint8

const (
	Token Kind = iota + 1
	String
	Reference
	Date
	URI
	Number
	Quantity
	Position  // the special parameter "near"
	Composite // pairs of values; the rows are of another kind, see Parameter.Kept
)

// Parameter is a search parameter that this program supports for one resource type.
// Parameters are made once; nobody may change them.
type Parameter struct {
	Name    string // "name", "_lastUpdated"
	Type    string // resource type it belongs to; "" for those of every type
	Kind    Kind
	Path    []string // element paths below the resource: "managingOrganization", "telecom[system=phone]"
	Targets []string // reference: types it may point to
	URL     string   // canonical of the SearchParameter definition

	element element      // data type of the elements
	rows    Kind         // Composite: kind of the index rows
	with    string       // Composite on qualifications: the element beside the code
	unready bool         // indexed, but not yet of all resources
	system  string       // code system that a bare code or boolean implies; rows are kept without it
	also    []*Parameter // the same parameter for its elements of other data types
}

// Query is a search on one resource type, or on several when Types is set.
// Conditions are joined by AND. The zero value of each field asks for nothing.
type Query struct {
	Type  string   // resource type; "" for a search over Types
	Types []string // system search: the types of _type, in order; empty means all
	Where []Condition
	Sort  []SortKey // empty: by commit sequence, newest first

	Count  int    // rows wanted on a page; 0 means the answer's total only (_summary=count, _count=0)
	Cursor string // from Page.Next of the page before; opaque; empty for the first page
	Total  TotalMode

	Includes   []Include
	Provenance bool // _revinclude=Provenance:target: a store has none, who asks it adds them

	Summary  string   // "", "true", "text", "data", "count", "false"
	Elements []string // element names of _elements, without the type
	Used     []Pair   // the parameters that were understood, in order, for link.self
	Ignored  []Pair   // parameters that were not understood (lenient handling)
}

// Pair is a parameter as the request spelled it.
type Pair struct{ Name, Value string }

// Condition is one parameter of a search: any of Values, on Param.
// Exactly one of Values, Chain, Has, Group is set, but for Modifier "missing", which uses Missing.
type Condition struct {
	Param    *Parameter
	Modifier Modifier
	Values   []Value
	Missing  bool    // for Modifier Missing: true finds resources without a value
	Chain    []Chain // reference parameters: what the target must meet; any of the target types
	Has      *Has    // reverse chaining; Param is nil
	Group    *Group  // other conditions, joined; Param is nil
}

// Modifier is what stands after the colon of a parameter name.
type Modifier string

const (
	None       Modifier = ""
	Exact      Modifier = "exact"
	Contains   Modifier = "contains"
	Missing    Modifier = "missing"
	Not        Modifier = "not"
	Text       Modifier = "text"
	Identifier Modifier = "identifier"
	OfType     Modifier = "of-type"
	Above      Modifier = "above"  // of a token: until Query.Resolve was called
	Below      Modifier = "below"  // likewise
	In         Modifier = "in"     // a token of a value set, whose address is Value.Text until Query.Resolve was called
	NotIn      Modifier = "not-in" // the same, turned around
	// Compare is no modifier of a request: some row compares with a value as its Prefix
	// says (String, Token, URI, and Reference with Ne), which only _filter asks for.
	Compare Modifier = "compare"
)

// Chain is a condition on the target of a reference, for one target type.
type Chain struct {
	Type string
	Cond Condition
}

// Has asks that some resource of Type refers through Ref and meets Cond.
type Has struct {
	Type string
	Ref  *Parameter
	Cond Condition
}

// Prefix is the comparison of a date, number or quantity.
type Prefix string

const (
	Eq Prefix = "eq"
	Ne Prefix = "ne"
	Gt Prefix = "gt"
	Lt Prefix = "lt"
	Ge Prefix = "ge"
	Le Prefix = "le"
	Sa Prefix = "sa"
	Eb Prefix = "eb"
	Ap Prefix = "ap"
	// With Modifier Compare only: contains, starts with, ends with.
	Co Prefix = "co"
	Sw Prefix = "sw"
	Ew Prefix = "ew"
)

// Value is one wanted value, normalised for its parameter's kind as an Entry is.
type Value struct {
	// Token, Quantity: System and Code. HasSystem tells "system|code" and "|code" (true)
	// from a bare "code" (false, any system); an empty Code with HasSystem wants any code.
	System    string
	Code      string
	HasSystem bool

	// String: folded text; with Exact the text as given. With Text: folded. URI: the uri.
	// Reference: the version wanted, "3" of "/_history/3" or "1.0" of "|1.0"; "" for any.
	Text            string
	Prefix          Prefix // Date, Number, Quantity; others with Modifier Compare
	Low             int64  // Date: first millisecond since 1970 of the interval meant
	High            int64  // Date: last millisecond of it
	Num             float64
	NumLow, NumHigh float64 // Number, Quantity: implicit range of the precision given

	RefType string // Reference: type, "" when only an id was given
	RefID   string // Reference: id of a local resource
	RefURL  string // Reference: absolute address or canonical that is not local, without its version

	Lat, Lon, Radius float64 // Position: degrees, degrees, metres (0: server's choice)
}

// SortKey is one key of _sort.
type SortKey struct {
	Param *Parameter
	Desc  bool
}

// Include is one _include or _revinclude.
type Include struct {
	Reverse bool
	Iterate bool
	Source  string     // type that holds the reference; "*" for _include=*
	Param   *Parameter // nil for all reference parameters of Source
	Target  string     // "" for any
}

// TotalMode is how exact a Page's total must be.
type TotalMode uint8

const (
	TotalAccurate TotalMode = iota // the default of this server
	TotalEstimate
	TotalNone
)

// Entry is one index row of a resource: what it is found under for one parameter. A token
// or reference with nothing but Param and Kind says that the element is there without
// anything to be found by (a text, a display): no value asks for it, :missing counts it.
type Entry struct {
	Param                  string // parameter name; with ":identifier", ":text", ":of-type" for those modifiers
	Kind                   Kind
	System                 string  // Token, Quantity
	Code                   string  // Token; Quantity: unit code
	Text                   string  // String: folded (see Fold), at most MaxText bytes; URI: the uri; Reference: the version it names
	Exact                  string  // String: as written, at most MaxText bytes
	Low                    int64   // Date: milliseconds since 1970, inclusive
	High                   int64   // Date
	NumLow, NumHigh        float64 // Number, Quantity
	RefType, RefID, RefURL string  // Reference: type and id of a local target, or the address of another
	Lat, Lon               float64 // Position
}

// MaxText is how many bytes of a string are indexed, folded and as written; longer values
// are cut at a rune, in queries too. It keeps index rows below the key size of any engine (PostgreSQL: 2,704).
const MaxText = 2000

// Request is the input of Parse.
type Request struct {
	Type                   string    // resource type, "" for a system-level search
	Base                   string    // base address of this server as the client used it, to tell local references
	Pairs                  []Pair    // decoded parameters in the order of the request, query before body
	Strict                 bool      // Prefer: handling=strict: refuse what is not understood
	MaxCount, DefaultCount int       // page sizes; 1000 and 50 when zero
	Now                    time.Time // for the prefix ap of dates; the wall clock when zero
}

// DateMin and DateMax are the ends of a period that is open.
const (
	DateMin = math.MinInt64
	DateMax = math.MaxInt64
)
